"""Small things in large photos: a second look at the few places that the first one found promising, in one picture.

Looking at every tile costs as many looks as there are tiles. Here the most promising windows are laid side by side into
one picture, a collage, and looked at once. A window is promising where the first look has doubtful small ads: most of
what it says of them is far too weak to be shown, and still the best guess of where they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detector import boxes
from detector.model import ONE_THING, PADDING, EngineModel, Model
from detector.types import Detections, Image, Xyxy

LOOKING_CLOSER_SIDE: Final = 1920
"""Pixels of a picture that is looked at closely: what is 30 pixels there is 9 to the first look."""

SOUGHT: Final = "paper_ad"
WINDOW: Final = 284
GUTTER: Final = 8
COLUMNS: Final = 2
MOST_WINDOWS: Final = 4
SHEET: Final = COLUMNS * (WINDOW + GUTTER) - GUTTER
"""The side of a collage is what the network takes, so that it sees the windows at their own size."""

HINT: Final = 0.0002
"""From this score on a small box of the first look is a hint."""

SMALL: Final = 0.15
"""A box is small if its longer side is at most this part of the picture's."""

CELL: Final = 16
REASON: Final = 0.1
"""The square roots of the scores of a window's hints come to this, or it is not worth a look."""

INSIDE: Final = 0.8
"""A box of the collage counts if so much of it lies in one window: others join what is far apart."""

