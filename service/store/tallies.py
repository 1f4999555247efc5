"""Tickets counted where they lie: the database tries each row against every test of `service.domain.indicators`.

A ticket carries what its history comes to, so that no history is read. `tests/service/reports/test_tallies.py` compares
these tests with those of cases.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, null, or_, select

from service.domain.cases import Period
from service.domain.indicators import Counted, Look
from service.domain.states import OPEN_STATES, Resolution, State
from service.domain.trends import Dated
from service.store.cases import Filing, conditions_of
from service.store.tables import tickets

SECONDS_AN_HOUR: Final = 3600

_IS: Final = tickets.c
_LATER: Final = tickets.alias("later")
_CAME_BACK: Final = select(_LATER.c.recurrence_of).where(_LATER.c.recurrence_of.is_not(None))


class Key(StrEnum):
    """The column by which tickets are told apart."""

    UNIT = "unit_id"
    CONDITION = "condition"
    STATE = "state"


class Alike(NamedTuple):
    """Tickets that count as the same; `lat` and `lon` are None where there is no place or none was asked for."""

    key: str
    lat: float | None
    lon: float | None
    marks: int
    cases: int
    hours: float


class Tallies:
    """Rows of `tickets`, counted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(
        self, wanted: Sequence[Filing], look: Look, key: Key | None = None, *, placed: bool = False
    ) -> Iterator[Alike]:
        """All tickets that are wanted of each of these, by what they count as; where their places are asked for, each
        ticket for itself."""
        tried = select(
            (_IS[key.value] if key else null()).label("key"),
            (_IS.lat if placed else null()).label("lat"),
            (_IS.lon if placed else null()).label("lon"),
            _marks(look).label("marks"),
            func.coalesce(_IS.handling_s, 0.0).label("handling_s"),
        )
        rows = tried.where(*_met(wanted)).subquery()
        if placed:
            query = select(rows.c.key, rows.c.lat, rows.c.lon, rows.c.marks, literal(1), rows.c.handling_s)
        else:
            sums = func.count(), func.sum(rows.c.handling_s)
            query = select(rows.c.key, null(), null(), rows.c.marks, *sums).group_by(rows.c.key, rows.c.marks)
        for told, lat, lon, marks, cases, handling_s in self._connection.execute(query):
            yield Alike(told or "", lat, lon, marks, cases, handling_s / SECONDS_AN_HOUR)

    def dated(self, wanted: Sequence[Filing], period: Period, key: Key | None = None) -> Iterator[Dated]:
        """When and where tickets were reported and closed, of those that were in the period; oldest first."""
        is_closed = _IS.state == State.CLOSED.value
        told = _IS[key.value] if key else null()
        query = select(told, _IS.reported_at, case((is_closed, _IS.ended_at)), _IS.lat, _IS.lon)
        lately = or_(_within(period, _IS.reported_at), and_(is_closed, _within(period, _IS.ended_at)))
        for name, *more in self._connection.execute(query.where(*_met(wanted), lately).order_by(_IS.id)):
            yield Dated(name or "", *more)


def _met(wanted: Sequence[Filing]) -> list[ColumnElement[bool]]:
    return [condition for one in wanted for condition in conditions_of(one)]


def _marks(look: Look) -> ColumnElement[int]:
    """The sum of the values of all that a row counts as."""
    first, *others = (case((test, what.value), else_=0) for what, test in _tests(look).items())
    return sum(others, start=first)


def _tests(look: Look) -> Mapping[Counted, ColumnElement[bool]]:
    """As `service.domain.indicators.TESTS`, of a row; a test of what is not there is never met."""
    reported, filed = _within(look.period, _IS.reported_at), _within(look.period, _IS.filed_at)
    decided = and_(reported, _IS.state.not_in([State.REPORTED.value, State.VERIFYING.value]))
    dispatched, handled = _within(look.period, _IS.dispatched_at), _within(look.period, _IS.handled_at)
    closed = and_(_IS.state == State.CLOSED.value, _within(look.period, _IS.ended_at))
    settled = and_(_within(look.period, _IS.nudged_at), _IS.state != State.NUDGED.value)
    due = and_(_IS.due_at <= look.now, _within(look.period, _IS.due_at), _IS.state != State.SUSPENDED.value)
    return {
        Counted.REPORTED: reported,
        Counted.FILED: filed,
        Counted.REPORTED_AND_FILED: and_(reported, _IS.filed_at.is_not(None)),
        Counted.REPORT_DECIDED: decided,
        Counted.REPORT_VALID: and_(decided, _IS.state != State.NOT_FILED.value),
        Counted.DISPATCHED: dispatched,
        Counted.DISPATCHED_RIGHT: and_(dispatched, _IS.returns == 0),
        Counted.DUE: due,
        Counted.DUE_AND_ON_TIME: and_(due, _on_time()),
        Counted.OVERDUE: and_(due, or_(_IS.accepted_at > _IS.due_at, _overdue(look))),
        Counted.CLOSED: closed,
        Counted.CLOSED_AND_FIXED: and_(closed, _IS.resolution == Resolution.FIXED.value),
        Counted.HANDLED: handled,
        Counted.REWORKED: and_(handled, _IS.reworks > 0),
        Counted.EXTENDED: and_(due, _IS.extensions > 0),
        Counted.REBOUNDED: and_(closed, _IS.id.in_(_CAME_BACK)),
        Counted.NUDGE_SETTLED: settled,
        Counted.SELF_CORRECTED: and_(settled, _IS.state == State.SELF_CORRECTED.value),
        Counted.TIMED: and_(closed, _IS.handling_s.is_not(None)),
        Counted.CAMERA_REPORTED: and_(_IS.by_camera, reported),
        Counted.CAMERA_FILED: and_(_IS.by_camera, filed),
    }


def _on_time() -> ColumnElement[bool]:
    """As `Case.is_on_time`, of a row that has a limit."""
    forced = func.coalesce(_IS.resolution, "") == Resolution.FORCED.value
    in_time = or_(_IS.accepted_at.is_(None), _IS.accepted_at <= _IS.due_at)
    return and_(_IS.state == State.CLOSED.value, _IS.ended_at.is_not(None), ~forced, in_time)


def _overdue(look: Look) -> ColumnElement[bool]:
    """As `Case.is_overdue`, of a row that is not suspended."""
    is_open = _IS.state.in_(sorted(state.value for state in OPEN_STATES))
    return and_(is_open, _IS.accepted_at.is_(None), _IS.due_at < look.now)


def _within(period: Period, moment: ColumnElement[Any]) -> ColumnElement[bool]:
    """As `Period.holds`."""
    return and_(moment >= period.start, moment < period.end)
