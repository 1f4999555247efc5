"""OpenVINO: the fastest engine on a plain processor, with a file of eight-bit weights.

Importing OpenVINO sends its maker a message through the package `openvino_telemetry`, unless that is not there. It is
not among our requirements, and even where somebody installed it this process cannot import it.
"""

import importlib
import os
import sys
import threading
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detector.distinct import distinct
from detector.engine import EngineName, Rows, Share
from detector.errors import NoEngine, UnreadableCard
from detector.processor import TILES, flags
from detector.weights import Card

REPORTING: Final = ("openvino_telemetry", "openvino.tools.ovc")
"""What would report to somebody; the second converts models and is the one that calls the first."""

INSTRUCTIONS: Final = "ONEDNN_MAX_CPU_ISA"
WITHOUT_TILES: Final = "AVX512_CORE_VNNI"
"""Matrix tiles (AMX) lose on one picture with few channels: measured, see docs/decisions/0040-engines.md."""


class OpenVinoEngine:
    """A network that gives raw answers, of which `distinct` makes boxes. Each thread keeps one request.

    One graph serves pictures of every shape. A graph of its own for a shape would be a seventh faster and take 40 MB.
    """

    name: Final[EngineName] = "openvino"

    def __init__(self, compiled: Any, sha256: str) -> None:
        self.sha256 = sha256
        self._compiled = compiled
        self._tensor: Any = importlib.import_module("openvino").Tensor
        self._mine = threading.local()

    def run(self, pixels: NDArray[np.float32], least: float) -> Rows:
        """See `Engine.run`."""
        request: Any = getattr(self._mine, "request", None)
        if request is None:
            request = self._mine.request = self._compiled.create_infer_request()
        request.set_input_tensor(self._tensor(pixels, shared_memory=True))
        request.infer()
        return distinct(request.get_output_tensor().data[0], least)


def open_openvino(card: Card, share: Share) -> OpenVinoEngine:
    """Load a card's graph and weights; see `detector.engine.open_engine`."""
    graph, weights = card.read("openvino"), card.read("openvino-weights")
    try:
        core = quiet().Core()
    except ImportError as error:
        raise NoEngine(card=card.name, engine="openvino", why=str(error)[:200]) from error
    try:
        model = core.read_model(graph, weights)
        shape = model.output().get_partial_shape()
        if len(model.inputs) != 1 or len(shape) != 3 or str(shape[1]) != str(4 + len(card.kinds)):
            raise UnreadableCard(card=card.name, why=f"the output is (B, {4 + len(card.kinds)}, A), got {shape}")
        return OpenVinoEngine(core.compile_model(model, "CPU", _taking(share)), card.sha256_of("openvino-weights"))
    except RuntimeError as error:  # what OpenVINO raises whatever is wrong
        raise UnreadableCard(card=card.name, why=str(error)[:200]) from error


def quiet() -> Any:
    """The package `openvino`, which can reach nobody from this process; ImportError where it is not installed."""
    if "openvino" not in sys.modules:
        for name in REPORTING:
            sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say: cannot be imported
        if TILES in flags():
            os.environ.setdefault(INSTRUCTIONS, WITHOUT_TILES)
    return importlib.import_module("openvino")


def _taking(share: Share) -> dict[str, Any]:
    """What the calibration left in float is computed in float32 on every processor: elsewhere boxes would be coarse."""
    return {
        "INFERENCE_NUM_THREADS": share.threads * share.at_once,
        "NUM_STREAMS": share.at_once,
        "INFERENCE_PRECISION_HINT": "f32",
        "ENABLE_CPU_PINNING": False,
    }