SAME: Final = 0.5


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a picture, and where it lies in the collage; pixels of both."""

    left: int
    top: int
    at_left: int
    at_top: int


class Tiled:
    """A `Model` that looks twice at large pictures. Small ones are looked at once, as ever.

    Args:
        model: looks at whole pictures.
        closer: looks at collages; the same one by default. All of them have one size.
    """

    def __init__(self, model: Model, closer: Model | None = None) -> None:
        self.model = model
        self._closer = closer or model

    @property
    def kinds(self) -> tuple[str, ...]:
        """See `Model.kinds`."""
        return self.model.kinds

    @property
    def weights_sha256(self) -> str:
        """See `Model.weights_sha256`."""
        return self.model.weights_sha256

    @property
    def thresholds(self) -> Mapping[str, float]:
        """See `Model.thresholds`."""
        return self.model.thresholds

    def detect(self, images: Sequence[Image], *, min_score: float | None = None) -> list[Detections]:
        """See `Model.detect`."""
        return [self._detect(image, min_score) for image in images]

    def _detect(self, image: Image, min_score: float | None) -> Detections:
        if max(image.shape[:2]) < LOOKING_CLOSER_SIDE:
            return self.model.detect([image], min_score=min_score)[0]
        lowest = min(self.thresholds.values(), default=0.0) if min_score is None else min_score
        (first,) = self.model.detect([image], min_score=min(HINT, lowest))
        windows = promising(image, first)
        strong = np.flatnonzero(first.scores >= lowest)
        found = [_chosen(first, strong, first.xyxy[strong])]
        if windows:
            (closer,) = self._closer.detect([collage(image, windows)], min_score=lowest)
            found.append(in_whole(closer, windows))
        return shown(merged(found), self.thresholds, min_score)


def open_tiled(open_one: Callable[[], Model]) -> Tiled:
    """A `Tiled` of weights that `open_one` opens: twice where the engine is OpenVINO, else once.

    OpenVINO prepares its graph anew at every change of shape, for a quarter of a look. One for the collages alone
    has always the same.
    """
    model = open_one()
    has_own = isinstance(model, EngineModel) and model.engine.name == "openvino"
    return Tiled(model, open_one() if has_own else None)


def promising(image: Image, first: Detections) -> list[Window]:
    """The windows of an `(H, W, 3)` picture that deserve a second look, at most four, the best first."""
    height, width = image.shape[:2]
    heat = _heat(first, width, height)
    found: list[Window] = []
    while len(found) < MOST_WINDOWS and (middle := _hottest(heat)) is not None:
        left, top = (
            int(np.clip(at - WINDOW / 2, 0, max(0, side - WINDOW)))
            for at, side in zip(middle, (width, height), strict=True)
        )
        heat[_cells(top), _cells(left)] = 0
        found.append(_placed(len(found), left, top))
    return found


def _heat(first: Detections, width: int, height: int) -> NDArray[np.float32]:
    """How much the first look says of small ads, by cells of 16 pixels: the square roots of their scores."""
    heat = np.zeros((-(-height // CELL), -(-width // CELL)), np.float32)
    small = (first.xyxy[:, 2:] - first.xyxy[:, :2]).max(axis=1, initial=0) <= SMALL * max(width, height)  # (N,)
    sought = np.flatnonzero(small & np.array([kind == SOUGHT for kind in first.kinds], bool))
    columns, rows = ((first.xyxy[sought, :2] + first.xyxy[sought, 2:]) / (2 * CELL)).astype(np.intp).T
    last_row, last_column = heat.shape[0] - 1, heat.shape[1] - 1
    np.add.at(heat, (np.minimum(rows, last_row), np.minimum(columns, last_column)), np.sqrt(first.scores[sought]))
    return heat


def _hottest(heat: NDArray[np.float32]) -> tuple[float, float] | None:
    """The middle, in pixels, of what the hottest window holds, which is then taken out; None if that is little."""
    down, across = (min(WINDOW // CELL, cells) for cells in heat.shape)
    sums = cv2.boxFilter(heat, -1, (across, down), None, (0, 0), normalize=False, borderType=cv2.BORDER_CONSTANT)
    sums = sums[: heat.shape[0] - down + 1, : heat.shape[1] - across + 1]
    top, left = divmod(int(sums.argmax()), sums.shape[1])
    inside = heat[top : top + down, left : left + across]
    total = float(inside.sum())
    if total < REASON:
        return None
    x = float(inside.sum(axis=0) @ np.arange(0.5, across)) / total + left
    y = float(inside.sum(axis=1) @ np.arange(0.5, down)) / total + top
    inside[:] = 0
    return x * CELL, y * CELL


def _cells(start: int) -> slice:
    return slice(round(start / CELL), round((start + WINDOW) / CELL))


def _placed(number: int, left: int, top: int) -> Window:
    row, column = divmod(number, COLUMNS)
    return Window(left, top, column * (WINDOW + GUTTER), row * (WINDOW + GUTTER))


def collage(image: Image, windows: Sequence[Window]) -> Image:
    """The windows side by side on gray, `(576, 576, 3)` uint8 however many they are."""
    sheet = np.full((SHEET, SHEET, 3), PADDING, np.uint8)
    for one in windows:
        piece = image[one.top : one.top + WINDOW, one.left : one.left + WINDOW]
        sheet[one.at_top : one.at_top + piece.shape[0], one.at_left : one.at_left + piece.shape[1]] = piece
    return sheet


def in_whole(closer: Detections, windows: Sequence[Window]) -> Detections:
    """The boxes of a collage in pixels of the picture, without those that no window holds for the most part."""
    corners = [[w.at_left, w.at_top, w.at_left + WINDOW, w.at_top + WINDOW] for w in windows]
    placed = np.array(corners, np.float32)  # (W, 4)
    moved = np.array([[w.left - w.at_left, w.top - w.at_top] * 2 for w in windows], np.float32)  # (W, 4)
    inside = np.maximum(
        np.minimum(closer.xyxy[:, None, 2:], placed[None, :, 2:])
        - np.maximum(closer.xyxy[:, None, :2], placed[None, :, :2]),
        0,
    ).prod(axis=2)  # (N, W)
    home = inside.argmax(axis=1)
    kept = np.flatnonzero(inside.max(axis=1) >= INSIDE * boxes.area(closer.xyxy))
    cut = np.clip(closer.xyxy[kept], np.tile(placed[home[kept], :2], 2), np.tile(placed[home[kept], 2:], 2))
    return _chosen(closer, kept, (cut + moved[home[kept]]).astype(np.float32))


def merged(found: Sequence[Detections]) -> Detections:
    """All boxes, best first, of those of one kind on one thing only the best."""
    xyxy = np.concatenate([one.xyxy for one in found])
    scores = np.concatenate([one.scores for one in found])
    kinds = [kind for one in found for kind in one.kinds]
    conditions = [condition for one in found for condition in one.conditions]
    names = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    apart = np.array([names[kind] for kind in kinds], np.float32)[:, None] * np.float32(65536)
    kept = boxes.keep_best(xyxy + apart if len(kinds) else xyxy, scores, SAME)
    return Detections(xyxy[kept], scores[kept], tuple(kinds[i] for i in kept), tuple(conditions[i] for i in kept))


def shown(found: Detections, thresholds: Mapping[str, float], min_score: float | None) -> Detections:
    """What `Model.detect` promises for its `min_score`, of boxes that are best first."""
    floors = np.array([thresholds[kind] if min_score is None else min_score for kind in found.kinds], np.float32)
    kept = np.flatnonzero(found.scores >= floors) if len(found) else np.zeros(0, np.intp)
    if min_score is None:
        kept = kept[boxes.keep_best(found.xyxy[kept], found.scores[kept], ONE_THING)]
    return _chosen(found, kept, found.xyxy[kept])


def _chosen(found: Detections, kept: NDArray[np.intp], xyxy: Xyxy) -> Detections:
    kinds = tuple(found.kinds[i] for i in kept)
    return Detections(xyxy, found.scores[kept], kinds, tuple(found.conditions[i] for i in kept))
