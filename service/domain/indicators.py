"""The indicators by which a city is judged: what each counts is one row of a table, its words lie in the texts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Final

from service.domain.cases import Case, Period
from service.domain.states import Resolution, State

HOURS_BASE: Final = 100.0
"""Camera-hours for which things are counted, so that more cameras do not make a worse street."""


class Unit(StrEnum):
    """How a value is read."""

    COUNT = "count"
    SHARE = "share"
    HOURS = "hours"
    PER_HOURS = "per_100_camera_hours"


@dataclass(frozen=True, slots=True)
class Look:
    """What is asked: in which period, and what time it is now."""

    period: Period
    now: datetime


Test = Callable[[Case, Look], bool]


class Counted(Enum):
    """What a case may count as in a period; `TESTS` says when it does, of a case, and `service.store.tallies` of a
    row."""

    REPORTED = 1 << 0
    FILED = 1 << 1
    REPORTED_AND_FILED = 1 << 2
    REPORT_DECIDED = 1 << 3
    REPORT_VALID = 1 << 4
    DISPATCHED = 1 << 5
    DISPATCHED_RIGHT = 1 << 6
    DUE = 1 << 7
    DUE_AND_ON_TIME = 1 << 8
    OVERDUE = 1 << 9
    CLOSED = 1 << 10
    CLOSED_AND_FIXED = 1 << 11
    HANDLED = 1 << 12
    REWORKED = 1 << 13
    EXTENDED = 1 << 14
    REBOUNDED = 1 << 15
    NUDGE_SETTLED = 1 << 16
    SELF_CORRECTED = 1 << 17
    TIMED = 1 << 18
    CAMERA_REPORTED = 1 << 19
    CAMERA_FILED = 1 << 20


@dataclass(slots=True)
class Tally:
    """Cases by all that they count as: the sum of the values of `Counted`.

    Attributes:
        cases: how many count as just that.
        hours: of handling, of those cases.
    """

    cases: dict[int, int] = field(default_factory=dict)
    hours: dict[int, float] = field(default_factory=dict)

    def add(self, marks: int, cases: int, hours: float) -> None:
        """Add cases that count as the same."""
        self.cases[marks] = self.cases.get(marks, 0) + cases
        self.hours[marks] = self.hours.get(marks, 0.0) + hours

    def of(self, what: Counted) -> int:
        """How many count as that, among other things."""
        return sum(cases for marks, cases in self.cases.items() if marks & what.value)

    def hours_of(self, what: Counted) -> float:
        """Hours of handling of those that count as that."""
        return sum(hours for marks, hours in self.hours.items() if marks & what.value)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row: of the cases that count as `base`, those that count as `part`.

    Attributes:
        base: None where nothing is divided: a count.
        more_is_better: None where more is neither better nor worse.
    """

    id: str
    unit: Unit
    part: Counted
    base: Counted | None = None
    more_is_better: bool | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One indicator's value: `value` is None where its base is empty, since nothing is no failure."""

    id: str
    unit: Unit
    value: float | None
    part: float
    base: float | None
    more_is_better: bool | None


def _reported(case: Case, look: Look) -> bool:
    return look.period.holds(case.reported_at)


def _filed(case: Case, look: Look) -> bool:
    return look.period.holds(case.ticket.filed_at)


def _reported_and_filed(case: Case, look: Look) -> bool:
    return _reported(case, look) and case.ticket.filed_at is not None


def _report_decided(case: Case, look: Look) -> bool:
    return _reported(case, look) and case.ticket.state not in (State.REPORTED, State.VERIFYING)


def _report_valid(case: Case, look: Look) -> bool:
    return _report_decided(case, look) and case.ticket.state is not State.NOT_FILED


def _dispatched(case: Case, look: Look) -> bool:
    return look.period.holds(case.dispatched_at)


def _dispatched_right(case: Case, look: Look) -> bool:
    return _dispatched(case, look) and case.returns == 0


def _due(case: Case, look: Look) -> bool:
    """The limit ended in the period and is over; deferred ones are out of the base."""
    due = case.ticket.due_at
    return due is not None and due <= look.now and look.period.holds(due) and case.ticket.state is not State.SUSPENDED


def _due_and_on_time(case: Case, look: Look) -> bool:
    return _due(case, look) and case.is_on_time()


def _overdue(case: Case, look: Look) -> bool:
    return _due(case, look) and (case.is_late or case.is_overdue(look.now))


def _closed(case: Case, look: Look) -> bool:
    return look.period.holds(case.closed_at)


def _closed_and_fixed(case: Case, look: Look) -> bool:
    return _closed(case, look) and case.ticket.resolution is Resolution.FIXED


def _handled(case: Case, look: Look) -> bool:
    return look.period.holds(case.handled_at)


def _reworked(case: Case, look: Look) -> bool:
    return _handled(case, look) and case.reworks > 0


def _extended(case: Case, look: Look) -> bool:
    return _due(case, look) and case.extensions > 0


def _rebounded(case: Case, look: Look) -> bool:
    return _closed(case, look) and case.has_rebound


def _nudge_settled(case: Case, look: Look) -> bool:
    return look.period.holds(case.nudged_at) and case.ticket.state is not State.NUDGED


def _self_corrected(case: Case, look: Look) -> bool:
    return _nudge_settled(case, look) and case.ticket.state is State.SELF_CORRECTED


def _timed(case: Case, look: Look) -> bool:
    return _closed(case, look) and case.handling is not None


