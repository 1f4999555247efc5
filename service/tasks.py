"""Looks that are due, given to inspectors or taken by them, given back and passed on; each change recorded."""

from dataclasses import replace
from datetime import datetime

from service.domain.audit import AuditLine
from service.domain.states import DESK
from service.domain.tasks import Ended, Holding, Task, task_of
from service.domain.ticket import Actor, Ticket
from service.errors import Forbidden
from service.errors.field import InspectorUnknown, TaskTaken, TaskUnknown
from service.errors.tickets import ReasonMissing
from service.occasion import Occasion
from service.store.ids import new_id
from service.store.transaction import Transaction


def assign_task(
    tx: Transaction, ticket_id: str, login: str, due_at: datetime | None, note: str | None, on: Occasion
) -> Holding:
    """Give the task of a ticket to an inspector, also where another one holds it.

    Raises:
        TicketUnknown, TaskUnknown: there is no such ticket, or it does not wait for anybody to go there.
        InspectorUnknown: no inspector in service has that login.
    """
    task = _task(tx, ticket_id, on)
    inspector = tx.tasks.inspector(login)
    if inspector is None:
        raise InspectorUnknown(login=login)
    held = tx.tasks.held([task.ticket.id]).get(task.ticket.id)
    if held is not None:
        if (held.holder_id, held.due_at, held.note) == (inspector.id, due_at or task.due_at, note):
            return held
        tx.tasks.end(held, on.now, on.actor.name, Ended.PASSED_ON)
    return _give(tx, task, inspector, due_at, note, on)


def take_task(tx: Transaction, ticket_id: str, on: Occasion) -> Holding:
    """Take the task of a ticket; taking it twice changes nothing. TicketUnknown, TaskUnknown, TaskTaken."""
    task = _task(tx, ticket_id, on)
    held = tx.tasks.held([task.ticket.id]).get(task.ticket.id)
    if held is None:
        return _give(tx, task, on.actor, None, None, on)
    if held.holder_id != on.actor.id:
        raise TaskTaken(holder=held.holder)
    return held


def give_back_task(tx: Transaction, ticket_id: str, reason: str | None, on: Occasion) -> Holding:
    """Give a task back, with a reason, so that somebody else can take it; the desk may do so for its holder.

    Raises:
        TicketUnknown, TaskUnknown: there is no such ticket, or nobody holds its task.
        Forbidden: it is another inspector's.
        ReasonMissing: nobody said why.
    """
    ticket = tx.tickets.hold(ticket_id)
    held = tx.tasks.held([ticket.id]).get(ticket.id)
    if held is None:
        raise TaskUnknown(ticket=ticket.number)
    if held.holder_id != on.actor.id and on.actor.role not in DESK:
        raise Forbidden(role=on.actor.role.value, wanted="give_back")
    if not (reason and reason.strip()):
        raise ReasonMissing(wanted="give_back")
    tx.tasks.end(held, on.now, on.actor.name, Ended.GIVEN_BACK, reason.strip())
    _record(tx, "task.given_back", ticket, held, reason.strip(), on)
    return replace(held, ended_at=on.now, ended_by=on.actor.name, ended_how=Ended.GIVEN_BACK, ended_why=reason.strip())


def settle_task(tx: Transaction, moved: Ticket, on: Occasion) -> None:
    """End the holding of a task whose look is done, because its ticket was moved on."""
    held = tx.tasks.held([moved.id]).get(moved.id)
    if held is not None and not held.outlives(moved.state):
        tx.tasks.end(held, on.now, on.actor.name, Ended.DONE)


def answer_task(tx: Transaction, ticket: Ticket, on: Occasion) -> None:
    """End the holding of a task whose holder has been there; the ticket waits for the desk now."""
    held = tx.tasks.held([ticket.id]).get(ticket.id)
    if held is not None:
        tx.tasks.end(held, on.now, on.actor.name, Ended.DONE)


def _task(tx: Transaction, ticket_id: str, on: Occasion) -> Task:
    ticket = tx.tickets.hold(ticket_id)
    task = task_of(ticket, on.policy)
    if task is None:
        raise TaskUnknown(ticket=ticket.number)
    return task


def _give(
    tx: Transaction, task: Task, holder: Actor, due_at: datetime | None, note: str | None, on: Occasion
) -> Holding:
    ticket = task.ticket
    holding = Holding(
        id=new_id("hld", on.now),
        ticket_id=ticket.id,
        kind=task.kind,
        holder_id=holder.id,
        holder=holder.name,
        by=on.actor.name,
        at=on.now,
        due_at=due_at or task.due_at,
        note=note,
    )
    tx.tasks.give(holding)
    _record(tx, "task.taken" if holder.id == on.actor.id else "task.assigned", ticket, holding, note, on)
    return holding


def _record(tx: Transaction, action: str, ticket: Ticket, holding: Holding, why: str | None, on: Occasion) -> None:
    told = {"kind": holding.kind.value, "holder": holding.holder}
    tx.audit.add(AuditLine(on.now, on.actor.name, action, ticket.id, why, told))
    due = holding.due_at.isoformat() if holding.due_at else None
    tx.tickets.tell(on.now, action, ticket, {**told, "by": on.actor.name, "due_at": due})
