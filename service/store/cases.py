"""Tickets with their whole history, many at once, for those who count them or write them into a list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, literal, or_, select, union_all

from service.domain.states import OPEN_STATES
from service.domain.ticket import HistoryEntry, Ticket
from service.store.histories import entry_in
from service.store.tables import history, observations, pictures, ticket_evidence, tickets
from service.store.ticket_rows import ticket_in

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Filing:
    """Which tickets are wanted; what is empty does not restrict.

    Attributes:
        not_of_others: tickets of these units, and those that no unit has yet.
        opened_from, opened_before: when it was opened.
        touched_from, touched_before: tickets that lived in that span, or whose limit ended in it.
    """

    units: frozenset[str] = frozenset()
    not_of_others: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    touched_from: datetime | None = None
    touched_before: datetime | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a ticket, `before` where a sighting left it; `sha256` is that of the original bytes."""

    picture_id: str
    role: str
    at: datetime
    sha256: str


class Cases:
    """Rows of `tickets` and `history`, read together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, wanted: Filing) -> list[tuple[Ticket, list[HistoryEntry]]]:
        """The tickets that are wanted, oldest first, each with its history."""
        where = list(conditions_of(wanted))
        found = self._connection.execute(select(tickets).where(*where).order_by(tickets.c.id)).mappings()
        kept = [ticket_in(row) for row in found]
        lines = select(history).join(tickets, tickets.c.id == history.c.ticket_id).where(*where)
        told = self._histories(lines.order_by(history.c.ticket_id, history.c.version))
        return [(ticket, told[ticket.id]) for ticket in kept]

    def named(self, ids: Iterable[str]) -> list[tuple[Ticket, list[HistoryEntry]]]:
        """The tickets of these ids that there are, in that order."""
        wanted = list(dict.fromkeys(ids))
        kept: dict[str, Ticket] = {}
        told: dict[str, list[HistoryEntry]] = {}
        for start in range(0, len(wanted), BATCH):
            some = wanted[start : start + BATCH]
            rows = self._connection.execute(select(tickets).where(tickets.c.id.in_(some))).mappings()
            kept |= {row["id"]: ticket_in(row) for row in rows}
            lines = select(history).where(history.c.ticket_id.in_(some))
            told |= self._histories(lines.order_by(history.c.ticket_id, history.c.version))
        return [(kept[name], told.get(name, [])) for name in wanted if name in kept]

    def rebounds(self) -> dict[str, int]:
        """How many later tickets name each ticket as the one of which they are a rebound."""
        counts: dict[str, int] = defaultdict(int)
        query = select(tickets.c.recurrence_of).where(tickets.c.recurrence_of.is_not(None))
        for earlier in self._connection.execute(query).scalars():
            counts[earlier] += 1
        return counts

    def shots(self, ids: Iterable[str]) -> dict[str, list[Shot]]:
        """The pictures of many tickets, oldest first: those of their sightings, and those that were put to them."""
        found: dict[str, dict[str, Shot]] = defaultdict(dict)
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), BATCH):
            some = wanted[start : start + BATCH]
            for row in self._connection.execute(_shots_of(some)):
                found[row.ticket_id].setdefault(row.id, Shot(row.id, row.role, row.at, row.original_sha256))
        return {ticket_id: sorted(shots.values(), key=lambda shot: shot.at) for ticket_id, shots in found.items()}

    def _histories(self, query: Select[tuple[object, ...]]) -> dict[str, list[HistoryEntry]]:
        told: dict[str, list[HistoryEntry]] = defaultdict(list)
        for row in self._connection.execute(query).mappings():
            told[row["ticket_id"]].append(entry_in(row))
        return told


def _shots_of(ids: list[str]) -> CompoundSelect[tuple[object, ...]]:
    """Pictures that somebody put to a ticket come first, since they say what they are."""
    put = select(
        ticket_evidence.c.ticket_id,
        pictures.c.id,
        ticket_evidence.c.role,
        ticket_evidence.c.at,
        pictures.c.original_sha256,
    ).join(pictures, pictures.c.id == ticket_evidence.c.picture_id)
    left = select(
        observations.c.ticket_id,
        pictures.c.id,
        literal("before").label("role"),
        observations.c.seen_at.label("at"),
        pictures.c.original_sha256,
    ).join(pictures, pictures.c.id == observations.c.picture_id)
    return union_all(put.where(ticket_evidence.c.ticket_id.in_(ids)), left.where(observations.c.ticket_id.in_(ids)))


def conditions_of(wanted: Filing) -> Iterable[ColumnElement[bool]]:
    """What a row of `tickets` has to meet to be wanted."""
    if wanted.units:
        yield tickets.c.unit_id.in_(sorted(wanted.units))
    if wanted.not_of_others:
        yield or_(tickets.c.unit_id.is_(None), tickets.c.unit_id.in_(sorted(wanted.not_of_others)))
    if wanted.conditions:
        yield tickets.c.condition.in_(sorted(wanted.conditions))
    if wanted.opened_from is not None:
        yield tickets.c.opened_at >= wanted.opened_from
    if wanted.opened_before is not None:
        yield tickets.c.opened_at < wanted.opened_before
    if wanted.touched_before is not None:
        yield tickets.c.opened_at < wanted.touched_before
    if wanted.touched_from is not None:
        ended, due = tickets.c.ended_at, tickets.c.due_at
        yield or_(ended.is_(None), ended >= wanted.touched_from, due >= wanted.touched_from)
    if wanted.open_only:
        yield tickets.c.state.in_(sorted(state.value for state in OPEN_STATES))
