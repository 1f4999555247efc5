"""On PostgreSQL nobody who waits for a ticket holds what the other one wants: locks are taken in one order.

Each test plays the rival by hand: it holds the first of two things, waits until the deed stands in the queue behind it,
and then takes the second, which is free only where the deed has not taken it out of turn.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from service.bulk import ingest_many
from service.casework import Occasion, move_ticket
from service.domain.moves import MoveRequest
from service.domain.observation import Sighting, Source, SourceType, sightings_on
from service.domain.states import Role, State
from service.domain.verdict import Verdict, Word
from service.errors import Busy, PhotoPlaced
from service.evidence import EvidenceFolder
from service.expiring import EXPIRY, Expiry
from service.ingest import admit_photo, contested, ingest, look_at, place_photo
from service.letters import open_letter, supervise
from service.opening import OPENING
from service.review import judge
from service.store import Store, Transaction, tables
from service.store.jobs import Job
from tests.build import NOON, a_detection, a_photo, a_picture, a_place, a_policy, a_sighting, an_actor

POLICY = a_policy()
DESK = Occasion(an_actor(Role.OPS), POLICY, NOON)
LONGEST_S = 60.0
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
AT_ONCE = text("SET LOCAL lock_timeout = '5s'")

Deed = Callable[[Transaction], Any]


def while_it_waits(store: Store, first: Deed, deed: Deed, then: Deed) -> Any:
    """What a deed answers that has to wait for somebody who does `first`, and `then` something more."""
    with ThreadPoolExecutor(1) as worker:
        with store.write() as rival:
            rival.connection.execute(AT_ONCE)
            first(rival)
            done = worker.submit(_do, store, deed)
            _until_somebody_waits(store, done)
            then(rival)
        return done.result(LONGEST_S)


def _do(store: Store, deed: Deed) -> Any:
    with store.write() as tx:
        return deed(tx)


def _until_somebody_waits(store: Store, done: Future[Any]) -> None:
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until and not done.done():
        with store.read() as tx:
            if tx.connection.execute(WAITING).scalar_one():
                return
    raise AssertionError("nobody waited")


def two_tickets(store: Store) -> list[tuple[str, Sighting]]:
    """Two litter candidates of a pole camera in two zones, by their tickets' ids."""
    pole = Source(SourceType.CAMERA, "pole-1", fixed=True)
    seen = [replace(a_sighting(source=pole, place=a_place()), zone=zone) for zone in ("left", "right")]
    with store.write() as tx:
        for one in seen:
            tx.pictures.add(a_picture(picture_id=one.picture_id))
        outcomes = ingest(tx, seen, actor=an_actor(), policy=POLICY, now=NOON)
    return sorted((outcome.ticket.id, outcome.observation.seen) for outcome in outcomes if outcome.ticket)


@pytest.mark.parametrize("many", [False, True])
def test_a_frame_that_shows_two_tickets_holds_neither_while_somebody_merges_them(
    postgresql_store: Store, many: bool
) -> None:
    (low, seen_low), (high, seen_high) = two_tickets(postgresql_store)
    again = [
        replace(seen, id=f"obs_again_{at}", seen_at=NOON + timedelta(minutes=1))
        for at, seen in enumerate((seen_high, seen_low))
    ]
    way = ingest_many if many else ingest
    outcomes = while_it_waits(
        postgresql_store,
        lambda rival: rival.tickets.hold(low),
        lambda tx: way(tx, again, actor=an_actor(), policy=POLICY, now=NOON),
        lambda rival: rival.tickets.hold(high),
    )
    assert [outcome.ticket.id for outcome in outcomes] == [high, low]


def test_two_reviewers_who_say_of_two_tickets_that_each_is_the_other_do_not_wait_for_each_other(
    postgresql_store: Store,
) -> None:
    (low, _), (high, seen) = two_tickets(postgresql_store)
    outcome = while_it_waits(
        postgresql_store,
        lambda rival: rival.tickets.hold(low),
        lambda tx: judge(tx, seen.id, Verdict(Word.TRUE, same_as=low), DESK),
        lambda rival: rival.tickets.hold(high),
    )
    assert outcome.ticket.state is State.MERGED


def test_a_letter_about_several_tickets_takes_no_number_before_it_holds_them(postgresql_store: Store) -> None:
    tickets = [ticket_id for ticket_id, _ in two_tickets(postgresql_store)]
    for ticket_id in tickets:
        late(postgresql_store, ticket_id)
    letter = while_it_waits(
        postgresql_store,
        lambda rival: rival.tickets.hold(tickets[0]),
        lambda tx: supervise(tx, tickets[::-1], DESK),
        lambda rival: (rival.tickets.hold(tickets[1]), open_letter(rival, "sanitation", tickets[1:], DESK)),
    )
    assert letter.number.endswith("2")


