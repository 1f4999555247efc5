"""Whether a score means what it says: shown boxes by score against the share of them that is right.

The expected calibration error is that of M. P. Naeini and others (2015) and C. Guo and others (2017), over boxes as
F. Küppers and others (2020) do for detectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from training.average_precision import Ranking

FROM_SCORE: Final = 0.05
"""Below lie thousands of boxes that nobody is shown and that are nearly all wrong; they would flatter every model."""

BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The boxes between two scores.

    Attributes:
        low: of the scores, included.
        high: not included, but in the last bin.
        boxes: how many.
        said: their mean score.
        right: the share of them that overlaps a free label of the kind by 0.5.
    """

    low: float
    high: float
    boxes: int
    said: float
    right: float


def reliability(ranking: Ranking) -> Sequence[Bin]:
    """The bins of equal width that hold a box, from score 0.05 on."""
    edges = np.linspace(0, 1, BINS + 1)
    shown = ranking.scores >= FROM_SCORE
    scores, hits = ranking.scores[shown], ranking.hits[0, shown]
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    return [
        Bin(
            float(edges[at]),
            float(edges[at + 1]),
            int(n),
            float(scores[place == at].mean()),
            float(hits[place == at].mean()),
        )
        for at in range(BINS)
        if (n := int((place == at).sum()))
    ]


def expected_error(bins: Sequence[Bin]) -> float | None:
    """Mean distance of said from right, each bin by its boxes; None without boxes.

    >>> expected_error([Bin(0.4, 0.5, 3, 0.45, 0.35), Bin(0.9, 1.0, 1, 0.95, 0.75)])
    0.125
    """
    boxes = sum(one.boxes for one in bins)
    return round(sum(one.boxes * abs(one.said - one.right) for one in bins) / boxes, 4) if boxes else None