def _camera_reported(case: Case, look: Look) -> bool:
    return case.by_camera and _reported(case, look)


def _camera_filed(case: Case, look: Look) -> bool:
    return case.by_camera and _filed(case, look)


TESTS: Final[Mapping[Counted, Test]] = MappingProxyType(
    {
        Counted.REPORTED: _reported,
        Counted.FILED: _filed,
        Counted.REPORTED_AND_FILED: _reported_and_filed,
        Counted.REPORT_DECIDED: _report_decided,
        Counted.REPORT_VALID: _report_valid,
        Counted.DISPATCHED: _dispatched,
        Counted.DISPATCHED_RIGHT: _dispatched_right,
        Counted.DUE: _due,
        Counted.DUE_AND_ON_TIME: _due_and_on_time,
        Counted.OVERDUE: _overdue,
        Counted.CLOSED: _closed,
        Counted.CLOSED_AND_FIXED: _closed_and_fixed,
        Counted.HANDLED: _handled,
        Counted.REWORKED: _reworked,
        Counted.EXTENDED: _extended,
        Counted.REBOUNDED: _rebounded,
        Counted.NUDGE_SETTLED: _nudge_settled,
        Counted.SELF_CORRECTED: _self_corrected,
        Counted.TIMED: _timed,
        Counted.CAMERA_REPORTED: _camera_reported,
        Counted.CAMERA_FILED: _camera_filed,
    }
)

INDICATORS: Final = (
    Indicator("reported", Unit.COUNT, Counted.REPORTED),
    Indicator("filed", Unit.COUNT, Counted.FILED),
    Indicator("filing_rate", Unit.SHARE, Counted.REPORTED_AND_FILED, Counted.REPORTED),
    Indicator("valid_report_rate", Unit.SHARE, Counted.REPORT_VALID, Counted.REPORT_DECIDED, more_is_better=True),
    Indicator("dispatch_accuracy", Unit.SHARE, Counted.DISPATCHED_RIGHT, Counted.DISPATCHED, more_is_better=True),
    Indicator("closed", Unit.COUNT, Counted.CLOSED),
    Indicator("fixed", Unit.COUNT, Counted.CLOSED_AND_FIXED),
    Indicator("on_time_closing_rate", Unit.SHARE, Counted.DUE_AND_ON_TIME, Counted.DUE, more_is_better=True),
    Indicator("overdue", Unit.COUNT, Counted.OVERDUE, more_is_better=False),
    Indicator("rework_rate", Unit.SHARE, Counted.REWORKED, Counted.HANDLED, more_is_better=False),
    Indicator("extension_rate", Unit.SHARE, Counted.EXTENDED, Counted.DUE, more_is_better=False),
    Indicator("rebound_rate", Unit.SHARE, Counted.REBOUNDED, Counted.CLOSED, more_is_better=False),
    Indicator("self_corrected", Unit.COUNT, Counted.SELF_CORRECTED),
    Indicator("self_correction_rate", Unit.SHARE, Counted.SELF_CORRECTED, Counted.NUDGE_SETTLED, more_is_better=True),
    Indicator("mean_handling_time", Unit.HOURS, Counted.TIMED, Counted.TIMED, more_is_better=False),
    Indicator("camera_reported", Unit.PER_HOURS, Counted.CAMERA_REPORTED, more_is_better=False),
    Indicator("camera_filed", Unit.PER_HOURS, Counted.CAMERA_FILED, more_is_better=False),
)
CAMERA_HOURS: Final = "camera_hours"
NAMES: Final = (*(row.id for row in INDICATORS), CAMERA_HOURS)


def tally(cases: Iterable[Case], look: Look) -> Tally:
    """Try each case against every test; those that count as nothing may be left out."""
    counted = Tally()
    for case in cases:
        marks = sum(what.value for what, holds in TESTS.items() if holds(case, look))
        counted.add(marks, 1, case.handling.total_seconds() / 3600 if case.handling is not None else 0.0)
    return counted


def measure(counted: Tally, camera_hours: float | None = None) -> list[Measure]:
    """Every indicator over some cases, in the order of the table.

    Args:
        counted: the cases.
        camera_hours: watched by the cameras that these cases could come from; None where that cannot be said, as of a
            handling unit, and then nothing is said per hour either.
    """
    measures = [_measured(row, counted, camera_hours) for row in INDICATORS]
    hours = round(camera_hours, 2) if camera_hours is not None else None
    return [*measures, Measure(CAMERA_HOURS, Unit.HOURS, hours, hours or 0.0, None, None)]


def share(part: float, base: float) -> float | None:
    """A part of a base, None where there is no base.

    >>> share(3, 4), share(0, 0)
    (0.75, None)
    """
    return part / base if base else None


def _measured(row: Indicator, counted: Tally, camera_hours: float | None) -> Measure:
    part = counted.of(row.part)
    if row.unit is Unit.HOURS:
        hours = counted.hours_of(row.part)
        return _told(row, share(hours, part), hours, part)
    if row.unit is Unit.PER_HOURS:
        per_hours = share(part * HOURS_BASE, camera_hours) if camera_hours is not None else None
        return _told(row, per_hours, part, camera_hours)
    if row.base is None:
        return _told(row, part, part, None)
    base = counted.of(row.base)
    return _told(row, share(part, base), part, base)


def _told(row: Indicator, value: float | None, part: float, base: float | None) -> Measure:
    return Measure(row.id, row.unit, value, part, base, row.more_is_better)
