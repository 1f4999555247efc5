"""How sure an average precision is: whole groups drawn again and again, B. Efron's percentile interval (1979)."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from training.average_precision import Ranking, area

ROUNDS: Final = 1000
SEED: Final = 7
LEVEL: Final = 0.95

Interval = tuple[float, float]


def interval(ranking: Ranking, groups: Sequence[str], *, rounds: int = ROUNDS, seed: int = SEED) -> Interval | None:
    """The range that holds AP50 in 95 of 100 draws of as many groups with replacement; None where nothing is labelled.

    Pictures of one group (a place on one day) come together: drawing them one by one would claim more than is known.

    Args:
        ranking: over P pictures.
        groups: `P` group names.
        rounds: draws.
        seed: of the draws.
    """
    if ranking.wanted == 0 or rounds == 0:
        return None
    names, group = np.unique(np.array(groups), return_inverse=True)
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=rounds)  # (rounds, groups)
    areas = [_drawn(ranking, draw[group]) for draw in draws]
    low, high = np.nanquantile(areas, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _drawn(ranking: Ranking, times: np.ndarray) -> float:
    """AP50 where each picture counts `times` `(P,)` over; not a number where no label was drawn."""
    wanted = int((times * ranking.labels).sum())
    if wanted == 0:
        return float("nan")
    counts = times[ranking.picture]  # (N,)
    drawn = counts > 0
    counts = counts[drawn]
    return area((counts * ranking.hits[0, drawn]).cumsum(), counts.cumsum(), wanted)
