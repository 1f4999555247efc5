"""Is a thing gone, or does something stand before it? Asked of the picture alone, without a model of people or cars.

A thing that was taken away changes the picture where it lay and nowhere else, and what is then there stays. Somebody
in front of it changes the picture around it, too, or goes on changing it. Neither is proof: a still thing no larger
than the box that hides it is taken for its removal. Light is levelled by what surrounds the thing; where that fails,
the answer is "hidden", so that an error never says that a street is clean.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.boxes import grow, iou
from detector.types import Image

Cause = Literal["clear", "hidden", "unchanged", "unsettled"]
"""`clear`: something else lies there now. `hidden`: more than the thing has changed. `unchanged`: it looks as it did
when the thing was seen. `unsettled`: it still changes from look to look."""

SIDE: Final = 32
AROUND: Final = 0.75
"""How far the surroundings reach, in widths and heights of the box, to each side."""

REMEMBERED: Final = 5
NEW_USUAL: Final = 10
ANOTHER_BOX: Final = 0.5
"""Below this IoU with what was remembered, a thing has changed its shape."""

DIFFERS: Final = 18.0
"""Gray levels, of 255, from which a cell differs."""

RING_CHANGED: Final = 0.1
INSIDE_SAME: Final = 0.12
INSIDE_MOVES: Final = 0.2

Patch = NDArray[np.uint8]
"""`(32, 32)` gray: a box in the middle of its surroundings."""


@dataclass(slots=True)
class Memory:
    """How one thing looked when it was seen with nothing before it, and how its spot looked when it was last not.

    Attributes:
        anchor: the box whose surroundings are compared.
        seen: the latest pictures of the thing that agree about its surroundings.
        others: those since then whose surroundings are different, but alike among each other; enough of them are a
            new usual, as at nightfall, while somebody who passes is not.
        empty: the spot on the last look that did not see it.
    """

    anchor: tuple[float, float, float, float] | None = None
    seen: deque[Patch] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    others: deque[Patch] = field(default_factory=lambda: deque(maxlen=NEW_USUAL))
    empty: Patch | None = None

    def remember(self, image: Image, xyxy: tuple[float, float, float, float]) -> None:
        """It was seen there, in pixels of `image`."""
        self.empty = None
        if self.anchor is None:
            self._begin(image, xyxy)
            return
        now, around = patch(image, self.anchor), ~inner(image, self.anchor)
        if _agree(now, self._usual(), around):
            self.others.clear()
            if iou(_row(self.anchor), _row(xyxy))[0, 0] < ANOTHER_BOX:
                self._begin(image, xyxy)
                return
            self.seen.append(now)
            return
        if self.others and not _agree(now, self.others[-1], around):
            self.others.clear()
        self.others.append(now)
        if len(self.others) == NEW_USUAL:
            self._begin(image, xyxy)

    def _begin(self, image: Image, xyxy: tuple[float, float, float, float]) -> None:
        self.anchor = xyxy
        self.seen.clear()
        self.others.clear()
        self.seen.append(patch(image, xyxy))

    def _usual(self) -> NDArray[np.float64]:
        """What most of the latest pictures show, cell by cell."""
        shown = np.sort(np.stack(self.seen), axis=0).astype(np.float64)
        usual: NDArray[np.float64] = (shown[(len(shown) - 1) // 2] + shown[len(shown) // 2]) / 2
        return usual

    def ask(self, image: Image) -> Cause:
        """Why it is not seen on `image`."""
        if self.anchor is None:
            return "clear"
        now, usual = patch(image, self.anchor), self._usual()
        inside = inner(image, self.anchor)
        before, self.empty = self.empty, None
        if not _agree(now, usual, ~inside):
            return "hidden"
        level = levelled(now, usual, ~inside)
        if changed(level, usual, inside) < INSIDE_SAME:
            return "unchanged"
        self.empty = now
        return "clear" if before is None or changed(now, before, inside) < INSIDE_MOVES else "unsettled"


def patch(image: Image, xyxy: tuple[float, float, float, float]) -> Patch:
    """The box and its surroundings, cut at the picture's edges, in `(32, 32)` cells."""
    x0, y0, x1, y1 = _region(image, xyxy)
    green = np.ascontiguousarray(image[y0:y1, x0:x1, 1])
    return np.asarray(cv2.resize(green, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def inner(image: Image, xyxy: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Which cells of its patch a box covers; `(32, 32)`."""
    x0, y0, x1, y1 = _region(image, xyxy)
    across = x0 + (np.arange(SIDE) + 0.5) * (x1 - x0) / SIDE  # (32,)
    down = y0 + (np.arange(SIDE) + 0.5) * (y1 - y0) / SIDE  # (32,)
    covers_x, covers_y = (xyxy[0] <= across) & (across <= xyxy[2]), (xyxy[1] <= down) & (down <= xyxy[3])
    covered: NDArray[np.bool_] = covers_y[:, None] & covers_x[None]
    return covered


def levelled(now: Patch, usual: NDArray[np.generic], where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """`now` with its light made that of `usual`, by the median and the spread of the cells `where`; `(32, 32)`."""
    if not where.any():
        return now.astype(np.float64)
    a, b = now[where].astype(np.float64), usual[where].astype(np.float64)
    middle_a, middle_b = _middle(a), _middle(b)
    spread_a, spread_b = float(np.abs(a - middle_a).mean()), float(np.abs(b - middle_b).mean())
    gain = min(2.0, max(0.5, spread_b / spread_a)) if spread_a > 2 else 1.0
    level: NDArray[np.float64] = (now.astype(np.float64) - middle_a) * gain + middle_b
    return level


def changed(a: NDArray[np.generic], b: NDArray[np.generic], where: NDArray[np.bool_]) -> float:
    """The share of the cells `where` that differ; in [0, 1], 0 where there are none."""
    if not where.any():
        return 0.0
    return float(np.mean(np.abs(a[where].astype(np.float64) - b[where].astype(np.float64)) >= DIFFERS))


def _middle(values: NDArray[np.float64]) -> float:
    """The median of `(N,)` values, N > 0, without what `np.median` spends on every other case.

    >>> _middle(np.array([3.0, 1.0, 2.0])), _middle(np.array([4.0, 1.0, 3.0, 2.0]))
    (2.0, 2.5)
    """
    low, high = (len(values) - 1) // 2, len(values) // 2
    ordered = np.partition(values, (low, high))
    return float(ordered[low] + ordered[high]) / 2


def _agree(now: Patch, usual: NDArray[np.generic], around: NDArray[np.bool_]) -> bool:
    """Whether the surroundings are the same but for the light."""
    return changed(levelled(now, usual, around), usual, around) < RING_CHANGED


def _region(image: Image, xyxy: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    height, width = image.shape[:2]
    x0, y0, x1, y1 = grow(_row(xyxy), AROUND)[0]
    left, top = min(max(0, int(x0)), width - 1), min(max(0, int(y0)), height - 1)
    return left, top, max(left + 1, min(width, round(float(x1)))), max(top + 1, min(height, round(float(y1))))


def _row(xyxy: tuple[float, float, float, float]) -> NDArray[np.float32]:
    return np.array([xyxy], np.float32)
