"""Small things in large photos: a second look at the few places that the first one found promising, in one picture.

Looking at every tile costs as many looks as there are tiles. Here the most promising windows are laid side by side into
one picture, a collage, and looked at once. A window is promising where the first look has a doubtful small box, or
where the picture is as dense with edges as print is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detector import boxes
from detector.model import ONE_THING, Model
from detector.types import Detections, Image, Xyxy

LOOKING_CLOSER_SIDE: Final = 1920
"""Pixels of a picture that is looked at closely: what is 30 pixels there is 9 to the first look."""

WINDOW: Final = 288
GUTTER: Final = 8
COLUMNS: Final = 2
MOST_WINDOWS: Final = 4
DOUBTFUL: Final = 0.02
"""From this score on a small box of the first look is a hint."""

SMALL: Final = 0.15
"""A box is small if its longer side is at most this part of the picture's."""

PRINT: Final = 0.22
"""A window is as dense as print if this part of its pixels lies at an edge."""

EDGE: Final = 48
INSIDE: Final = 0.8
"""A box of the collage counts if so much of it lies in one window: others join what is far apart."""

SAME: Final = 0.5


@dataclass(frozen=True, slots=True)
class Window:
    """A square of a picture, and where it lies in the collage; pixels of both."""

    left: int
    top: int
    at_left: int
    at_top: int


class Tiled:
    """A `Model` that looks twice at large pictures. Small ones are looked at once, as ever."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def kinds(self) -> tuple[str, ...]:
        """See `Model.kinds`."""
        return self._model.kinds

    @property
    def weights_sha256(self) -> str:
        """See `Model.weights_sha256`."""
        return self._model.weights_sha256

    @property
    def thresholds(self) -> Mapping[str, float]:
        """See `Model.thresholds`."""
        return self._model.thresholds

    def detect(self, images: Sequence[Image], *, min_score: float | None = None) -> list[Detections]:
        """See `Model.detect`."""
        return [self._detect(image, min_score) for image in images]

    def _detect(self, image: Image, min_score: float | None) -> Detections:
        if max(image.shape[:2]) < LOOKING_CLOSER_SIDE:
            return self._model.detect([image], min_score=min_score)[0]
        lowest = DOUBTFUL if min_score is None else min(DOUBTFUL, min_score)
        (first,) = self._model.detect([image], min_score=lowest)
        windows = promising(image, first)
        found = [first]
        if windows:
            (closer,) = self._model.detect([collage(image, windows)], min_score=lowest)
            found.append(in_whole(closer, windows))
        return shown(merged(found), self.thresholds, min_score)


def promising(image: Image, first: Detections) -> list[Window]:
    """The windows of an `(H, W, 3)` picture that deserve a second look, at most four, the best first."""
    height, width = image.shape[:2]
    small = (first.xyxy[:, 2:] - first.xyxy[:, :2]).max(axis=1) <= SMALL * max(height, width)  # (N,)
    hints, sure = _centres(first.xyxy[small]), first.scores[small]
    corners = [_corner(x, y, width, height) for x, y in _heaps(hints, sure)]
    if len(corners) < MOST_WINDOWS:
        corners += list(_dense(image, corners))
    return [_placed(number, *corner) for number, corner in enumerate(corners[:MOST_WINDOWS])]


def _heaps(hints: NDArray[np.float32], sure: NDArray[np.float32]) -> Iterator[tuple[float, float]]:
    """Where most doubt lies: the middle of the window that gathers the most score, then of what it leaves, and so on.

    Args:
        hints: `(N, 2)` centres.
        sure: `(N,)` scores.
    """
    left = np.arange(len(hints))
    for _ in range(MOST_WINDOWS):
        if not len(left):
            return
        near = (np.abs(hints[left, None] - hints[None, left]) < WINDOW / 2).all(axis=2)  # (M, M)
        best = int((near * sure[left]).sum(axis=1).argmax())
        middle = hints[left[near[best]]]
        yield tuple((middle.min(axis=0) + middle.max(axis=0)) / 2)
        left = left[~near[best]]


def _dense(image: Image, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Corners of the windows of a grid that are dense as print and not taken, densest first."""
    height, width = image.shape[:2]
    half = max(1, width // 2), max(1, height // 2)
    gray = cv2.cvtColor(cv2.resize(image, half, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    edges = (cv2.morphologyEx(gray, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > EDGE).astype(np.float32)
    cells = cv2.resize(edges, (-(-width // WINDOW), -(-height // WINDOW)), interpolation=cv2.INTER_AREA)
    for index in np.argsort(-cells, axis=None, kind="stable"):
        row, column = divmod(int(index), cells.shape[1])
        if cells[row, column] < PRINT:
            return
        middle = (column + 0.5) * width / cells.shape[1], (row + 0.5) * height / cells.shape[0]
        corner = _corner(*middle, width, height)
        if all(max(abs(corner[0] - x), abs(corner[1] - y)) >= WINDOW / 2 for x, y in taken):
            yield corner


def _corner(x: float, y: float, width: int, height: int) -> tuple[int, int]:
    """Left and top of the window around a point, pushed into the picture.

    >>> _corner(10, 1000, 2000, 1500)
    (0, 856)
    """
    return (
        int(np.clip(x - WINDOW / 2, 0, max(0, width - WINDOW))),
        int(np.clip(y - WINDOW / 2, 0, max(0, height - WINDOW))),
    )


def _placed(number: int, left: int, top: int) -> Window:
    row, column = divmod(number, COLUMNS)
    return Window(left, top, column * (WINDOW + GUTTER), row * (WINDOW + GUTTER))


def collage(image: Image, windows: Sequence[Window]) -> Image:
    """The windows side by side on gray, `(H, W, 3)` uint8: one row for two, two rows for four."""
    rows = -(-len(windows) // COLUMNS)
    sheet = np.full((rows * (WINDOW + GUTTER) - GUTTER, COLUMNS * (WINDOW + GUTTER) - GUTTER, 3), 114, np.uint8)
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


def _centres(xyxy: Xyxy) -> NDArray[np.float32]:
    return ((xyxy[:, :2] + xyxy[:, 2:]) / 2).astype(np.float32)


def _chosen(found: Detections, kept: NDArray[np.intp], xyxy: Xyxy) -> Detections:
    kinds = tuple(found.kinds[i] for i in kept)
    return Detections(xyxy, found.scores[kept], kinds, tuple(found.conditions[i] for i in kept))
