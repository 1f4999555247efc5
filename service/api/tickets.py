"""Tickets: found, shown with everything behind them, moved, and given pictures."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from service.accounts.roles import HANDS
from service.api.access import Allowed, Person
from service.api.body import TEXT, Form, form_docs, in_utc, read_form
from service.api.city import city_of
from service.api.ground import Ground, several
from service.api.shown import listed, show_ticket
from service.api.sight import own_ticket
from service.api.telling import exhibit_answer
from service.api.ticket_wire import TicketAnswer
from service.api.wire import Moment, Place, TicketPage
from service.casework import EVIDENCE_ROLES, Occasion, move_ticket, put_evidence, sees_ticket
from service.domain.after_photos import Taken
from service.domain.moves import MoveRequest
from service.domain.states import Override, Resolution, Role, State
from service.domain.ticket import Actor
from service.errors import Forbidden, Unprocessable
from service.store import Transaction
from service.store.ids import stable_id
from service.store.tickets import BBox, Mark, TicketFilter

router = APIRouter(tags=["tickets"])

Hand = Annotated[Actor, Depends(Allowed(HANDS))]
FIELDS: Final = form_docs(
    "role",
    role={"type": "string", "enum": list(EVIDENCE_ROLES)},
    lat={"type": "number", "description": "Where it was taken, if the file itself does not say"},
    lon={"type": "number"},
    accuracy_m={"type": "number"},
    taken_at={"type": "string", "format": "date-time"},
)
NO_UNIT: Final = "-"
NO_MOMENT: Final = datetime.fromtimestamp(0, UTC)


class MoveWish(BaseModel):
    """A step that somebody wants to take; `version` is that of the ticket as they saw it.

    With `override` the duty chief closes although the after-photos were taken elsewhere; it needs a reason.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"to": "dispatched", "version": 3, "unit": "sanitation"}]},
    )

    to: State
    version: Annotated[int, Field(ge=1, le=2**31)]
    reason: Annotated[str, Field(max_length=2000, pattern=TEXT)] | None = None
    resolution: Resolution | None = None
    unit: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None
    review_at: Annotated[AwareDatetime, AfterValidator(in_utc)] | None = None
    merge_target: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None
    override: Override | None = None


class EvidenceKept(BaseModel):
    """A picture that was put to a ticket, and whether it says that it was taken there."""

    id: str
    sha256: str
    place: Place | None
    taken_at: Moment | None
    place_check: Literal["matches", "elsewhere", "unknown"]
    distance_m: float | None


class TicketWanted(Ground):
    """Which tickets are wanted, of a list and of an export."""

    state: Annotated[list[str], Field(default_factory=list, max_length=50, examples=[["filed,dispatched"]])]
    condition: Annotated[list[str], Field(default_factory=list, max_length=50, examples=[["litter"]])]
    mark: Annotated[list[str], Field(default_factory=list, max_length=10, examples=[["overdue,legal_hold"]])]
    bbox: Annotated[str | None, Field(max_length=100, examples=["121.40,31.20,121.50,31.30"])] = None
    unit: Annotated[str | None, Field(max_length=64, pattern=TEXT, description="Leads it or helps")] = None
    q: Annotated[str | None, Field(max_length=200, description="Part of a number, unit, address, note or shop")] = None

    def filter_for(self, caller: Actor, rows: Transaction) -> TicketFilter:
        """The tickets that are wanted, as far as they are this caller's to see.

        Raises:
            Unprocessable: a state, a mark or a rectangle that there is not.
            StreetUnknown, GridUnknown, PremisesUnknown: the city has none of that id.
        """
        return TicketFilter(
            states=states_in(self.state),
            conditions=frozenset(several(self.condition)),
            marks=_marks(self.mark),
            bbox=bbox_in(self.bbox),
            q=(self.q or "").strip() or None,
            unit_id=(caller.unit_id or NO_UNIT) if caller.role is Role.UNIT else self.unit,
            regions=self.regions(rows),
        )


