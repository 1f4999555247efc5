"""How quickly reviewers work: minutes at the queue, and minutes for each true ticket."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

LONGEST_LOOK: Final = timedelta(minutes=2)
"""Longer than this between two verdicts is a break."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What one reviewer has done in a day.

    Attributes:
        verdicts: words that were given.
        true: sightings that were confirmed, under this or another condition.
        minutes: at the queue, breaks left out.
        looked_again: of this reviewer's verdicts and those of others that both have judged.
        agreed: of these, in how many both said the same.
    """

    verdicts: int
    true: int
    minutes: float
    looked_again: int = 0
    agreed: int = 0

    @property
    def minutes_per_true(self) -> float | None:
        """Minutes for each true ticket, None before the first."""
        return self.minutes / self.true if self.true else None


def minutes_at_work(moments: Sequence[datetime]) -> float:
    """The time between verdicts, breaks left out.

    >>> from datetime import UTC
    >>> at = lambda minute: datetime(2026, 11, 25, 9, minute, tzinfo=UTC)
    >>> minutes_at_work([at(0), at(1), at(30), at(32)])
    3.0
    """
    gaps = (later - earlier for earlier, later in pairwise(sorted(moments)))
    return sum((gap for gap in gaps if gap <= LONGEST_LOOK), timedelta(0)) / timedelta(minutes=1)


def pace_of(words: Iterable[tuple[datetime, bool]], looked_again: int = 0, agreed: int = 0) -> Pace:
    """The pace of one reviewer from the moments of their verdicts, each with whether it confirmed something."""
    told = list(words)
    minutes = minutes_at_work([at for at, _ in told])
    return Pace(len(told), sum(true for _, true in told), minutes, looked_again, agreed)
