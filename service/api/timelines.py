"""The time line of a ticket, to be read by programs and to be printed as its file."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from service.api.access import Person
from service.api.city import city_of
from service.api.letters import FileQuery
from service.api.reports import FILE, as_download, picture_of
from service.api.sight import own_ticket
from service.api.wire import Moment
from service.domain.cases import Period
from service.domain.indicators import Look
from service.domain.states import State
from service.domain.timeline import Happened
from service.reports.case_file import case_file
from service.reports.counting import as_cases
from service.reports.desk import Desk
from service.reports.naming import Naming
from service.reports.scopes import Scope
from service.timelines import timeline_of

router = APIRouter(tags=["tickets"])


class LineAnswer(BaseModel):
    """One line: what happened, when, by whom; several sightings by one camera are one line, up to `until`."""

    at: Moment
    until: Moment | None
    what: Happened
    by: str
    was: State | None
    to: State | None
    reason: str | None
    picture: str | None
    facts: dict[str, str | int | float | bool | None]


class Timeline(BaseModel):
    """Everything that happened to a ticket, oldest first."""

    items: list[LineAnswer]
    next: str | None = None


@router.get("/api/tickets/{ticket_id}/timeline")
def get_timeline(request: Request, caller: Person, ticket_id: str) -> Timeline:
    """History, sightings, verdicts and pictures of a ticket in one order."""
    with city_of(request).store.read() as rows:
        lines = timeline_of(rows, own_ticket(rows, caller, ticket_id))
    return Timeline(
        items=[
            LineAnswer(
                at=line.at,
                until=line.until,
                what=line.what,
                by=line.by,
                was=line.was,
                to=line.to,
                reason=line.reason,
                picture=line.picture_id,
                facts=dict(line.facts),
            )
            for line in lines
        ]
    )


@router.get("/api/tickets/{ticket_id}/file", response_class=Response, responses=FILE)
def get_file(request: Request, caller: Person, ticket_id: str, query: Annotated[FileQuery, Query()]) -> Response:
    """The file of a ticket: its facts, its time line, before and after, and the hashes of its pictures."""
    city = city_of(request)
    now = city.clock()
    today = city.policy.local(now).date()
    with city.store.read() as rows:
        ticket = own_ticket(rows, caller, ticket_id)
        (case,) = as_cases(rows, [(ticket, rows.tickets.history_of(ticket.id))])
        look, naming = Look(Period(today, today, city.policy.timezone), now), Naming.read(rows, city.catalog)
        desk = Desk(rows, city.catalog, city.policy, naming, query.lang, look, Scope(), caller.name)
        paper = case_file(desk, case)
    return as_download(city.press.make(paper, query.format, picture_of(city)))
