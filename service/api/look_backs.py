"""Look-backs 回头看 that a person has to make: closed tickets whose place no camera could look at again."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed
from service.api.body import TEXT
from service.api.city import City, city_of
from service.api.telling import place_answer
from service.api.wire import Moment, Place
from service.domain.facts import FactKind, Found
from service.domain.look_backs import looks_of
from service.domain.states import Role, State
from service.domain.ticket import Actor, Ticket
from service.store import Transaction
from service.store.tickets import TicketFilter

router = APIRouter(tags=["field"])

FieldWorker = Annotated[Actor, Depends(Allowed(CASEWORKERS | {Role.INSPECTOR}))]
KEPT_FOR: Final = timedelta(days=14)
"""So long after the last look-back of a ticket it is still asked for."""

AT_ONCE: Final = 200
MOST_PAGES: Final = 20


class LookBackQuery(BaseModel):
    """`wanted=false` shows those as well that are done or still to come."""

    model_config = ConfigDict(extra="forbid")

    wanted: bool = True
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None


class LookAnswer(BaseModel):
    """One look-back; `found` is null before anybody has said, `nobody_looked` where no camera did."""

    after_h: float
    due_at: Moment
    found: Found | None
    by: str | None
    at: Moment | None
    wanted: bool


class LookedBackTicket(BaseModel):
    """A closed ticket and its look-backs; the answer to them is the fact `looked_back`, result `clean` or `back`."""

    ticket_id: str
    number: str
    version: int
    condition: str
    place: Place | None
    address: str | None
    unit: str | None
    closed_at: Moment | None
    looks: list[LookAnswer]


class LookBackPage(BaseModel):
    """Look-backs, those of the newest tickets first."""

    items: list[LookedBackTicket]
    next: str | None


@router.get("/api/look-backs")
def list_look_backs(request: Request, _: FieldWorker, query: Annotated[LookBackQuery, Query()]) -> LookBackPage:
    """Closed tickets whose place somebody has to look at again."""
    city = city_of(request)
    items: list[LookedBackTicket] = []
    cursor = query.cursor
    with city.store.read() as rows:
        for _page in range(MOST_PAGES):
            found = rows.tickets.page(_lately_closed(city), AT_ONCE, cursor)
            for ticket in found:
                cursor = ticket.id
                answer = _answer(city, rows, ticket)
                if answer.looks and (not query.wanted or any(look.wanted for look in answer.looks)):
                    items.append(answer)
                if len(items) == query.limit:
                    return LookBackPage(items=items, next=cursor)
            if len(found) < AT_ONCE:
                return LookBackPage(items=items, next=None)
    return LookBackPage(items=items, next=cursor)


def _lately_closed(city: City) -> TicketFilter:
    longest = timedelta(hours=max(city.policy.look_back.after_h, default=0.0))
    return TicketFilter(states=frozenset({State.CLOSED}), ended_from=city.clock() - longest - KEPT_FOR)


def _answer(city: City, rows: Transaction, ticket: Ticket) -> LookedBackTicket:
    now = city.clock()
    typed = rows.addresses.of_tickets([ticket.id])
    looks = looks_of(ticket, rows.facts.of_ticket(ticket.id, [FactKind.LOOKED_BACK]), city.policy)
    return LookedBackTicket(
        ticket_id=ticket.id,
        number=ticket.number,
        version=ticket.version,
        condition=ticket.condition,
        place=place_answer(ticket.place, ticket.place_source),
        address=typed[ticket.id].text if ticket.id in typed else None,
        unit=ticket.unit_id,
        closed_at=ticket.ended_at,
        looks=[
            LookAnswer(
                after_h=one.after_h,
                due_at=one.due_at,
                found=one.found,
                by=one.by,
                at=one.at,
                wanted=one.is_wanted(now),
            )
            for one in looks
        ],
    )
