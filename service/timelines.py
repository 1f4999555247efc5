"""The time line of a ticket, read from everything that is kept about it."""

from collections.abc import Iterator
from typing import Final

from service.domain.ticket import Ticket
from service.domain.timeline import Happened, Line, line_of, timeline
from service.store.observations import Observation
from service.store.transaction import Transaction

MOST_SIGHTINGS: Final = 5000
BY_PHOTO: Final = "photo"


def timeline_of(tx: Transaction, ticket: Ticket) -> list[Line]:
    """History, sightings, verdicts and pictures of a ticket in one order; of very many sightings the latest."""
    seen = tx.observations.of_ticket(ticket.id, MOST_SIGHTINGS)
    return timeline(
        [
            *map(line_of, tx.tickets.history_of(ticket.id)),
            *map(_sighting, seen),
            *_verdicts(tx, seen),
            *_pictures(tx, ticket),
        ]
    )


def _sighting(observation: Observation) -> Line:
    seen = observation.seen
    by = BY_PHOTO if seen.source.by_person else seen.source.id
    return Line(seen.seen_at, Happened.SEEN, by, picture_id=seen.picture_id, facts={"count": 1})


def _verdicts(tx: Transaction, seen: list[Observation]) -> Iterator[Line]:
    for observation in seen:
        if observation.verdict is None:
            continue
        for word in tx.observations.verdicts_on(observation.seen.id):
            facts = {"verdict": word.verdict.word.value, "condition": word.verdict.condition}
            yield Line(word.at, Happened.JUDGED, word.by, reason=word.verdict.reason, facts=facts)


def _pictures(tx: Transaction, ticket: Ticket) -> Iterator[Line]:
    for exhibit in tx.pictures.of_ticket(ticket.id):
        facts = {"role": exhibit.role, "sha256": exhibit.picture.original_sha256}
        yield Line(exhibit.at, Happened.SHOWN, exhibit.by, picture_id=exhibit.picture.id, facts=facts)
