"""Tickets with their history and events, always written together; found by place, camera, state or words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, insert, or_, select, text, update

from service.domain.observation import Sighting
from service.domain.premises import Bounds
from service.domain.regions import Region
from service.domain.seals import line_of
from service.domain.states import OPEN_STATES, STANDINGS, State, Timer
from service.domain.ticket import Change, HistoryEntry, Ticket
from service.errors import TicketChanged, TicketUnknown
from service.store.among import among
from service.store.audit import Audit
from service.store.cells import cells_over, cells_within
from service.store.events import Events
from service.store.fact_tables import ticket_units
from service.store.facts import Facts
from service.store.field_tables import premises, task_holders, ticket_places
from service.store.histories import entry_columns, entry_in
from service.store.regions import may_hold
from service.store.tables import history, observations, photos, tickets
from service.store.ticket_rows import ticket_columns, ticket_in

MOST_OPEN_TARGETS: Final = 500
ROWS_AT_ONCE: Final = 500
_TIMED: Final = sorted(
    state.value for state, told in STANDINGS.items() if told.timer in (Timer.DISPATCH, Timer.HANDLING)
)

_COUNT_ON: Final = text(
    "INSERT INTO ticket_numbers (day, last) VALUES (:day, 1)"
    " ON CONFLICT (day) DO UPDATE SET last = ticket_numbers.last + 1 RETURNING last"
)


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
        q: part of a number, id, unit, typed address, sender's note or shop before which it lies, of either case.
        unit_id: only tickets that this unit leads or helps with.
        marks: only tickets with all of these facts.
        held_by: only tickets whose task this account, key or login holds.
        is_unheld: only tickets whose task nobody holds.
        place_known: only tickets with a place, for a map.
        opened_from, opened_before: when it was opened.
        ended_from: tickets that ended then or later.
        due_before: only tickets with a limit that ends before then.
        late_at: only tickets whose clock runs and whose limit is over then.
        regions: only tickets that lie in each of these.
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
    late_at: datetime | None = None
    regions: tuple[Region, ...] = ()


class Tickets:
    """Rows of `tickets`, `history` and `ticket_numbers`."""

    def __init__(self, connection: Connection, audit: Audit) -> None:
        self._connection = connection
        self._audit = audit
        self._events = Events(connection)
        self._facts = Facts(connection)

    def save(self, change: Change) -> None:
        """Write a ticket, its line in history and trail, its fact and event; TicketChanged if somebody was faster."""
        ticket, entry = change.ticket, change.entry
        if entry.was is None:
            self._connection.execute(insert(tickets).values(**ticket_columns(ticket)))
        else:
            self._update(ticket, version_was=entry.version - 1)
        self._connection.execute(insert(history).values(entry_columns(entry)))
        self._audit.add(line_of(change))
        if change.fact is not None:
            self._facts.add(change.fact)
            self._say(entry.at, "ticket.noted", ticket, fact=change.fact.kind.value)
            return
        self._say(entry.at, "ticket.opened" if entry.was is None else "ticket.moved", ticket)

    def touch(self, ticket: Ticket, now: datetime) -> None:
        """Write what another sighting changes about a ticket; its state and version stay, whoever moves it now."""
        later = case((tickets.c.last_seen < ticket.last_seen, ticket.last_seen), else_=tickets.c.last_seen)
        seen = {"last_seen": later, "fixed_camera_id": ticket.fixed_camera_id, "zone": ticket.zone}
        self._connection.execute(update(tickets).where(tickets.c.id == ticket.id).values(**seen))
        self._say(now, "ticket.seen_again", ticket)

    def find(self, ticket_id: str) -> Ticket | None:
        """The ticket of that id or number, None if there is none."""
        where = or_(tickets.c.id == ticket_id, tickets.c.number == ticket_id)
        row = self._connection.execute(select(tickets).where(where)).mappings().first()
        return ticket_in(row) if row else None

    def get(self, ticket_id: str) -> Ticket:
        """The ticket of that id or number; TicketUnknown if there is none."""
        ticket = self.find(ticket_id)
        if ticket is None:
            raise TicketUnknown(id=ticket_id)
        return ticket

    def hold(self, ticket_id: str) -> Ticket:
        """The ticket of that id or number, which no other writer changes until the end; TicketUnknown."""
        where = or_(tickets.c.id == ticket_id, tickets.c.number == ticket_id)
        row = self._connection.execute(select(tickets).where(where).with_for_update()).mappings().first()
        if row is None:
            raise TicketUnknown(id=ticket_id)
        return ticket_in(row)

    def hold_all(self, ticket_ids: Iterable[str]) -> None:
        """Let no other writer change these tickets until the end; all who want several take them by id."""
        wanted = set(ticket_ids)
        if wanted and self._connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
            query = select(tickets.c.id).where(among(self._connection, tickets.c.id, wanted))
            self._connection.execute(query.order_by(tickets.c.id).with_for_update())

    def hold_free(self, ticket_ids: Sequence[str]) -> list[Ticket]:
        """Those of these tickets that no other writer holds, which none changes until the end; by id."""
        query = select(tickets).where(tickets.c.id.in_(ticket_ids)).order_by(tickets.c.id)
        return self._all(query.with_for_update(skip_locked=True))

    def near(
        self, seen: Sighting, radius_m: float, ended_after: datetime, frontage: Bounds | None = None
    ) -> list[Ticket]:
        """Tickets of one condition that may be the same problem: by cell, by fixed camera, and what they merged into.

        Args:
            seen: the sighting.
            radius_m: how far a ticket of its condition may be.
            ended_after: tickets that ended before are left out.
            frontage: the bounds of the premises before which it lies, where one problem may be as long as they are.
        """
        places: list[ColumnElement[bool]] = []
        if seen.place is not None:
            places.append(tickets.c.cell.in_(cells_within(seen.place, radius_m)))
        if frontage is not None:
            places.append(tickets.c.cell.in_(cells_over(frontage)))
        if seen.source.fixed:
            places.append(tickets.c.fixed_camera_id == seen.source.id)
        if not places:
            return []
        living = or_(tickets.c.ended_at.is_(None), tickets.c.ended_at >= ended_after)
        found = self._all(select(tickets).where(tickets.c.condition == seen.condition, or_(*places), living))
        return [*found, *self._targets_of(found)]

    def _targets_of(self, found: Iterable[Ticket]) -> Iterable[Ticket]:
        """What these tickets were merged into, and what that was merged into, to the end."""
        known = {ticket.id: ticket for ticket in found}
        wanted = [ticket.merged_into for ticket in known.values()]
        while wanted:
            target = wanted.pop()
            if target is not None and target not in known:
                known[target] = self.get(target)
                wanted.append(known[target].merged_into)
                yield known[target]

    def linked(self, ticket_id: str) -> tuple[list[Ticket], list[Ticket]]:
        """The tickets that were merged into this one, and those that are its rebounds, oldest first."""
        merged = select(tickets).where(tickets.c.merged_into == ticket_id).order_by(tickets.c.id)
        rebounds = select(tickets).where(tickets.c.recurrence_of == ticket_id).order_by(tickets.c.id)
        return self._all(merged), self._all(rebounds)

    def page(self, wanted: TicketFilter, limit: int = 50, before: str | None = None) -> list[Ticket]:
        """Tickets, newest first; `before` is the id of the last one on the page before."""
        return list(islice(self._from(wanted, before, max(limit, ROWS_AT_ONCE) if wanted.regions else limit), limit))

    def open_ids(self, condition: str | None = None) -> frozenset[str]:
        """Ids of open tickets, the newest few hundred: what another one may be merged into."""
        wanted = TicketFilter(OPEN_STATES, frozenset({condition} if condition else ()))
        return frozenset(ticket.id for ticket in self.page(wanted, MOST_OPEN_TARGETS))

    def count(self, wanted: TicketFilter) -> int:
        """How many tickets are wanted."""
        if wanted.regions:
            return sum(1 for _ in self._from(wanted, None, ROWS_AT_ONCE))
        query = select(func.count()).select_from(tickets).where(*conditions_of(wanted))
        return self._connection.execute(query).scalar_one()

    def count_by_state(self, wanted: TicketFilter | None = None) -> dict[State, int]:
        """How many tickets stand in each state, of all or of the wanted ones."""
        wanted = wanted or TicketFilter()
        if wanted.regions:
            return dict(Counter(ticket.state for ticket in self._from(wanted, None, ROWS_AT_ONCE)))
        query = select(tickets.c.state, func.count()).where(*conditions_of(wanted)).group_by(tickets.c.state)
        return {State(state): count for state, count in self._connection.execute(query)}

    def history_of(self, ticket_id: str) -> list[HistoryEntry]:
        """All lines of one ticket's history, oldest first."""
        query = select(history).where(history.c.ticket_id == ticket_id).order_by(history.c.version)
        return [entry_in(row) for row in self._connection.execute(query).mappings()]

    def next_number(self, now: datetime, timezone: ZoneInfo) -> str:
        """A number that no ticket has had: the city's day, and a count within it."""
        day = now.astimezone(timezone).strftime("%Y%m%d")
        return f"SW-{day}-{self._connection.execute(_COUNT_ON, {'day': day}).scalar_one():04d}"

    def _from(self, wanted: TicketFilter, before: str | None, at_once: int) -> Iterator[Ticket]:
        """Wanted tickets, newest first; rows that only lie near a wanted region are read and left out."""
        query = select(tickets).where(*conditions_of(wanted)).order_by(tickets.c.id.desc()).limit(at_once)
        while True:
            rows = self._all(query if before is None else query.where(tickets.c.id < before))
            yield from (ticket for ticket in rows if all(region.holds(ticket) for region in wanted.regions))
            if not wanted.regions or len(rows) < at_once:
                return
            before = rows[-1].id

    def _update(self, ticket: Ticket, version_was: int) -> None:
        where = (tickets.c.id == ticket.id, tickets.c.version == version_was)
        if self._connection.execute(update(tickets).where(*where).values(**ticket_columns(ticket))).rowcount != 1:
            raise TicketChanged(version=self.get(ticket.id).version, wanted=version_was)

    def _all(self, query: Select[tuple[object, ...]]) -> list[Ticket]:
        return [ticket_in(row) for row in self._connection.execute(query).mappings()]

    def tell(self, at: datetime, what: str, ticket: Ticket, more: Mapping[str, object]) -> None:
        """Say something about a ticket that is no step of it."""
        self._events.add(at, what, ticket.id, {**body_of(ticket), **more})

    def _say(self, at: datetime, what: str, ticket: Ticket, **more: str) -> None:
        self._events.add(at, what, ticket.id, body_of(ticket) | more)


