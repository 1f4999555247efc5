"""Dated facts: who may say what of a ticket in which state, and what that leaves on it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from detector.catalog import Limit
from service.domain.facts import FACT_ROWS, FACTS, FactKind, FactRow
from service.domain.moves import Circumstances, MoveRequest, move
from service.domain.noting import Extension, Note, extend, may_note, note, notes_for
from service.domain.states import Role, State
from service.domain.ticket import SERVICE, Actor, Change, Ticket
from service.errors import Forbidden, TicketChanged
from service.errors.tickets import (
    CoUnitThere,
    CoUnitUnknown,
    ExtensionFormMissing,
    ExtensionNotLater,
    FactIncomplete,
    FactInFuture,
    FactRefused,
)
from tests.build import NOON, a_policy, a_ticket, an_actor

POLICY = a_policy()
CHIEF, OPS = an_actor(Role.CHIEF), an_actor(Role.OPS)
SAYS = {
    "who": "shop owner",
    "result": "will clear",
    "unit": "housing",
    "reference": "ZF-1",
    "until": "2026-11-26T04:00:00+00:00",
}
AT_WORK = a_ticket(State.IN_PROGRESS, unit_id="sanitation", due_at=NOON + timedelta(hours=4), filed_at=NOON)


def say(ticket: Ticket, kind: FactKind, actor: Actor = OPS, **more: object) -> Change:
    told = Note(kind, **{"reason": "seen on site", "details": SAYS, **more})  # type: ignore[arg-type]  # fields of Note
    return note(ticket, told, "fct_1", actor, NOON, POLICY)


def longer(ticket: Ticket, actor: Actor = CHIEF, **more: object) -> Change:
    wanted = Extension("the crane is late", ticket.version, until=NOON + timedelta(hours=8))
    return extend(ticket, replace(wanted, **more), "fct_1", actor, NOON, POLICY)  # type: ignore[arg-type]  # fields


def lead(row: FactRow, state: State) -> Ticket:
    """A ticket of which that fact would be news."""
    held = row.kind is FactKind.HOLD_LIFTED
    helped = row.kind in (FactKind.CO_UNIT_ANSWERED, FactKind.CO_UNIT_RELEASED)
    return replace(AT_WORK, state=state, legal_hold=held, co_units=("housing",) if helped else ())


@pytest.mark.parametrize("row", FACTS, ids=lambda row: row.kind.value)
@pytest.mark.parametrize("state", State)
def test_a_fact_is_noted_in_its_states_and_in_no_others(row: FactRow, state: State) -> None:
    by = SERVICE if row.by_service else CHIEF
    if not may_note(by, row, lead(row, state)):
        with pytest.raises(Forbidden):
            say(lead(row, state), row.kind, by)
    elif state in row.states:
        change = say(lead(row, state), row.kind, by)
        assert (change.ticket.state, change.ticket.version) == (state, 4)
        assert (change.entry.was, change.entry.to, change.entry.facts["fact"]) == (state, state, row.kind.value)
        assert change.fact is not None
        assert (change.fact.version, change.fact.kind) == (4, row.kind)
    else:
        with pytest.raises(FactRefused):
            say(lead(row, state), row.kind, by)


@pytest.mark.parametrize("row", [row for row in FACTS if row.needs and row.roles], ids=lambda row: row.kind.value)
def test_a_fact_that_does_not_say_what_it_has_to_is_refused(row: FactRow) -> None:
    state = State.IN_PROGRESS if State.IN_PROGRESS in row.states else min(row.states)
    with pytest.raises(FactIncomplete) as refusal:
        say(lead(row, state), row.kind, CHIEF, reason=None, details={})
    assert refusal.value.facts["missing"] == [need.value for need in row.needs]


def test_the_clock_notes_lateness_and_look_backs_and_nothing_else() -> None:
    assert {row.kind for row in FACTS if may_note(SERVICE, row, AT_WORK)} == {
        FactKind.OVERDUE,
        FactKind.URGED,
        FactKind.SUPERVISED,
        FactKind.LOOKED_BACK,
    }
    assert not may_note(an_actor(Role.ADMIN), FACT_ROWS[FactKind.OVERDUE], AT_WORK)


def test_viewers_and_cameras_note_nothing() -> None:
    assert not any(notes_for(an_actor(role), AT_WORK) for role in (Role.VIEWER, Role.CAMERA))


def test_a_unit_notes_of_tickets_that_it_leads_or_helps_with() -> None:
    for unit in ("sanitation", "housing"):
        crew = an_actor(Role.UNIT, unit_id=unit)
        assert say(replace(AT_WORK, co_units=("housing",)), FactKind.DISSUADED, crew).fact
    with pytest.raises(Forbidden):
        say(AT_WORK, FactKind.DISSUADED, an_actor(Role.UNIT, unit_id="police"))


def test_marks_say_what_holds_now() -> None:
    late = say(AT_WORK, FactKind.OVERDUE, SERVICE).ticket
    urged = say(late, FactKind.URGED, at=NOON - timedelta(minutes=5)).ticket
    held = say(urged, FactKind.LEGAL_HOLD, CHIEF).ticket
    assert (held.overdue_at, held.urged_at, held.legal_hold) == (NOON, NOON - timedelta(minutes=5), True)
    with pytest.raises(FactRefused):
        say(held, FactKind.LEGAL_HOLD, CHIEF)
    assert not say(held, FactKind.HOLD_LIFTED, CHIEF).ticket.legal_hold


def test_a_fact_from_before_is_dated_and_one_from_later_is_refused() -> None:
    change = say(AT_WORK, FactKind.DISSUADED, at=NOON - timedelta(hours=1))
    assert change.fact is not None
    assert (change.fact.at, change.fact.noted_at, change.entry.at) == (NOON - timedelta(hours=1), NOON, NOON)
    with pytest.raises(FactInFuture):
        say(AT_WORK, FactKind.DISSUADED, at=NOON + timedelta(hours=1))


def test_a_stale_version_notes_nothing() -> None:
    with pytest.raises(TicketChanged):
        say(AT_WORK, FactKind.URGED, version=2)


def test_a_note_on_a_suspended_ticket_does_not_move_the_moment_from_which_it_is_paused() -> None:
    paused = replace(AT_WORK, state=State.SUSPENDED, changed_at=NOON - timedelta(days=1))
    held = say(paused, FactKind.LEGAL_HOLD, CHIEF).ticket
    resumed = move(held, MoveRequest(State.IN_PROGRESS, held.version), OPS, NOON, Circumstances(POLICY)).ticket
    unnoted = move(paused, MoveRequest(State.IN_PROGRESS, paused.version), OPS, NOON, Circumstances(POLICY)).ticket
    assert resumed.due_at == unnoted.due_at


def test_the_chief_alone_extends_and_the_ticket_is_no_longer_overdue() -> None:
    late = replace(AT_WORK, overdue_at=NOON)
    with pytest.raises(Forbidden):
        longer(late, OPS)
    change = longer(late)
    assert (change.ticket.due_at, change.ticket.extensions) == (NOON + timedelta(hours=8), 1)
    assert change.ticket.overdue_at is None
    assert change.entry.facts["due_was"] == (NOON + timedelta(hours=4)).isoformat()


def test_an_extension_by_a_limit_begins_where_the_old_one_ends() -> None:
    by = Limit(2, "urgent_hour")
    assert longer(AT_WORK, until=None, by=by).ticket.due_at == NOON + timedelta(hours=6)


def test_a_second_extension_needs_a_form() -> None:
    once = longer(AT_WORK).ticket
    with pytest.raises(ExtensionFormMissing):
        longer(once, until=NOON + timedelta(days=1), form="  ")
    twice = longer(once, until=NOON + timedelta(days=1), form="YQ-2026-17")
    assert (twice.ticket.extensions, twice.entry.facts["form"], twice.entry.facts["count"]) == (2, "YQ-2026-17", 2)


@pytest.mark.parametrize("hours", [-1, 0, 4])
def test_an_extension_ends_later_than_the_limit_and_than_now(hours: int) -> None:
    with pytest.raises(ExtensionNotLater):
        longer(AT_WORK, until=NOON + timedelta(hours=hours))


def test_a_ticket_that_nobody_filed_or_that_waits_has_no_limit_to_extend() -> None:
    for ticket in (a_ticket(State.REPORTED), replace(AT_WORK, state=State.SUSPENDED)):
        with pytest.raises(FactRefused):
            longer(ticket)


def test_a_unit_helps_once_and_not_the_one_that_leads() -> None:
    helped = say(AT_WORK, FactKind.CO_UNIT_ASKED).ticket
    assert helped.co_units == ("housing",)
    for ticket, unit in ((helped, "housing"), (AT_WORK, "sanitation")):
        with pytest.raises(CoUnitThere):
            say(ticket, FactKind.CO_UNIT_ASKED, details={"unit": unit})
    with pytest.raises(CoUnitUnknown):
        say(helped, FactKind.CO_UNIT_RELEASED, details={"unit": "police"})
    assert say(helped, FactKind.CO_UNIT_RELEASED).ticket.co_units == ()
