"""What people do with tickets: move them and put pictures to them, each in one transaction."""

from dataclasses import replace
from typing import Final

from service.approvals import asker_of, decide, is_forced_close, refuse_alone, seconded
from service.domain.after_photos import Proof, Taken, prove
from service.domain.facts import EntryFact, FactKind
from service.domain.moves import Circumstances, MoveRequest, move
from service.domain.noting import Note, consequence, works_on
from service.domain.policy import Policy
from service.domain.routing import unit_for
from service.domain.states import Need, Resolution, Role, State, find_move
from service.domain.ticket import SERVICE, Actor, Ticket
from service.errors import Forbidden, IdempotencyMismatch
from service.errors.approvals import AskerGone
from service.nudges import save_step
from service.occasion import Occasion as Occasion
from service.spots import spot_of_ticket
from service.store.approvals import Approval
from service.store.ids import new_id
from service.store.pictures import Exhibit, Picture
from service.store.transaction import Transaction
from service.tasks import settle_task

AFTER: Final = "after"
EVIDENCE_ROLES: Final = ("before", "after", "near", "far", "reference")


def move_ticket(
    tx: Transaction, ticket_id: str, request: MoveRequest, on: Occasion, second: Actor | None = None
) -> Ticket:
    """Take a ticket one step along the table.

    Args:
        tx: where.
        ticket_id: or number.
        request: the step.
        on: who takes it, under which policy, when.
        second: another chief, who has confirmed a forced close.

    Raises:
        TicketUnknown: there is no such ticket.
        SecondPersonNeeded: the chief has forced too many closes alone.
        ServiceError: what `service.domain.moves.move` raises.
    """
    target = None
    if request.to is State.MERGED:
        target = _target_of_merge(tx, ticket_id, request)
        request = replace(request, merge_target=target.id if target else None)
    ticket = tx.tickets.hold(ticket_id)
    request = replace(request, version=as_seen(tx, ticket, request.version))
    around = circumstances(tx, ticket, request, on)
    if target is not None and target.is_open and target.condition == ticket.condition and target.id != ticket.id:
        around = replace(around, open_targets=frozenset({target.id}))
    change = move(ticket, request, on.actor, on.now, around)
    if second is not None:
        change = seconded(change, second)
    elif is_forced_close(change):
        refuse_alone(tx, on)
    save_step(tx, change, on.policy)
    settle_task(tx, change.ticket, on)
    if target is not None:
        _tell_target(tx, target, ticket, on)
    return change.ticket


def confirm(tx: Transaction, approval_id: str, on: Occasion) -> Approval:
    """Confirm a forced close that another chief asks for, and take the step.

    Raises what either of both raises; AskerGone where the one who asked is a chief no longer.
    """
    was = tx.approvals.get(approval_id)
    approval = decide(tx, approval_id, confirmed=True, reason=None, on=on)
    if approval != was:
        if not tx.approvals.is_chief(was.asked_by):
            raise AskerGone(asked_by=was.asked_name)
        request = MoveRequest(State.CLOSED, was.version, was.reason, resolution=Resolution.FORCED)
        move_ticket(tx, was.ticket_id, request, replace(on, actor=asker_of(was)), second=on.actor)
    return approval


def as_seen(tx: Transaction, ticket: Ticket, version: int) -> int:
    """The present version where only the service has noted something since `version`, else `version` itself.

    A clock that urges a unit while somebody looks at the ticket changes nothing of what they decide.
    """
    if version >= ticket.version:
        return version
    since = [entry for entry in tx.tickets.history_of(ticket.id) if entry.version > version]
    by_clock = all(entry.was == entry.to and entry.actor == SERVICE.name and "fact" in entry.facts for entry in since)
    return ticket.version if by_clock else version


def circumstances(tx: Transaction, ticket: Ticket, request: MoveRequest, on: Occasion) -> Circumstances:
    """What the step that is asked for depends on, read from the store; what it may be merged into is left out."""
    policy = on.policy
    row = find_move(ticket.state, request.to, field_verification=policy.field_verification)
    needs = row.needs if row else ()
    return Circumstances(
        policy=policy,
        proof=proof_of(tx, ticket, policy) if Need.AFTER_PHOTO in needs else Proof(),
        units=tx.units.ids() if Need.UNIT in needs else frozenset(),
        routed_unit=routed_unit(tx, ticket, policy) if Need.UNIT in needs else None,
        silent_units=_silent_units(tx, ticket) if request.to is State.CLOSED else (),
        after_photo_within_m=policy.after_photo_within_m,
        limit=policy.limit_for(ticket.condition, spot_of_ticket(tx, ticket, policy), ticket.filed_at or on.now),
    )