def body_of(ticket: Ticket) -> dict[str, object]:
    """What every event says of its ticket."""
    return {
        "number": ticket.number,
        "version": ticket.version,
        "state": ticket.state.value,
        "condition": ticket.condition,
        "unit": ticket.unit_id,
        "co_units": list(ticket.co_units),
    }


def conditions_of(wanted: TicketFilter) -> Iterable[ColumnElement[bool]]:
    """What a row has to meet to be wanted; one that may lie in a wanted region only seems so."""
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
    yield from (may_hold(region) for region in wanted.regions)
    if wanted.q:
        yield _says(wanted.q)
    yield from _lately(wanted)


def _lately(wanted: TicketFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.ended_from is not None:
        yield tickets.c.ended_at >= wanted.ended_from
    if wanted.late_at is not None:
        yield late_at(wanted.late_at)
    yield from _holders_of(wanted)


def late_at(now: datetime) -> ColumnElement[bool]:
    """Whether the clock of a ticket runs and its limit is over."""
    return and_(tickets.c.due_at < now, tickets.c.state.in_(_TIMED))


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
    """Notes, addresses and shops are each gone through once, whatever the number of tickets."""
    behind = observations.c.photo_id == photos.c.id
    noted = select(observations.c.ticket_id).where(behind, photos.c.note.icontains(words, autoescape=True))
    typed = select(ticket_places.c.ticket_id).where(ticket_places.c.address.icontains(words, autoescape=True))
    found = (noted.where(observations.c.ticket_id.is_not(None)), typed, _before_shop(words))
    columns = (tickets.c.number, tickets.c.id, tickets.c.unit_id, tickets.c.condition)
    by_word = (column.icontains(words, autoescape=True) for column in columns)
    return or_(*by_word, *(tickets.c.id.in_(ids) for ids in found))


def _before_shop(words: str) -> Select[tuple[str]]:
    before = tickets.alias("before_shops")
    return select(before.c.id).where(
        premises.c.ended_at.is_(None),
        premises.c.name.icontains(words, autoescape=True),
        before.c.lat.between(premises.c.south, premises.c.north),
        before.c.lon.between(premises.c.west, premises.c.east),
    )
