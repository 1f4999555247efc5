"""Two people where one may not decide alone."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from service.approvals import ask, decide
from service.casework import Occasion, confirm, move_ticket
from service.domain.moves import MoveRequest
from service.domain.states import Resolution, Role, State
from service.domain.ticket import Actor
from service.errors import Forbidden, IllegalMove, ReasonMissing, TicketChanged
from service.errors.approvals import ApprovalDecided, AskerGone, SamePerson, SecondPersonNeeded
from service.ingest import ingest
from service.store import Store
from service.store.approvals import Status
from service.store.tables import users
from service.verifying import damage_of_rows
from tests.build import NOON, a_picture, a_place, a_policy, a_sighting, an_actor

POLICY = a_policy(forced_alone_a_day=1)
WANG = Actor("usr_wang", "wang", Role.CHIEF)
LI = Actor("usr_li", "li", Role.CHIEF)
TO_CHECKING = (State.FILED, State.DISPATCHED, State.IN_PROGRESS, State.HANDLED, State.CHECKING)
FORCED = MoveRequest(State.CLOSED, 6, reason="the street was dug up", resolution=Resolution.FORCED)


def on(actor: Actor, hours: float = 0) -> Occasion:
    return Occasion(actor, POLICY, NOON + timedelta(hours=hours))


def take_on(store: Store, chief: Actor) -> None:
    row = {"id": chief.id, "login": chief.name, "name": chief.name, "role": chief.role.value, "password_hash": "-"}
    with store.write() as tx:
        tx.connection.execute(insert(users).values(created_at=NOON, **row))


@pytest.fixture
def checking(store: Store) -> list[str]:
    """Three tickets that are checked and lack an after-photo, and two chiefs."""
    for chief in (WANG, LI):
        take_on(store, chief)
    seen = [a_sighting(place=a_place(metres_north=200 * number)) for number in range(3)]
    with store.write() as tx:
        for one in seen:
            tx.pictures.add(a_picture(picture_id=one.picture_id))
        outcomes = ingest(tx, seen, actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
        ids = [outcome.ticket.id for outcome in outcomes if outcome.ticket]
        for ticket_id in ids:
            for version, to in enumerate(TO_CHECKING, 1):
                move_ticket(tx, ticket_id, MoveRequest(to, version, reason="seen"), on(WANG))
    return ids


def test_a_chief_forces_as_many_closes_as_the_policy_allows_and_the_next_needs_another_chief(
    store: Store, checking: list[str]
) -> None:
    first, second, third = checking
    with store.write() as tx:
        move_ticket(tx, first, FORCED, on(WANG))
    with pytest.raises(SecondPersonNeeded), store.write() as tx:
        move_ticket(tx, second, FORCED, on(WANG, 1))
    with store.write() as tx:
        waiting = ask(tx, second, 6, "the street was dug up", on(WANG, 1))
        assert ask(tx, second, 6, "again", on(WANG, 1)) == waiting
    with pytest.raises(SamePerson), store.write() as tx:
        confirm(tx, waiting.id, on(WANG, 2))
    with store.write() as tx:
        confirmed = confirm(tx, waiting.id, on(LI, 2))
        assert confirm(tx, waiting.id, on(LI, 3)) == confirmed
    with store.read() as tx:
        ticket, last = tx.tickets.get(second), tx.tickets.history_of(second)[-1]
    assert (ticket.state, ticket.resolution, confirmed.status) == (State.CLOSED, Resolution.FORCED, Status.CONFIRMED)
    assert (last.actor, last.facts["second"], last.reason) == ("wang", "li", "the street was dug up")
    with store.write() as tx:
        move_ticket(tx, third, FORCED, on(LI, 3))  # a confirmation is not counted against the one who gives it
    assert list(damage_of_rows(store, {})) == []


def test_a_day_later_the_chief_may_again(store: Store, checking: list[str]) -> None:
    first, second, _ = checking
    with store.write() as tx:
        move_ticket(tx, first, FORCED, on(WANG))
        move_ticket(tx, second, FORCED, on(WANG, 24.1))


def test_a_refusal_says_why_and_leaves_the_ticket(store: Store, checking: list[str]) -> None:
    with store.write() as tx:
        waiting = ask(tx, checking[0], 6, "no reason to give", on(WANG))
    with pytest.raises(ReasonMissing), store.write() as tx:
        decide(tx, waiting.id, confirmed=False, reason=" ", on=on(LI))
    with store.write() as tx:
        refused = decide(tx, waiting.id, confirmed=False, reason="it is still there", on=on(LI))
        assert (refused.status, tx.tickets.get(checking[0]).state) == (Status.REFUSED, State.CHECKING)
    with pytest.raises(ApprovalDecided), store.write() as tx:
        confirm(tx, waiting.id, on(LI))


def test_what_moved_on_meanwhile_is_not_closed(store: Store, checking: list[str]) -> None:
    with store.write() as tx:
        waiting = ask(tx, checking[0], 6, "dug up", on(WANG))
        move_ticket(tx, checking[0], MoveRequest(State.REWORK, 6, reason="still there"), on(LI))
    with pytest.raises(TicketChanged), store.write() as tx:
        confirm(tx, waiting.id, on(LI))
    with store.read() as tx:
        assert tx.approvals.page(Status.WAITING, 10)[0].id == waiting.id


@pytest.mark.parametrize("change", [{"disabled_at": NOON}, {"role": Role.OPS.value}])
def test_what_somebody_asked_who_is_no_chief_any_more_is_not_confirmed(
    store: Store, checking: list[str], change: dict[str, object]
) -> None:
    with store.write() as tx:
        waiting = ask(tx, checking[0], 6, "dug up", on(WANG))
        tx.connection.execute(update(users).where(users.c.id == WANG.id).values(**change))
    with pytest.raises(AskerGone), store.write() as tx:
        confirm(tx, waiting.id, on(LI))
    with store.write() as tx:
        decide(tx, waiting.id, confirmed=False, reason="he has left", on=on(LI))
        assert tx.tickets.get(checking[0]).state is State.CHECKING


def test_only_what_could_be_closed_is_asked_for_and_only_by_a_chief(store: Store, checking: list[str]) -> None:
    with store.write() as tx:
        with pytest.raises(Forbidden):
            ask(tx, checking[0], 6, "dug up", on(an_actor(Role.OPS)))
        with pytest.raises(TicketChanged):
            ask(tx, checking[0], 5, "dug up", on(WANG))
        with pytest.raises(ReasonMissing):
            ask(tx, checking[0], 6, " ", on(WANG))
        move_ticket(tx, checking[0], MoveRequest(State.REWORK, 6, reason="still there"), on(LI))
        with pytest.raises(IllegalMove):
            ask(tx, checking[0], 7, "dug up", on(WANG))
