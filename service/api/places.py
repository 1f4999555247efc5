"""Where a ticket is: its point, the address that somebody typed, the premises, duty grids and street around it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from service.accounts.roles import HANDS
from service.api.access import Allowed, Person
from service.api.city import city_of
from service.api.premises import PremisesAnswer, premises_answer
from service.api.sight import own_ticket
from service.api.telling import place_answer
from service.api.wire import Moment, Place
from service.domain.audit import AuditLine
from service.domain.routing import grids_at
from service.domain.ticket import Actor, Ticket
from service.nudges import answerable
from service.store import Transaction
from service.store.addresses import Address

router = APIRouter(tags=["field"])

Hand = Annotated[Actor, Depends(Allowed(HANDS))]


class AddressWish(BaseModel):
    """An address as people say it; nobody is asked over the network what it means."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"address": "河东街 12 号门前"}]})

    address: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")]


class AddressAnswer(BaseModel):
    """An address, who typed it and when."""

    text: str
    by: str
    at: Moment


class TicketPlace(BaseModel):
    """Where a ticket is. `premises` are those whose frontage holds it, on the ground or as drawn into its camera's
    picture; `answerable` is the one that answers for it.
    """

    place: Place | None
    address: AddressAnswer | None
    premises: list[PremisesAnswer]
    answerable: str | None
    grids: list[str]
    streets: list[str]


@router.get("/api/tickets/{ticket_id}/place")
def get_ticket_place(request: Request, caller: Person, ticket_id: str) -> TicketPlace:
    """Where a ticket is, in metres and in words."""
    with city_of(request).store.read() as rows:
        return _answer(rows, own_ticket(rows, caller, ticket_id))


@router.put("/api/tickets/{ticket_id}/place")
def put_ticket_address(request: Request, caller: Hand, ticket_id: str, wish: AddressWish) -> TicketPlace:
    """Type the address of a ticket; the last word counts, and every word is in the audit trail."""
    city = city_of(request)
    now = city.clock()
    with city.store.write() as rows:
        ticket = own_ticket(rows, caller, ticket_id)
        address = Address(wish.address.strip(), caller.name, now)
        rows.addresses.put(ticket.id, address)
        facts = {"address": address.text}
        rows.audit.add(AuditLine(now, caller.name, "ticket.addressed", ticket.id, None, facts))
        return _answer(rows, ticket)


def _answer(rows: Transaction, ticket: Ticket) -> TicketPlace:
    place, address = ticket.place, rows.addresses.of_tickets([ticket.id]).get(ticket.id)
    here = [one for one in rows.premises.around(place) if one.holds(place)] if place else []
    shop = answerable(rows, ticket)
    if shop is not None and shop not in here:
        here.insert(0, shop)
    grids = grids_at(place, rows.units.grids())
    return TicketPlace(
        place=place_answer(place, ticket.place_source),
        address=AddressAnswer(text=address.text, by=address.by, at=address.at) if address else None,
        premises=[premises_answer(one) for one in here],
        answerable=shop.id if shop else None,
        grids=[grid.id for grid in grids],
        streets=sorted({grid.street for grid in grids if grid.street is not None}),
    )
