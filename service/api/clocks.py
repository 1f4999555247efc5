"""Clocks: what is due when, what will probably be late, and the work that the service does at its time."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel

from service.accounts.roles import PEOPLE
from service.api.access import Admin, Allowed
from service.api.body import in_utc
from service.api.city import city_of
from service.api.wire import Moment, Place
from service.domain.look_backs import Chronic
from service.domain.states import Role, State
from service.domain.ticket import Actor
from service.forecasts import Clocked, clocked
from service.look_backs import chronic
from service.store.jobs import Job
from service.store.tickets import TicketFilter

router = APIRouter(tags=["clocks"])

Reader = Annotated[Actor, Depends(Allowed(PEOPLE))]
Before = Annotated[AwareDatetime, AfterValidator(in_utc)]
NO_UNIT: Final = "-"


class ForecastAnswer(BaseModel):
    """How likely a ticket is late: the share of earlier ones of its condition and unit that had used as much of their
    limit and were late in the end. `chance` is null with fewer than eight comparable ones."""

    chance: float | None
    comparable: int
    used: float
    will_miss: bool


class ClockAnswer(BaseModel):
    """An open ticket and its clock."""

    ticket: str
    number: str
    state: State
    condition: str
    unit: str | None
    timer: Literal["filing", "dispatch", "handling", "paused", "check"]
    due_at: Moment | None
    stage_due_at: Moment | None
    review_at: Moment | None
    overdue_at: Moment | None
    next_alarm_at: Moment | None
    forecast: ForecastAnswer | None


class ClockPage(BaseModel):
    """Open tickets with their clocks, newest first."""

    items: list[ClockAnswer]
    next: str | None


class JobAnswer(BaseModel):
    """Work that is due at a time; `outcome` is a code, `holder` the worker that has it now."""

    key: str
    kind: str
    subject: str
    at: Moment
    tries: int
    done_at: Moment | None
    outcome: str | None
    holder: str | None


class JobPage(BaseModel):
    """Work by its key."""

    items: list[JobAnswer]
    next: str | None


@router.get("/api/clocks")
def list_clocks(
    request: Request,
    caller: Reader,
    due_before: Annotated[Before | None, Query(description="Only limits that end before then")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> ClockPage:
    """Every open ticket with its due times, its next alarm and a forecast; a unit sees its own."""
    city = city_of(request)
    unit = (caller.unit_id or NO_UNIT) if caller.role is Role.UNIT else None
    with city.store.read() as rows:
        wanted = TicketFilter(unit_id=unit, due_before=due_before)
        found = clocked(rows, city.policy, city.clock(), wanted, limit + 1, cursor)
    shown = found[:limit]
    return ClockPage(items=[_told(one) for one in shown], next=shown[-1].ticket.id if len(found) > limit else None)


@router.get("/api/jobs")
def list_jobs(
    request: Request,
    _: Admin,
    done: Annotated[bool, Query(description="Also what is done")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=160)] = None,
) -> JobPage:
    """The work that the service does at its time: what waits, who has it, what failed and why."""
    with city_of(request).store.read() as rows:
        found = rows.jobs.page(open_only=not done, limit=limit + 1, after=cursor)
    shown = found[:limit]
    return JobPage(items=[_job(job) for job in shown], next=shown[-1].key if len(found) > limit else None)


def _told(one: Clocked) -> ClockAnswer:
    ticket, ahead = one.ticket, one.forecast
    return ClockAnswer.model_validate(
        {
            "ticket": ticket.id,
            "number": ticket.number,
            "state": ticket.state,
            "condition": ticket.condition,
            "unit": ticket.unit_id,
            "timer": one.timer.value,
            "due_at": ticket.due_at,
            "stage_due_at": one.stage_due_at,
            "review_at": ticket.review_at,
            "overdue_at": ticket.overdue_at,
            "next_alarm_at": one.next_alarm_at,
            "forecast": ahead
            and {
                "chance": ahead.chance,
                "comparable": ahead.comparable,
                "used": round(ahead.used, 4),
                "will_miss": ahead.will_miss,
            },
        }
    )


def _job(job: Job) -> JobAnswer:
    return JobAnswer.model_validate({name: getattr(job, name) for name in JobAnswer.model_fields})


class ChronicAnswer(BaseModel):
    """A spot where a problem came back again and again; `first` is the number of the ticket that it goes back to."""

    first: str
    condition: str
    place: Place | None
    rebounds: list[str]
    last_at: Moment


class ChronicPage(BaseModel):
    """Chronic spots, those with most rebounds first."""

    items: list[ChronicAnswer]
    next: str | None


@router.get("/api/chronic")
def list_chronic(request: Request, _: Reader) -> ChronicPage:
    """Spots with so many rebounds in so many days as the policy calls chronic (three in thirty days)."""
    city = city_of(request)
    with city.store.read() as rows:
        found = chronic(rows, city.policy, city.clock())
    return ChronicPage(items=[_chronic(spot) for spot in found], next=None)


def _chronic(spot: Chronic) -> ChronicAnswer:
    place = spot.rebounds[-1].place
    return ChronicAnswer(
        first=spot.first.number,
        condition=spot.first.condition,
        place=Place(lat=place.lat, lon=place.lon, accuracy_m=place.accuracy_m) if place else None,
        rebounds=[ticket.number for ticket in spot.rebounds],
        last_at=spot.rebounds[-1].opened_at,
    )
