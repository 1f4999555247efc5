"""The steps of a ticket: who may move it where, with what, and what that leaves in its history."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from detector.catalog import Limit
from service.domain.after_photos import WITHIN_M, PlaceCheck, Proof
from service.domain.deadlines import due_after_pause, due_at
from service.domain.facts import EntryFact
from service.domain.policy import Policy
from service.domain.states import UNDO_MERGE, Move, Need, Override, Resolution, Role, State, find_move, moves_from
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
from service.errors.tickets import AfterPhotoElsewhere, CoUnitSilent


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
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What has to be known around a ticket to decide a move.

    Attributes:
        proof: what the after-photos of the latest work show.
        units: ids of all handling units.
        routed_unit: where it goes if nobody names a unit.
        open_targets: ids of the tickets that it could be merged into.
        silent_units: co-units that have not said yet what they did.
        limit: of a ticket that is filed now; None: that of the policy's rule.
        after_photo_within_m: how far from the ticket an after-photo may be taken.
    """

    policy: Policy
    proof: Proof = field(default_factory=Proof)
    units: frozenset[str] = frozenset()
    routed_unit: str | None = None
    open_targets: frozenset[str] = frozenset()
    silent_units: tuple[str, ...] = ()
    limit: Limit | None = None
    after_photo_within_m: float = WITHIN_M


def move(ticket: Ticket, request: MoveRequest, actor: Actor, now: datetime, around: Circumstances) -> Change:
    """Take a ticket one step along the table.

    Raises:
        TicketChanged: it is not at the version that the request saw.
        IllegalMove: the table has no such step from its state.
        Forbidden: not this actor's step, or another unit's ticket.
        ReasonMissing, ResolutionMissing, UnitMissing, UnitUnknown, AfterPhotoMissing, ReviewDateMissing,
        MergeTargetMissing: the step needs what the request lacks.
        AfterPhotoElsewhere: all after-photos were taken elsewhere, and the duty chief does not override it.
        CoUnitSilent: a co-unit has not said yet what it did.
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
    moved = _moved(ticket, row, request, now, around)
    return Change(moved, entry_of(moved, ticket.state, actor, _given(request.reason), _facts_of(row, request, around)))


def undo_merge(ticket: Ticket, version: int, reason: str | None, actor: Actor, now: datetime, policy: Policy) -> Change:
    """Take a merge back: the ticket stands again where it stood, with a number and a history of its own.

    Raises:
        TicketChanged: it is not at that version.
        IllegalMove: it was not merged.
        Forbidden, ReasonMissing: not this actor's to undo, or no reason is given.
    """
    if version != ticket.version:
        raise TicketChanged(version=ticket.version, wanted=version)
    row = UNDO_MERGE
    if ticket.state != row.was:
        raise IllegalMove(was=ticket.state.value, wanted=row.to.value, allowed=[])
    if not may_move(actor, row, ticket):
        raise Forbidden(role=actor.role.value, wanted=row.to.value)
    if _given(reason) is None:
        raise ReasonMissing(wanted=row.to.value)
    undone = replace(
        ticket,
        state=row.to,
        version=ticket.version + 1,
        changed_at=now,
        policy_sha256=policy.sha256,
        merged_into=None,
        resolution=None,
        ended_at=None,
        milestones=ticket.milestones.after(ticket.state, row.to, now, ticket.changed_at),
    )
    return Change(undone, entry_of(undone, row.was, actor, _given(reason), {"merged_into_was": ticket.merged_into}))


def may_move(actor: Actor, row: Move, ticket: Ticket) -> bool:
    """Whether the step is this actor's: by role, and for a unit only on its own tickets."""
    if actor.role not in row.roles:
        return False
    return actor.role != Role.UNIT or (ticket.unit_id is not None and actor.unit_id == ticket.unit_id)


def edit(ticket: Ticket, actor: Actor, now: datetime, policy: Policy, *, condition: str, reason: str | None) -> Change:
    """Name another condition for a ticket that is not filed yet; the state stays, the history says so."""
    edited = replace(ticket, version=ticket.version + 1, condition=condition, policy_sha256=policy.sha256)
    facts = {"condition_was": ticket.condition, "condition": condition}
    return Change(edited, entry_of(edited, ticket.state, actor, reason, facts, at=now))


def is_forced(request: MoveRequest) -> bool:
    """Whether somebody wants to close a ticket without its conditions being met."""
    return request.to == State.CLOSED and request.resolution == Resolution.FORCED


