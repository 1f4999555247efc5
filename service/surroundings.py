"""What a reviewer may want to see beside a sighting: open tickets that may be the same, and the place before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from detector.types import Detection
from service.domain.geometry import distance_m
from service.domain.matching import NEIGHBOURS_WITHIN_M, neighbours_of
from service.domain.policy import Policy
from service.domain.ticket import Ticket
from service.store.observations import Observation
from service.store.pictures import Picture
from service.store.transaction import Transaction

SAME_PLACE_M: Final = 25.0
MOST_NEIGHBOURS: Final = 3
MOST_PASSES: Final = 12
MOST_TICKETS: Final = 20


@dataclass(frozen=True, slots=True)
class Pass:
    """A picture of the same place from before; `role` is `seen`, or what somebody put it to a ticket as."""

    picture: Picture
    at: datetime
    role: str
    condition: str | None = None
    detections: tuple[Detection, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An open ticket of the same condition nearby."""

    ticket: Ticket
    metres: float
    latest: Observation
    picture: Picture


def neighbours(tx: Transaction, seen: Observation, policy: Policy) -> list[Neighbour]:
    """Open tickets that the sighting may belong to after all, the nearest first."""
    place = seen.seen.place
    if place is None:
        return []
    around = tx.surroundings.tickets(place, NEIGHBOURS_WITHIN_M, 10 * MOST_TICKETS)
    near = neighbours_of(seen.seen, [one for one in around if one.id != seen.ticket_id], policy)
    found = []
    for metres, ticket in near[:MOST_NEIGHBOURS]:
        latest = next(iter(tx.observations.of_ticket(ticket.id, 1)), None)
        if latest is not None:
            found.append(Neighbour(ticket, metres, latest, tx.pictures.get(latest.seen.picture_id)))
    return found


def passes(tx: Transaction, seen: Observation) -> list[Pass]:
    """Pictures of the same place from before, newest first: what a fixed camera saw, else what tickets there show."""
    before, place = seen.seen.seen_at, seen.seen.place
    tickets = tx.surroundings.tickets(place, SAME_PLACE_M, MOST_TICKETS) if place else []
    here = [one for one in tickets if place and one.place and distance_m(place, one.place) <= SAME_PLACE_M]
    sightings = (
        tx.surroundings.seen_by(seen.seen.source.id, before, MOST_PASSES)
        if seen.seen.source.fixed
        else tx.surroundings.seen_behind([one.id for one in here], before, MOST_PASSES)
    )
    found: dict[str, Pass] = {}
    for one in sightings:
        picture = tx.pictures.get(one.seen.picture_id)
        told = Pass(picture, one.seen.seen_at, "seen", one.seen.condition, one.seen.detections)
        found.setdefault(picture.id, told)
    for ticket in here:
        for exhibit in tx.pictures.of_ticket(ticket.id):
            if exhibit.at < before:
                found.setdefault(exhibit.picture.id, Pass(exhibit.picture, exhibit.at, exhibit.role, ticket.condition))
    found.pop(seen.seen.picture_id, None)
    return sorted(found.values(), key=lambda one: one.at, reverse=True)[:MOST_PASSES]
