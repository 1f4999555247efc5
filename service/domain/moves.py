"""The steps of a ticket: who may move it where, with what, and what that leaves in its history."""

from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.deadlines import due_after_pause, due_at
from service.domain.facts import EntryFact
from service.domain.policy import Policy
from service.domain.states import Move, Need, Resolution, Role, State, find_move, moves_from
from service.domain.ticket import Actor, Change, Ticket, entry_of
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
    UnitMissing,
    UnitUnknown,
)


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """What somebody asks for; `version` is the one that they saw."""

    to: State
    version: int
    reason: str | None = None
    resolution: Resolution | None = None
    unit: str | None = None
    review_at: datetime | None = None
    merge_target: str | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What has to be known around a ticket to decide a move.

    Attributes:
        has_after_photo: evidence of the role `after` is there.
        units: ids of all handling units.
        routed_unit: where it goes if nobody names a unit.
        open_targets: ids of the tickets that it could be merged into.
    """

    policy: Policy
    has_after_photo: bool = False
    units: frozenset[str] = frozenset()
    routed_unit: str | None = None
    open_targets: frozenset[str] = frozenset()


def move(ticket: Ticket, request: MoveRequest, actor: Actor, now: datetime, around: Circumstances) -> Change:
    """Take a ticket one step along the table.

    Raises:
        TicketChanged: it is not at the version that the request saw.
        IllegalMove: the table has no such step from its state.
        Forbidden: not this actor's step, or another unit's ticket.
        ReasonMissing, ResolutionMissing, UnitMissing, UnitUnknown, AfterPhotoMissing, ReviewDateMissing,
        MergeTargetMissing: the step needs what the request lacks.
    """
    if request.version != ticket.version:
        raise TicketChanged(version=ticket.version, wanted=request.version)
    policy = around.policy
    row = find_move(ticket.state, request.to, field_verification=policy.field_verification)
    if row is None:
        allowed = [step.to.value for step in moves_from(ticket.state, field_verification=policy.field_verification)]
        raise IllegalMove(was=ticket.state.value, wanted=request.to.value, allowed=allowed)
    if not may_move(actor, row, ticket):
        raise Forbidden(role=actor.role.value, wanted=request.to.value)
    if Need.UNIT in row.needs and row.was == State.FILED and request.unit is None:
        request = replace(request, unit=around.routed_unit)
    _refuse_what_lacks(row, request, actor, around, now)
    moved = _moved(ticket, row, request, now, policy)
    return Change(moved, entry_of(moved, ticket.state, actor, _given(request.reason), _facts_of(row, request, around)))


def may_move(actor: Actor, row: Move, ticket: Ticket) -> bool:
    """Whether the step is this actor's: by role, and for a unit only on its own tickets."""
    if actor.role not in row.roles:
        return False
    return actor.role != Role.UNIT or (ticket.unit_id is not None and actor.unit_id == ticket.unit_id)


def edit(ticket: Ticket, actor: Actor, now: datetime, policy: Policy, *, condition: str, reason: str | None) -> Change:
    """Name another condition for a ticket that is not filed yet; the state stays, the history says so."""
    edited = replace(
        ticket, version=ticket.version + 1, condition=condition, changed_at=now, policy_sha256=policy.sha256
    )
    facts = {"condition_was": ticket.condition, "condition": condition}
    return Change(edited, entry_of(edited, ticket.state, actor, reason, facts))


def _refuse_what_lacks(row: Move, request: MoveRequest, actor: Actor, around: Circumstances, now: datetime) -> None:
    """Raise for the first need of the step that the request does not meet."""
    forced = _is_forced(row, request)
    if forced and actor.role != Role.CHIEF:
        raise Forbidden(role=actor.role.value, wanted=Resolution.FORCED.value)
    has_reason = _given(request.reason) is not None
    met: dict[Need, tuple[bool, type[ServiceError]]] = {
        Need.RESOLUTION: (request.resolution is not None, ResolutionMissing),
        Need.REASON: (has_reason, ReasonMissing),
        Need.UNIT: (request.unit is not None, UnitMissing),
        Need.REVIEW_DATE: (request.review_at is not None and request.review_at > now, ReviewDateMissing),
        Need.AFTER_PHOTO: (around.has_after_photo or forced, AfterPhotoMissing),
        Need.MERGE_TARGET: (request.merge_target in around.open_targets, MergeTargetMissing),
    }
    needs = (*row.needs, Need.REASON) if forced else row.needs
    for need in needs:
        good, error = met[need]
        if not good:
            raise error(wanted=request.to.value)
    if Need.UNIT in row.needs and request.unit not in around.units:
        raise UnitUnknown(unit=request.unit)


def _moved(ticket: Ticket, row: Move, request: MoveRequest, now: datetime, policy: Policy) -> Ticket:
    moved = replace(
        ticket, state=row.to, version=ticket.version + 1, changed_at=now, policy_sha256=policy.sha256, review_at=None
    )
    match row.to:
        case State.FILED:
            return _filed(moved, now, policy)
        case State.DISPATCHED:
            return replace(moved, unit_id=request.unit)
        case State.IN_PROGRESS if row.was == State.SUSPENDED:
            return _resumed(moved, ticket.changed_at, now, policy)
        case State.SUSPENDED:
            return replace(moved, review_at=request.review_at)
        case State.CLOSED:
            return replace(moved, resolution=request.resolution, ended_at=now)
        case State.MERGED:
            return replace(moved, merged_into=request.merge_target, resolution=Resolution.DUPLICATE, ended_at=now)
        case State.SELF_CORRECTED:
            return replace(moved, resolution=Resolution.SELF_CORRECTED, ended_at=now)
        case State.DISMISSED | State.NOT_FILED:
            return replace(moved, ended_at=now)
        case _:
            return moved


def _filed(ticket: Ticket, now: datetime, policy: Policy) -> Ticket:
    """Filing fixes the code and the moment at which the limit ends."""
    rule = policy.rule(ticket.condition)
    return replace(
        ticket,
        filed_at=now,
        due_at=due_at(now, rule.limit, policy.hours),
        code_table=policy.code_table if rule.code else None,
        code=rule.code,
    )


def _resumed(ticket: Ticket, paused_at: datetime, now: datetime, policy: Policy) -> Ticket:
    """What was left of the limit when the clock was paused begins to run again."""
    if ticket.due_at is None:
        return ticket
    limit = policy.rule(ticket.condition).limit
    return replace(ticket, due_at=due_after_pause(ticket.due_at, paused_at, now, limit, policy.hours))


def _is_forced(row: Move, request: MoveRequest) -> bool:
    return row.to == State.CLOSED and request.resolution == Resolution.FORCED


def _given(text: str | None) -> str | None:
    return text.strip() or None if text else None


def _facts_of(row: Move, request: MoveRequest, around: Circumstances) -> dict[str, EntryFact]:
    facts: dict[str, EntryFact] = {}
    if Need.UNIT in row.needs:
        facts["unit"] = request.unit
    if request.resolution and row.to == State.CLOSED:
        facts["resolution"] = request.resolution.value
        facts["after_photo"] = around.has_after_photo
    if request.review_at and row.to == State.SUSPENDED:
        facts["review_at"] = request.review_at.isoformat()
    if row.to == State.MERGED:
        facts["merged_into"] = request.merge_target
    return facts