def test_a_candidate_that_has_now_lasted_is_not_held_while_others_count_the_days_budget(
    postgresql_store: Store,
) -> None:
    (ticket_id, seen), _ = two_tickets(postgresql_store)
    lasting = replace(seen, id="obs_lasting", seen_at=NOON + timedelta(minutes=10), is_lasting=True)
    while_it_waits(
        postgresql_store,
        lambda rival: rival.lock([OPENING]),
        lambda tx: ingest(tx, [lasting], actor=an_actor(), policy=POLICY, now=lasting.seen_at),
        lambda rival: rival.tickets.hold(ticket_id),
    )


def test_a_photo_that_is_given_a_place_is_not_held_while_somebody_decides_about_that_place(
    postgresql_store: Store,
) -> None:
    photo_id, seen = a_photo_without_a_place(postgresql_store)
    [outcome] = while_it_waits(
        postgresql_store,
        lambda rival: rival.lock(contested(rival, replace(seen, place=a_place()), POLICY)),
        lambda tx: place_photo(tx, photo_id, a_place(), actor=an_actor(), policy=POLICY, now=NOON),
        lambda rival: rival.photos.finish(photo_id, {}),
    )
    assert outcome.ticket is not None


def test_a_photo_that_is_given_a_place_takes_no_word_back_that_is_just_being_said(postgresql_store: Store) -> None:
    photo_id, seen = a_photo_without_a_place(postgresql_store)
    [outcome] = while_it_waits(
        postgresql_store,
        lambda rival: judge(rival, seen.id, Verdict(Word.TRUE), DESK),
        lambda tx: place_photo(tx, photo_id, a_place(), actor=an_actor(), policy=POLICY, now=NOON),
        lambda _: None,
    )
    assert (outcome.ticket is not None, outcome.observation.verdict) == (True, Word.TRUE)


def test_of_two_places_that_are_given_to_a_photo_at_once_the_first_counts(postgresql_store: Store) -> None:
    photo_id, _ = a_photo_without_a_place(postgresql_store)
    there, elsewhere = a_place(), a_place(metres_north=500)
    with pytest.raises(PhotoPlaced):
        while_it_waits(
            postgresql_store,
            lambda rival: place_photo(rival, photo_id, there, actor=an_actor(), policy=POLICY, now=NOON),
            lambda tx: place_photo(tx, photo_id, elsewhere, actor=an_actor(), policy=POLICY, now=NOON),
            lambda _: None,
        )
    with postgresql_store.read() as tx:
        assert tx.photos.get(photo_id).place == there


@pytest.mark.parametrize("merged", [False, True])
def test_an_original_stays_whose_ticket_is_held_by_a_court_just_when_its_time_is_over(
    postgresql_store: Store, tmp_path: Path, merged: bool
) -> None:
    """P9."""
    (low, seen), (high, _) = two_tickets(postgresql_store)
    ended = update(tables.tickets).values(ended_at=NOON)
    with postgresql_store.write() as tx:
        tx.connection.execute(ended)
        if merged:
            tx.connection.execute(ended.where(tables.tickets.c.id == low).values(merged_into=high))
        tx.pictures.set_blurred(seen.picture_id, "b" * 64)
    over = NOON + timedelta(days=400)
    write_down = Expiry(tmp_path, EvidenceFolder(tmp_path / "evidence"))(postgresql_store, over)
    held = update(tables.tickets).where(tables.tickets.c.id == (high if merged else low)).values(legal_hold=True)
    while_it_waits(
        postgresql_store,
        lambda rival: rival.connection.execute(held),
        lambda tx: write_down(tx, Job(EXPIRY, EXPIRY, "evidence", over), POLICY, over),
        lambda _: None,
    )
    with postgresql_store.read() as tx:
        assert tx.pictures.get(seen.picture_id).original_gone_at is None


def test_more_names_than_postgresql_can_hold_at_once_are_busy_and_no_mistake_of_ours(postgresql_store: Store) -> None:
    with pytest.raises(Busy), postgresql_store.write() as tx:
        tx.lock(f"place {number}" for number in range(60_000))


def a_photo_without_a_place(store: Store) -> tuple[str, Sighting]:
    """A photo that was looked at, and what was seen on it, which has no ticket yet."""
    picture = a_picture()
    photo = a_photo(picture, place=None, place_source=None)
    with store.write() as tx:
        admit_photo(tx, photo, picture)
        seen = sightings_on(look_at(photo), [a_detection()], told=None, weights_sha256="")
        [outcome] = ingest(tx, seen, actor=an_actor(), policy=POLICY, now=NOON)
        tx.photos.finish(photo.id, {})
    assert outcome.ticket is None
    return photo.id, outcome.observation.seen


def late(store: Store, ticket_id: str) -> None:
    """Take a candidate to a unit's desk."""
    for to in (State.REPORTED, State.FILED, State.DISPATCHED):
        with store.write() as tx:
            version = tx.tickets.get(ticket_id).version
            unit = "sanitation" if to is State.DISPATCHED else None
            move_ticket(tx, ticket_id, MoveRequest(to, version, unit=unit), DESK)
