"""What runs a card's weights: one verb for every engine, and which of them a computer gets."""

import importlib.util
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from detector.errors import NoEngine
from detector.processor import flags, gains_by_bytes, multiplies_bytes
from detector.weights import Card

EngineName = Literal["onnxruntime", "onnxruntime-int8", "openvino", "cuda", "tensorrt"]
Wanted = Literal["auto", EngineName]
WANTED: Final[tuple[Wanted, ...]] = ("auto", *get_args(EngineName))
"""`auto` is a graphics card by CUDA where ONNX Runtime is installed for one and one answers; else OpenVINO where it is
installed and the card of the weights holds a file for it; else ONNX Runtime on the processor, with eight-bit weights
where the card holds them and the processor is of those on which they were measured to pay.
"""

PROVIDERS: Final[Mapping[EngineName, tuple[str, ...]]] = MappingProxyType(
    {
        "onnxruntime": ("CPUExecutionProvider",),
        "onnxruntime-int8": ("CPUExecutionProvider",),
        "cuda": ("CUDAExecutionProvider", "CPUExecutionProvider"),
        "tensorrt": ("TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"),
    }
)
"""Engines that are ONNX Runtime, and by which of its providers; a later one takes what an earlier one cannot run."""

ROW: Final = 6
"""x0, y0, x1, y1, score, kind."""

CUDA_LIBRARY: Final = Path("capi") / "libonnxruntime_providers_cuda.so"
"""What only an ONNX Runtime for graphics cards (the package `onnxruntime-gpu`) brings."""

Rows = NDArray[np.float32]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Share:
    """What of the processor an engine may take: threads a picture, and pictures at once.

    >>> Share(threads=0)
    Traceback (most recent call last):
    ...
    ValueError: an engine needs a thread and a picture, got Share(threads=0, at_once=1)
    """

    threads: int = 1
    at_once: int = 1

    def __post_init__(self) -> None:
        if self.threads < 1 or self.at_once < 1:
            raise ValueError(f"an engine needs a thread and a picture, got {self}")


class Engine(Protocol):
    """Weights that are ready to run. Any thread may call it."""

    @property
    def name(self) -> EngineName:
        """Which engine it is."""

    @property
    def sha256(self) -> str:
        """Of the file with the weights that it runs."""

    def run(self, pixels: NDArray[np.float32], least: float) -> Rows:
        """Boxes on one picture.

        Args:
            pixels: `(1, 3, H, W)` RGB in [0, 1], sides multiples of 32; it may be written over afterwards.
            least: rows that score less may be missing.

        Returns:
            `(N, 6)` x0, y0, x1, y1 in pixels of the input, score, index of the kind; no two of a kind on one thing.
        """


def open_engine(
    card: Card, wanted: Wanted, share: Share, cache: Path | None = None, *, has_cuda: bool | None = None
) -> Engine:
    """Load the file that the wanted engine runs, after its SHA-256 was found to be the card's.

    Args:
        card: which weights.
        wanted: by whoever starts this.
        share: of the processor.
        cache: where TensorRT may keep what it built; without it, it builds anew at every start.
        has_cuda: whether the ONNX Runtime that is installed was built for graphics cards; None looks.

    Raises:
        NoEngine: it is not installed, does not start, has no room for a picture, or the card has no file for it.
        HashMismatch, UnreadableCard: see `Card.read`; the file is no detection model.
    """
    name = choose(card, wanted)
    if wanted == "auto" and (is_built_for_cards() if has_cuda is None else has_cuda):
        from detector.onnx_engine import open_onnx

        try:
            return open_onnx(card, "cuda", share)
        except NoEngine as error:
            log.warning("no graphics card is used, %s looks instead: %s", name, error)
    if name == "openvino":
        from detector.openvino_engine import open_openvino

        return open_openvino(card, share)
    from detector.onnx_engine import open_onnx

    return open_onnx(card, name, share, cache)


def is_built_for_cards() -> bool:
    """Whether the ONNX Runtime that is installed was built for graphics cards; nothing is loaded to know it."""
    found = importlib.util.find_spec("onnxruntime")
    return found is not None and found.origin is not None and (Path(found.origin).parent / CUDA_LIBRARY).is_file()


def choose(
    card: Card, wanted: Wanted, *, has_openvino: bool | None = None, processor: Collection[str] | None = None
) -> EngineName:
    """Which engine is meant, of those that need no graphics card unless one is named.

    Args:
        card: which weights.
        wanted: by whoever starts this.
        has_openvino: whether it is installed; None looks.
        processor: what it can do, as `detector.processor.flags` tells it; None looks.

    Raises:
        NoEngine: OpenVINO is wanted by name and is not installed, or the card has no file for it; eight-bit weights are
            wanted by name of a card that has none, or of a processor that cannot sum bytes without overflow.
    """
    if wanted == "onnxruntime-int8":
        return _eight_bit(card, flags() if processor is None else processor)
    if wanted != "auto" and wanted != "openvino":  # said twice, which mypy understands
        return wanted
    is_installed = importlib.util.find_spec("openvino") is not None if has_openvino is None else has_openvino
    if is_installed and card.has("openvino"):
        return "openvino"
    if wanted == "auto":
        known = flags() if processor is None else processor
        return "onnxruntime-int8" if card.has("onnxruntime-int8") and gains_by_bytes(known) else "onnxruntime"
    why = "the card holds no file for it" if is_installed else "it is not installed; see requirements/openvino.txt"
    raise NoEngine(card=card.name, engine="openvino", why=why)


def _eight_bit(card: Card, known: Collection[str]) -> EngineName:
    if card.has("onnxruntime-int8") and multiplies_bytes(known):
        return "onnxruntime-int8"
    why = "this processor has no VNNI" if card.has("onnxruntime-int8") else "the card holds no file for it"
    raise NoEngine(card=card.name, engine="onnxruntime-int8", why=why)
