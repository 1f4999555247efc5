"""Tickets as a map shows them: how many there are of each condition, where they lie, and which lie together."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Connection, case, cast, func, select

from service.domain.ticket import Ticket
from service.store.among import among
from service.store.tables import tickets
from service.store.ticket_rows import ticket_in
from service.store.tickets import BBox, TicketFilter, conditions_of, late_at

LEAST_DEG: Final = 1e-5
"""About a metre, of a rectangle in which all lie at one place."""

_IS: Final = tickets.c


@dataclass(frozen=True, slots=True)
class Bunch:
    """Tickets that lie together: their middle, the rectangle around them, how many they are and how many are late.

    `first_id` is that of the oldest one.
    """

    lat: float
    lon: float
    around: BBox
    count: int
    late: int
    first_id: str


@dataclass(frozen=True, slots=True)
class Kind:
    """How many tickets show a condition, with a place or without, and how many of them are late."""

    condition: str
    count: int
    late: int


class GroundView:
    """Rows of `tickets`, by where they are."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def kinds(self, wanted: TicketFilter, now: datetime) -> list[Kind]:
        """How many there are of each condition, by its id."""
        query = select(_IS.condition, func.count(), func.sum(_late(now))).where(*conditions_of(wanted))
        rows = self._connection.execute(query.group_by(_IS.condition).order_by(_IS.condition))
        return [Kind(condition, count, late) for condition, count, late in rows]

    def extent(self, wanted: TicketFilter) -> BBox | None:
        """The rectangle around all places, None where there is none."""
        edges = func.min(_IS.lon), func.min(_IS.lat), func.max(_IS.lon), func.max(_IS.lat)
        west, south, east, north = self._connection.execute(select(*edges).where(*conditions_of(wanted))).one()
        return None if west is None else BBox(west, south, east, north)

    def bunches(self, wanted: TicketFilter, ground: BBox, across: int, now: datetime) -> list[Bunch]:
        """Those in a rectangle, by squares of which at most `across` lie along its longer side; the largest first.

        Squares lie where they lie, whatever the rectangle, so that bunches stand still while it moves.
        """
        long_deg = max(ground.max_lon - ground.min_lon, ground.max_lat - ground.min_lat, LEAST_DEG)
        step = 2.0 ** math.ceil(math.log2(long_deg / across))
        column, row = (cast(func.floor(degrees / step), BigInteger) for degrees in (_IS.lon, _IS.lat))
        places = _IS.lat, _IS.lon, _IS.id, _late(now).label("late"), column.label("column"), row.label("row")
        placed = select(*places).where(*conditions_of(replace(wanted, bbox=ground))).subquery().c
        edges = func.min(placed.lon), func.min(placed.lat), func.max(placed.lon), func.max(placed.lat)
        told = func.avg(placed.lat), func.avg(placed.lon), *edges, func.count(), func.sum(placed.late)
        rows = self._connection.execute(select(*told, func.min(placed.id)).group_by(placed.column, placed.row))
        found = [Bunch(one[0], one[1], BBox(*one[2:6]), *one[6:]) for one in rows]
        return sorted(found, key=lambda one: (-one.count, one.first_id))

    def tickets(self, ids: Iterable[str]) -> list[Ticket]:
        """The tickets of these ids, newest first."""
        query = select(tickets).where(among(self._connection, _IS.id, ids)).order_by(_IS.id.desc())
        return [ticket_in(row) for row in self._connection.execute(query).mappings()]


def _late(now: datetime) -> ColumnElement[int]:
    return case((late_at(now), 1), else_=0)
