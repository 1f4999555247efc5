"""What is noted of tickets without moving them: facts, extensions, co-units; and a merge that is taken back."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Header, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from detector.catalog import Limit
from service import facts, merges
from service.accounts.roles import CREWS, HANDS
from service.api.access import Allowed, Caseworker
from service.api.body import TEXT, in_utc
from service.api.city import City, city_of
from service.api.shown import show_ticket
from service.api.sight import own_ticket
from service.api.ticket_wire import TicketAnswer
from service.casework import Occasion
from service.domain.co_units import Answer
from service.domain.facts import FACT_ROWS, FactKind
from service.domain.noting import Extension, Note
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors import Unprocessable

router = APIRouter(tags=["tickets"])

Hand = Annotated[Actor, Depends(Allowed(HANDS))]
Crew = Annotated[Actor, Depends(Allowed(CREWS))]
Chief = Annotated[Actor, Depends(Allowed(frozenset({Role.CHIEF})))]

Version = Annotated[int, Field(ge=1, le=2**31)]
Words = Annotated[str, Field(max_length=2000, pattern=TEXT)]
Name = Annotated[str, Field(max_length=200, pattern=TEXT)]
When = Annotated[AwareDatetime, AfterValidator(in_utc)]
NotedByHand = Literal[
    "urged", "supervised", "legal_hold", "hold_lifted", "dissuaded", "transferred", "looked_back", "field_looked"
]  # fmt: skip
DETAILS: Final = ("who", "result", "unit", "reference", "outcome", "number", "medium")


class FactWish(BaseModel):
    """Something that has happened; `/api/moves` says which fields each kind needs and may have.

    `at` is when it happened (now), `version` that of the ticket as they saw it, where it matters.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "dissuaded",
                    "at": "2026-11-25T04:00:00Z",
                    "who": "shop owner",
                    "result": "will clear by noon",
                },
                {"kind": "transferred", "unit": "urban enforcement", "reference": "ZF-2026-118"},
            ]
        },
    )

    kind: NotedByHand
    version: Version | None = None
    at: When | None = None
    reason: Words | None = None
    who: Name | None = None
    result: Words | None = None
    unit: Name | None = None
    reference: Name | None = None
    outcome: Words | None = None
    number: Name | None = None
    medium: Name | None = None


class LimitWish(BaseModel):
    """How much more time."""

    model_config = ConfigDict(extra="forbid")

    amount: Annotated[int, Field(ge=1, le=1000)]
    unit: Literal["minute", "urgent_hour", "working_hour", "working_day", "calendar_day"]


class ExtensionWish(BaseModel):
    """More time: `until` a moment, or `by` a limit from the old due time on; a second one needs its `form`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"version": 5, "by": {"amount": 1, "unit": "working_day"}, "reason": "the crane is late"}]
        },
    )

    version: Version
    reason: Words | None = None
    until: When | None = None
    by: LimitWish | None = None
    form: Name | None = None


class CoUnitWish(BaseModel):
    """A unit that is to help the lead unit."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"version": 5, "unit": "housing", "task": "open the gate of the yard"}]},
    )

    version: Version
    unit: Annotated[str, Field(max_length=64, pattern=TEXT)]
    task: Words | None = None


class FeedbackWish(BaseModel):
    """What a co-unit says about its part."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"answer": "done", "remark": "the gate is open"}]}
    )

    answer: Answer
    remark: Words | None = None


class ReasonWish(BaseModel):
    """Why something is taken back; `version` is that of the ticket as they saw it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"version": 6, "reason": "another heap"}]}
    )

    version: Version
    reason: Words | None = None


@router.post("/api/tickets/{ticket_id}/facts")
def note_fact(
    request: Request,
    caller: Hand,
    ticket_id: str,
    wish: FactWish,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> TicketAnswer:
    """Note that something has happened to a ticket; with an `Idempotency-Key` it is noted once, however often sent."""
    kind = FactKind(wish.kind)
    told = {name: value for name in DETAILS if (value := getattr(wish, name)) is not None}
    row = FACT_ROWS[kind]
    for name in told:
        if name not in (*row.needs, *row.may_say):
            raise Unprocessable(field=name, problem="unknown")
    if row.results and told.get("result", row.results[0]) not in row.results:
        raise Unprocessable(field="result", problem="unknown", allowed=list(row.results))
    key = f"{caller.id}:{idempotency_key}" if idempotency_key else None
    note = Note(kind, wish.reason, wish.at, wish.version, key, told)
    city = city_of(request)
    with city.store.write() as rows:
        own_ticket(rows, caller, ticket_id)
        facts.note(rows, ticket_id, note, _now(city, caller))
    return show_ticket(city, caller, ticket_id)


@router.post("/api/tickets/{ticket_id}/extensions")
def extend(request: Request, caller: Chief, ticket_id: str, wish: ExtensionWish) -> TicketAnswer:
    """Give a ticket more time; it is no longer overdue, and counts as extended."""
    if (wish.until is None) == (wish.by is None):
        raise Unprocessable(field="until", problem="missing" if wish.until is None else "said_twice")
    by = Limit(wish.by.amount, wish.by.unit) if wish.by else None
    city = city_of(request)
    with city.store.write() as rows:
        extension = Extension(wish.reason, wish.version, wish.until, by, wish.form)
        facts.extend(rows, ticket_id, extension, _now(city, caller))
    return show_ticket(city, caller, ticket_id)


@router.post("/api/tickets/{ticket_id}/co-units")
def ask_co_unit(request: Request, caller: Caseworker, ticket_id: str, wish: CoUnitWish) -> TicketAnswer:
    """Ask a unit to help the lead unit; it sees the ticket from now on and answers for its part."""
    city = city_of(request)
    with city.store.write() as rows:
        facts.ask_co_unit(rows, ticket_id, wish.unit, wish.task, wish.version, _now(city, caller))
    return show_ticket(city, caller, ticket_id)


@router.post("/api/tickets/{ticket_id}/co-units/{unit_id}/feedback")
def answer_as_co_unit(request: Request, caller: Crew, ticket_id: str, unit_id: str, wish: FeedbackWish) -> TicketAnswer:
    """Say what a co-unit did about its part; said again, the latest word counts and all stay in the history."""
    city = city_of(request)
    with city.store.write() as rows:
        own_ticket(rows, caller, ticket_id)
        facts.answer_co_unit(rows, ticket_id, unit_id, wish.answer, wish.remark, _now(city, caller))
    return show_ticket(city, caller, ticket_id)


@router.post("/api/tickets/{ticket_id}/co-units/{unit_id}/release")
def release_co_unit(
    request: Request, caller: Caseworker, ticket_id: str, unit_id: str, wish: ReasonWish
) -> TicketAnswer:
    """Let a co-unit go; it no longer sees the ticket."""
    city = city_of(request)
    with city.store.write() as rows:
        facts.release_co_unit(rows, ticket_id, unit_id, wish.reason, wish.version, _now(city, caller))
    return show_ticket(city, caller, ticket_id)


@router.post("/api/tickets/{ticket_id}/merges/undo")
def undo_merge(request: Request, caller: Caseworker, ticket_id: str, wish: ReasonWish) -> TicketAnswer:
    """Take a merge back; what was seen since then nearer to this ticket than to the other comes back to it."""
    city = city_of(request)
    with city.store.write() as rows:
        merges.undo_merge(rows, ticket_id, wish.version, wish.reason, _now(city, caller))
    return show_ticket(city, caller, ticket_id)


def _now(city: City, caller: Actor) -> Occasion:
    return Occasion(caller, city.policy, city.clock())
