"""Tasks of inspectors: tickets that wait for a look before filing or after handling, and whose each of them is."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed, Caseworker
from service.api.body import TEXT, in_utc
from service.api.city import City, city_of
from service.api.ground import Ground
from service.api.telling import place_answer
from service.api.wire import Moment, Place
from service.domain.facts import Fact, FactKind, Seen
from service.domain.states import Role, State
from service.domain.tasks import Ended, Holding, Task, TaskKind, states_of, task_of
from service.domain.ticket import Actor
from service.occasion import Occasion
from service.store import Transaction
from service.store.tickets import TicketFilter
from service.tasks import assign_task, give_back_task, take_task

router = APIRouter(tags=["field"])

FieldWorker = Annotated[Actor, Depends(Allowed(CASEWORKERS | {Role.INSPECTOR}))]
Reason = Annotated[str, Field(max_length=2000, pattern=TEXT)]
ME: Final = "me"
NOBODY: Final = "none"


class TaskQuery(Ground):
    """Which tasks are wanted, and which page of them; `holder` is a login, `me`, or `none` for those that are free."""

    kind: TaskKind | None = None
    holder: Annotated[str, Field(min_length=1, max_length=64, pattern=TEXT)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None

    def filter_for(self, caller: Actor, rows: Transaction) -> TicketFilter:
        """The tickets whose tasks are wanted; StreetUnknown, GridUnknown, PremisesUnknown."""
        is_free = self.holder == NOBODY
        held_by = caller.id if self.holder == ME else None if is_free else self.holder
        return TicketFilter(states=states_of(self.kind), held_by=held_by, is_unheld=is_free, regions=self.regions(rows))


class HoldingAnswer(BaseModel):
    """Whose a task is, or was: given `by` the desk, or taken by the holder. `late`: held beyond its time."""

    kind: TaskKind
    holder: str
    by: str
    at: Moment
    due_at: Moment | None
    late: bool
    note: str | None
    ended_at: Moment | None
    ended_by: str | None
    ended_how: Ended | None
    ended_why: str | None


class LookAnswer(BaseModel):
    """What somebody saw who was there."""

    result: Seen
    by: str
    at: Moment
    note: str | None


class TaskAnswer(BaseModel):
    """One look that is due.

    It is answered by the fact `field_looked`, or by a move of the ticket: `version` is what the move names. Once it is
    answered, `looked` says what was seen, and the ticket waits for the desk. `picture` is the latest one of it.
    """

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
    held: HoldingAnswer | None
    picture: str | None
    looked: LookAnswer | None


class TaskPage(BaseModel):
    """Tasks, those of the newest tickets first."""

    items: list[TaskAnswer]
    next: str | None


class Assignment(BaseModel):
    """To whom a task is given; without `due_at` the policy's limit of the stage holds."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"inspector": "inspector", "note": "go first"}]}
    )

    inspector: Annotated[str, Field(min_length=1, max_length=64, pattern=TEXT)]
    due_at: Annotated[AwareDatetime, AfterValidator(in_utc)] | None = None
    note: Reason | None = None


