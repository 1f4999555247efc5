"""The main job on a real database: reviewed, filed, dispatched, handled, checked, closed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from detector.catalog import Name
from detector.types import Box
from service.casework import Occasion, move_ticket, put_evidence, sees_ticket
from service.domain.moves import MoveRequest
from service.domain.observation import Sighting
from service.domain.routing import Grid
from service.domain.states import Resolution, Role, State
from service.domain.ticket import Ticket
from service.domain.verdict import Verdict, Word
from service.errors import AfterPhotoMissing, Forbidden, ObservationUnknown, TicketUnknown
from service.ingest import Outcome, ingest
from service.review import judge
from service.store import Store
from service.store.observations import Backing, Result
from tests.build import CAR, NOON, POLE, a_picture, a_place, a_policy, a_sighting, an_actor

POLICY = a_policy()
DESK = Occasion(an_actor(Role.OPS), POLICY, NOON)
CREW = Occasion(an_actor(Role.UNIT, unit_id="sanitation"), POLICY, NOON)
TRUE = Verdict(Word.TRUE)
FALSE = Verdict(Word.FALSE, reason="a shadow")


def seen_by(store: Store, *sightings: Sighting) -> list[Outcome]:
    with store.write() as tx:
        for seen in sightings:
            tx.pictures.add(a_picture(picture_id=seen.picture_id))
        return ingest(tx, sightings, actor=DESK.actor, policy=POLICY, now=NOON)


def ticket_of(outcome: Outcome) -> Ticket:
    assert outcome.ticket is not None
    return outcome.ticket


def walk(store: Store, ticket_id: str, *steps: State, on: Occasion = DESK) -> Ticket:
    for to in steps:
        with store.write() as tx:
            version = tx.tickets.get(ticket_id).version
            request = MoveRequest(to, version, reason="seen on site", resolution=Resolution.FIXED)
            ticket = move_ticket(tx, ticket_id, request, on)
    return ticket


def show(store: Store, ticket_id: str, role: str, on: Occasion = CREW) -> None:
    with store.write() as tx:
        put_evidence(tx, ticket_id, a_picture(), role, on)


def say(store: Store, observation_id: str, verdict: Verdict, on: Occasion = DESK) -> Outcome:
    with store.write() as tx:
        return judge(tx, observation_id, verdict, on)


def to_review(store: Store) -> list[str]:
    with store.read() as tx:
        return [one.id for one in tx.reviews.waiting()]


def test_a_candidate_goes_all_the_way_and_its_history_tells_it(store: Store) -> None:
    [outcome] = seen_by(store, a_sighting(source=CAR))
    ticket = ticket_of(say(store, outcome.observation.seen.id, TRUE))
    walk(store, ticket.id, State.FILED, State.DISPATCHED)
    walk(store, ticket.id, State.IN_PROGRESS, State.HANDLED, on=CREW)
    walk(store, ticket.id, State.CHECKING)
    with pytest.raises(AfterPhotoMissing):
        walk(store, ticket.id, State.CLOSED)
    show(store, ticket.id, "after")
    closed = walk(store, ticket.id, State.CLOSED)
    assert (closed.state, closed.resolution, closed.ended_at) == (State.CLOSED, Resolution.FIXED, NOON)
    with store.read() as tx:
        told = [entry.to.value for entry in tx.tickets.history_of(ticket.id)]
    expected = "candidate reported filed dispatched in_progress handled checking closed"
    assert told == expected.split()


def test_an_after_photo_from_before_the_rework_does_not_close(store: Store) -> None:
    [outcome] = seen_by(store, a_sighting())
    ticket_id = ticket_of(outcome).id
    walk(store, ticket_id, State.FILED, State.DISPATCHED)
    show(store, ticket_id, "after")
    walk(store, ticket_id, State.IN_PROGRESS, State.HANDLED, State.CHECKING)
    later = replace(DESK, now=NOON + timedelta(hours=1))
    walk(store, ticket_id, State.REWORK, State.IN_PROGRESS, State.HANDLED, State.CHECKING, on=later)
    with pytest.raises(AfterPhotoMissing):
        walk(store, ticket_id, State.CLOSED, on=later)
    show(store, ticket_id, "after", on=replace(CREW, now=later.now))
    assert walk(store, ticket_id, State.CLOSED, on=later).state == State.CLOSED


def test_a_unit_shows_and_sees_its_own_tickets_only(store: Store) -> None:
    [outcome] = seen_by(store, a_sighting())
    ticket = ticket_of(outcome)
    assert not sees_ticket(CREW.actor, ticket)
    with pytest.raises(Forbidden):
        show(store, ticket.id, "after")
    assert sees_ticket(CREW.actor, walk(store, ticket.id, State.FILED, State.DISPATCHED))
    for role in (Role.VIEWER, Role.CAMERA):
        with pytest.raises(Forbidden):
            show(store, ticket.id, "near", on=replace(DESK, actor=an_actor(role)))
    with pytest.raises(TicketUnknown):
        show(store, "tic_none", "near")


def test_the_same_picture_is_put_to_a_ticket_once(store: Store) -> None:
    [outcome] = seen_by(store, a_sighting())
    picture = a_picture()
    for _ in range(2):
        with store.write() as tx:
            put_evidence(tx, ticket_of(outcome).id, picture, "near", DESK)
    with store.read() as tx:
        assert [exhibit.picture.id for exhibit in tx.pictures.of_ticket(ticket_of(outcome).id)] == [picture.id]
        assert tx.pictures.tickets_of(picture.id) == [ticket_of(outcome).id]


def test_a_false_candidate_is_dismissed_with_the_reviewers_reason(store: Store) -> None:
    [outcome] = seen_by(store, a_sighting(source=POLE))
    dismissed = ticket_of(say(store, outcome.observation.seen.id, FALSE))
    assert dismissed.state == State.DISMISSED
    with store.read() as tx:
        assert tx.tickets.history_of(dismissed.id)[-1].reason == "a shadow"
        assert [word.verdict for word in tx.observations.verdicts_on(outcome.observation.seen.id)] == [FALSE]


def test_a_candidate_that_another_sighting_supports_is_not_dismissed(store: Store) -> None:
    first, second = seen_by(store, a_sighting(source=POLE), a_sighting(source=POLE))
    assert ticket_of(say(store, first.observation.seen.id, FALSE)).state == State.CANDIDATE
    assert to_review(store) == [second.observation.seen.id]
    assert ticket_of(say(store, second.observation.seen.id, FALSE)).state == State.DISMISSED


def test_the_queue_shows_each_unconfirmed_ticket_once_oldest_first(store: Store) -> None:
    at = [NOON + timedelta(seconds=second) for second in range(4)]
    car = [a_sighting(source=CAR, place=a_place(metres_north=500 * north), seen_at=at[north]) for north in range(2)]
    again = a_sighting(source=CAR, seen_at=at[2])
    person = a_sighting(place=a_place(metres_north=2000), seen_at=at[3])
    seen_by(store, *car, again, person)
    assert to_review(store) == [car[0].id, car[1].id, person.id]
    with store.read() as tx:
        assert [one.id for one in tx.reviews.waiting(limit=1)] == [car[0].id]
    say(store, car[0].id, TRUE)
    say(store, person.id, TRUE)
    assert to_review(store) == [car[1].id]


def test_another_condition_renames_the_ticket_and_reports_it(store: Store) -> None:
    [outcome] = seen_by(store, a_sighting(source=CAR))
    other = Verdict(Word.OTHER_CONDITION, condition="illegal_ad")
    judged = say(store, outcome.observation.seen.id, other)
    assert (ticket_of(judged).condition, ticket_of(judged).state) == ("illegal_ad", State.REPORTED)
    assert [box.condition for box in judged.observation.seen.detections] == ["illegal_ad"]
    with store.read() as tx:
        told = [(entry.was, entry.to) for entry in tx.tickets.history_of(ticket_of(judged).id)]
        assert tx.observations.get(outcome.observation.seen.id) == judged.observation
    assert told == [(None, State.CANDIDATE), (State.CANDIDATE, State.CANDIDATE), (State.CANDIDATE, State.REPORTED)]


def test_another_condition_joins_the_ticket_that_is_open_there(store: Store) -> None:
    ads, litter = seen_by(store, a_sighting("illegal_ad"), a_sighting("litter", source=CAR))
    judged = say(store, litter.observation.seen.id, Verdict(Word.OTHER_CONDITION, condition="illegal_ad"))
    assert ticket_of(judged).id == ticket_of(ads).id
    assert judged.observation.result == Result.SEEN_AGAIN
    with store.read() as tx:
        assert tx.tickets.get(ticket_of(litter).id).state == State.DISMISSED


def test_another_condition_on_a_filed_ticket_opens_a_report_of_its_own(store: Store) -> None:
    [outcome] = seen_by(store, a_sighting(source=CAR))
    say(store, outcome.observation.seen.id, TRUE)
    walk(store, ticket_of(outcome).id, State.FILED)
    judged = say(store, outcome.observation.seen.id, Verdict(Word.OTHER_CONDITION, condition="illegal_ad"))
    assert (ticket_of(judged).state, ticket_of(judged).condition) == (State.REPORTED, "illegal_ad")
    with store.read() as tx:
        assert tx.tickets.get(ticket_of(outcome).id).state == State.FILED


def test_another_box_is_kept_and_the_models_is_remembered(store: Store) -> None:
    [outcome] = seen_by(store, a_sighting(source=CAR))
    judged = say(store, outcome.observation.seen.id, Verdict(Word.OTHER_BOX, boxes=(Box(1, 2, 30, 40),)))
    assert ticket_of(judged).state == State.REPORTED
    assert judged.observation.seen.detections[0].box == Box(1, 2, 30, 40)
    with store.read() as tx:
        [word] = tx.observations.verdicts_on(outcome.observation.seen.id)
    assert word.was["detections"][0]["xyxy"] == [10, 20, 110, 220]


def test_a_word_that_is_sent_again_is_one_word_and_another_one_is_two(store: Store) -> None:
    [outcome] = seen_by(store, a_sighting(source=CAR))
    seen = outcome.observation.seen.id
    first, again = say(store, seen, FALSE), say(store, seen, FALSE, replace(DESK, now=NOON + timedelta(minutes=1)))
    assert ticket_of(first) == ticket_of(again)
    say(store, seen, Verdict(Word.FALSE, reason="a wall"))
    with store.read() as tx:
        assert [word.verdict.reason for word in tx.observations.verdicts_on(seen)] == ["a shadow", "a wall"]


def test_only_the_desk_judges(store: Store) -> None:
    [outcome] = seen_by(store, a_sighting())
    for role in (Role.VIEWER, Role.CAMERA, Role.UNIT, Role.INSPECTOR):
        with pytest.raises(Forbidden):
            say(store, outcome.observation.seen.id, TRUE, replace(DESK, actor=an_actor(role)))
    with pytest.raises(ObservationUnknown):
        say(store, "obs_none", TRUE)


def test_a_merged_ticket_points_to_an_open_one(store: Store) -> None:
    first, second = seen_by(store, a_sighting(), a_sighting(place=a_place(metres_north=80)))
    merged_id, target_id = ticket_of(first).id, ticket_of(second).id
    walk(store, merged_id, State.VERIFYING)
    with store.write() as tx:
        request = MoveRequest(State.MERGED, tx.tickets.get(merged_id).version, merge_target=target_id)
        assert move_ticket(tx, merged_id, request, DESK).merged_into == target_id
    [again] = seen_by(store, a_sighting(place=a_place(metres_north=-10)))
    assert ticket_of(again).id == target_id


def test_a_ticket_in_a_duty_grid_goes_to_the_unit_of_the_grid(store: Store) -> None:
    near, far = a_place(metres_north=-100, metres_east=-100), a_place(metres_north=100, metres_east=100)
    ring = [[near.lon, near.lat], [far.lon, near.lat], [far.lon, far.lat], [near.lon, far.lat], [near.lon, near.lat]]
    polygon = {"type": "Polygon", "coordinates": [ring]}
    with store.write() as tx:
        tx.units.put_grids([Grid("g1", Name("Corner", "街角"), polygon, {"litter": "housing"})])
    inside, outside = seen_by(store, a_sighting(), a_sighting(place=a_place(metres_north=300)))
    assert walk(store, ticket_of(inside).id, State.FILED, State.DISPATCHED).unit_id == "housing"
    assert walk(store, ticket_of(outside).id, State.FILED, State.DISPATCHED).unit_id == "sanitation"


def test_a_list_of_tickets_knows_how_many_sightings_stand_behind_each(store: Store) -> None:
    first = a_sighting(source=POLE)
    latest = a_sighting(source=POLE, seen_at=NOON + timedelta(minutes=1))
    alone = a_sighting(place=a_place(metres_north=900))
    outcomes = seen_by(store, latest, first, alone)
    with store.read() as tx:
        behind = tx.observations.behind({ticket_of(outcome).id for outcome in outcomes})
    assert behind == {
        ticket_of(outcomes[0]).id: Backing(latest.picture_id, 2),
        ticket_of(outcomes[2]).id: Backing(alone.picture_id, 1),
    }
