"""Which tickets are wanted, and what that means for the rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, exists, or_

from service.domain.states import State
from service.store.fact_tables import ticket_units
from service.store.field_tables import premises, task_holders, ticket_places
from service.store.tables import observations, photos, tickets


class BBox(NamedTuple):
    """A rectangle on WGS-84 in the order of GeoJSON."""

    min_lon: float
    min_lat: float
    max_lon: float
    max_lat: float


class Mark(StrEnum):
    """A fact that holds on a ticket now."""

    OVERDUE = "overdue"
    URGED = "urged"
    SUPERVISED = "supervised"
    EXTENDED = "extended"
    LEGAL_HOLD = "legal_hold"


_MARKED: Final = MappingProxyType(
    {
        Mark.OVERDUE: tickets.c.overdue_at.is_not(None),
        Mark.URGED: tickets.c.urged_at.is_not(None),
        Mark.SUPERVISED: tickets.c.supervised_at.is_not(None),
        Mark.EXTENDED: tickets.c.extensions > 0,
        Mark.LEGAL_HOLD: tickets.c.legal_hold,
    }
)


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets are wanted; what is empty does not restrict.

    Attributes:
        q: part of a number, an id, a unit, a typed address, a sender's note or the name of the shop or yard before
            which it lies, by its bounds; letters of either case.
        unit_id: only tickets that this unit leads or helps with.
        marks: only tickets with all of these facts.
        held_by: only tickets whose task this account, key or login holds.
        is_unheld: only tickets whose task nobody holds.
        place_known: only tickets with a place, for a map.
        opened_from, opened_before: when it was opened.
        ended_from: tickets that ended then or later.
        due_before: only tickets with a limit that ends before then.
        areas: only tickets in one of these GeoJSON Polygons; an empty set of them holds none, None does not restrict.
    """

    states: frozenset[State] = frozenset()
    conditions: frozenset[str] = frozenset()
    bbox: BBox | None = None
    q: str | None = None
    unit_id: str | None = None
    marks: frozenset[Mark] = frozenset()
    held_by: str | None = None
    is_unheld: bool = False
    place_known: bool = False
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    ended_from: datetime | None = None
    due_before: datetime | None = None
    areas: tuple[Mapping[str, Any], ...] | None = None


EVERY: Final = TicketFilter()


def conditions_of(wanted: TicketFilter) -> Iterable[ColumnElement[bool]]:
    """What SQL can say of a filter; `areas` are left to the caller."""
    if wanted.states:
        yield tickets.c.state.in_(sorted(state.value for state in wanted.states))
    if wanted.conditions:
        yield tickets.c.condition.in_(sorted(wanted.conditions))
    if wanted.unit_id is not None:
        yield or_(tickets.c.unit_id == wanted.unit_id, _helped_by(wanted.unit_id))
    yield from (_MARKED[mark] for mark in sorted(wanted.marks))
    if wanted.opened_from is not None:
        yield tickets.c.opened_at >= wanted.opened_from
    if wanted.opened_before is not None:
        yield tickets.c.opened_at < wanted.opened_before
    if wanted.due_before is not None:
        yield tickets.c.due_at < wanted.due_before
    if wanted.place_known:
        yield tickets.c.lat.is_not(None)
    if wanted.bbox is not None:
        yield tickets.c.lat.between(wanted.bbox.min_lat, wanted.bbox.max_lat)
        yield tickets.c.lon.between(wanted.bbox.min_lon, wanted.bbox.max_lon)
    if wanted.q:
        yield _says(wanted.q)
    yield from _lately(wanted)


def _lately(wanted: TicketFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.ended_from is not None:
        yield tickets.c.ended_at >= wanted.ended_from
    yield from _holders_of(wanted)


def _holders_of(wanted: TicketFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.held_by is not None:
        yield _held(or_(task_holders.c.holder_id == wanted.held_by, task_holders.c.holder == wanted.held_by))
    if wanted.is_unheld:
        yield ~_held()


def _held(*by: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(task_holders.c.ticket_id == tickets.c.id, task_holders.c.ended_at.is_(None), *by)


def _helped_by(unit_id: str) -> ColumnElement[bool]:
    return exists().where(
        ticket_units.c.ticket_id == tickets.c.id,
        ticket_units.c.unit_id == unit_id,
        ticket_units.c.released_at.is_(None),
    )


def _says(words: str) -> ColumnElement[bool]:
    noted = exists().where(
        observations.c.ticket_id == tickets.c.id,
        observations.c.photo_id == photos.c.id,
        photos.c.note.icontains(words, autoescape=True),
    )
    typed = exists().where(
        ticket_places.c.ticket_id == tickets.c.id,
        ticket_places.c.address.icontains(words, autoescape=True),
    )
    before_shop = exists().where(
        premises.c.ended_at.is_(None),
        premises.c.name.icontains(words, autoescape=True),
        tickets.c.lat.between(premises.c.south, premises.c.north),
        tickets.c.lon.between(premises.c.west, premises.c.east),
    )
    columns = (tickets.c.number, tickets.c.id, tickets.c.unit_id, tickets.c.condition)
    return or_(*(column.icontains(words, autoescape=True) for column in columns), noted, typed, before_shop)
