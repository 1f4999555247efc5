"""From sightings to tickets, on a real database."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from detector.types import GeoPoint
from service.casework import Occasion, move_ticket
from service.domain.gates import SCORE_BELOW_OPEN
from service.domain.moves import MoveRequest
from service.domain.observation import Sighting, Source, sightings_on
from service.domain.policy import Policy
from service.domain.states import Resolution, Role, State
from service.domain.ticket import Ticket
from service.errors import ConditionUnknown, IdempotencyMismatch, PhotoPlaced
from service.ingest import PLACE_MISSING, Outcome, admit_photo, ingest, look_at, place_photo
from service.store import Store, Transaction
from service.store.observations import Result
from service.store.photos import PhotoStatus
from service.store.tables import history, tickets
from service.store.tickets import TicketFilter
from tests.build import (
    CAR,
    NOON,
    PERSON,
    POLE,
    a_detection,
    a_photo,
    a_picture,
    a_place,
    a_policy,
    a_sighting,
    an_actor,
)

POLICY = a_policy()
PLACES = int(os.environ.get("P6_PLACES", "15"))
"""1000 in a long run."""


def take(store: Store, *seen: Sighting, now: datetime = NOON, policy: Policy = POLICY) -> list[Outcome]:
    with store.write() as tx:
        for sighting in seen:
            tx.pictures.add(a_picture(picture_id=sighting.picture_id))
        return ingest(tx, seen, actor=an_actor(Role.INSPECTOR), policy=policy, now=now)


def results(outcomes: list[Outcome]) -> list[Result | None]:
    return [outcome.observation.result for outcome in outcomes]


def close(store: Store, ticket: Ticket | None, now: datetime) -> None:
    assert ticket is not None
    path = (State.FILED, State.DISPATCHED, State.IN_PROGRESS, State.HANDLED, State.CHECKING, State.CLOSED)
    on = Occasion(an_actor(Role.CHIEF), POLICY, now)
    for to in path:
        with store.write() as tx:
            version = tx.tickets.get(ticket.id).version
            request = MoveRequest(to, version, reason="the street was dug up", resolution=Resolution.FORCED)
            move_ticket(tx, ticket.id, request, on)


def test_a_persons_photo_opens_a_report_and_a_cameras_frame_a_candidate(store: Store) -> None:
    [person] = take(store, a_sighting(source=PERSON))
    [camera] = take(store, a_sighting(source=CAR, place=a_place(metres_north=500)))
    assert person.ticket is not None
    assert camera.ticket is not None
    assert (person.ticket.state, camera.ticket.state) == (State.REPORTED, State.CANDIDATE)


def test_a_second_look_at_the_same_heap_opens_no_second_ticket(store: Store) -> None:
    first = take(store, a_sighting())
    later = NOON + timedelta(minutes=5)
    second = take(store, a_sighting(place=a_place(metres_north=40), seen_at=later), now=later)
    assert results(first + second) == [Result.OPENED, Result.SEEN_AGAIN]
    assert second[0].ticket is not None
    assert second[0].ticket.last_seen == later


def test_a_heap_beyond_the_radius_is_another_problem(store: Store) -> None:
    assert results(take(store, a_sighting(), a_sighting(place=a_place(metres_east=51)))) == [Result.OPENED] * 2


def test_small_ads_have_a_smaller_radius_than_litter(store: Store) -> None:
    seen = [a_sighting("illegal_ad"), a_sighting("illegal_ad", place=a_place(metres_north=12))]
    assert results(take(store, *seen)) == [Result.OPENED, Result.OPENED]


def test_two_conditions_at_one_place_are_two_tickets(store: Store) -> None:
    assert results(take(store, a_sighting("litter"), a_sighting("out_of_store"))) == [Result.OPENED] * 2


def test_what_a_fixed_camera_sees_is_one_problem_at_any_distance(store: Store) -> None:
    seen = [a_sighting(source=POLE), a_sighting(source=POLE, place=a_place(metres_north=180))]
    assert results(take(store, *seen)) == [Result.OPENED, Result.SEEN_AGAIN]


def test_a_fixed_camera_without_a_place_still_makes_one_ticket(store: Store) -> None:
    seen = [a_sighting(source=POLE, place=None) for _ in range(3)]
    assert results(take(store, *seen)) == [Result.OPENED, Result.SEEN_AGAIN, Result.SEEN_AGAIN]


def test_a_pole_sees_one_heap_for_a_day_and_it_stays_one_ticket_with_every_sighting(store: Store) -> None:
    for minutes in range(0, 24 * 60, 10):
        at = NOON + timedelta(minutes=minutes)
        [outcome] = take(store, a_sighting(source=POLE, seen_at=at), now=at)
    with store.read() as tx:
        [ticket] = tx.tickets.page(TicketFilter())
        assert tx.observations.count_of_ticket(ticket.id) == 144
        assert ticket.last_seen == NOON + timedelta(hours=23, minutes=50)
        assert (ticket.version, len(tx.tickets.history_of(ticket.id))) == (1, 1)
    assert outcome.ticket == ticket


def test_the_same_sighting_twice_changes_nothing(store: Store) -> None:
    seen = a_sighting()
    [first], [second] = take(store, seen), take(store, seen)
    assert second == first
    with store.read() as tx:
        assert first.ticket is not None
        assert tx.observations.count_of_ticket(first.ticket.id) == 1


def test_a_heap_seen_soon_after_the_close_is_the_same_and_later_a_rebound(store: Store) -> None:
    [opened] = take(store, a_sighting())
    closed_at = NOON + timedelta(hours=1)
    close(store, opened.ticket, closed_at)
    soon, late = closed_at + timedelta(minutes=119), closed_at + timedelta(minutes=121)
    [again] = take(store, a_sighting(seen_at=soon), now=soon)
    [back] = take(store, a_sighting(seen_at=late), now=late)
    assert opened.ticket is not None
    assert again.ticket is not None
    assert back.ticket is not None
    assert again.ticket.id == opened.ticket.id
    assert (back.observation.result, back.ticket.recurrence_of) == (Result.OPENED, opened.ticket.id)


def test_what_a_reviewer_refused_is_not_opened_again_by_the_camera_but_by_a_person(store: Store) -> None:
    [seen] = take(store, a_sighting(source=POLE))
    assert seen.ticket is not None
    with store.write() as tx:
        refusal = MoveRequest(State.DISMISSED, 1, reason="a shadow")
        move_ticket(tx, seen.ticket.id, refusal, Occasion(an_actor(), POLICY, NOON))
    later = NOON + timedelta(minutes=10)
    assert results(take(store, a_sighting(source=POLE, seen_at=later), now=later)) == [Result.SEEN_AGAIN]
    assert results(take(store, a_sighting(source=PERSON, seen_at=later), now=later)) == [Result.OPENED]


def test_a_sighting_without_a_place_is_kept_without_a_ticket(store: Store) -> None:
    [outcome] = take(store, a_sighting(place=None))
    assert (outcome.ticket, outcome.observation.reason) == (None, PLACE_MISSING)


def test_a_camera_opens_nothing_below_the_threshold_and_a_person_does(store: Store) -> None:
    rules = {
        name: rule.__class__(rule.radius_m, rule.unit, rule.limit, 0.9, rule.code)
        for name, rule in POLICY.rules.items()
    }
    strict = a_policy(rules=rules)
    [camera] = take(store, a_sighting(source=CAR), policy=strict)
    [person] = take(store, a_sighting(score=None), policy=strict)
    assert (camera.ticket, camera.observation.reason) == (None, SCORE_BELOW_OPEN)
    assert person.observation.result == Result.OPENED


def test_an_unknown_condition_is_refused(store: Store) -> None:
    with pytest.raises(ConditionUnknown):
        take(store, a_sighting("graffiti"))


def test_a_retry_under_the_same_key_is_the_same_photo_and_another_body_is_refused(store: Store) -> None:
    picture = a_picture()
    photo = a_photo(picture, key="k1")
    with store.write() as tx:
        assert admit_photo(tx, photo, picture) == photo
    other = a_picture()
    with store.write() as tx:
        assert admit_photo(tx, a_photo(other, key="k1"), other).id == photo.id
    with store.read() as tx:
        assert [kept.id for kept in tx.photos.unfinished()] == [photo.id]
    with store.write() as tx, pytest.raises(IdempotencyMismatch):
        admit_photo(tx, a_photo(other, key="k1", request_sha256="1" * 64), other)


def test_an_upload_that_failed_can_be_sent_again_with_the_same_key(store: Store) -> None:
    picture = a_picture()
    photo = a_photo(picture, key="k1")
    with pytest.raises(OSError), store.write() as tx:  # noqa: PT011, PT012  # the disk fails in mid-air
        admit_photo(tx, photo, picture)
        raise OSError
    with store.write() as tx:
        assert admit_photo(tx, photo, picture) is photo


def finish(tx: Transaction, photo_id: str) -> list[Outcome]:
    photo = tx.photos.get(photo_id)
    seen = sightings_on(look_at(photo), [a_detection()], told=photo.condition, weights_sha256="f" * 64)
    outcomes = ingest(tx, seen, actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
    tx.photos.finish(photo_id, {"tickets": [outcome.ticket.number for outcome in outcomes if outcome.ticket]})
    return outcomes


def test_finishing_a_photo_twice_is_finishing_it_once(store: Store) -> None:
    picture = a_picture()
    with store.write() as tx:
        photo = admit_photo(tx, a_photo(picture, condition="street_drying"), picture)
    with store.write() as tx:
        first = finish(tx, photo.id)
    with store.write() as tx:
        assert finish(tx, photo.id) == first
    assert [outcome.observation.seen.condition for outcome in first] == ["litter", "street_drying"]
    with store.read() as tx:
        kept = tx.photos.get(photo.id)
        assert kept.status == PhotoStatus.DONE
        assert len((kept.answer or {})["tickets"]) == 2
        assert tx.photos.unfinished() == []


def test_a_photo_without_a_place_makes_its_tickets_when_it_gets_one(store: Store) -> None:
    picture = a_picture()
    with store.write() as tx:
        photo = admit_photo(tx, a_photo(picture, place=None, place_source=None), picture)
        [kept] = finish(tx, photo.id)
    assert kept.ticket is None

    def placed(place: GeoPoint) -> Outcome:
        with store.write() as tx:
            [outcome] = place_photo(tx, photo.id, place, actor=an_actor(), policy=POLICY, now=NOON)
        return outcome

    first = placed(a_place())
    assert first.ticket is not None
    assert (first.ticket.state, first.ticket.place_source) == (State.REPORTED, "hand")
    assert placed(a_place()) == first
    with pytest.raises(PhotoPlaced):
        placed(a_place(metres_north=10))


def test_sixty_four_phones_at_once_make_one_ticket_a_place(store: Store) -> None:
    places = [a_place(metres_north=200 * (at // 40), metres_east=200 * (at % 40)) for at in range(PLACES)]
    together = threading.Barrier(64)

    def stroll(walker: int) -> None:
        together.wait()
        for step in range(len(places)):
            place = places[(walker * 7 + step) % len(places)]
            source = Source(PERSON.type, f"pho_{walker}_{step}", by_person=True)
            take(store, a_sighting(place=place, source=source))

    with ThreadPoolExecutor(64) as walkers:
        list(walkers.map(stroll, range(64)))
    with store.read() as tx:
        assert tx.connection.execute(select(func.count()).select_from(tickets)).scalar_one() == len(places)
        assert tx.connection.execute(select(func.count()).select_from(history)).scalar_one() == len(places)
        numbers = [ticket.number for ticket in tx.tickets.page(TicketFilter(), limit=PLACES)]
        assert sorted(numbers) == [f"SW-20261125-{count:04d}" for count in range(1, PLACES + 1)]
