"""An inspection: who walked which route from when to when, and what they found, nothing included."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LONGEST: Final = timedelta(hours=24)
SKEW: Final = timedelta(minutes=5)
"""How far the clock of a phone may go before ours."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A record of its own, counted. Times are aware.

    Attributes:
        route: what people call it: a street, a round.
        grid: the duty grid that was walked, where one is named.
        track: `(lon, lat)` on WGS-84 in the order of the walk; may be empty.
        conditions: what was looked for; empty means all.
        tickets: ids of what was found; empty means nothing.
        key: what the sender calls it; sent twice, it is kept once.
    """

    id: str
    by_id: str
    by: str
    route: str
    began_at: datetime
    ended_at: datetime
    recorded_at: datetime
    grid: str | None = None
    track: tuple[tuple[float, float], ...] = ()
    conditions: frozenset[str] = frozenset()
    tickets: tuple[str, ...] = ()
    note: str | None = None
    key: str | None = None

    @property
    def found_nothing(self) -> bool:
        """Whether the street was found in order."""
        return not self.tickets


def wrong_times(began_at: datetime, ended_at: datetime, now: datetime) -> str | None:
    """What is wrong with the times of an inspection: `out_of_order`, `too_long`, `in_the_future`, or None.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    >>> wrong_times(noon, noon - timedelta(minutes=1), noon), wrong_times(noon, noon, noon)
    ('out_of_order', None)
    """
    if ended_at < began_at:
        return "out_of_order"
    if ended_at - began_at > LONGEST:
        return "too_long"
    return "in_the_future" if ended_at > now + SKEW else None
