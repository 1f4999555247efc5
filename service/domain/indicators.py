"""The indicators by which a city is judged: what each counts is one row of a table, its words lie in the texts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row: of the cases that `base` lets in, those that `part` holds for.

    Attributes:
        base: None where nothing is divided: a count.
        more_is_better: None where more is neither better nor worse.
    """

    id: str
    unit: Unit
    part: Test
    base: Test | None = None
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


INDICATORS: Final = (
    Indicator("reported", Unit.COUNT, _reported),
    Indicator("filed", Unit.COUNT, _filed),
    Indicator("filing_rate", Unit.SHARE, _reported_and_filed, _reported),
    Indicator("valid_report_rate", Unit.SHARE, _report_valid, _report_decided, more_is_better=True),
    Indicator("dispatch_accuracy", Unit.SHARE, _dispatched_right, _dispatched, more_is_better=True),
    Indicator("closed", Unit.COUNT, _closed),
    Indicator("fixed", Unit.COUNT, _closed_and_fixed),
    Indicator("on_time_closing_rate", Unit.SHARE, _due_and_on_time, _due, more_is_better=True),
    Indicator("overdue", Unit.COUNT, _overdue, more_is_better=False),
    Indicator("rework_rate", Unit.SHARE, _reworked, _handled, more_is_better=False),
    Indicator("extension_rate", Unit.SHARE, _extended, _due, more_is_better=False),
    Indicator("rebound_rate", Unit.SHARE, _rebounded, _closed, more_is_better=False),
    Indicator("self_corrected", Unit.COUNT, _self_corrected),
    Indicator("self_correction_rate", Unit.SHARE, _self_corrected, _nudge_settled, more_is_better=True),
    Indicator("mean_handling_time", Unit.HOURS, _timed, _timed, more_is_better=False),
    Indicator("camera_reported", Unit.PER_HOURS, _camera_reported, more_is_better=False),
    Indicator("camera_filed", Unit.PER_HOURS, _camera_filed, more_is_better=False),
)
CAMERA_HOURS: Final = "camera_hours"
NAMES: Final = (*(row.id for row in INDICATORS), CAMERA_HOURS)


def measure(cases: Sequence[Case], look: Look, camera_hours: float | None = None) -> list[Measure]:
    """Every indicator over some cases, in the order of the table.

    Args:
        cases: each is tried against every row, so it does not matter if some lie outside the period.
        look: period and present moment.
        camera_hours: watched by the cameras that these cases could come from; None where that cannot be said, as of a
            handling unit, and then nothing is said per hour either.
    """
    counted = [_measured(row, cases, look, camera_hours) for row in INDICATORS]
    hours = round(camera_hours, 2) if camera_hours is not None else None
    return [*counted, Measure(CAMERA_HOURS, Unit.HOURS, hours, hours or 0.0, None, None)]


def share(part: float, base: float) -> float | None:
    """A part of a base, None where there is no base.

    >>> share(3, 4), share(0, 0)
    (0.75, None)
    """
    return part / base if base else None


def _measured(row: Indicator, cases: Iterable[Case], look: Look, camera_hours: float | None) -> Measure:
    parts = [case for case in cases if row.part(case, look)]
    if row.unit is Unit.HOURS:
        hours = sum(case.handling.total_seconds() / 3600 for case in parts if case.handling is not None)
        return _told(row, share(hours, len(parts)), hours, len(parts))
    if row.unit is Unit.PER_HOURS:
        per_hours = share(len(parts) * HOURS_BASE, camera_hours) if camera_hours is not None else None
        return _told(row, per_hours, len(parts), camera_hours)
    if row.base is None:
        return _told(row, len(parts), len(parts), None)
    base = sum(row.base(case, look) for case in cases)
    return _told(row, share(len(parts), base), len(parts), base)


def _told(row: Indicator, value: float | None, part: float, base: float | None) -> Measure:
    return Measure(row.id, row.unit, value, part, base, row.more_is_better)
