"""What a policy asks of the past: how good a camera has been, what it opened lately, what was filed without a look."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from detector.types import GeoPoint
from service.domain.gates import AUTO_FILING, Record
from service.domain.states import State
from service.domain.ticket import Ticket
from service.domain.verdict import Word
from service.store.places import place_in
from service.store.tables import history, observations, tickets, verdicts
from service.store.ticket_rows import ticket_in

READ_FOR_ONE: Final = 6
"""Verdicts read for each that is counted: others are about another condition, or a second word on the same."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What a replay has to know of a sighting; no boxes, of which there are many."""

    id: str
    condition: str
    score: float | None
    seen_at: datetime
    place: GeoPoint | None
    place_source: str | None
    source_type: str
    source_id: str
    fixed: bool
    by_person: bool
    zone: str | None
    created_at: datetime
    ticket_id: str | None


@dataclass(frozen=True, slots=True)
class Ending:
    """What a replay has to know of a kept ticket."""

    id: str
    number: str
    state: State
    ended_at: datetime | None
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class Opening:
    """When and where a sighting opened a ticket; `zone` is that of a fixed camera's picture."""

    seen_at: datetime
    zone: str | None
    place: GeoPoint | None


_GLIMPSED: Final = tuple(name for name in Glimpse.__slots__ if name != "place")


class Records:
    """Questions over `observations`, `verdicts`, `history` and `tickets`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_source(self, source_id: str, condition: str, last: int) -> Record:
        """How many of the last reviewed sightings of that condition reviewers confirmed, by their latest word each."""
        query = (
            select(verdicts.c.observation_id, verdicts.c.verdict, verdicts.c.was)
            .join(observations, observations.c.id == verdicts.c.observation_id)
            .where(observations.c.source_id == source_id)
            .order_by(verdicts.c.seq.desc())
            .limit(last * READ_FOR_ONE)
        )
        words: dict[str, str] = {}
        for row in self._connection.execute(query).mappings():
            if row["was"]["condition"] == condition and len(words) < last:
                words.setdefault(row["observation_id"], row["verdict"])
        confirmed = sum(word in (Word.TRUE.value, Word.OTHER_BOX.value) for word in words.values())
        return Record(confirmed, len(words))

    def opened_by(
        self, source_id: str, condition: str, since: datetime, zone: str | None = None
    ) -> list[GeoPoint | None]:
        """Where that source opened tickets of that condition since then; with a zone, in it or before it was drawn."""
        opened = self.openings(source_id, condition, since)
        return [one.place for one in opened if zone is None or one.zone in (None, zone)]

    def openings(self, source_id: str, condition: str, since: datetime) -> list[Opening]:
        """When and where that source opened tickets of that condition since then."""
        query = select(observations).where(
            observations.c.source_id == source_id,
            observations.c.condition == condition,
            observations.c.seen_at > since,
            observations.c.outcome == "opened",
        )
        rows = self._connection.execute(query).mappings()
        return [Opening(row["seen_at"], row["zone"], place_in(row)) for row in rows]

    def handled_lately(self, condition: str, unit_id: str, last: int) -> list[tuple[Ticket, datetime]]:
        """The last tickets of that condition that a unit has handled, each with the moment at which it said so."""
        first = (
            select(history.c.ticket_id, func.min(history.c.at).label("handled_at"))
            .where(history.c.to == State.HANDLED.value, history.c["from"] != State.HANDLED.value)
            .group_by(history.c.ticket_id)
            .subquery()
        )
        query = (
            select(tickets, first.c.handled_at)
            .join(first, first.c.ticket_id == tickets.c.id)
            .where(tickets.c.condition == condition, tickets.c.unit_id == unit_id, tickets.c.due_at.is_not(None))
            .order_by(first.c.handled_at.desc())
            .limit(last)
        )
        return [(ticket_in(row), row["handled_at"]) for row in self._connection.execute(query).mappings()]

    def glimpses(self, since: datetime, last: int) -> list[Glimpse]:
        """The last sightings that came in since then, in the order in which they came in."""
        columns = [observations.c[name] for name in (*_GLIMPSED, "lat", "lon", "accuracy_m")]
        newest = (observations.c.created_at.desc(), observations.c.id.desc())
        query = select(*columns).where(observations.c.created_at >= since).order_by(*newest).limit(last)
        rows = self._connection.execute(query).mappings()
        return [Glimpse(**{name: row[name] for name in _GLIMPSED}, place=place_in(row)) for row in rows][::-1]

    def endings(self, ticket_ids: Collection[str]) -> list[Ending]:
        """How these tickets stand or ended."""
        columns = [tickets.c[name] for name in Ending.__slots__]
        query = select(*columns).where(tickets.c.id.in_(list(ticket_ids)))
        rows = self._connection.execute(query).mappings()
        return [Ending(**{**row, "state": State(row["state"])}) for row in rows]

    def rebounds_since(self, since: datetime) -> list[Ticket]:
        """Tickets that were opened since then for what had been put right before."""
        query = select(tickets).where(tickets.c.opened_at >= since, tickets.c.recurrence_of.is_not(None))
        return [ticket_in(row) for row in self._connection.execute(query).mappings()]

    def tickets_of(self, ticket_ids: Collection[str]) -> list[Ticket]:
        """Those of these tickets that there are."""
        query = select(tickets).where(tickets.c.id.in_(list(ticket_ids)))
        return [ticket_in(row) for row in self._connection.execute(query).mappings()]

    def filed_by_itself(self, since: datetime) -> dict[str, GeoPoint]:
        """The places of the tickets, by id, that were filed since then without a person's look."""
        query = (
            select(tickets)
            .join(history, history.c.ticket_id == tickets.c.id)
            .where(history.c.to == State.FILED.value, history.c.at >= since, history.c.reason == AUTO_FILING)
        )
        places = {row["id"]: place_in(row) for row in self._connection.execute(query).mappings()}
        return {ticket_id: place for ticket_id, place in places.items() if place is not None}
