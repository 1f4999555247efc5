"""A transaction for very many sightings: neighbours are read once, decisions see them in memory, rows are written once.

It does what a plain transaction does for `service.ingest`, only sooner; `tests/service/test_bulk.py` compares the two.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, bindparam, insert, or_, select, update

from detector.types import GeoPoint
from service.domain.observation import Sighting
from service.domain.premises import Bounds, Premises
from service.domain.seals import line_of
from service.domain.ticket import Change, Ticket
from service.store.audit import Audit
from service.store.cells import cell_of, cells_over, cells_within
from service.store.observations import Observation, Observations, observation_columns, observation_in
from service.store.premises import PremisesRows
from service.store.records import Records
from service.store.tables import events, history, observations, ticket_numbers, tickets
from service.store.tickets import Tickets, body_of, entry_columns, ticket_columns, ticket_in
from service.store.transaction import Transaction

IDS_AT_ONCE = 500
TILE_DEG = 0.005
"""Premises are read by squares of so many degrees, about 500 m, and one around."""


@dataclass(slots=True)
class Pending:
    """Rows that are still to be written."""

    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))


class GatheredTickets(Tickets):
    """Tickets around the sightings, in memory. Whatever else is asked of it sees the rows as they were."""

    def __init__(self, connection: Connection, audit: Audit, pending: Pending) -> None:
        super().__init__(connection, audit)
        self._pending = pending
        self._known: dict[str, Ticket] = {}
        self._was: dict[str, int] = {}
        self._new: set[str] = set()
        self._changed: set[str] = set()
        self._radius_m: Mapping[str, float] = {}
        self._around: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._inside: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._under: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._number: tuple[str, int] | None = None

    def gather(
        self,
        sightings: Sequence[Sighting],
        radius_m: Mapping[str, float],
        ended_after: datetime,
        frontages: Iterable[Bounds],
    ) -> None:
        """Read every ticket that any of the sightings may belong to."""
        self._radius_m = radius_m
        cells, cameras = {cell for one in frontages for cell in cells_over(one)}, set[str]()
        for seen in sightings:
            if seen.place is not None:
                cells.update(cells_within(seen.place, radius_m[seen.condition]))
            if seen.source.fixed:
                cameras.add(seen.source.id)
        living = or_(tickets.c.ended_at.is_(None), tickets.c.ended_at >= ended_after)
        for column, wanted in ((tickets.c.cell, cells), (tickets.c.fixed_camera_id, cameras)):
            for some in _in_turn(sorted(wanted)):
                for row in self._connection.execute(select(tickets).where(column.in_(some), living)).mappings():
                    self._learn(ticket_in(row))

    def near(
        self,
        seen: Sighting,
        radius_m: float,  # noqa: ARG002  # as gathered
        ended_after: datetime,
        frontage: Bounds | None = None,
    ) -> list[Ticket]:
        """What `Tickets.near` finds, as it stands now."""
        ids: dict[str, None] = {}
        if seen.place is not None:
            ids |= self._around.get((seen.condition, cell_of(seen.place)), {})
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

    def save(self, change: Change) -> None:
        """Keep a step until all are written."""
        ticket, entry = change.ticket, change.entry
        if change.fact is not None:  # no sighting notes one; it stands in a table of its own
            self.write()
            super().save(change)
            self._learn(ticket)
            return
        if entry.was is None:
            self._new.add(ticket.id)
        elif ticket.id not in self._new:
            self._was.setdefault(ticket.id, entry.version - 1)
        self._learn(ticket)
        self._pending.rows[history].append(entry_columns(entry))
        self._audit.add(line_of(change))
        self._tell(entry.at, "ticket.opened" if entry.was is None else "ticket.moved", ticket)

    def touch(self, ticket: Ticket, now: datetime) -> None:
        """Keep what another sighting changes until all is written."""
        self._learn(ticket)
        self._changed.add(ticket.id)
        self._tell(now, "ticket.seen_again", ticket)

    def next_number(self, now: datetime, timezone: ZoneInfo) -> str:
        """A number that no ticket has had; the day's count is this transaction's from the first one on."""
        day = now.astimezone(timezone).strftime("%Y%m%d")
        if self._number is None or self._number[0] != day:
            self.write_numbers()
            self._number = (day, int(super().next_number(now, timezone).rpartition("-")[2]))
        else:
            self._number = (day, self._number[1] + 1)
        return f"SW-{day}-{self._number[1]:04d}"

    def write_numbers(self) -> None:
        """Write how far the day's count has come."""
        if self._number is not None:
            day, last = self._number
            self._connection.execute(update(ticket_numbers).where(ticket_numbers.c.day == day).values(last=last))

    def write(self) -> None:
        """Write all tickets; TicketChanged if somebody moved one meanwhile."""
        self.write_numbers()
        if self._new:
            self._connection.execute(insert(tickets), [ticket_columns(self._known[one]) for one in sorted(self._new)])
        for ticket_id, version in self._was.items():
            self._update(self._known[ticket_id], version)
        touched = self._changed - self._new - self._was.keys()
        if touched:
            told = [self._known[one] for one in sorted(touched)]
            self._connection.execute(_TOUCH, [_touched(one) for one in told])
        self._new.clear()
        self._was.clear()
        self._changed.clear()

    def _learn(self, ticket: Ticket) -> None:
        known = self._known.get(ticket.id)
        self._known[ticket.id] = ticket
        if known is None and ticket.place is not None:
            self._inside[ticket.condition, cell_of(ticket.place)][ticket.id] = None
            for cell in cells_within(ticket.place, self._radius_m.get(ticket.condition, 0.0)):
                self._around[ticket.condition, cell][ticket.id] = None
        if ticket.fixed_camera_id is not None and (known is None or known.fixed_camera_id is None):
            self._under[ticket.condition, ticket.fixed_camera_id][ticket.id] = None

    def tell(self, at: datetime, what: str, ticket: Ticket, more: Mapping[str, object]) -> None:
        """Keep what is said about a ticket until all is written."""
        row = {"at": at, "type": what, "subject": ticket.id, "body": {**body_of(ticket), **more}}
        self._pending.rows[events].append(row)

    def _tell(self, at: datetime, what: str, ticket: Ticket) -> None:
        self.tell(at, what, ticket, {})


