"""The state table: who may take a ticket where, and what each step asks for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.after_photos import Proof
from service.domain.moves import Circumstances, MoveRequest, may_move, move
from service.domain.states import (
    MOVES,
    OPEN_STATES,
    STANDINGS,
    Move,
    Need,
    Resolution,
    Role,
    State,
    find_move,
    moves_from,
)
from service.domain.ticket import Actor, Change, Ticket
from service.errors import (
    AfterPhotoMissing,
    Forbidden,
    IllegalMove,
    MergeTargetMissing,
    ReasonMissing,
    ResolutionMissing,
    ReviewDateMissing,
    ServiceError,
    TicketChanged,
    UnitUnknown,
)
from tests.build import NOON, a_policy, a_ticket, an_actor

POLICY = a_policy()
UNITS = frozenset(unit.id for unit in POLICY.units)
AROUND = Circumstances(
    POLICY, proof=Proof(shown=True), units=UNITS, routed_unit="sanitation", open_targets=frozenset({"tic_other"})
)
DOMAIN_TABLE = {
    "candidate": {"dismissed", "nudged", "reported"},
    "nudged": {"self_corrected", "reported"},
    "reported": {"verifying", "filed"},
    "verifying": {"filed", "not_filed", "merged"},
    "filed": {"dispatched"},
    "dispatched": {"returned", "in_progress"},
    "returned": {"dispatched"},
    "in_progress": {"suspended", "handled"},
    "suspended": {"in_progress"},
    "handled": {"checking"},
    "checking": {"closed", "rework"},
    "rework": {"in_progress"},
}


def a_request(to: State, **changes: object) -> MoveRequest:
    """All that any step could ask for."""
    request = MoveRequest(
        to=to,
        version=3,
        reason="seen on site",
        resolution=Resolution.FIXED,
        unit="sanitation",
        review_at=NOON + timedelta(days=3),
        merge_target="tic_other",
    )
    return replace(request, **changes)  # type: ignore[arg-type]  # the test names fields of MoveRequest


def step(ticket: Ticket, request: MoveRequest, actor: Actor | None = None, around: Circumstances = AROUND) -> Change:
    return move(ticket, request, actor or an_actor(), NOON, around)


def test_the_table_is_the_diagram_of_the_domain() -> None:
    table: dict[str, set[str]] = {}
    for row in MOVES:
        table.setdefault(row.was.value, set()).add(row.to.value)
    assert table == DOMAIN_TABLE
    assert set(STANDINGS) == set(State)


@pytest.mark.parametrize("was", State)
@pytest.mark.parametrize("to", State)
def test_a_ticket_goes_where_the_table_leads_and_nowhere_else(was: State, to: State) -> None:
    ticket = a_ticket(was)
    if find_move(was, to, field_verification=False):
        change = step(ticket, a_request(to))
        assert (change.ticket.state, change.ticket.version) == (to, 4)
        assert (change.entry.was, change.entry.to, change.entry.version) == (was, to, 4)
        return
    with pytest.raises(IllegalMove) as refusal:
        step(ticket, a_request(to))
    allowed = [row.to.value for row in moves_from(was, field_verification=False)]
    assert refusal.value.facts == {"was": was.value, "wanted": to.value, "allowed": allowed}


def test_a_stale_version_is_refused_before_all_else() -> None:
    with pytest.raises(TicketChanged) as refusal:
        step(a_ticket(State.CLOSED), a_request(State.FILED, version=2))
    assert refusal.value.facts == {"version": 3, "wanted": 2}


LACKS: list[tuple[State, State, dict[str, object], type[ServiceError]]] = [
    (State.CANDIDATE, State.DISMISSED, {"reason": "  "}, ReasonMissing),
    (State.VERIFYING, State.NOT_FILED, {"reason": None}, ReasonMissing),
    (State.VERIFYING, State.MERGED, {"merge_target": "tic_closed"}, MergeTargetMissing),
    (State.FILED, State.DISPATCHED, {"unit": "nobody"}, UnitUnknown),
    (State.DISPATCHED, State.RETURNED, {"reason": None}, ReasonMissing),
    (State.IN_PROGRESS, State.SUSPENDED, {"reason": None}, ReasonMissing),
    (State.IN_PROGRESS, State.SUSPENDED, {"review_at": NOON}, ReviewDateMissing),
    (State.CHECKING, State.REWORK, {"reason": None}, ReasonMissing),
    (State.CHECKING, State.CLOSED, {"resolution": None}, ResolutionMissing),
]


@pytest.mark.parametrize(("was", "to", "lacking", "error"), LACKS)
def test_a_step_without_what_it_needs_is_refused(
    was: State, to: State, lacking: dict[str, object], error: type[ServiceError]
) -> None:
    with pytest.raises(error):
        step(a_ticket(was), a_request(to, **lacking))


def test_closing_needs_an_after_photo() -> None:
    with pytest.raises(AfterPhotoMissing):
        step(a_ticket(State.CHECKING), a_request(State.CLOSED), around=replace(AROUND, proof=Proof()))


def test_the_chief_alone_closes_without_an_after_photo_and_says_why() -> None:
    ticket, bare = a_ticket(State.CHECKING), replace(AROUND, proof=Proof())
    forced = a_request(State.CLOSED, resolution=Resolution.FORCED)
    with pytest.raises(Forbidden):
        step(ticket, forced, an_actor(Role.OPS), bare)
    with pytest.raises(ReasonMissing):
        step(ticket, replace(forced, reason=None), an_actor(Role.CHIEF), bare)
    closed = step(ticket, forced, an_actor(Role.CHIEF), bare)
    assert (closed.ticket.resolution, closed.entry.reason) == (Resolution.FORCED, "seen on site")
    assert closed.entry.facts == {"resolution": "forced", "after_photo": False}


def test_a_unit_moves_its_own_tickets_only() -> None:
    ticket = a_ticket(State.DISPATCHED, unit_id="sanitation")
    own, other = an_actor(Role.UNIT, unit_id="sanitation"), an_actor(Role.UNIT, unit_id="housing")
    assert step(ticket, a_request(State.IN_PROGRESS), own).ticket.state == State.IN_PROGRESS
    with pytest.raises(Forbidden):
        step(ticket, a_request(State.IN_PROGRESS), other)


@pytest.mark.parametrize("row", MOVES)
def test_viewers_and_cameras_move_nothing(row: Move) -> None:
    ticket = a_ticket(row.was)
    assert not any(may_move(an_actor(role), row, ticket) for role in (Role.VIEWER, Role.CAMERA))


def test_where_the_policy_asks_for_verification_a_report_is_not_filed_at_once() -> None:
    strict = replace(AROUND, policy=a_policy(field_verification=True))
    with pytest.raises(IllegalMove) as refusal:
        step(a_ticket(State.REPORTED), a_request(State.FILED), around=strict)
    assert refusal.value.facts["allowed"] == ["verifying"]


def test_filing_fixes_the_code_and_the_due_time() -> None:
    filed = step(a_ticket(State.REPORTED), a_request(State.FILED)).ticket
    assert (filed.code_table, filed.code, filed.filed_at) == ("gb2026", "06010", NOON)
    assert filed.due_at == NOON + timedelta(hours=6)  # noon is a break; 14:00 to 18:00 are the four hours


def test_dispatch_goes_where_the_ticket_is_routed_if_no_unit_is_named() -> None:
    assert step(a_ticket(State.FILED), a_request(State.DISPATCHED, unit=None)).ticket.unit_id == "sanitation"


def test_rework_does_not_restart_the_clock_and_a_pause_stops_it() -> None:
    due = NOON + timedelta(hours=3)  # one working hour after the break
    working = a_ticket(State.IN_PROGRESS, due_at=due)
    suspended = step(working, a_request(State.SUSPENDED)).ticket
    next_day = NOON + timedelta(days=1)
    resumed = move(suspended, a_request(State.IN_PROGRESS, version=4), an_actor(), next_day, AROUND).ticket
    assert resumed.due_at == due + timedelta(days=1)
    reworked = step(a_ticket(State.CHECKING, due_at=due), a_request(State.REWORK)).ticket
    assert reworked.due_at == due


def test_every_refusal_return_and_suspension_needs_a_reason() -> None:
    asks = {(row.was, row.to) for row in MOVES if Need.REASON in row.needs}
    assert {to for _, to in asks} == {
        State.DISMISSED,
        State.NOT_FILED,
        State.RETURNED,
        State.SUSPENDED,
        State.REWORK,
    }


def test_what_is_exposed_to_citizens_is_open_or_closed_as_the_domain_says() -> None:
    assert {state for state, standing in STANDINGS.items() if standing.open311 is None} == {
        State.CANDIDATE,
        State.DISMISSED,
        State.NUDGED,
    }
    assert OPEN_STATES.isdisjoint({State.CLOSED, State.DISMISSED, State.MERGED, State.NOT_FILED, State.SELF_CORRECTED})
