"""Exact one-sided bounds for counts that are too small to trust, in plain arithmetic.

F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936); C. J. Clopper and E. S. Pearson, The use
of confidence or fiducial limits, Biometrika 26 (1934); J. Przyborowski and H. Wilenski, Homogeneity of results in
testing samples from Poisson series, Biometrika 31 (1940).
"""

import math
from collections.abc import Callable
from typing import Final

LEVEL: Final = 0.95
HALVINGS: Final = 60


def most_expected(count: int, *, level: float = LEVEL) -> float:
    """The largest mean number of events under which `count` or fewer are seen with a chance of 1 - level (Garwood).

    >>> round(most_expected(0), 2), round(most_expected(3), 2)
    (3.0, 7.75)
    """
    high = 4.0 + 2 * count + 6 * math.sqrt(count)
    return _falling_to(1 - level, lambda mean: _poisson_at_most(count, mean), high)


def most_share(count: int, of: int, *, level: float = LEVEL) -> float:
    """The largest share under which `count` or fewer out of `of` are seen with a chance of 1 - level.

    Clopper and Pearson's upper bound.

    >>> round(most_share(0, 59), 4), round(most_share(3, 20), 4), most_share(5, 5)
    (0.0495, 0.3437, 1.0)
    """
    if count >= of:
        return 1.0
    return _falling_to(1 - level, lambda share: _binomial_at_most(count, of, share), 1.0)


def chance_of_more(was: int, now: int) -> float:
    """The chance that, out of `was + now` events over equal pictures, `now` or more fall to one of two equal sides.

    Small: the second side has surely more of them (Przyborowski, Wilenski).

    >>> round(chance_of_more(1, 5), 3), chance_of_more(0, 0)
    (0.109, 1.0)
    """
    both = was + now
    return sum(math.comb(both, hits) for hits in range(now, both + 1)) / math.pow(2, both)


def _poisson_at_most(count: int, mean: float) -> float:
    if mean <= 0:
        return 1.0
    return sum(math.exp(hits * math.log(mean) - mean - math.lgamma(hits + 1)) for hits in range(count + 1))


def _binomial_at_most(count: int, of: int, share: float) -> float:
    return sum(math.comb(of, hits) * share**hits * (1 - share) ** (of - hits) for hits in range(count + 1))


def _falling_to(wanted: float, chance: Callable[[float], float], high: float) -> float:
    """Where a falling function reaches `wanted`, between 0 and `high`, by halving."""
    low = 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) > wanted else (low, middle)
    return (low + high) / 2
