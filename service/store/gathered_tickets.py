"""Tickets around very many sightings: read once, decided about in memory, written once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, bindparam, case, or_, select, update

from detector.types import GeoPoint
from service.domain.gates import AUTO_FILING
from service.domain.observation import Sighting
from service.domain.premises import Bounds
from service.domain.seals import line_of
from service.domain.states import State
from service.domain.ticket import Change, HistoryEntry, Ticket
from service.store.among import among
from service.store.audit import Audit
from service.store.cells import CellRange, cell_of, cells_over, ranges_around, ranges_over
from service.store.histories import entry_columns
from service.store.pending import Pending
from service.store.squares import Squares
from service.store.tables import events, history, ticket_numbers, tickets
from service.store.ticket_rows import ticket_columns, ticket_in
from service.store.tickets import Tickets, body_of

RANGES_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Around:
    """Which tickets very many sightings may belong to.

    Attributes:
        radius_m: how far a ticket of each condition may be.
        ended_after: tickets that ended before are left out.
        frontages: bounds of the premises before which sightings lie.
    """

    sightings: Sequence[Sighting]
    radius_m: Mapping[str, float]
    ended_after: datetime
    frontages: frozenset[Bounds] = frozenset()

    def places_of(self, condition: str) -> Iterator[GeoPoint]:
        """Where that condition was seen."""
        return (seen.place for seen in self.sightings if seen.place is not None and seen.condition == condition)

    def ranges(self) -> list[CellRange]:
        """The ranges of cells that hold them."""
        found = {one for bounds in self.frontages for one in ranges_over(bounds)}
        for condition in {seen.condition for seen in self.sightings}:
            found.update(ranges_around(self.places_of(condition), self.radius_m[condition]))
        return sorted(found)

    def squares(self) -> dict[str, Squares]:
        """An empty index for each condition."""
        conditions = {seen.condition for seen in self.sightings}
        return {one: Squares(self.radius_m[one], (each.lat for each in self.places_of(one))) for one in conditions}


class GatheredTickets(Tickets):
    """Tickets around the sightings, in memory. Whatever else is asked of it sees the rows as they were."""

    def __init__(self, connection: Connection, audit: Audit, pending: Pending) -> None:
        super().__init__(connection, audit)
        self.filed: dict[str, GeoPoint] = {}
        self._pending = pending
        self._known: dict[str, Ticket] = {}
        self._was: dict[str, int] = {}
        self._new: set[str] = set()
        self._changed: set[str] = set()
        self._told: set[tuple[str, int]] = set()
        self._lines: dict[str, list[HistoryEntry]] = defaultdict(list)
        self._squares: dict[str, Squares] = {}
        self._inside: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._under: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._number: tuple[str, int] | None = None

    def gather(self, around: Around) -> None:
        """Read every ticket that any of the sightings may belong to."""
        self._squares = around.squares()
        living = or_(tickets.c.ended_at.is_(None), tickets.c.ended_at >= around.ended_after)
        for where in self._wheres(around):
            for row in self._connection.execute(select(tickets).where(where, living)).mappings():
                self._learn(ticket_in(row))

    def _wheres(self, around: Around) -> Iterator[ColumnElement[bool]]:
        """By cell, in portions that one query takes, and by camera."""
        ranges = around.ranges()
        for start in range(0, len(ranges), RANGES_AT_ONCE):
            some = ranges[start : start + RANGES_AT_ONCE]
            yield or_(*(tickets.c.cell.between(first, last) for first, last in some))
        cameras = {seen.source.id for seen in around.sightings if seen.source.fixed}
        if cameras:
            yield among(self._connection, tickets.c.fixed_camera_id, cameras)

    def near(
        self,
        seen: Sighting,
        radius_m: float,  # noqa: ARG002  # as gathered
        ended_after: datetime,
        frontage: Bounds | None = None,
    ) -> list[Ticket]:
        """What `Tickets.near` finds, as it stands now, and perhaps some that are further away."""
        ids: dict[str, None] = {}
        if seen.place is not None:
            ids.update(dict.fromkeys(self._squares[seen.condition].near(seen.place)))
        for cell in cells_over(frontage) if frontage is not None else ():
            ids |= self._inside.get((seen.condition, cell), {})
        if seen.source.fixed:
            ids |= self._under.get((seen.condition, seen.source.id), {})
        found = [
            ticket for one in ids if (ticket := self._known[one]).ended_at is None or ticket.ended_at >= ended_after
        ]
        return [*found, *self._targets_of(found)] if any(ticket.merged_into for ticket in found) else found

    def find(self, ticket_id: str) -> Ticket | None:
        """The ticket of that id or number, None if there is none."""
        return self._known.get(ticket_id) or super().find(ticket_id)

    def history_of(self, ticket_id: str) -> list[HistoryEntry]:
        """All lines of one ticket's history, oldest first, those included that wait."""
        return [*([] if ticket_id in self._new else super().history_of(ticket_id)), *self._lines.get(ticket_id, [])]

    def save(self, change: Change) -> None:
        """Keep a step until all are written."""
        ticket, entry = change.ticket, change.entry
        if change.fact is not None:
            raise NotImplementedError("no sighting notes a fact on a ticket")
        if entry.was is None:
            self._new.add(ticket.id)
        elif ticket.id not in self._new:
            self._was.setdefault(ticket.id, entry.version - 1)
        if entry.to is State.FILED and entry.reason == AUTO_FILING and ticket.place is not None:
            self.filed[ticket.id] = ticket.place
        self._learn(ticket)
        self._lines[ticket.id].append(entry)
        self._pending.rows[history].append(entry_columns(entry))
        self._audit.add(line_of(change))
        self.tell(entry.at, "ticket.opened" if entry.was is None else "ticket.moved", ticket, {})

    def touch(self, ticket: Ticket, now: datetime) -> None:
        """Keep what another sighting changes until all is written; that it was seen again is said once."""
        if self._known.get(ticket.id) is not ticket:
            self._learn(ticket)
            self._changed.add(ticket.id)
        told = ticket.id, ticket.version
        if told not in self._told:
            self._told.add(told)
            self.tell(now, "ticket.seen_again", ticket, {})

    def tell(self, at: datetime, what: str, ticket: Ticket, more: Mapping[str, object]) -> None:
        """Keep what is said about a ticket until all is written."""
        row = {"at": at, "type": what, "subject": ticket.id, "body": {**body_of(ticket), **more}}
        self._pending.rows[events].append(row)

    def next_number(self, now: datetime, timezone: ZoneInfo) -> str:
        """A number that no ticket has had; the day's count is this transaction's from the first one on."""
        day = now.astimezone(timezone).strftime("%Y%m%d")
        if self._number is None or self._number[0] != day:
            self._write_number()
            self._number = (day, int(super().next_number(now, timezone).rpartition("-")[2]))
        else:
            self._number = (day, self._number[1] + 1)
        return f"SW-{day}-{self._number[1]:04d}"

    def write(self) -> None:
        """Write what became of all tickets, once; TicketChanged if somebody moved one meanwhile."""
        self._write_number()
        self.hold_all(self._referred_to() - self._new)
        self._pending.rows[tickets] = [ticket_columns(self._known[one]) for one in sorted(self._new)]
        for ticket_id in sorted(self._was):
            self._update(self._known[ticket_id], self._was[ticket_id])
        touched = self._changed - self._new - self._was.keys()
        if touched:
            told = [self._known[one] for one in sorted(touched)]
            self._connection.execute(_TOUCH, [_touched(one) for one in told])

    def _referred_to(self) -> set[str]:
        """Tickets that rows which wait change or point at."""
        brought_back = {one for each in self._new if (one := self._known[each].recurrence_of) is not None}
        return self._was.keys() | {ticket_id for ticket_id, _ in self._told} | brought_back

    def _write_number(self) -> None:
        if self._number is not None:
            day, last = self._number
            self._connection.execute(update(ticket_numbers).where(ticket_numbers.c.day == day).values(last=last))

    def _learn(self, ticket: Ticket) -> None:
        known = self._known.get(ticket.id)
        self._known[ticket.id] = ticket
        if known is None and ticket.place is not None:
            self._inside[ticket.condition, cell_of(ticket.place)][ticket.id] = None
            if ticket.condition in self._squares:
                self._squares[ticket.condition].add(ticket.id, ticket.place)
        if ticket.fixed_camera_id is not None and (known is None or known.fixed_camera_id is None):
            self._under[ticket.condition, ticket.fixed_camera_id][ticket.id] = None


_LATER = case((tickets.c.last_seen < bindparam("seen"), bindparam("seen")), else_=tickets.c.last_seen)
_TOUCH = (
    update(tickets)
    .where(tickets.c.id == bindparam("id_"))
    .values(last_seen=_LATER, fixed_camera_id=bindparam("camera"), zone=bindparam("zone_"))
)


def _touched(ticket: Ticket) -> dict[str, object]:
    return {"id_": ticket.id, "seen": ticket.last_seen, "camera": ticket.fixed_camera_id, "zone_": ticket.zone}
