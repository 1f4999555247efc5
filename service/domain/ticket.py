"""A ticket from candidate to closed: who may move it where, with what, and what that leaves in its history."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from detector.types import GeoPoint
from service.domain.deadlines import due_after_pause, due_at
from service.domain.observation import Sighting
from service.domain.policy import Policy
from service.domain.states import OPEN_STATES, Move, Need, Resolution, Role, State, find_move, moves_from
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

EntryFact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, a key or the service itself.

    Attributes:
        id: of the account or key.
        name: what a history shows, a login or the name of a key.
        unit_id: the handling unit that it belongs to.
        camera_id: the only camera that a camera's key speaks for.
    """

    id: str
    name: str
    role: Role
    unit_id: str | None = None
    camera_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """One physical problem at one place. Times are aware; `place` is None only under a camera without one.

    Attributes:
        number: what people read out, `SW-20261125-0001`.
        version: counts its history; who moves a ticket says which version they saw.
        code: of its condition in `code_table` when it was filed, kept for good.
        fixed_camera_id: the camera that does not move and sees it.
        ended_at: when it left the open states.
        recurrence_of: the earlier ticket of which this is a rebound.
        policy_sha256: of the policy that made the latest decision.
    """

    id: str
    number: str
    version: int
    state: State
    condition: str
    place: GeoPoint | None
    place_source: str | None
    opened_at: datetime
    last_seen: datetime
    changed_at: datetime
    policy_sha256: str
    resolution: Resolution | None = None
    code_table: str | None = None
    code: str | None = None
    fixed_camera_id: str | None = None
    unit_id: str | None = None
    filed_at: datetime | None = None
    due_at: datetime | None = None
    review_at: datetime | None = None
    ended_at: datetime | None = None
    recurrence_of: str | None = None
    merged_into: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether a new sighting of the same problem belongs to it."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class TicketName:
    """What a new ticket is called, by programs and by people."""

    id: str
    number: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a ticket's history; `was` is None where it was opened, equal to `to` where no state changed."""

    ticket_id: str
    version: int
    at: datetime
    actor: str
    was: State | None
    to: State
    reason: str | None
    policy_sha256: str
    facts: Mapping[str, EntryFact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket as it is after a decision, with the one line of history that belongs to it."""

    ticket: Ticket
    entry: HistoryEntry


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


def open_ticket(
    name: TicketName, seen: Sighting, actor: Actor, policy: Policy, now: datetime, recurrence_of: str | None = None
) -> Change:
    """A new ticket for what was seen: `reported` where a person said so, `candidate` where a camera did."""
    ticket = Ticket(
        id=name.id,
        number=name.number,
        version=1,
        state=State.REPORTED if seen.source.by_person else State.CANDIDATE,
        condition=seen.condition,
        place=seen.place,
        place_source=seen.place_source,
        opened_at=now,
        last_seen=min(seen.seen_at, now),
        changed_at=now,
        policy_sha256=policy.sha256,
        fixed_camera_id=seen.source.id if seen.source.fixed else None,
        recurrence_of=recurrence_of,
    )
    return Change(ticket, _entry(ticket, None, actor, None, {"observation": seen.id}))


def see_again(ticket: Ticket, seen: Sighting, now: datetime) -> Ticket:
    """The ticket after another sighting: no state changes and no version, its sightings are its record."""
    camera = seen.source.id if seen.source.fixed and ticket.fixed_camera_id is None else ticket.fixed_camera_id
    return replace(ticket, last_seen=max(ticket.last_seen, min(seen.seen_at, now)), fixed_camera_id=camera)


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
    return Change(moved, _entry(moved, ticket.state, actor, _given(request.reason), _facts_of(row, request, around)))


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
    return Change(edited, _entry(edited, ticket.state, actor, reason, facts))


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


def _entry(
    ticket: Ticket, was: State | None, actor: Actor, reason: str | None, facts: Mapping[str, EntryFact]
) -> HistoryEntry:
    return HistoryEntry(
        ticket_id=ticket.id,
        version=ticket.version,
        at=ticket.changed_at,
        actor=actor.name,
        was=was,
        to=ticket.state,
        reason=reason,
        policy_sha256=ticket.policy_sha256,
        facts=MappingProxyType(dict(facts)),
    )
