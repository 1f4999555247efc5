"""Facts, co-units and merges on a real database: noted once, told to both tickets, and two people at once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from service import facts
from service.casework import Occasion, move_ticket, put_evidence, sees_ticket
from service.domain.co_units import Answer
from service.domain.facts import FactKind
from service.domain.moves import MoveRequest
from service.domain.noting import Extension, Note
from service.domain.observation import Sighting
from service.domain.states import Resolution, Role, State
from service.domain.ticket import SERVICE, Ticket
from service.errors import (
    Forbidden,
    IdempotencyMismatch,
    IllegalMove,
    MergeTargetMissing,
    ReasonMissing,
    ServiceError,
    TicketChanged,
)
from service.errors.tickets import CoUnitSilent
from service.ingest import ingest
from service.merges import undo_merge
from service.store import Store, Transaction
from service.store.tickets import Mark, TicketFilter
from tests.build import NOON, a_picture, a_place, a_policy, a_sighting, an_actor

POLICY = a_policy()
DESK = Occasion(an_actor(Role.OPS), POLICY, NOON)
CHIEF = replace(DESK, actor=an_actor(Role.CHIEF))
CLOCK = replace(DESK, actor=SERVICE)
HOUSING = replace(DESK, actor=an_actor(Role.UNIT, unit_id="housing"))
LATE = Note(FactKind.OVERDUE, key="overdue:1")


def see(store: Store, *sightings: Sighting, now: object = NOON) -> list[Ticket]:
    with store.write() as tx:
        for seen in sightings:
            tx.pictures.add(a_picture(picture_id=seen.picture_id))
        outcomes = ingest(tx, sightings, actor=DESK.actor, policy=POLICY, now=now)  # type: ignore[arg-type]  # aware
    return [outcome.ticket for outcome in outcomes if outcome.ticket]


def walk(store: Store, ticket_id: str, *steps: State, on: Occasion = DESK, **more: object) -> Ticket:
    for to in steps:
        with store.write() as tx:
            version = tx.tickets.get(ticket_id).version
            request = MoveRequest(to, version, "seen on site", resolution=Resolution.FIXED, **more)  # type: ignore[arg-type]  # fields
            ticket = move_ticket(tx, ticket_id, request, on)
    return ticket


def at_work(store: Store) -> Ticket:
    [ticket] = see(store, a_sighting())
    return walk(store, ticket.id, State.FILED, State.DISPATCHED, State.IN_PROGRESS)


def now(store: Store, ticket_id: str) -> Ticket:
    with store.read() as tx:
        return tx.tickets.get(ticket_id)


def test_a_fact_its_history_and_its_event_are_kept_together(store: Store) -> None:
    ticket = at_work(store)
    with store.write() as tx:
        noted = facts.note(tx, ticket.id, LATE, CLOCK)
    with store.read() as tx:
        assert tx.tickets.get(ticket.id) == noted
        [fact] = tx.facts.of_ticket(ticket.id)
        line = tx.tickets.history_of(ticket.id)[-1]
        event = tx.events.after(0, 1000)[-1]
    assert (fact.kind, fact.version, fact.by) == (FactKind.OVERDUE, noted.version, "service")
    assert (line.version, line.actor, line.facts) == (noted.version, "service", {"fact": "overdue"})
    assert (event.type, event.body["fact"], event.body["version"]) == ("ticket.noted", "overdue", noted.version)


def test_what_the_clock_notes_meanwhile_does_not_make_a_person_look_again(store: Store) -> None:
    seen = at_work(store)
    with store.write() as tx:
        facts.note(tx, seen.id, LATE, CLOCK)
        assert move_ticket(tx, seen.id, MoveRequest(State.HANDLED, seen.version), DESK).version == seen.version + 2


def test_what_a_person_notes_meanwhile_does(store: Store) -> None:
    seen = at_work(store)
    with store.write() as tx:
        facts.note(tx, seen.id, Note(FactKind.URGED), DESK)
    with store.write() as tx, pytest.raises(TicketChanged):
        move_ticket(tx, seen.id, MoveRequest(State.HANDLED, seen.version), DESK)


def test_what_is_noted_under_one_key_is_noted_once(store: Store) -> None:
    ticket = at_work(store)
    for _ in range(3):
        with store.write() as tx:
            facts.note(tx, ticket.id, LATE, CLOCK)
    assert now(store, ticket.id).version == ticket.version + 1
    with store.write() as tx, pytest.raises(IdempotencyMismatch):
        facts.note(tx, ticket.id, replace(LATE, kind=FactKind.URGED), CLOCK)


def test_tickets_are_found_by_what_holds_on_them(store: Store) -> None:
    ticket = at_work(store)
    with store.write() as tx:
        facts.note(tx, ticket.id, LATE, CLOCK)
    with store.read() as tx:
        marks = {mark: len(tx.tickets.page(TicketFilter(marks=frozenset({mark})))) for mark in Mark}
    assert marks == {**dict.fromkeys(Mark, 0), Mark.OVERDUE: 1}


def test_an_extension_is_kept_with_what_was_due_before(store: Store) -> None:
    ticket = at_work(store)
    assert ticket.due_at is not None
    until = ticket.due_at + timedelta(days=1)
    with store.write() as tx:
        facts.extend(tx, ticket.id, Extension("the crane is late", ticket.version, until), CHIEF)
    extended = now(store, ticket.id)
    assert (extended.due_at, extended.extensions) == (until, 1)
    with store.read() as tx:
        [fact] = tx.facts.of_ticket(ticket.id, [FactKind.EXTENDED])
    assert fact.details == {"until": until.isoformat(), "due_was": ticket.due_at.isoformat(), "count": 1}


def test_a_unit_that_helps_sees_the_ticket_until_it_is_released(store: Store) -> None:
    ticket = at_work(store)
    assert not sees_ticket(HOUSING.actor, ticket)
    with store.write() as tx:
        helped = facts.ask_co_unit(tx, ticket.id, "housing", "open the gate", ticket.version, DESK)
    assert sees_ticket(HOUSING.actor, helped)
    with store.write() as tx:
        put_evidence(tx, ticket.id, a_picture(), "near", HOUSING)
        assert [found.id for found in tx.tickets.page(TicketFilter(unit_id="housing"))] == [ticket.id]
        released = facts.release_co_unit(tx, ticket.id, "housing", "not needed", helped.version, DESK)
        assert tx.tickets.page(TicketFilter(unit_id="housing")) == []
    assert not sees_ticket(HOUSING.actor, released)


def test_a_ticket_closes_when_every_unit_that_helps_has_said_what_it_did(store: Store) -> None:
    ticket = at_work(store)
    with store.write() as tx:
        facts.ask_co_unit(tx, ticket.id, "housing", "open the gate", ticket.version, DESK)
        put_evidence(tx, ticket.id, a_picture(), "after", DESK)
    walk(store, ticket.id, State.HANDLED, State.CHECKING)
    with pytest.raises(CoUnitSilent) as refusal:
        walk(store, ticket.id, State.CLOSED)
    assert refusal.value.facts == {"units": ["housing"]}
    with store.write() as tx:
        facts.answer_co_unit(tx, ticket.id, "housing", Answer.DONE, "the gate is open", HOUSING)
    assert walk(store, ticket.id, State.CLOSED).state is State.CLOSED
    with store.read() as tx:
        [asked] = tx.co_units.of_ticket(ticket.id)
    assert (asked.task, asked.answer, asked.remark, asked.answered_by) == (
        "open the gate",
        Answer.DONE,
        "the gate is open",
        "unit",
    )


def test_a_unit_answers_for_itself_only(store: Store) -> None:
    ticket = at_work(store)
    with store.write() as tx:
        facts.ask_co_unit(tx, ticket.id, "housing", None, ticket.version, DESK)
    lead = replace(DESK, actor=an_actor(Role.UNIT, unit_id="sanitation"))
    with store.write() as tx, pytest.raises(Forbidden):
        facts.answer_co_unit(tx, ticket.id, "housing", Answer.DONE, None, lead)


def test_a_unit_that_is_given_the_lead_is_no_longer_one_that_helps(store: Store) -> None:
    [ticket] = see(store, a_sighting())
    filed = walk(store, ticket.id, State.FILED, State.DISPATCHED)
    with store.write() as tx:
        facts.ask_co_unit(tx, ticket.id, "housing", None, filed.version, DESK)
    walk(store, ticket.id, State.RETURNED)
    assert walk(store, ticket.id, State.DISPATCHED, unit="housing").co_units == ()
    with store.write() as tx:
        put_evidence(tx, ticket.id, a_picture(), "after", DESK)
    steps = (State.IN_PROGRESS, State.HANDLED, State.CHECKING, State.CLOSED)
    assert walk(store, ticket.id, *steps).state is State.CLOSED


def merged(store: Store) -> tuple[Ticket, Ticket]:
    """A ticket that was merged into another one 80 m to the north, and that one."""
    here, there = see(store, a_sighting(), a_sighting(place=a_place(metres_north=80)))
    walk(store, here.id, State.VERIFYING)
    return walk(store, here.id, State.MERGED, merge_target=there.id), there


def test_a_merge_is_written_into_the_histories_of_both(store: Store) -> None:
    here, there = merged(store)
    with store.read() as tx:
        told, of_target = tx.tickets.history_of(here.id)[-1], tx.tickets.history_of(there.id)[-1]
        assert [[other.id for other in others] for others in tx.tickets.linked(there.id)] == [[here.id], []]
    assert told.facts == {"merged_into": there.id}
    assert of_target.facts == {"fact": "merged_in", "ticket": here.id, "number": here.number, "sightings": 1}


def test_a_ticket_is_merged_into_an_open_one_of_its_condition(store: Store) -> None:
    here, ads = see(store, a_sighting(), a_sighting("illegal_ad"))
    walk(store, here.id, State.VERIFYING)
    for target in (ads.id, here.id, "tic_none", None):
        with pytest.raises(MergeTargetMissing):
            walk(store, here.id, State.MERGED, merge_target=target)


def test_a_merge_is_taken_back_and_what_was_seen_meanwhile_returns(store: Store) -> None:
    here, there = merged(store)
    later = NOON + timedelta(hours=1)
    near_here = a_sighting(place=a_place(metres_north=-10), seen_at=later)
    near_there = a_sighting(place=a_place(metres_north=90), seen_at=later)
    assert {ticket.id for ticket in see(store, near_here, near_there, now=later)} == {there.id}
    with store.write() as tx:
        undone = undo_merge(tx, here.id, here.version, "another heap", replace(DESK, now=later))
    assert (undone.state, undone.merged_into, undone.resolution, undone.ended_at) == (
        State.VERIFYING,
        None,
        None,
        None,
    )
    assert undone.last_seen == later
    with store.read() as tx:
        assert tx.observations.get(near_here.id).ticket_id == here.id
        assert tx.observations.get(near_there.id).ticket_id == there.id
        assert tx.tickets.history_of(here.id)[-1].facts == {"merged_into_was": there.id, "sightings": 1}
        assert tx.tickets.history_of(there.id)[-1].facts["fact"] == "merge_undone"
    [again] = see(store, a_sighting(place=a_place(metres_north=-20), seen_at=later), now=later)
    assert again.id == here.id


def test_only_a_merge_is_taken_back_and_only_with_a_reason(store: Store) -> None:
    here, there = merged(store)
    with store.write() as tx, pytest.raises(ReasonMissing):
        undo_merge(tx, here.id, here.version, " ", DESK)
    with store.write() as tx, pytest.raises(IllegalMove):
        undo_merge(tx, there.id, now(store, there.id).version, "another heap", DESK)
    with store.write() as tx, pytest.raises(TicketChanged):
        undo_merge(tx, here.id, 1, "another heap", DESK)


def test_a_sighting_near_a_chain_of_merges_belongs_to_its_end(store: Store) -> None:
    here, there = merged(store)
    [end] = see(store, a_sighting(place=a_place(metres_north=160)))
    walk(store, there.id, State.VERIFYING)
    walk(store, there.id, State.MERGED, merge_target=end.id)
    [again] = see(store, a_sighting(place=a_place(metres_north=-10)))
    assert again.id == end.id
    assert here.merged_into == there.id


def both(store: Store, *deeds: Callable[[Transaction], object]) -> list[type[ServiceError] | None]:
    """Do things at the same time and say how each ended."""
    ends: list[type[ServiceError] | None] = [None] * len(deeds)
    start = threading.Barrier(len(deeds))

    def act(number: int) -> None:
        start.wait()
        try:
            with store.write() as tx:
                deeds[number](tx)
        except ServiceError as error:
            ends[number] = type(error)

    threads = [threading.Thread(target=act, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_of_two_people_who_move_a_ticket_at_once_one_does_and_one_is_told(store: Store) -> None:
    ticket = at_work(store)

    def move(to: State) -> Callable[[Transaction], object]:
        wanted = MoveRequest(to, ticket.version, "seen", review_at=NOON + timedelta(days=1))
        return lambda tx: move_ticket(tx, ticket.id, wanted, DESK)

    ends = both(store, move(State.HANDLED), move(State.SUSPENDED))
    assert sorted(map(str, ends)) == sorted(map(str, [None, TicketChanged]))
    with store.read() as tx:
        assert [line.version for line in tx.tickets.history_of(ticket.id)] == list(range(1, ticket.version + 2))


def test_of_two_chiefs_who_extend_at_once_one_does(store: Store) -> None:
    ticket = at_work(store)
    assert ticket.due_at is not None
    wanted = Extension("the crane is late", ticket.version, ticket.due_at + timedelta(days=1))
    ends = both(store, *[lambda tx: facts.extend(tx, ticket.id, wanted, CHIEF)] * 2)
    assert sorted(map(str, ends)) == sorted(map(str, [None, TicketChanged]))
    assert now(store, ticket.id).extensions == 1


def test_two_tickets_that_are_merged_into_each_other_at_once_end_in_one(store: Store) -> None:
    here, there = see(store, a_sighting(), a_sighting(place=a_place(metres_north=80)))
    for each in (here, there):
        walk(store, each.id, State.VERIFYING)

    def merge(one: Ticket, into: Ticket) -> Callable[[Transaction], object]:
        wanted = MoveRequest(State.MERGED, 2, merge_target=into.id)
        return lambda tx: move_ticket(tx, one.id, wanted, DESK)

    ends = both(store, merge(here, there), merge(there, here))
    assert ends.count(None) == 1
    assert sorted(state.value for state in (now(store, here.id).state, now(store, there.id).state)) == [
        "merged",
        "verifying",
    ]
