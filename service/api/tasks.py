"""Tasks of inspectors: tickets that wait for a look before filing or after handling."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed
from service.api.body import TEXT
from service.api.city import city_of
from service.api.telling import place_answer
from service.api.wire import Moment, Place
from service.domain.states import Role, State
from service.domain.tasks import TaskKind, states_of, task_of
from service.domain.ticket import Actor
from service.store.tickets import TicketFilter

router = APIRouter(tags=["field"])

FieldWorker = Annotated[Actor, Depends(Allowed(CASEWORKERS | {Role.INSPECTOR}))]


class TaskQuery(BaseModel):
    """Which tasks are wanted, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    kind: TaskKind | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None


class TaskAnswer(BaseModel):
    """One look that is due. It is answered by a move of the ticket: `version` is what the move names."""

    kind: TaskKind
    ticket_id: str
    number: str
    version: int
    state: State
    condition: str
    place: Place | None
    address: str | None
    since: Moment
    due_at: Moment | None
    late: bool


class TaskPage(BaseModel):
    """Tasks, those of the newest tickets first."""

    items: list[TaskAnswer]
    next: str | None


@router.get("/api/tasks")
def list_tasks(request: Request, _: FieldWorker, query: Annotated[TaskQuery, Query()]) -> TaskPage:
    """Tickets that wait for somebody to go there: `field_verify` before filing, `field_check` after handling."""
    city = city_of(request)
    policy, now = city.policy, city.clock()
    with city.store.read() as rows:
        found = rows.tickets.page(TicketFilter(states=states_of(query.kind)), query.limit + 1, query.cursor)
        shown = found[: query.limit]
        addresses = rows.addresses.of_tickets([ticket.id for ticket in shown])
    tasks = [task for ticket in shown if (task := task_of(ticket, policy)) is not None]
    items = [
        TaskAnswer(
            kind=task.kind,
            ticket_id=task.ticket.id,
            number=task.ticket.number,
            version=task.ticket.version,
            state=task.ticket.state,
            condition=task.ticket.condition,
            place=place_answer(task.ticket.place, task.ticket.place_source),
            address=addresses[task.ticket.id].text if task.ticket.id in addresses else None,
            since=task.since,
            due_at=task.due_at,
            late=task.is_late(now),
        )
        for task in tasks
    ]
    return TaskPage(items=items, next=shown[-1].id if len(found) > query.limit else None)