class GatheredObservations(Observations):
    """Observations of these sightings, in memory."""

    def __init__(self, connection: Connection, audit: Audit, pending: Pending) -> None:
        super().__init__(connection, audit)
        self._pending = pending
        self._known: dict[str, Observation] = {}
        self._asked: set[str] = set()

    def gather(self, sightings: Iterable[Sighting]) -> None:
        """Read those that are kept already."""
        self._asked = {seen.id for seen in sightings}
        for some in _in_turn(sorted(self._asked)):
            for row in self._connection.execute(select(observations).where(observations.c.id.in_(some))).mappings():
                self._known[row["id"]] = observation_in(row)

    def find(self, observation_id: str) -> Observation | None:
        """The observation of that id, None if there is none."""
        if observation_id in self._asked:
            return self._known.get(observation_id)
        return super().find(observation_id)

    def add(self, observation: Observation) -> None:
        """Keep an observation until all are written."""
        self._known[observation.seen.id] = observation
        self._pending.rows[observations].append(observation_columns(observation))


class GatheredPremises(PremisesRows):
    """Premises around the sightings, each neighbourhood read once; a city that has none is asked once."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._tiles: dict[tuple[int, int], list[Premises]] = {}
        self._larger: dict[Bounds, list[Premises]] = {}

    @cached_property
    def _any(self) -> bool:
        return bool(self.page(limit=1))

    def around(self, place: GeoPoint, radius_m: float = 0.0) -> list[Premises]:
        """What `PremisesRows.around` finds."""
        return super().around(place, radius_m) if self._any else []

    def over(self, bounds: Bounds) -> list[Premises]:
        """What `PremisesRows.over` finds."""
        south, west, north, east = bounds
        if max(north - south, east - west) > TILE_DEG:
            if bounds not in self._larger:
                self._larger[bounds] = super().over(bounds)
            return self._larger[bounds]
        row, column = tile = math.floor(south / TILE_DEG), math.floor(west / TILE_DEG)
        if tile not in self._tiles:
            corner = (row * TILE_DEG, column * TILE_DEG, (row + 2) * TILE_DEG, (column + 2) * TILE_DEG)
            self._tiles[tile] = super().over(corner)
        return [one for one in self._tiles[tile] if _touch(one.bounds, bounds)]


class Gathering(Transaction):
    """A write transaction that writes late. `write` has to be called before it commits."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx.connection)
        self.audit = tx.audit
        self._pending = Pending()

    @cached_property
    def tickets(self) -> GatheredTickets:
        """Tickets around the sightings."""
        return GatheredTickets(self.connection, self.audit, self._pending)

    @cached_property
    def observations(self) -> GatheredObservations:
        """The sightings as observations."""
        return GatheredObservations(self.connection, self.audit, self._pending)

    @cached_property
    def premises(self) -> GatheredPremises:
        """Premises around the sightings."""
        return GatheredPremises(self.connection)

    @property
    def records(self) -> Records:
        """What reviewers and machines did before, this transaction included."""
        self.write()
        return Records(self.connection)

    def gather(
        self,
        sightings: Sequence[Sighting],
        radius_m: Mapping[str, float],
        rebound_within: timedelta,
        frontages: Iterable[Bounds] = (),
    ) -> None:
        """Read what the decisions about these sightings may ask; `frontages` are of the doors before which they lie."""
        self.observations.gather(sightings)
        earliest = min((seen.seen_at for seen in sightings), default=None)
        if earliest is not None:
            self.tickets.gather(sightings, radius_m, earliest - rebound_within, frontages)

    def write(self) -> None:
        """Write what waits; TicketChanged if somebody moved one of the tickets meanwhile."""
        self.tickets.write()
        for table in (history, observations, events):
            if rows := self._pending.rows.pop(table, None):
                self.connection.execute(insert(table), rows)


_TOUCH = (
    update(tickets)
    .where(tickets.c.id == bindparam("id_"))
    .values(last_seen=bindparam("seen"), fixed_camera_id=bindparam("camera"), zone=bindparam("zone_"))
)


def _touched(ticket: Ticket) -> dict[str, object]:
    return {"id_": ticket.id, "seen": ticket.last_seen, "camera": ticket.fixed_camera_id, "zone_": ticket.zone}


def _touch(one: Bounds, other: Bounds) -> bool:
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]


def _in_turn(names: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(names), IDS_AT_ONCE):
        yield names[start : start + IDS_AT_ONCE]
