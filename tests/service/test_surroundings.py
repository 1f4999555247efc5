"""What a reviewer sees beside a sighting, and merging it into a neighbour."""

from datetime import timedelta

import pytest

from service.domain.observation import Sighting
from service.domain.states import State
from service.domain.ticket import Ticket
from service.domain.verdict import Verdict, Word
from service.errors import IllegalMove, MergeTargetMissing, TicketUnknown
from service.ingest import ingest
from service.store import Store
from service.surroundings import neighbours, passes
from tests.build import CAR, NOON, POLE, a_picture, a_place, a_sighting
from tests.service.test_casework import DESK, POLICY, say, show, walk


def seen_at(store: Store, *sightings: Sighting) -> list[str]:
    """Take sightings in; the ids of their tickets."""
    with store.write() as tx:
        for one in sightings:
            tx.pictures.add(a_picture(picture_id=one.picture_id))
        outcomes = ingest(tx, sightings, actor=DESK.actor, policy=POLICY, now=NOON)
    return [outcome.ticket.id for outcome in outcomes if outcome.ticket]


def around(store: Store, observation_id: str) -> list[tuple[str, int]]:
    with store.read() as tx:
        found = neighbours(tx, tx.observations.get(observation_id), POLICY)
    return [(one.ticket.id, round(one.metres)) for one in found]


def earlier(store: Store, observation_id: str) -> list[tuple[str, str]]:
    with store.read() as tx:
        return [(one.picture.id, one.role) for one in passes(tx, tx.observations.get(observation_id))]


def ticket(store: Store, ticket_id: str) -> Ticket:
    with store.read() as tx:
        return tx.tickets.get(ticket_id)


def test_neighbours_are_open_of_the_same_condition_and_a_little_beyond_the_radius(store: Store) -> None:
    mine = a_sighting(source=CAR)
    near, far = (a_sighting(source=CAR, place=a_place(metres_north=north)) for north in (70, 130))
    away = a_sighting(source=CAR, place=a_place(metres_north=400))
    other = a_sighting("illegal_ad", source=CAR, place=a_place(metres_east=70))
    _, first, second, *_ = seen_at(store, mine, near, far, away, other)
    assert around(store, mine.id) == [(first, 70), (second, 130)]
    say(store, near.id, Verdict(Word.FALSE, reason="a shadow"))
    assert around(store, mine.id) == [(second, 130)]


def test_a_sighting_without_a_place_has_no_neighbours_and_no_past(store: Store) -> None:
    lost = a_sighting(source=POLE, place=None)
    seen_at(store, lost)
    assert (around(store, lost.id), earlier(store, lost.id)) == ([], [])


def test_the_place_before_is_what_its_fixed_camera_saw(store: Store) -> None:
    looks = [a_sighting(source=POLE, seen_at=NOON + timedelta(minutes=minute)) for minute in range(3)]
    seen_at(store, *looks, a_sighting(source=CAR))
    assert earlier(store, looks[2].id) == [(looks[1].picture_id, "seen"), (looks[0].picture_id, "seen")]
    assert earlier(store, looks[0].id) == []


def test_the_place_before_is_what_tickets_there_show_with_the_after_photos(store: Store) -> None:
    old = a_sighting(source=CAR, seen_at=NOON - timedelta(days=1))
    (first,) = seen_at(store, old)
    say(store, old.id, Verdict(Word.TRUE))
    walk(store, first, State.FILED, State.DISPATCHED, State.IN_PROGRESS)
    show(store, first, "after")
    now = a_sighting("illegal_ad", source=CAR, seen_at=NOON + timedelta(days=1), place=a_place(metres_east=8))
    seen_at(store, now, a_sighting(source=CAR, place=a_place(metres_north=60), seen_at=NOON))
    assert [role for _, role in earlier(store, now.id)] == ["after", "seen"]


def test_one_word_merges_a_candidate_into_its_neighbour(store: Store) -> None:
    mine, near = a_sighting(source=CAR), a_sighting(source=CAR, place=a_place(metres_north=70))
    candidate, target = seen_at(store, mine, near)
    say(store, mine.id, Verdict(Word.TRUE, same_as=target))
    merged = ticket(store, candidate)
    assert (merged.state, merged.merged_into) == (State.MERGED, target)
    with store.read() as tx:
        told = [entry.to for entry in tx.tickets.history_of(candidate)]
        assert [one.id for one in tx.reviews.waiting()] == [near.id]
    assert told == [State.CANDIDATE, State.REPORTED, State.VERIFYING, State.MERGED]


def test_nothing_merges_into_what_is_no_open_ticket_of_its_kind(store: Store) -> None:
    mine, other = a_sighting(source=CAR), a_sighting("illegal_ad", source=CAR, place=a_place(metres_north=70))
    candidate, ads = seen_at(store, mine, other)
    for wrong, error in ((ads, MergeTargetMissing), (candidate, MergeTargetMissing), ("tic_none", TicketUnknown)):
        with pytest.raises(error):
            say(store, mine.id, Verdict(Word.TRUE, same_as=wrong))
    assert ticket(store, candidate).state == State.CANDIDATE
    with store.read() as tx:
        assert tx.observations.verdicts_on(mine.id) == []


def test_what_was_filed_is_merged_no_more(store: Store) -> None:
    mine, near = a_sighting(source=CAR), a_sighting(source=CAR, place=a_place(metres_north=70))
    candidate, target = seen_at(store, mine, near)
    say(store, mine.id, Verdict(Word.TRUE))
    walk(store, candidate, State.FILED)
    with pytest.raises(IllegalMove):
        say(store, mine.id, Verdict(Word.TRUE, same_as=target))


def test_who_confirmed_a_sighting_may_merge_it_afterwards_and_a_retry_merges_it_once(store: Store) -> None:
    mine, near = a_sighting(source=CAR), a_sighting(source=CAR, place=a_place(metres_north=70))
    candidate, target = seen_at(store, mine, near)
    for verdict in (Verdict(Word.TRUE), *[Verdict(Word.TRUE, same_as=target)] * 2):
        say(store, mine.id, verdict)
    assert ticket(store, candidate).merged_into == target
    with store.read() as tx:
        assert len(tx.observations.verdicts_on(mine.id)) == 2
