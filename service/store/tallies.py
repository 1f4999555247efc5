"""Tickets counted where they lie: the database tries each row against every test of `service.domain.indicators`.

A ticket carries what its history comes to, so that no history is read. `tests/service/reports/test_tallies.py` compares
these tests with those of cases.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    or_,
    select,
)

from service.domain.cases import Period
from service.domain.indicators import Counted, Look
from service.domain.states import OPEN_STATES, Resolution, State
from service.domain.trends import Dated
from service.store.cases import Filing, conditions_of
from service.store.tables import tickets

ROWS_AT_ONCE: Final = 2000
WHOLE_SECONDS: Final = len("2026-11-26 09:00:00")
"""Of a moment as SQLite keeps it; what follows are parts of a second."""

Test = ColumnElement[bool]

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
    handling_s: float


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
            (func.coalesce(_IS[key.value], "") if key else literal("")).label("key"),
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
        return map(Alike._make, self._rows(query))

    def dated(self, wanted: Sequence[Filing], period: Period, key: Key | None = None) -> Iterator[Dated]:
        """When and where tickets were reported and closed, of those that were in the period; oldest first."""
        is_closed = _IS.state == State.CLOSED.value
        told = func.coalesce(_IS[key.value], "") if key else literal("")
        closed_s = case((is_closed, self._seconds(_IS.ended_at)))
        query = select(told, self._seconds(_IS.reported_at), closed_s, _IS.lat, _IS.lon)
        lately = or_(_within(period, _IS.reported_at), and_(is_closed, _within(period, _IS.ended_at)))
        return map(Dated._make, self._rows(query.where(*_met(wanted), lately).order_by(_IS.id)))

    def _rows(self, query: Select[Any]) -> Iterator[Row[Any]]:
        """Many at once, and never all: asking for each row costs more than the row."""
        return chain.from_iterable(self._connection.execute(query).partitions(ROWS_AT_ONCE))

    def _seconds(self, moment: ColumnElement[Any]) -> ColumnElement[int]:
        """Whole seconds since 1970: a number is read in no time, a moment is not."""
        if self._connection.dialect.name == "postgresql":
            return cast(func.floor(extract("epoch", moment)), BigInteger)
        return func.unixepoch(func.substr(moment, 1, WHOLE_SECONDS), type_=BigInteger)


def _met(wanted: Sequence[Filing]) -> list[ColumnElement[bool]]:
    return [condition for one in wanted for condition in conditions_of(one)]


def _marks(look: Look) -> ColumnElement[int]:
    """The sum of the values of all that a row counts as."""
    first, *others = (_valued(what, tried.test, tried.besides) for what, tried in _tests(look).items())
    return sum(others, start=first)


def _valued(what: Counted, test: Test, besides: Mapping[Counted, Test]) -> ColumnElement[int]:
    more = (case((other, also.value), else_=0) for also, other in besides.items())
    return case((test, sum(more, start=literal(what.value))), else_=0)


class Tried(NamedTuple):
    """A test of a row, and what one that meets it may count as besides: tried only there."""

    test: Test
    besides: Mapping[Counted, Test]


def _tests(look: Look) -> Mapping[Counted, Tried]:
    """As `service.domain.indicators.TESTS`, of a row; a test of what is not there is never met."""
    period = look.period
    decided = _IS.state.not_in([State.REPORTED.value, State.VERIFYING.value])
    late = or_(_IS.accepted_at > _IS.due_at, _overdue(look))
    reported = {
        Counted.REPORTED_AND_FILED: _IS.filed_at.is_not(None),
        Counted.REPORT_DECIDED: decided,
        Counted.REPORT_VALID: and_(decided, _IS.state != State.NOT_FILED.value),
        Counted.CAMERA_REPORTED: _IS.by_camera,
    }
    due = {Counted.DUE_AND_ON_TIME: _on_time(), Counted.OVERDUE: late, Counted.EXTENDED: _IS.extensions > 0}
    closed = {
        Counted.CLOSED_AND_FIXED: _IS.resolution == Resolution.FIXED.value,
        Counted.REBOUNDED: _IS.id.in_(_CAME_BACK),
        Counted.TIMED: _IS.handling_s.is_not(None),
    }
    settled = {Counted.SELF_CORRECTED: _IS.state == State.SELF_CORRECTED.value}
    is_due = and_(_IS.due_at <= look.now, _within(period, _IS.due_at), _IS.state != State.SUSPENDED.value)
    is_closed = and_(_IS.state == State.CLOSED.value, _within(period, _IS.ended_at))
    is_settled = and_(_within(period, _IS.nudged_at), _IS.state != State.NUDGED.value)
    return {
        Counted.REPORTED: Tried(_within(period, _IS.reported_at), reported),
        Counted.FILED: Tried(_within(period, _IS.filed_at), {Counted.CAMERA_FILED: _IS.by_camera}),
        Counted.DISPATCHED: Tried(_within(period, _IS.dispatched_at), {Counted.DISPATCHED_RIGHT: _IS.returns == 0}),
        Counted.DUE: Tried(is_due, due),
        Counted.CLOSED: Tried(is_closed, closed),
        Counted.HANDLED: Tried(_within(period, _IS.handled_at), {Counted.REWORKED: _IS.reworks > 0}),
        Counted.NUDGE_SETTLED: Tried(is_settled, settled),
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
