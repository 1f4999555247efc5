"""Two people where one may not decide alone: a chief who has forced many closes needs another chief for the next."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from service.domain.audit import AuditLine
from service.domain.states import Resolution, Role, State, find_move, moves_from
from service.domain.ticket import Actor, Change, Ticket
from service.errors import Forbidden, IllegalMove, ReasonMissing, TicketChanged
from service.errors.approvals import ApprovalDecided, SamePerson, SecondPersonNeeded
from service.occasion import Occasion
from service.store.approvals import Approval, Status
from service.store.ids import new_id
from service.store.transaction import Transaction

WINDOW: Final = timedelta(hours=24)


def is_forced_close(change: Change) -> bool:
    """Whether a step closes by force."""
    return change.entry.to is State.CLOSED and change.ticket.resolution is Resolution.FORCED


def refuse_alone(tx: Transaction, on: Occasion) -> None:
    """SecondPersonNeeded if the actor has forced as many closes alone in the last day as the policy allows."""
    limit = on.policy.forced_alone_a_day
    tx.lock([f"forced:{on.actor.name}"])
    if tx.approvals.forced_alone(on.actor.name, on.now - WINDOW) >= limit:
        raise SecondPersonNeeded(limit=limit, hours=int(WINDOW.total_seconds() // 3600))


def seconded(change: Change, second: Actor) -> Change:
    """The step with the second person written into its line of history."""
    facts = MappingProxyType({**change.entry.facts, "second": second.name})
    return replace(change, entry=replace(change.entry, facts=facts))


def ask(tx: Transaction, ticket_id: str, version: int, reason: str, on: Occasion) -> Approval:
    """Ask another chief to confirm a forced close; what is waiting on that ticket already is answered again.

    Raises:
        Forbidden: not a chief.
        ReasonMissing, TicketUnknown, TicketChanged, IllegalMove: it could not be closed by force now either.
    """
    if on.actor.role is not Role.CHIEF:
        raise Forbidden(role=on.actor.role.value, wanted=Resolution.FORCED.value)
    if not reason.strip():
        raise ReasonMissing(wanted=State.CLOSED.value)
    ticket = tx.tickets.hold(ticket_id)
    _refuse_what_cannot_close(ticket, version, on)
    waiting = tx.approvals.waiting_on(ticket.id)
    if waiting is not None and waiting.version == version:
        return waiting
    approval = Approval(
        id=new_id("apr", on.now),
        ticket_id=ticket.id,
        version=version,
        reason=reason.strip(),
        asked_by=on.actor.id,
        asked_name=on.actor.name,
        asked_at=on.now,
    )
    tx.approvals.add(approval)
    _tell(tx, "approval.asked", approval, reason.strip(), on)
    return approval


def decide(tx: Transaction, approval_id: str, *, confirmed: bool, reason: str | None, on: Occasion) -> Approval:
    """Confirm or refuse what another chief asks for; `service.casework.confirm` also takes the step.

    Raises:
        ApprovalUnknown: nobody has asked.
        Forbidden, SamePerson: not a chief, or the one who asks.
        ApprovalDecided: it was decided otherwise. The same word again changes nothing.
        ReasonMissing: a refusal says why.
    """
    approval = tx.approvals.get(approval_id)
    if on.actor.role is not Role.CHIEF:
        raise Forbidden(role=on.actor.role.value, wanted="approval")
    status = Status.CONFIRMED if confirmed else Status.REFUSED
    if approval.status is not Status.WAITING:
        if (approval.status, approval.decided_by) == (status, on.actor.id):
            return approval
        raise ApprovalDecided(status=approval.status.value, by=approval.decided_name)
    if on.actor.id == approval.asked_by:
        raise SamePerson(asked_by=approval.asked_name)
    given = (reason or "").strip() or None
    if not confirmed and given is None:
        raise ReasonMissing(wanted=status.value)
    decided = replace(
        approval,
        status=status,
        decided_by=on.actor.id,
        decided_name=on.actor.name,
        decided_at=on.now,
        decided_reason=given,
    )
    tx.approvals.replace(decided)
    _tell(tx, f"approval.{status.value}", decided, given, on)
    return decided


def asker_of(approval: Approval) -> Actor:
    """The one who asked, as one who acts."""
    return Actor(approval.asked_by, approval.asked_name, Role.CHIEF)


def _refuse_what_cannot_close(ticket: Ticket, version: int, on: Occasion) -> None:
    if ticket.version != version:
        raise TicketChanged(version=ticket.version, wanted=version)
    verified = on.policy.field_verification
    if find_move(ticket.state, State.CLOSED, field_verification=verified) is None:
        allowed = [step.to.value for step in moves_from(ticket.state, field_verification=verified)]
        raise IllegalMove(was=ticket.state.value, wanted=State.CLOSED.value, allowed=allowed)


def _tell(tx: Transaction, what: str, approval: Approval, reason: str | None, on: Occasion) -> None:
    facts = {"approval": approval.id, "version": approval.version}
    tx.audit.add(AuditLine(on.now, on.actor.name, what, approval.ticket_id, reason, facts))
    tx.events.add(on.now, what, approval.ticket_id, {**facts, "by": on.actor.name})
