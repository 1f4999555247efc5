"""Nudges 提醒自改 that run: which shop was told of what, and until when it may put it right."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed
from service.api.city import City, city_of
from service.api.telling import place_answer
from service.api.wire import Moment, Place
from service.domain.nudges import nudge_ends_at
from service.domain.states import Role, State
from service.domain.ticket import Actor, Ticket
from service.nudges import answerable
from service.store import Transaction
from service.store.tickets import TicketFilter

router = APIRouter(tags=["field"])

FieldWorker = Annotated[Actor, Depends(Allowed(CASEWORKERS | {Role.INSPECTOR}))]


class NudgedShop(BaseModel):
    """The shop or yard that answers for the doorstep."""

    id: str
    name: str
    address: str | None


class NudgeAnswer(BaseModel):
    """A nudge that runs. `premises` is None where no shop is known to answer for the place; `over`: its time is up,
    and it is about to be settled by what the camera has seen.
    """

    ticket_id: str
    number: str
    version: int
    condition: str
    place: Place | None
    address: str | None
    premises: NudgedShop | None
    since: Moment
    until: Moment
    over: bool


class NudgePage(BaseModel):
    """Nudges, those of the newest tickets first."""

    items: list[NudgeAnswer]
    next: str | None


@router.get("/api/nudges")
def list_nudges(
    request: Request,
    _: FieldWorker,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> NudgePage:
    """Which shops have been told, and until when each may put it right without a crew."""
    city = city_of(request)
    with city.store.read() as rows:
        found = rows.tickets.page(TicketFilter(states=frozenset({State.NUDGED})), limit + 1, cursor)
        shown = found[:limit]
        items = _answers(city, rows, shown)
    return NudgePage(items=items, next=shown[-1].id if len(found) > limit else None)


def _answers(city: City, rows: Transaction, shown: list[Ticket]) -> list[NudgeAnswer]:
    policy, now = city.policy, city.clock()
    typed = rows.addresses.of_tickets([ticket.id for ticket in shown])
    items = []
    for ticket in shown:
        shop, until = answerable(rows, ticket), nudge_ends_at(ticket, policy) or ticket.changed_at
        items.append(
            NudgeAnswer(
                ticket_id=ticket.id,
                number=ticket.number,
                version=ticket.version,
                condition=ticket.condition,
                place=place_answer(ticket.place, ticket.place_source),
                address=typed[ticket.id].text if ticket.id in typed else None,
                premises=NudgedShop(id=shop.id, name=shop.name, address=shop.address) if shop else None,
                since=ticket.changed_at,
                until=until,
                over=until <= now,
            )
        )
    return items
