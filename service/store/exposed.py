"""Tickets as the public may find them: those of the loop, and those that a citizen reported."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from detector.types import GeoPoint
from service.domain.geometry import distance_m
from service.domain.states import STANDINGS, State
from service.domain.ticket import Ticket
from service.store.report_tables import citizen_reports
from service.store.tables import tickets
from service.store.ticket_rows import ticket_in

SHOWN: Final = frozenset(state for state, standing in STANDINGS.items() if standing.open311 is not None)
ENDED: Final = frozenset(state for state, standing in STANDINGS.items() if not standing.is_open)
METRES_A_DEGREE: Final = 111_195.0


@dataclass(frozen=True, slots=True)
class Around:
    """So many metres around a place."""

    place: GeoPoint
    radius_m: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests are asked for; what is None does not restrict. Times are those of GeoReport, both ends included.

    Attributes:
        open_or_closed: `open`, `closed` or both.
    """

    opened_from: datetime | None = None
    opened_to: datetime | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None
    conditions: frozenset[str] | None = None
    open_or_closed: frozenset[str] = frozenset({"open", "closed"})
    around: Around | None = None


class Exposed:
    """Rows of `tickets` that are no secret."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(self, wanted: Wanted, limit: int, offset: int = 0) -> list[Ticket]:
        """Requests, newest first."""
        query = select(tickets).where(_is_shown(), *_conditions(wanted)).order_by(tickets.c.opened_at.desc())
        query = query.order_by(tickets.c.id.desc()).limit(limit).offset(offset)
        found = [ticket_in(row) for row in self._connection.execute(query).mappings()]
        return [ticket for ticket in found if _is_near(ticket, wanted.around)]

    def named(self, numbers: Sequence[str]) -> list[Ticket]:
        """The requests of these numbers, as far as they are shown, newest first."""
        query = select(tickets).where(_is_shown(), tickets.c.number.in_(numbers))
        return [ticket_in(row) for row in self._connection.execute(query.order_by(tickets.c.id.desc())).mappings()]


def _is_shown() -> ColumnElement[bool]:
    reported = exists().where(citizen_reports.c.ticket_id == tickets.c.id)
    return or_(tickets.c.state.in_(sorted(state.value for state in SHOWN)), reported)


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    for column, since, until in (
        (tickets.c.opened_at, wanted.opened_from, wanted.opened_to),
        (tickets.c.changed_at, wanted.updated_from, wanted.updated_to),
    ):
        if since is not None:
            yield column >= since
        if until is not None:
            yield column <= until
    if wanted.conditions is not None:
        yield tickets.c.condition.in_(sorted(wanted.conditions))
    if len(wanted.open_or_closed) == 1:
        yield tickets.c.state.in_(sorted(state.value for state in _states(wanted.open_or_closed)))
    if wanted.around is not None:
        yield from _box(wanted.around)


def _states(told: frozenset[str]) -> frozenset[State]:
    return ENDED if told == {"closed"} else frozenset(State) - ENDED


def _box(around: Around) -> Iterable[ColumnElement[bool]]:
    degrees = around.radius_m / METRES_A_DEGREE
    yield tickets.c.lat.between(around.place.lat - degrees, around.place.lat + degrees)
    wide = degrees / max(0.01, math.cos(math.radians(around.place.lat)))
    yield tickets.c.lon.between(around.place.lon - wide, around.place.lon + wide)


def _is_near(ticket: Ticket, around: Around | None) -> bool:
    if around is None:
        return True
    return ticket.place is not None and distance_m(ticket.place, around.place) <= around.radius_m
