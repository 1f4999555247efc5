"""The model behind one verb: pictures in, street conditions out, everything about its input hidden."""

import threading
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as refusals

from detector import boxes
from detector.catalog import Catalog, load_catalog
from detector.errors import UnreadableCard
from detector.types import Detections, Image
from detector.weights import Card

PADDING: Final = 114
"""The gray around a letterboxed picture, as in training."""

ONE_THING: Final = 0.7
"""Boxes that overlap by more than this IoU are on one thing, whatever kinds they name."""

_FEW_WARNINGS: Final = 3
_ROW: Final = 6  # x0, y0, x1, y1, score, kind
_UNLOADABLE: Final = (
    refusals.Fail,
    refusals.InvalidArgument,
    refusals.InvalidGraph,
    refusals.InvalidProtobuf,
    refusals.NotImplemented,
    refusals.RuntimeException,
)


class Model(Protocol):
    """Something that finds street conditions."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it can find."""

    @property
    def weights_sha256(self) -> str:
        """Which weights it runs."""

    @property
    def thresholds(self) -> Mapping[str, float]:
        """By kind, the score from which a box is shown."""

    def detect(self, images: Sequence[Image], *, min_score: float | None = None) -> list[Detections]:
        """Find street conditions in `(H, W, 3)` uint8 RGB images, in pixels of each, best first.

        Args:
            images: of any sizes.
            min_score: from which score every box is given, as measuring needs it; None gives what people are shown:
                boxes from the card's threshold of their kind on, and of boxes on one thing only the best.
        """


def open_model(card: Card, *, threads: int = 1, catalog: Catalog | None = None) -> "OnnxModel":
    """Load a card's ONNX file, check its SHA-256 and run it once, so that the first photo waits for nothing.

    Args:
        card: which weights.
        threads: that one picture may use at a time.
        catalog: tells the condition of each kind; the package's own by default.

    Raises:
        NoEngine, HashMismatch: see `Card.read`.
        UnreadableCard: the file is no detection model, or a kind is not in the catalog.
    """
    known = catalog or load_catalog()
    try:
        conditions = tuple(known.condition_of(kind) for kind in card.kinds)
    except KeyError as error:
        raise UnreadableCard(card=card.name, why=f"unknown kind {error}") from error
    model = OnnxModel(card, _session(card, threads), conditions)
    model.detect([np.full((9, 16, 3), PADDING, np.uint8)])
    return model


class OnnxModel:
    """A `Model` on ONNX Runtime. Any thread may call it; each keeps one input buffer."""

    def __init__(self, card: Card, session: ort.InferenceSession, conditions: tuple[str | None, ...]) -> None:
        self.kinds = card.kinds
        self.weights_sha256 = card.sha256_of("onnxruntime")
        self._conditions = conditions
        self.thresholds: Mapping[str, float] = MappingProxyType({kind: card.thresholds[kind] for kind in card.kinds})
        self._thresholds = np.array([card.thresholds[kind] for kind in card.kinds], np.float32)
        self._longest_side = max(card.input)
        self._session = session
        self._input = session.get_inputs()[0].name
        self._mine = threading.local()

    def detect(self, images: Sequence[Image], *, min_score: float | None = None) -> list[Detections]:
        """See `Model.detect`. Pictures go one by one: on a CPU a batch gains nothing and costs memory."""
        return [self._detect(image, min_score) for image in images]

    def _detect(self, image: Image, min_score: float | None) -> Detections:
        height, width = image.shape[:2]
        at = boxes.letterbox(width, height, self._longest_side)
        rows = self._session.run(None, {self._input: self._fill(image, at)})[0][0]  # (N, 6)
        rows = rows[(rows[:, 5] >= 0) & (rows[:, 5] < len(self.kinds))]
        index = rows[:, 5].astype(np.intp)  # (N,)
        floors = self._thresholds[index] if min_score is None else np.float32(min_score)
        found = boxes.clip(boxes.from_input(rows[:, :4], at), width, height)  # (N, 4)
        good = (rows[:, 4] >= floors) & (rows[:, 4] > 0) & (found[:, :2] < found[:, 2:]).all(axis=1)
        order = np.flatnonzero(good)[np.argsort(-rows[good, 4], kind="stable")]
        if min_score is None:
            order = order[boxes.keep_best(found[order], rows[order, 4], ONE_THING)]
        return Detections(
            xyxy=found[order],
            scores=np.minimum(rows[order, 4], 1).astype(np.float32),
            kinds=tuple(self.kinds[i] for i in index[order]),
            conditions=tuple(self._conditions[i] for i in index[order]),
        )

    def _fill(self, image: Image, at: boxes.Letterbox) -> NDArray[np.float32]:
        """The picture as `(1, 3, H, W)` float32 in [0, 1], in this thread's buffer."""
        inner = (at.inner_width, at.inner_height)
        small = image if image.shape[1::-1] == inner else cv2.resize(image, inner, interpolation=cv2.INTER_LINEAR)
        canvas = self._buffer(at)
        canvas.fill(PADDING / 255)
        inside = canvas[:, at.top : at.top + at.inner_height, at.left : at.left + at.inner_width]
        np.multiply(small.transpose(2, 0, 1), np.float32(1 / 255), out=inside)
        return canvas[None]

    def _buffer(self, at: boxes.Letterbox) -> NDArray[np.float32]:
        """`(3, H, W)` float32, a view into the one block that the largest input needs."""
        block: Any = getattr(self._mine, "block", None)
        if block is None:
            side = -(-self._longest_side // boxes.STRIDE) * boxes.STRIDE
            block = self._mine.block = np.empty(3 * side * side, np.float32)
        flat: NDArray[np.float32] = block[: 3 * at.height * at.width]
        return flat.reshape(3, at.height, at.width)


def _session(card: Card, threads: int) -> ort.InferenceSession:
    try:
        session = ort.InferenceSession(card.read("onnxruntime"), lean(threads), providers=["CPUExecutionProvider"])
    except _UNLOADABLE as error:
        raise UnreadableCard(card=card.name, why=str(error)[:200]) from error
    shape = session.get_outputs()[0].shape
    if len(session.get_inputs()) != 1 or len(shape) != 3 or shape[2] not in (_ROW, None):
        raise UnreadableCard(card=card.name, why=f"the output is (B, N, {_ROW}), got {shape}")
    return session


def lean(threads: int) -> ort.SessionOptions:
    """Options that keep a session small and its idle threads asleep."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _FEW_WARNINGS
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def giving_back(is_wanted: bool) -> ort.RunOptions | None:
    """For a run whose working memory goes back at once: the next picture may be a giant that needs the room."""
    if not is_wanted:
        return None
    options = ort.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options
