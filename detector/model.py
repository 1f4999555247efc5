"""The model behind one verb: pictures in, street conditions out, everything about its input hidden."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from detector import boxes
from detector.catalog import Catalog, load_catalog
from detector.engine import Engine, Share, Wanted, open_engine
from detector.errors import UnreadableCard
from detector.types import Detections, Image
from detector.weights import Card

PADDING: Final = 114
"""The gray around a letterboxed picture, as in training."""

ONE_THING: Final = 0.7
"""Boxes that overlap by more than this IoU are on one thing, whatever kinds they name."""

ONE_PICTURE: Final = Share()


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


def open_model(
    card: Card,
    *,
    engine: Wanted = "onnxruntime",
    share: Share = ONE_PICTURE,
    catalog: Catalog | None = None,
    cache: Path | None = None,
) -> "EngineModel":
    """Load a card's weights, check their SHA-256 and run them once, so that the first photo waits for nothing.

    Args:
        card: which weights.
        engine: that runs them. By default the one that every computer has, so that measured numbers compare.
        share: of the processor.
        catalog: tells the condition of each kind; the package's own by default.
        cache: where an engine may keep what it built.

    Raises:
        NoEngine, HashMismatch: see `detector.engine.open_engine`.
        UnreadableCard: the file is no detection model, or a kind is not in the catalog.
    """
    known = catalog or load_catalog()
    try:
        conditions = tuple(known.condition_of(kind) for kind in card.kinds)
    except KeyError as error:
        raise UnreadableCard(card=card.name, why=f"unknown kind {error}") from error
    model = EngineModel(card, open_engine(card, engine, share, cache), conditions)
    model.detect([np.full((9, 16, 3), PADDING, np.uint8)])
    return model


class EngineModel:
    """A `Model` on any engine. Any thread may call it; each keeps one input buffer."""

    def __init__(self, card: Card, engine: Engine, conditions: tuple[str | None, ...]) -> None:
        self.kinds = card.kinds
        self.engine = engine
        self._conditions = conditions
        self.thresholds: Mapping[str, float] = MappingProxyType({kind: card.thresholds[kind] for kind in card.kinds})
        self._thresholds = np.array([card.thresholds[kind] for kind in card.kinds], np.float32)
        self._longest_side = max(card.input)
        self._mine = threading.local()

    @property
    def weights_sha256(self) -> str:
        """See `Model.weights_sha256`."""
        return self.engine.sha256

    def detect(self, images: Sequence[Image], *, min_score: float | None = None) -> list[Detections]:
        """See `Model.detect`. Pictures go one by one: on a CPU a batch gains nothing and costs memory."""
        return [self._detect(image, min_score) for image in images]

    def _detect(self, image: Image, min_score: float | None) -> Detections:
        height, width = image.shape[:2]
        at = boxes.letterbox(width, height, self._longest_side)
        least = float(self._thresholds.min()) if min_score is None else min_score
        rows = self.engine.run(self._fill(image, at), least)  # (N, 6)
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

    def filled(self, image: Image) -> NDArray[np.float32]:
        """What the engine gets for a picture: `(1, 3, H, W)`, in a buffer that this thread's next picture takes."""
        return self._fill(image, boxes.letterbox(image.shape[1], image.shape[0], self._longest_side))

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
