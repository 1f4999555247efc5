"""The join between what was seen and the tickets: read neighbours, decide, write once.

Who writes takes what others may want in one order, so that no two wait for each other: names of requests and
observations, names of places (`contended`), `OPENING`, rows of tickets by id, of observations, of photos, the head of
the trail.

A photo goes `admit_photo` (its bytes are safe) → detection → `ingest` and `Photos.finish` in one transaction.
Both can be repeated after a crash: an observation's id is its idempotency key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from detector.types import GeoPoint
from service.domain.audit import AuditLine
from service.domain.gates import has_now_lasted, refused_before_matching, refused_before_opening
from service.domain.matching import Match, match
from service.domain.observation import Look, Sighting, Source, SourceType
from service.domain.policy import Policy
from service.domain.states import Role
from service.domain.ticket import Actor, Ticket, TicketName, open_ticket, see_again
from service.errors import ConditionUnknown, PhotoPlaced
from service.opening import OPENING, act_after_all, is_cooling_down, opened_with, plan_course, set_out
from service.reviewing import words_on
from service.spots import doorsteps_around, spot_of_sighting
from service.store.cells import districts_within
from service.store.ids import new_id
from service.store.observations import Observation, Result
from service.store.photos import Photo
from service.store.pictures import Picture
from service.store.transaction import Transaction

PLACE_MISSING: Final = "place.missing"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sighting: the observation as kept, and the ticket that it opened or was added to."""

    observation: Observation
    ticket: Ticket | None


def admit_photo(tx: Transaction, photo: Photo, picture: Picture) -> Photo:
    """Keep a photo whose bytes are safe, before anybody looks at it.

    Answers the earlier photo if the sender has used its key before; one that is not `done` is to be finished.

    Raises:
        IdempotencyMismatch: the key came with another request.
    """
    if photo.key is not None:
        tx.lock([f"{photo.actor}:{photo.key}"])
    earlier = tx.photos.sent_before(photo.actor, photo.key, photo.request_sha256)
    if earlier is not None:
        return earlier
    tx.pictures.add(picture)
    tx.photos.add(photo)
    return photo


def look_at(photo: Photo) -> Look:
    """What is the same for all that is seen on a photo; a camera's key sends no person's word."""
    source = Source(SourceType.PHOTO, photo.id, by_person=photo.actor_role != Role.CAMERA)
    return Look(source, photo.picture_id, photo.taken_at, photo.place, photo.place_source, photo.id)


def ingest(
    tx: Transaction, sightings: Sequence[Sighting], *, actor: Actor, policy: Policy, now: datetime
) -> list[Outcome]:
    """Make sightings into tickets: one problem, one open ticket. A sighting that is kept already changes nothing.

    Args:
        tx: a write transaction; observation, ticket, history and event are kept together.
        sightings: in any order; the outcomes come in the same.
        actor: whom the history names.
        policy: radii, thresholds and codes.
        now: aware.

    Raises:
        ConditionUnknown: the policy knows no such condition.
    """
    contend(tx, sightings, policy)
    if len(sightings) > 1:
        hold_same(tx, sightings, policy)
    return [take(tx, seen, actor, policy, now) for seen in sightings]


def contend(tx: Transaction, sightings: Sequence[Sighting], policy: Policy) -> None:
    """Let no other writer decide about these problems until the end.

    Raises:
        ConditionUnknown: the policy knows no such condition.
    """
    for seen in sightings:
        if seen.condition not in policy.rules:
            raise ConditionUnknown(condition=seen.condition)
    tx.lock(name for seen in sightings for name in contested(tx, seen, policy))


def hold_same(tx: Transaction, sightings: Iterable[Sighting], policy: Policy, more: Iterable[str] = ()) -> None:
    """Hold all that decisions about several sightings, whose names are held, will write; `more` are other tickets."""
    if tx.is_only_writer:
        return
    found = [(seen, find_same(tx, seen, policy)) for seen in sightings]
    if any(same.ticket is None or has_now_lasted(seen, same.ticket, policy) for seen, same in found):
        tx.lock([OPENING])
    matched = [same.ticket.id for _, same in found if same.ticket is not None]
    brought_back = [same.recurrence_of for _, same in found if same.recurrence_of is not None]
    tx.tickets.hold_all([*matched, *brought_back, *more])