class TicketQuery(TicketWanted):
    """Which tickets are wanted, and which page of them."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 50
    cursor: Annotated[str | None, Field(max_length=64)] = None


class TicketCounts(BaseModel):
    """How many tickets there are of a list."""

    states: dict[State, int]
    total: int


@router.get("/api/tickets")
def list_tickets(request: Request, caller: Person, query: Annotated[TicketQuery, Query()]) -> TicketPage:
    """Tickets, newest first.

    `state`, `condition`, `street`, `grid`, `premises` (in any that is named) and `mark` (overdue, urged, supervised,
    extended, legal_hold: all that are named) take several, divided by commas or said again; bbox is
    west,south,east,north.
    """
    with city_of(request).store.read() as rows:
        wanted = query.filter_for(caller, rows)
        found = rows.tickets.page(wanted, query.limit + 1, query.cursor)
        shown = found[: query.limit]
        items = listed(rows, shown)
    return TicketPage(items=items, next=shown[-1].id if len(found) > query.limit else None)


@router.get("/api/ticket-counts")
def count_tickets(request: Request, caller: Person, query: Annotated[TicketWanted, Query()]) -> TicketCounts:
    """How many tickets of a list stand in each state; a state without any is left out."""
    with city_of(request).store.read() as rows:
        counts = rows.tickets.count_by_state(query.filter_for(caller, rows))
    return TicketCounts(states=counts, total=sum(counts.values()))


@router.get("/api/tickets/{ticket_id}")
def get_ticket(request: Request, caller: Person, ticket_id: str) -> TicketAnswer:
    """A ticket by id or number, with sightings, pictures, history and the steps that this caller may take."""
    return show_ticket(city_of(request), caller, ticket_id)


@router.post("/api/tickets/{ticket_id}/moves")
def move(request: Request, caller: Hand, ticket_id: str, wish: MoveWish) -> TicketAnswer:
    """Take a ticket one step along the table of states."""
    city = city_of(request)
    step = MoveRequest(**wish.model_dump())
    with city.store.write() as rows:
        own_ticket(rows, caller, ticket_id)
        ticket = move_ticket(rows, ticket_id, step, Occasion(caller, city.policy, city.clock()))
    return show_ticket(city, caller, ticket.id)


@router.post("/api/tickets/{ticket_id}/evidence", status_code=201, openapi_extra=FIELDS)
def add_evidence(
    request: Request,
    caller: Hand,
    ticket_id: str,
    form: Annotated[Form, Depends(read_form)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255, pattern=r"^[\x21-\x7e ]+$")] = None,
) -> EvidenceKept:
    """Put a picture to a ticket; what the file says about its place wins over the form.

    Sent again with the same `Idempotency-Key`, it is there once.
    """
    city = city_of(request)
    role = form.text("role")
    if role not in EVIDENCE_ROLES:
        raise Unprocessable(field="role", problem="missing" if role is None else "unknown")
    with city.store.read() as rows:
        if not sees_ticket(caller, rows.tickets.get(ticket_id)):
            raise Forbidden(role=caller.role.value)
    picture_id = _picture_id(caller, ticket_id, idempotency_key)
    shot = city.intake.shot(form.file, caller, picture_id)
    taken = _taken(shot.taken, form)
    with city.store.write() as rows:
        on = Occasion(caller, city.policy, city.clock())
        exhibit = put_evidence(rows, ticket_id, shot.picture, role, on, taken)
        told = exhibit_answer(exhibit, rows.tickets.get(ticket_id), on.policy.after_photo_within_m)
    city.jobs.wake()
    return EvidenceKept(**told.model_dump(include=set(EvidenceKept.model_fields)))


def _picture_id(caller: Actor, ticket_id: str, key: str | None) -> str | None:
    return None if key is None else stable_id("pic", NO_MOMENT, caller.id, ticket_id, key)


def _taken(by_file: Taken, form: Form) -> Taken:
    place, taken_at = form.place(), form.moment("taken_at")
    said = Taken(place, "form" if place else None, by_file.taken_at or taken_at)
    return replace(by_file, taken_at=said.taken_at) if by_file.place else said


def states_in(told: list[str]) -> frozenset[State]:
    """States by name; Unprocessable for one that there is not."""
    try:
        return frozenset(State(name) for name in several(told))
    except ValueError as error:
        raise Unprocessable(field="state", problem="unknown") from error


def _marks(told: list[str]) -> frozenset[Mark]:
    try:
        return frozenset(Mark(name) for name in several(told))
    except ValueError as error:
        raise Unprocessable(field="mark", problem="unknown") from error


def bbox_in(told: str | None) -> BBox | None:
    """West, south, east, north; Unprocessable for what is no rectangle."""
    if not told:
        return None
    try:
        west, south, east, north = (float(number) for number in told.split(","))
    except ValueError as error:
        raise Unprocessable(field="bbox", problem="not_four_numbers") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Unprocessable(field="bbox", problem="out_of_order")
    return BBox(west, south, east, north)
