"""Tickets: found, shown with everything behind them, moved, and given pictures."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from service.accounts.roles import HANDS
from service.api.access import Allowed, Person
from service.api.body import TEXT, Form, form_docs, in_utc, read_form
from service.api.city import City, city_of
from service.api.sight import own_ticket
from service.api.telling import exhibit_answer, history_answer, observation_answer, sighting_answer, ticket_listed
from service.api.wire import OpenMove, TicketAnswer, TicketListed, TicketPage
from service.casework import Occasion, move_ticket, put_evidence, sees_ticket
from service.domain.moves import MoveRequest, may_move
from service.domain.states import Resolution, Role, State, moves_from
from service.domain.ticket import Actor, Ticket
from service.errors import Forbidden, Unprocessable
from service.store import Transaction
from service.store.tickets import BBox, TicketFilter

router = APIRouter(tags=["tickets"])

Hand = Annotated[Actor, Depends(Allowed(HANDS))]
MOST_OBSERVATIONS: Final = 100
EVIDENCE_ROLES: Final = ("before", "after", "near", "far")
FIELDS: Final = form_docs("role", role={"type": "string", "enum": list(EVIDENCE_ROLES)})
NO_UNIT: Final = "-"


class MoveWish(BaseModel):
    """A step that somebody wants to take; `version` is that of the ticket as they saw it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"to": "dispatched", "version": 3, "unit": "sanitation"}]},
    )

    to: State
    version: Annotated[int, Field(ge=1, le=2**31)]
    reason: Annotated[str, Field(max_length=2000, pattern=TEXT)] | None = None
    resolution: Resolution | None = None
    unit: Annotated[str, Field(max_length=64)] | None = None
    review_at: Annotated[AwareDatetime, AfterValidator(in_utc)] | None = None
    merge_target: Annotated[str, Field(max_length=64)] | None = None


class EvidenceKept(BaseModel):
    """A picture that was put to a ticket."""

    id: str
    sha256: str


class TicketQuery(BaseModel):
    """Which tickets are wanted."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[list[str], Field(max_length=50, examples=[["filed,dispatched"]])] = []
    condition: Annotated[list[str], Field(max_length=50, examples=[["litter"]])] = []
    bbox: Annotated[str | None, Field(max_length=100, examples=["121.40,31.20,121.50,31.30"])] = None
    q: Annotated[str | None, Field(max_length=200, description="Part of a number, unit or note")] = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50
    cursor: Annotated[str | None, Field(max_length=64)] = None


@router.get("/api/tickets")
def list_tickets(request: Request, caller: Person, query: Annotated[TicketQuery, Query()]) -> TicketPage:
    """Tickets, newest first.

    `state` and `condition` take several, divided by commas or said again; bbox is west,south,east,north.
    """
    wanted = TicketFilter(
        states=_states(query.state),
        conditions=frozenset(_several(query.condition)),
        bbox=_bbox(query.bbox),
        q=(query.q or "").strip() or None,
        unit_id=(caller.unit_id or NO_UNIT) if caller.role is Role.UNIT else None,
    )
    with city_of(request).store.read() as rows:
        found = rows.tickets.page(wanted, query.limit + 1, query.cursor)
        shown = found[: query.limit]
        return TicketPage(
            items=[_listed(rows, ticket) for ticket in shown], next=shown[-1].id if len(found) > query.limit else None
        )


@router.get("/api/tickets/{ticket_id}")
def get_ticket(request: Request, caller: Person, ticket_id: str) -> TicketAnswer:
    """A ticket by id or number, with sightings, pictures, history and the steps that this caller may take."""
    return _shown(city_of(request), caller, ticket_id)


@router.post("/api/tickets/{ticket_id}/moves")
def move(request: Request, caller: Hand, ticket_id: str, wish: MoveWish) -> TicketAnswer:
    """Take a ticket one step along the table of states."""
    city = city_of(request)
    step = MoveRequest(**wish.model_dump())
    with city.store.write() as rows:
        own_ticket(rows, caller, ticket_id)
        ticket = move_ticket(rows, ticket_id, step, Occasion(caller, city.policy, city.clock()))
    return _shown(city, caller, ticket.id)


@router.post("/api/tickets/{ticket_id}/evidence", status_code=201, openapi_extra=FIELDS)
def add_evidence(
    request: Request, caller: Hand, ticket_id: str, form: Annotated[Form, Depends(read_form)]
) -> EvidenceKept:
    """Put a picture to a ticket: before, after, near or far."""
    city = city_of(request)
    role = form.text("role")
    if role not in EVIDENCE_ROLES:
        raise Unprocessable(field="role", problem="missing" if role is None else "unknown")
    with city.store.read() as rows:
        if not sees_ticket(caller, rows.tickets.get(ticket_id)):
            raise Forbidden(role=caller.role.value)
    picture = city.intake.picture(form.file, caller)
    with city.store.write() as rows:
        put_evidence(rows, ticket_id, picture, role, Occasion(caller, city.policy, city.clock()))
    city.jobs.wake()
    return EvidenceKept(id=picture.id, sha256=picture.original_sha256)


def _shown(city: City, caller: Actor, ticket_id: str) -> TicketAnswer:
    with city.store.read() as rows:
        ticket = own_ticket(rows, caller, ticket_id)
        seen = rows.observations.of_ticket(ticket.id, MOST_OBSERVATIONS)
        shown = [(one, rows.pictures.get(one.seen.picture_id)) for one in seen]
        evidence = [sighting_answer(one, picture) for one, picture in shown]
        evidence += [exhibit_answer(exhibit) for exhibit in rows.pictures.of_ticket(ticket.id)]
        return TicketAnswer(
            **_listed(rows, ticket).model_dump(),
            observations=[observation_answer(one, picture) for one, picture in shown],
            evidence=list({picture.id: picture for picture in evidence}.values()),
            history=[history_answer(entry) for entry in rows.tickets.history_of(ticket.id)],
            moves=_moves(city, caller, ticket),
        )


def _moves(city: City, caller: Actor, ticket: Ticket) -> list[OpenMove]:
    return [
        OpenMove(to=step.to, needs=[need.value for need in step.needs])
        for step in moves_from(ticket.state, field_verification=city.policy.field_verification)
        if may_move(caller, step, ticket)
    ]


def _listed(rows: Transaction, ticket: Ticket) -> TicketListed:
    latest = rows.observations.of_ticket(ticket.id, 1)
    return ticket_listed(
        ticket, latest[0].seen.picture_id if latest else None, rows.observations.count_of_ticket(ticket.id)
    )


def _several(told: list[str]) -> list[str]:
    return [name for name in ",".join(told).split(",") if name]


def _states(told: list[str]) -> frozenset[State]:
    try:
        return frozenset(State(name) for name in _several(told))
    except ValueError as error:
        raise Unprocessable(field="state", problem="unknown") from error


def _bbox(told: str | None) -> BBox | None:
    if not told:
        return None
    try:
        west, south, east, north = (float(number) for number in told.split(","))
    except ValueError as error:
        raise Unprocessable(field="bbox", problem="not_four_numbers") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Unprocessable(field="bbox", problem="out_of_order")
    return BBox(west, south, east, north)