def proof_of(tx: Transaction, ticket: Ticket, policy: Policy) -> Proof:
    """What the after-photos of the latest work show; those from before a rework show what was refused."""
    reworked = [entry.at for entry in tx.tickets.history_of(ticket.id) if entry.to == State.REWORK]
    since = max(reworked, default=ticket.opened_at)
    shown = [one for one in tx.pictures.of_ticket(ticket.id) if one.role == AFTER and one.at >= since]
    return prove(ticket.place, [one.taken.place for one in shown], policy.after_photo_within_m)


def _silent_units(tx: Transaction, ticket: Ticket) -> tuple[str, ...]:
    if not ticket.co_units:
        return ()
    asked = tx.co_units.of_ticket(ticket.id)
    return tuple(one.unit_id for one in asked if one.is_silent and one.unit_id in ticket.co_units)


def _target_of_merge(tx: Transaction, ticket_id: str, request: MoveRequest) -> Ticket | None:
    """The ticket to merge into, held in one order with the one that is merged, so that no two wait for each other."""
    found = tx.tickets.find(request.merge_target) if request.merge_target else None
    if found is None:
        return None
    tx.tickets.hold_all((found.id, tx.tickets.get(ticket_id).id))
    return tx.tickets.get(found.id)


def _tell_target(tx: Transaction, target: Ticket, merged: Ticket, on: Occasion) -> None:
    """Write into the history of the other ticket what was merged into it."""
    told: dict[str, EntryFact] = {
        "ticket": merged.id,
        "number": merged.number,
        "sightings": tx.observations.count_of_ticket(merged.id),
    }
    note = Note(FactKind.MERGED_IN, details=told)
    tx.tickets.save(consequence(target, note, new_id("fct", on.now), on.actor, on.now, on.policy))


def routed_unit(tx: Transaction, ticket: Ticket, policy: Policy) -> str:
    """The id of the unit that a ticket goes to if nobody names one: that of its duty grid, else of the policy."""
    return unit_for(ticket.condition, ticket.place, tx.units.grids(), policy, camera=ticket.fixed_camera_id)


def put_evidence(
    tx: Transaction, ticket_id: str, picture: Picture, role: str, on: Occasion, taken: Taken | None = None
) -> Exhibit:
    """Put a picture to a ticket in a role; `taken` is where and when, by its own word. Put twice, it is there once.

    Raises:
        TicketUnknown: there is no such ticket.
        Forbidden: a viewer's or camera's wish, or another unit's ticket.
        IdempotencyMismatch: another picture, or another role, came under its key.
    """
    ticket = tx.tickets.get(ticket_id)
    if on.actor.role in (Role.VIEWER, Role.CAMERA) or not sees_ticket(on.actor, ticket):
        raise Forbidden(role=on.actor.role.value, wanted="evidence")
    if (before := _put_before(tx, ticket, picture, role)) is not None:
        return before
    exhibit = Exhibit(picture, role, on.actor.name, on.now, taken or Taken())
    tx.pictures.attach(ticket.id, exhibit)
    tx.events.add(on.now, "ticket.evidence", ticket.id, {"number": ticket.number, "role": role, "id": picture.id})
    return exhibit


def _put_before(tx: Transaction, ticket: Ticket, picture: Picture, role: str) -> Exhibit | None:
    """Keep the picture, and say how it hangs on the ticket already; IdempotencyMismatch if it is another one."""
    kept = tx.pictures.add(picture)
    before = next((one for one in tx.pictures.of_ticket(ticket.id) if one.picture.id == picture.id), None)
    if kept.original_sha256 != picture.original_sha256 or (before is not None and before.role != role):
        raise IdempotencyMismatch(picture=picture.id)
    return before


def sees_ticket(actor: Actor, ticket: Ticket) -> bool:
    """Whether a ticket is this actor's to look at: a unit sees those that it leads or helps with."""
    return actor.role != Role.UNIT or works_on(actor.unit_id, ticket)