class GiveBack(BaseModel):
    """Why somebody cannot go."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "off sick"}]})

    reason: Reason


class HoldingList(BaseModel):
    """Everybody who has held a task of a ticket, the latest first."""

    items: list[HoldingAnswer]
    next: str | None = None


class InspectorAnswer(BaseModel):
    """An inspector with the tasks at hand."""

    login: str
    held: int
    late: int


class InspectorList(BaseModel):
    """All inspectors whose accounts are open."""

    items: list[InspectorAnswer]
    next: str | None = None
    free: int


@router.get("/api/tasks")
def list_tasks(request: Request, caller: FieldWorker, query: Annotated[TaskQuery, Query()]) -> TaskPage:
    """Tickets that wait for somebody to go there: `field_verify` before filing, `field_check` after handling; those of
    a `street`, a `grid` or `premises` for who walks there.
    """
    city = city_of(request)
    with city.store.read() as rows:
        found = rows.tickets.page(query.filter_for(caller, rows), query.limit + 1, query.cursor)
        shown = found[: query.limit]
        tasks = [task for ticket in shown if (task := task_of(ticket, city.policy)) is not None]
        items = _answers(city, rows, tasks)
    return TaskPage(items=items, next=shown[-1].id if len(found) > query.limit else None)


@router.get("/api/tasks/{ticket_id}/holders")
def list_holders(request: Request, _: FieldWorker, ticket_id: str) -> HoldingList:
    """Whose the task of a ticket is and was: who gave it, who took it, gave it back or did it, and when."""
    city = city_of(request)
    with city.store.read() as rows:
        held = rows.tasks.of_ticket(rows.tickets.get(ticket_id).id)
    return HoldingList(items=[_holding(city, one) for one in held])


@router.post("/api/tasks/{ticket_id}/assign")
def assign(request: Request, caller: Caseworker, ticket_id: str, wish: Assignment) -> HoldingAnswer:
    """Give the task of a ticket to an inspector, also where another one holds it."""
    city = city_of(request)
    with city.store.write() as rows:
        on = Occasion(caller, city.policy, city.clock())
        return _holding(city, assign_task(rows, ticket_id, wish.inspector, wish.due_at, wish.note, on))


@router.post("/api/tasks/{ticket_id}/take")
def take(request: Request, caller: FieldWorker, ticket_id: str) -> HoldingAnswer:
    """Take the task of a ticket, if nobody else has it."""
    city = city_of(request)
    with city.store.write() as rows:
        return _holding(city, take_task(rows, ticket_id, Occasion(caller, city.policy, city.clock())))


@router.post("/api/tasks/{ticket_id}/give-back")
def give_back(request: Request, caller: FieldWorker, ticket_id: str, wish: GiveBack) -> HoldingAnswer:
    """Give a task back, so that somebody else can take it."""
    city = city_of(request)
    with city.store.write() as rows:
        on = Occasion(caller, city.policy, city.clock())
        return _holding(city, give_back_task(rows, ticket_id, wish.reason, on))


@router.get("/api/inspectors")
def list_inspectors(request: Request, _: Caseworker) -> InspectorList:
    """To whom a task can be given, with how many tasks each has; `free` tasks are nobody's yet."""
    city = city_of(request)
    with city.store.read() as rows:
        counts = rows.tasks.counts(city.clock())
        items = [
            InspectorAnswer(login=one.name, held=counts.get(one.id, (0, 0))[0], late=counts.get(one.id, (0, 0))[1])
            for one in rows.tasks.inspectors()
        ]
        free = rows.tickets.count(TicketFilter(states=states_of(None), is_unheld=True))
    return InspectorList(items=items, free=free)


def _answers(city: City, rows: Transaction, tasks: list[Task]) -> list[TaskAnswer]:
    now, ids = city.clock(), [task.ticket.id for task in tasks]
    addresses, held = rows.addresses.of_tickets(ids), rows.tasks.held(ids)
    behind, looks = rows.observations.behind(ids), rows.facts.latest(ids, FactKind.FIELD_LOOKED)
    return [
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
            held=_holding(city, held[task.ticket.id]) if task.ticket.id in held else None,
            picture=behind[task.ticket.id].picture_id if task.ticket.id in behind else None,
            looked=_look(looks.get(task.ticket.id), task),
        )
        for task in tasks
    ]


def _look(fact: Fact | None, task: Task) -> LookAnswer | None:
    """The answer to this task; one from before the ticket came to wait again is none."""
    if fact is None or fact.noted_at < task.since:
        return None
    return LookAnswer(result=Seen(str(fact.details["result"])), by=fact.by, at=fact.at, note=fact.reason)


def _holding(city: City, one: Holding) -> HoldingAnswer:
    names = set(HoldingAnswer.model_fields) - {"late"}
    return HoldingAnswer(**{name: getattr(one, name) for name in names}, late=one.is_late(city.clock()))