def _refuse_what_lacks(row: Move, request: MoveRequest, actor: Actor, around: Circumstances, now: datetime) -> None:
    """Raise for the first need of the step that the request does not meet."""
    forced = is_forced(request)
    if forced and actor.role != Role.CHIEF:
        raise Forbidden(role=actor.role.value, wanted=Resolution.FORCED.value)
    has_reason = _given(request.reason) is not None
    met: dict[Need, tuple[bool, type[ServiceError]]] = {
        Need.RESOLUTION: (request.resolution is not None, ResolutionMissing),
        Need.REASON: (has_reason, ReasonMissing),
        Need.UNIT: (request.unit is not None, UnitMissing),
        Need.REVIEW_DATE: (request.review_at is not None and request.review_at > now, ReviewDateMissing),
        Need.AFTER_PHOTO: (around.proof.shown or forced, AfterPhotoMissing),
        Need.MERGE_TARGET: (request.merge_target in around.open_targets, MergeTargetMissing),
    }
    needs = (*row.needs, Need.REASON) if forced else row.needs
    for need in needs:
        good, error = met[need]
        if not good:
            raise error(wanted=request.to.value)
    if Need.UNIT in row.needs and request.unit not in around.units:
        raise UnitUnknown(unit=request.unit)
    if row.to == State.CLOSED and not forced:
        _refuse_what_is_not_proved(request, actor, around)


def _refuse_what_is_not_proved(request: MoveRequest, actor: Actor, around: Circumstances) -> None:
    """Raise if the after-photos show another place, unless the duty chief overrides it, or if a co-unit is silent."""
    if around.silent_units:
        raise CoUnitSilent(units=list(around.silent_units))
    if around.proof.check is not PlaceCheck.ELSEWHERE:
        return
    if request.override is not Override.AFTER_PHOTO_PLACE:
        raise AfterPhotoElsewhere(
            distance_m=round(around.proof.distance_m or 0.0), within_m=round(around.after_photo_within_m)
        )
    if actor.role != Role.CHIEF:
        raise Forbidden(role=actor.role.value, wanted=request.override.value)
    if _given(request.reason) is None:
        raise ReasonMissing(wanted=request.override.value)


def _moved(ticket: Ticket, row: Move, request: MoveRequest, now: datetime, around: Circumstances) -> Ticket:
    policy = around.policy
    moved = replace(
        ticket,
        state=row.to,
        version=ticket.version + 1,
        changed_at=now,
        policy_sha256=policy.sha256,
        review_at=None,
        milestones=ticket.milestones.after(ticket.state, row.to, now, ticket.changed_at),
    )
    match row.to:
        case State.FILED:
            return _filed(moved, now, around)
        case State.DISPATCHED:
            return replace(moved, unit_id=request.unit, co_units=_without(request.unit, moved.co_units))
        case State.IN_PROGRESS if row.was == State.SUSPENDED:
            return _resumed(moved, ticket.changed_at, now, around)
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


def _filed(ticket: Ticket, now: datetime, around: Circumstances) -> Ticket:
    """Filing fixes the code and the moment at which the limit ends."""
    policy = around.policy
    rule = policy.rule(ticket.condition)
    return replace(
        ticket,
        filed_at=now,
        due_at=due_at(now, around.limit or rule.limit, policy.hours),
        code_table=policy.code_table if rule.code else None,
        code=rule.code,
    )


def _resumed(ticket: Ticket, paused_at: datetime, now: datetime, around: Circumstances) -> Ticket:
    """What was left of the limit when the clock was paused begins to run again."""
    if ticket.due_at is None:
        return ticket
    limit = around.limit or around.policy.rule(ticket.condition).limit
    return replace(ticket, due_at=due_after_pause(ticket.due_at, paused_at, now, limit, around.policy.hours))


def _without(unit: str | None, co_units: tuple[str, ...]) -> tuple[str, ...]:
    """Who helps a lead unit is not that unit itself."""
    return tuple(other for other in co_units if other != unit)


def _given(text: str | None) -> str | None:
    return text.strip() or None if text else None


def _facts_of(row: Move, request: MoveRequest, around: Circumstances) -> dict[str, EntryFact]:
    facts: dict[str, EntryFact] = {}
    if Need.UNIT in row.needs:
        facts["unit"] = request.unit
    if request.resolution and row.to == State.CLOSED:
        facts["resolution"] = request.resolution.value
        facts["after_photo"] = around.proof.shown
        if around.proof.distance_m is not None:
            facts["after_photo_m"] = round(around.proof.distance_m)
        if request.override and around.proof.check is PlaceCheck.ELSEWHERE and not is_forced(request):
            facts["override"] = request.override.value
    if request.review_at and row.to == State.SUSPENDED:
        facts["review_at"] = request.review_at.isoformat()
    if row.to == State.MERGED:
        facts["merged_into"] = request.merge_target
    return facts
