"""Inspections: what inspectors walked and found, nothing found included."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed, Person
from service.api.body import TEXT, in_utc
from service.api.city import city_of
from service.api.wire import Moment
from service.domain.inspections import Inspection
from service.domain.states import Role
from service.domain.ticket import Actor
from service.inspections import record
from service.occasion import Occasion
from service.store.ids import new_id
from service.store.inspections import InspectionFilter

router = APIRouter(tags=["field"])

FieldWorker = Annotated[Actor, Depends(Allowed(CASEWORKERS | {Role.INSPECTOR}))]
Time = Annotated[AwareDatetime, AfterValidator(in_utc)]
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=TEXT)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class InspectionWish(BaseModel):
    """A walk that is over. Without tickets, nothing was found; without conditions, all were looked for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "route": "河东街东段",
                    "began_at": "2026-11-25T08:00:00+08:00",
                    "ended_at": "2026-11-25T08:40:00+08:00",
                    "conditions": ["litter"],
                }
            ]
        },
    )

    route: Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT)]
    began_at: Time
    ended_at: Time
    grid: Id | None = None
    track: Annotated[list[tuple[Lon, Lat]], Field(max_length=5000, description="lon, lat on WGS-84")] = []
    conditions: Annotated[list[Id], Field(max_length=64)] = []
    tickets: Annotated[list[Id], Field(max_length=500)] = []
    note: Annotated[str, Field(max_length=2000, pattern=TEXT)] | None = None


class InspectionAnswer(BaseModel):
    """An inspection as it is kept."""

    id: str
    by: str
    route: str
    grid: str | None
    began_at: Moment
    ended_at: Moment
    recorded_at: Moment
    track: list[tuple[float, float]]
    conditions: list[str]
    tickets: list[str]
    found_nothing: bool
    note: str | None


class InspectionPage(BaseModel):
    """Inspections, the one that began last first."""

    items: list[InspectionAnswer]
    next: str | None


class InspectionQuery(BaseModel):
    """Which inspections are wanted, by when they began."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[str, Field(max_length=200, pattern=TEXT)] | None = None
    grid: Id | None = None
    began_from: Time | None = None
    began_before: Time | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None


@router.post("/api/inspections", status_code=201)
def record_inspection(
    request: Request,
    caller: FieldWorker,
    wish: InspectionWish,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255, pattern=r"^[\x21-\x7e ]+$")] = None,
) -> InspectionAnswer:
    """Record a walk; sent again with the same `Idempotency-Key`, it is kept once."""
    city = city_of(request)
    now = city.clock()
    told = Inspection(
        id=new_id("ins", now),
        by_id=caller.id,
        by=caller.name,
        route=wish.route,
        began_at=wish.began_at,
        ended_at=wish.ended_at,
        recorded_at=now,
        grid=wish.grid,
        track=tuple(wish.track),
        conditions=frozenset(wish.conditions),
        tickets=tuple(dict.fromkeys(wish.tickets)),
        note=wish.note,
        key=idempotency_key,
    )
    with city.store.write() as rows:
        return _answer(record(rows, told, Occasion(caller, city.policy, now)))


@router.get("/api/inspections")
def list_inspections(request: Request, _: Person, query: Annotated[InspectionQuery, Query()]) -> InspectionPage:
    """Inspections, the one that began last first."""
    wanted = InspectionFilter(query.by, query.grid, query.began_from, query.began_before)
    with city_of(request).store.read() as rows:
        found = rows.inspections.page(wanted, query.limit + 1, query.cursor)
    shown = found[: query.limit]
    more = len(found) > query.limit
    return InspectionPage(items=[_answer(one) for one in shown], next=shown[-1].id if more else None)


@router.get("/api/inspections/{inspection_id}")
def get_inspection(request: Request, _: Person, inspection_id: str) -> InspectionAnswer:
    """One inspection."""
    with city_of(request).store.read() as rows:
        return _answer(rows.inspections.get(inspection_id))


def _answer(one: Inspection) -> InspectionAnswer:
    return InspectionAnswer(
        id=one.id,
        by=one.by,
        route=one.route,
        grid=one.grid,
        began_at=one.began_at,
        ended_at=one.ended_at,
        recorded_at=one.recorded_at,
        track=list(one.track),
        conditions=sorted(one.conditions),
        tickets=list(one.tickets),
        found_nothing=one.found_nothing,
        note=one.note,
    )
