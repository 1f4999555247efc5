"""Tickets with their history and events, always written together; found by place, camera, state or words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, case, func, insert, or_, select, text, update

from detector.types import GeoPoint
from service.domain.geometry import covers
from service.domain.observation import Sighting
from service.domain.premises import Bounds
from service.domain.seals import line_of
from service.domain.states import OPEN_STATES, Resolution, State
from service.domain.ticket import Change, HistoryEntry, Ticket
from service.errors import TicketChanged, TicketUnknown
from service.store.audit import Audit
from service.store.cells import cell_of, cells_over, cells_within
from service.store.events import Events
from service.store.facts import Facts
from service.store.places import Row, place_columns, place_in
from service.store.tables import history, tickets
from service.store.ticket_filter import EVERY, conditions_of
from service.store.ticket_filter import BBox as BBox
from service.store.ticket_filter import Mark as Mark
from service.store.ticket_filter import TicketFilter as TicketFilter

MOST_OPEN_TARGETS: Final = 500
AREA_CHUNK: Final = 500

_COUNT_ON: Final = text(
    "INSERT INTO ticket_numbers (day, last) VALUES (:day, 1)"
    " ON CONFLICT (day) DO UPDATE SET last = ticket_numbers.last + 1 RETURNING last"
)


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
        if wanted.areas is None:
            return self._newest(wanted, limit, before)
        return list(islice(self._inside(wanted, wanted.areas, before), limit))

    def _newest(self, wanted: TicketFilter, limit: int, before: str | None) -> list[Ticket]:
        query = select(tickets).where(*conditions_of(wanted))
        if before is not None:
            query = query.where(tickets.c.id < before)
        return self._all(query.order_by(tickets.c.id.desc()).limit(limit))

    def _inside(
        self, wanted: TicketFilter, areas: Sequence[Mapping[str, Any]], before: str | None = None
    ) -> Iterator[Ticket]:
        """Tickets in these areas, newest first: found by their bounds, told apart by their shapes."""
        bounds = [_bounds_of(area) for area in areas]
        cut = replace(wanted, areas=None)
        while found := self._newest(cut, AREA_CHUNK, before):
            before = found[-1].id
            for ticket in found:
                place = ticket.place
                if place is not None and any(
                    _is_within(box, place) and covers(area, place) for box, area in zip(bounds, areas, strict=True)
                ):
                    yield ticket

    def open_ids(self, condition: str | None = None) -> frozenset[str]:
        """Ids of open tickets, the newest few hundred: what another one may be merged into."""
        wanted = TicketFilter(OPEN_STATES, frozenset({condition} if condition else ()))
        return frozenset(ticket.id for ticket in self.page(wanted, MOST_OPEN_TARGETS))

    def count(self, wanted: TicketFilter) -> int:
        """How many tickets are wanted."""
        query = select(func.count()).select_from(tickets).where(*conditions_of(wanted))
        return self._connection.execute(query).scalar_one()

    def count_by_state(self, wanted: TicketFilter = EVERY) -> dict[State, int]:
        """How many of the wanted tickets stand in each state."""
        if wanted.areas is not None:
            return dict(Counter(ticket.state for ticket in self._inside(wanted, wanted.areas)))
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


def _bounds_of(area: Mapping[str, Any]) -> BBox:
    lons, lats = zip(*((lon, lat) for lon, lat, *_ in area["coordinates"][0]), strict=True)
    return BBox(min(lons), min(lats), max(lons), max(lats))


def _is_within(box: BBox, place: GeoPoint) -> bool:
    return box.min_lon <= place.lon <= box.max_lon and box.min_lat <= place.lat <= box.max_lat


_NAMES: Final = ("id", "number", "version", "condition", "code_table", "code", "fixed_camera_id", "zone", "unit_id")
_MOMENTS: Final = ("opened_at", "last_seen", "changed_at", "filed_at", "due_at", "review_at", "ended_at")
_MARKS: Final = ("overdue_at", "urged_at", "supervised_at", "extensions", "legal_hold")
_PLAIN: Final = (*_NAMES, *_MOMENTS, *_MARKS, "recurrence_of", "merged_into", "policy_sha256")


def ticket_columns(ticket: Ticket) -> dict[str, object]:
    """The row of a ticket."""
    return {
        **{name: getattr(ticket, name) for name in _PLAIN},
        "state": ticket.state.value,
        "resolution": ticket.resolution.value if ticket.resolution else None,
        "co_units": list(ticket.co_units),
        **place_columns(ticket.place, ticket.place_source),
        "cell": cell_of(ticket.place) if ticket.place else None,
    }


def ticket_in(row: Row) -> Ticket:
    """The ticket in a row of `tickets`."""
    return Ticket(
        **{name: row[name] for name in _PLAIN},
        state=State(row["state"]),
        resolution=Resolution(row["resolution"]) if row["resolution"] else None,
        co_units=tuple(row["co_units"]),
        place=place_in(row),
        place_source=row["place_source"],
    )


def entry_columns(entry: HistoryEntry) -> dict[str, object]:
    """The row of a line of history."""
    plain = ("ticket_id", "version", "at", "actor", "reason", "policy_sha256")
    return {
        **{name: getattr(entry, name) for name in plain},
        "from": entry.was.value if entry.was else None,
        "to": entry.to.value,
        "facts": dict(entry.facts),
    }


def entry_in(row: Row) -> HistoryEntry:
    """The line in a row of `history`."""
    return HistoryEntry(
        ticket_id=row["ticket_id"],
        version=row["version"],
        at=row["at"],
        actor=row["actor"],
        was=State(row["from"]) if row["from"] else None,
        to=State(row["to"]),
        reason=row["reason"],
        policy_sha256=row["policy_sha256"],
        facts=row["facts"],
    )