def place_photo(
    tx: Transaction, photo_id: str, place: GeoPoint, *, actor: Actor, policy: Policy, now: datetime
) -> list[Outcome]:
    """Give a photo the place that it came without, and make its tickets now; the same place again changes nothing.

    Raises:
        PhotoUnknown: there is no such photo.
        PhotoPlaced: it has another place.
    """
    tx.lock([f"place of {photo_id}"])
    tx.lock(words_on(observation.seen.id) for observation in tx.observations.of_photo(photo_id))
    photo, kept = tx.photos.get(photo_id), tx.observations.of_photo(photo_id)
    if photo.place is not None and (photo.place.lat, photo.place.lon) != (place.lat, place.lon):
        raise PhotoPlaced(id=photo_id)
    placed = [_placed(observation, place) for observation in kept]
    tx.lock(name for observation in placed for name in contested(tx, observation.seen, policy))
    hold_same(tx, [observation.seen for observation in placed], policy)
    outcomes = [_settle(tx, observation, actor, policy, now) for observation in placed]
    if photo.place is None:
        tx.photos.set_place(photo_id, place, "hand")  # last, as whoever finishes a photo writes its row
        where = {"lat": place.lat, "lon": place.lon}
        tx.audit.add(AuditLine(now, actor.name, "photo.placed", photo_id, None, where))
    return outcomes


def contested(tx: Transaction, seen: Sighting, policy: Policy) -> Iterable[str]:
    """Names that no other writer may decide about meanwhile, lest one problem gets two tickets.

    Two places that may be one problem share a district, or the frontage before which both lie.
    """
    yield seen.id
    if seen.place is not None:
        radius_m = policy.rule(seen.condition).radius_m
        for district in districts_within(seen.place, radius_m):
            yield f"{seen.condition}:{district}"
        door = doorsteps_around(tx, seen, radius_m).at(seen.place)
        if door is not None:
            yield f"{seen.condition}:{door}"
    if seen.source.fixed:
        yield f"{seen.condition}:{seen.source.id}"


def find_same(tx: Transaction, seen: Sighting, policy: Policy) -> Match:
    """The ticket that is the same problem, from the rows as they stand."""
    radius_m = policy.rule(seen.condition).radius_m
    doorsteps = doorsteps_around(tx, seen, radius_m)
    door = doorsteps.door_at(seen.place)
    frontage = None if door is None else door.bounds
    nearby = tx.tickets.near(seen, radius_m, seen.seen_at - policy.rebound_within, frontage)
    return match(seen, nearby, policy, doorsteps)


def settle(
    tx: Transaction, observation: Observation, *, actor: Actor, policy: Policy, now: datetime
) -> tuple[Observation, Ticket | None]:
    """Find or open the ticket of an observation and write the ticket; the observation itself is not written."""
    seen = observation.seen
    if seen.place is None and not seen.source.fixed:
        return replace(observation, ticket_id=None, result=None, reason=PLACE_MISSING), None
    spot = spot_of_sighting(tx, seen, policy)
    if (refusal := refused_before_matching(seen, spot, policy)) is not None:
        return replace(observation, ticket_id=None, result=None, reason=refusal), None
    found = find_same(tx, seen, policy)
    if found.ticket is not None:
        if has_now_lasted(seen, found.ticket, policy):
            tx.lock([OPENING])
        ticket = see_again(found.ticket, seen, now)
        tx.tickets.touch(ticket, now)
        if has_now_lasted(seen, ticket, policy):
            ticket = act_after_all(tx, seen, ticket, spot, policy, now)
        return replace(observation, ticket_id=ticket.id, result=Result.SEEN_AGAIN, reason=None), ticket
    refusal = refused_before_opening(seen, policy, is_cooling_down=is_cooling_down(tx, seen, policy))
    if refusal is not None:
        return replace(observation, ticket_id=None, result=None, reason=refusal), None
    tx.lock([OPENING])
    name = TicketName(new_id("tic", now), tx.tickets.next_number(now, policy.timezone))
    change = open_ticket(name, seen, actor, policy, now, found.recurrence_of)
    course = plan_course(tx, seen, spot, policy, now)
    tx.tickets.save(opened_with(change, course))
    ticket = set_out(tx, change.ticket, course, spot, policy, now)
    return replace(observation, ticket_id=ticket.id, result=Result.OPENED, reason=None), ticket


def take(tx: Transaction, seen: Sighting, actor: Actor, policy: Policy, now: datetime) -> Outcome:
    """Make one sighting, about which nobody else decides meanwhile, into a ticket; kept already, it changes nothing."""
    kept = tx.observations.find(seen.id)
    if kept is not None:
        return Outcome(kept, tx.tickets.find(kept.ticket_id) if kept.ticket_id else None)
    observation, ticket = settle(tx, Observation(seen, now), actor=actor, policy=policy, now=now)
    tx.observations.add(observation)
    return Outcome(observation, ticket)


def _placed(observation: Observation, place: GeoPoint) -> Observation:
    if observation.seen.place is not None:
        return observation
    return replace(observation, seen=replace(observation.seen, place=place, place_source="hand"))


def _settle(tx: Transaction, observation: Observation, actor: Actor, policy: Policy, now: datetime) -> Outcome:
    if observation.ticket_id is not None:
        return Outcome(observation, tx.tickets.get(observation.ticket_id))
    settled, ticket = settle(tx, observation, actor=actor, policy=policy, now=now)
    tx.observations.replace(settled)
    return Outcome(settled, ticket)
