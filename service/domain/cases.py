"""What a ticket's history says to whoever counts: when it was reported, filed, handled, closed, and what went wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.domain.milestones import Milestones
from service.domain.states import Resolution, State
from service.domain.ticket import HistoryEntry, Ticket
from service.domain.whereabouts import NOWHERE, Whereabouts


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of a city, the first and the last included.

    >>> week = Period(date(2026, 11, 23), date(2026, 11, 29), ZoneInfo("Asia/Shanghai"))
    >>> week.start.isoformat(), week.days, week.before().first.isoformat()
    ('2026-11-22T16:00:00+00:00', 7, '2026-11-16')
    """

    first: date
    last: date
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period ends on or after its first day, got {self.first} to {self.last}")

    @property
    def start(self) -> datetime:
        """Its first moment, UTC."""
        return datetime.combine(self.first, time(), self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it, UTC."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone).astimezone(UTC)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def before(self) -> "Period":
        """As many days, just before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1), self.zone)

    def each_day(self) -> list["Period"]:
        """Its days, each a period."""
        days = (self.first + timedelta(days=number) for number in range(self.days))
        return [Period(day, day, self.zone) for day in days]

    def holds(self, moment: datetime | None) -> bool:
        """Whether a moment lies in it; None never does."""
        return moment is not None and self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket as it is counted. Moments are aware; None where that has not happened.

    Attributes:
        by_camera: a camera saw it first, so that camera-hours are its base.
        where: its duty grid, street and address, as they are now.
        reported_at: when a person reported it or confirmed a camera's candidate.
        dispatched_at: when it first went to a unit.
        handled_at: when work was first handed in; `accepted_at` when the work was handed in that stood.
        paused: how long its clock stood while it was with a unit.
        has_rebound: a later ticket is a rebound of it.
    """

    ticket: Ticket
    by_camera: bool
    where: Whereabouts = NOWHERE
    nudged_at: datetime | None = None
    reported_at: datetime | None = None
    dispatched_at: datetime | None = None
    handled_at: datetime | None = None
    accepted_at: datetime | None = None
    closed_at: datetime | None = None
    returns: int = 0
    reworks: int = 0
    extensions: int = 0
    paused: timedelta = timedelta(0)
    has_rebound: bool = False

    @property
    def grid(self) -> str | None:
        """The id of its duty grid."""
        return self.where.grid

    @property
    def street(self) -> str | None:
        """The id of its street."""
        return self.where.street

    @property
    def is_late(self) -> bool:
        """Whether its work was handed in after the limit; of work that is still due, `is_overdue` says it."""
        due, accepted = self.ticket.due_at, self.accepted_at
        return due is not None and accepted is not None and accepted > due

    def is_overdue(self, now: datetime) -> bool:
        """Whether the limit is over, its clock runs, and no work has been handed in."""
        due = self.ticket.due_at
        waits = self.ticket.is_open and self.accepted_at is None and self.ticket.state is not State.SUSPENDED
        return due is not None and waits and now > due

    def is_on_time(self) -> bool:
        """Whether it is closed, not by force, and the work that stood was handed in within the limit."""
        return self.closed_at is not None and self.ticket.resolution is not Resolution.FORCED and not self.is_late

    @property
    def handling(self) -> timedelta | None:
        """From the first dispatch to the work that stood, without pauses; None before that."""
        if self.dispatched_at is None or self.accepted_at is None:
            return None
        return max(timedelta(0), self.accepted_at - self.dispatched_at - self.paused)


def case_of(
    ticket: Ticket, history: Sequence[HistoryEntry], where: Whereabouts = NOWHERE, *, has_rebound: bool
) -> Case:
    """Read a ticket's history, oldest line first."""
    reached = milestones_of(history)
    return Case(
        ticket=ticket,
        by_camera=reached.by_camera,
        where=where,
        nudged_at=reached.nudged_at,
        reported_at=reached.reported_at,
        dispatched_at=reached.dispatched_at,
        handled_at=reached.handled_at,
        accepted_at=reached.accepted_at,
        closed_at=ticket.ended_at if ticket.state is State.CLOSED else None,
        returns=reached.returns,
        reworks=reached.reworks,
        extensions=ticket.extensions,
        paused=reached.paused,
        has_rebound=has_rebound,
    )


def milestones_of(history: Iterable[HistoryEntry]) -> Milestones:
    """What a history comes to, oldest line first; every ticket carries the same, step by step."""
    reached, since = Milestones(), None
    for entry in history:
        if entry.was != entry.to:
            reached = reached.after(entry.was, entry.to, entry.at, since or entry.at)
            since = entry.at
    return reached
