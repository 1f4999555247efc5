"""Average precision as COCO defines it, for one kind, in numpy: 101 recall points, 100 boxes a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.boxes import iou
from detector.types import Xyxy

OVERLAPS: Final = np.linspace(0.5, 0.95, 10)
ROUNDING: Final = 1e-6
RECALLS: Final = np.linspace(0.0, 1.0, 101)
MOST_PER_PICTURE: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One kind on one picture: what was found and what is there.

    Attributes:
        found: `(N, 4)` boxes, best first, in any unit that `there` shares.
        scores: `(N,)` falling.
        there: `(M, 4)` labelled boxes.
    """

    found: Xyxy
    scores: NDArray[np.float32]
    there: Xyxy


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """All boxes of one kind over P pictures, best first.

    Attributes:
        scores: `(N,)` falling.
        hits: `(10, N)` bool, for each overlap of 0.5, 0.55 .. 0.95.
        picture: `(N,)` on which of the pictures each box is.
        labels: `(P,)` how many labelled boxes each picture has.
    """

    scores: NDArray[np.float32]
    hits: NDArray[np.bool_]
    picture: NDArray[np.intp]
    labels: NDArray[np.intp]

    @property
    def wanted(self) -> int:
        """How many labelled boxes there are."""
        return int(self.labels.sum())

    def average_precision(self) -> NDArray[np.float64]:
        """`(10,)`, one for each overlap; not a number where nothing was labelled.

        >>> one = Seen(np.float32([[0, 0, 10, 10]]), np.float32([0.9]), np.float32([[0, 0, 10, 9]]))
        >>> rank([one]).average_precision()[[0, 9]].tolist()
        [1.0, 0.0]
        """
        if self.wanted == 0:
            return np.full(len(OVERLAPS), np.nan)
        return np.array([area_of(hits, self.wanted) for hits in self.hits])

    def at(self, threshold: float) -> "Counts":
        """What is found from `threshold` on, at an overlap of 0.5."""
        kept = self.scores >= threshold
        return Counts(int(self.hits[0, kept].sum()), int(kept.sum()), self.wanted)


@dataclass(frozen=True, slots=True)
class Counts:
    """Right boxes, shown boxes and labelled boxes."""

    right: int
    shown: int
    wanted: int

    @property
    def precision(self) -> float | None:
        """Part of the shown boxes that are right; None where none is shown."""
        return self.right / self.shown if self.shown else None

    @property
    def recall(self) -> float | None:
        """Part of the labelled boxes that are shown; None where none is labelled."""
        return self.right / self.wanted if self.wanted else None

    @property
    def f1(self) -> float:
        """Harmonic mean of both, 0 where either is unknown."""
        both = self.shown + self.wanted
        return 2 * self.right / both if both else 0.0


def rank(pictures: Sequence[Seen]) -> Ranking:
    """Match every picture's boxes to its labels and sort all of them by score."""
    kept = [Seen(p.found[:MOST_PER_PICTURE], p.scores[:MOST_PER_PICTURE], p.there) for p in pictures]
    scores = np.concatenate([p.scores for p in kept] or [np.zeros(0, np.float32)])
    hits = np.concatenate([match(p) for p in kept] or [np.zeros((len(OVERLAPS), 0), bool)], axis=1)
    picture = np.repeat(np.arange(len(kept)), [len(p.scores) for p in kept])
    order = np.argsort(-scores, kind="stable")
    labels = np.array([len(p.there) for p in kept], np.intp)
    return Ranking(scores[order], hits[:, order], picture[order], labels)


def match(seen: Seen) -> NDArray[np.bool_]:
    """Which found boxes are hits, `(10, N)`: the best first takes the free label that it overlaps most.

    >>> one = Seen(np.float32([[0, 0, 10, 10], [0, 0, 10, 10]]), np.float32([0.9, 0.8]), np.float32([[0, 0, 10, 9]]))
    >>> match(one)[[0, 8, 9]].tolist()
    [[True, False], [True, False], [False, False]]
    """
    hits = np.zeros((len(OVERLAPS), len(seen.found)), bool)
    if not len(seen.there) or not len(seen.found):
        return hits
    overlap = iou(seen.found, seen.there).astype(np.float64)  # (N, M)
    free = np.ones((len(OVERLAPS), len(seen.there)), bool)
    levels = np.arange(len(OVERLAPS))
    for index in np.flatnonzero(overlap.max(1) >= OVERLAPS[0] - ROUNDING):
        offers = np.where(free, overlap[index], -1.0)  # (10, M)
        chosen = offers.argmax(1)
        good = offers[levels, chosen] >= OVERLAPS - ROUNDING
        hits[good, index] = True
        free[levels[good], chosen[good]] = False
    return hits


def area_of(hits: NDArray[np.bool_], wanted: int) -> float:
    """Mean over 101 recalls of the best precision at that recall or beyond.

    Args:
        hits: `(N,)` best first.
        wanted: labelled boxes, at least one.
    """
    return area(hits.cumsum(), np.arange(1, len(hits) + 1), wanted)


def area(right: NDArray[np.int_], shown: NDArray[np.int_], wanted: int) -> float:
    """The same from running counts, as where a picture counts several times.

    Args:
        right: `(N,)` hits so far, at each box.
        shown: `(N,)` boxes so far, from 1 on.
        wanted: labelled boxes, at least one.
    """
    envelope = np.maximum.accumulate((right / shown)[::-1])[::-1]
    at = np.searchsorted(right / wanted, RECALLS, side="left")
    return float(np.append(envelope, 0.0)[np.minimum(at, len(right))].mean())
