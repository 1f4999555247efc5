"""Whether a ticket will be late, judged by how long its unit took for others of its kind; a share, not a wish."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from detector.catalog import Limit
from service.domain.deadlines import WorkingHours, work_between
from service.domain.policy import Policy
from service.domain.ticket import Ticket

LEAST: Final = 8
"""With fewer comparable tickets nothing is foretold."""

LIKELY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected of a ticket.

    Attributes:
        chance: of being late, [0, 1]; None where too few comparable tickets are known, 1 where it is late already.
        comparable: how many earlier tickets had not been handled after as much of their limit as this one.
        used: how much of its limit has gone by.
    """

    chance: float | None
    comparable: int
    used: float

    @property
    def will_miss(self) -> bool:
        """Whether it is more likely late than not."""
        return self.chance is not None and self.chance > LIKELY


def forecast(used: float, past: Iterable[float], *, least: int = LEAST) -> Forecast:
    """What became of earlier tickets that had used as much of their limit and were not handled yet.

    Args:
        used: share of this ticket's limit that has gone by.
        past: shares that earlier tickets of the same condition and unit took in all.
        least: with fewer that lasted as long there is no forecast.

    >>> forecast(0.5, [0.2] * 10 + [0.8] * 4 + [1.5] * 6).chance
    0.6
    >>> forecast(0.5, [0.2] * 10 + [0.8] * 4).chance is None
    True
    """
    alike = [share for share in past if share > used]
    if used >= 1:
        return Forecast(1.0, len(alike), used)
    if len(alike) < least:
        return Forecast(None, len(alike), used)
    return Forecast(sum(share > 1 for share in alike) / len(alike), len(alike), used)


def share_used(ticket: Ticket, until: datetime, policy: Policy) -> float | None:
    """How much of its limit a ticket had used at a moment, in the time that its limit counts; None without a limit."""
    if ticket.filed_at is None or ticket.due_at is None:
        return None
    limit = policy.rule(ticket.condition).limit
    whole = _counted(ticket.filed_at, ticket.due_at, limit, policy.hours)
    gone = _counted(ticket.filed_at, until, limit, policy.hours)
    return gone / whole if whole > timedelta(0) else None


def shares_taken(done: Sequence[tuple[Ticket, datetime]], policy: Policy) -> list[float]:
    """How much of their limits tickets took that were handled at these moments."""
    shares = (share_used(ticket, handled_at, policy) for ticket, handled_at in done)
    return [share for share in shares if share is not None]


def _counted(start: datetime, end: datetime, limit: Limit, hours: WorkingHours) -> timedelta:
    if end <= start:
        return timedelta(0)
    if limit.unit in ("working_hour", "working_day"):
        return work_between(start, end, hours)
    return end - start
