"""Which box of this look is which thing of the looks before, before a camera that stands still.

Two rounds as in ByteTrack (Zhang et al., ECCV 2022): sure boxes choose first, then doubtful ones continue what is left,
so that a thing is followed through weak looks and only a sure box begins a new one. Looks are seconds to a minute
apart and the things do not move, so no motion is predicted: a box is a thing's if it overlaps it or stands on its spot.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.boxes import area, iou
from detector.occlusion import Memory
from detector.types import Detection, Xyxy
from detector.zones import bottom_centres

MEDIAN_OF: Final = 9
LEAST: Final = 0.2
"""Likeness below it is none."""

REACH: Final = 0.5
"""Feet farther apart than this share of a thing's size are two things'."""

ALIKE: Final = 2.5
"""One thing's boxes differ in area by less than this factor."""

NOTHING: Final = timedelta(0)


@dataclass(slots=True)
class Track:
    """What is remembered of one thing. Times are sums of steps, so a clock may jump.

    Attributes:
        number: counts the things of one camera from its start.
        condition: of the thing.
        xyxy: its latest box, pixels.
        zone: where it began; a thing at the edge of two zones stays in the first.
        votes: the summed scores of the kinds that it was taken for, also those of no condition.
        scores: of the latest hits.
        margins: the same as shares of what each kind needs to open.
        lasted: since the first hit.
        unseen: since the last hit.
        missed: clear looks in a row without it.
        picture: how it looked, to tell gone from hidden.
    """

    number: int
    condition: str
    xyxy: tuple[float, float, float, float]
    zone: str | None = None
    votes: dict[str, float] = field(default_factory=dict)
    scores: deque[float] = field(default_factory=lambda: deque(maxlen=MEDIAN_OF))
    margins: deque[float] = field(default_factory=lambda: deque(maxlen=MEDIAN_OF))
    hits: int = 0
    lasted: timedelta = NOTHING
    unseen: timedelta = NOTHING
    missed: int = 0
    picture: Memory = field(default_factory=Memory)

    @property
    def kind(self) -> str:
        """What most of its score says it is; of equals the first by name."""
        return min(self.votes, key=lambda kind: (-self.votes[kind], kind))

    @property
    def score(self) -> float:
        """The median of its latest hits."""
        return median(self.scores)

    @property
    def margin(self) -> float:
        """The median of its latest hits as a share of what opens; from 1 on it is high enough."""
        return median(self.margins)

    def vote(self, detection: Detection) -> None:
        """It was taken for that kind."""
        self.votes[detection.kind] = self.votes.get(detection.kind, 0.0) + detection.score

    def hit(self, detection: Detection, opens_at: float) -> None:
        """It was seen."""
        self.xyxy = detection.box.xyxy
        self.vote(detection)
        self.scores.append(detection.score)
        self.margins.append(detection.score / opens_at)
        self.hits, self.missed, self.unseen = self.hits + 1, 0, NOTHING


def stacked(rows: Sequence[tuple[float, float, float, float]]) -> Xyxy:
    """Boxes as `(N, 4)`, also where there are none.

    >>> stacked([]).shape
    (0, 4)
    """
    return np.array(rows, np.float32).reshape(len(rows), 4)


def associate(tracks: Xyxy, boxes: Xyxy, is_sure: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Which thing each box continues.

    Args:
        tracks: `(T, 4)`, the latest boxes of the things.
        boxes: `(N, 4)`.
        is_sure: `(N,)`, which of them may choose first.

    Returns:
        `(N,)` indices into `tracks`; -1 where a box continues none.

    >>> known = np.float32([[0, 0, 10, 10], [50, 0, 60, 10]])
    >>> associate(known, np.float32([[51, 0, 61, 10], [20, 0, 30, 10]]), np.array([True, True])).tolist()
    [1, -1]
    """
    chosen = np.full(len(boxes), -1, np.intp)
    alike = likeness(tracks, boxes)  # (T, N)
    for mine in (np.flatnonzero(is_sure), np.flatnonzero(~is_sure)):
        free = np.setdiff1d(np.arange(len(tracks)), chosen)
        for row, column in best_pairs(alike[np.ix_(free, mine)]):
            chosen[mine[column]] = free[row]
    return chosen


def best_pairs(alike: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Pairs of a `(T, N)` likeness, each row and column once, the most alike first; equals in order of their index."""
    pairs, rows, columns = [], set(), set()
    for flat in np.argsort(-alike, axis=None, kind="stable"):
        row, column = divmod(int(flat), alike.shape[1])
        if alike[row, column] < LEAST:
            break
        if row not in rows and column not in columns:
            pairs.append((row, column))
            rows.add(row)
            columns.add(column)
    return pairs


def likeness(tracks: Xyxy, boxes: Xyxy) -> NDArray[np.float32]:
    """How likely each of `(N, 4)` boxes is each of `(T, 4)` things: overlap, or standing on the same spot; `(T, N)`."""
    size_t, size_n = np.sqrt(area(tracks)), np.sqrt(area(boxes))  # (T,), (N,)
    feet_t, feet_n = bottom_centres(tracks), bottom_centres(boxes)
    apart = np.linalg.norm(feet_t[:, None] - feet_n[None], axis=2)  # (T, N)
    size = np.maximum(np.sqrt(size_t[:, None] * size_n[None]), 1e-6)  # (T, N)
    grown = np.maximum(size_t[:, None], size_n[None]) / np.maximum(np.minimum(size_t[:, None], size_n[None]), 1e-6)
    near = np.where(grown**2 <= ALIKE, 1 - apart / (REACH * size), 0)  # (T, N)
    alike: NDArray[np.float32] = np.maximum(iou(tracks, boxes), np.clip(near, 0, 1)).astype(np.float32)
    return alike
