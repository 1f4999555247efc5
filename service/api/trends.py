"""Trends: what was reported and closed day by day, at which hours of the week, and where it lies thick."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from service.api.access import Person
from service.api.asking import Asking, look_of, scope_of
from service.api.catalog import Name
from service.api.city import city_of
from service.api.indicators import Days
from service.reports.naming import Naming
from service.reports.scopes import By
from service.reports.tallying import Tallying

router = APIRouter(tags=["papers"])

MOST_SPOTS: Final = 400


class TrendsQuery(Asking):
    """What is counted, and by what it is divided."""

    by: By = By.CONDITION


class CourseAnswer(BaseModel):
    """One group day by day; `id` is empty for what belongs to no group."""

    id: str
    name: Name | None
    reported: list[int]
    closed: list[int]


class ThickAnswer(BaseModel):
    """How many were reported around one place, WGS-84."""

    lat: float
    lon: float
    count: int


class TrendsAnswer(BaseModel):
    """`days` are those of the city; `hours` is 7 × 24, Monday and midnight first, in the city's time; `spots` are the
    thickest first."""

    period: Days
    days: list[str]
    items: list[CourseAnswer]
    hours: list[list[int]]
    spots: list[ThickAnswer]
    next: str | None = None


@router.get("/api/trends")
def trends(request: Request, caller: Person, query: Annotated[TrendsQuery, Query()]) -> TrendsAnswer:
    """What was reported and closed on each day by unit, condition, street or grid; when in the week, and where."""
    city = city_of(request)
    look = look_of(city, query)
    period = look.period
    with city.store.read() as rows:
        found = Tallying(rows).trends(period, scope_of(rows, caller, query), query.by, MOST_SPOTS)
        naming = Naming.read(rows, city.catalog)
    names = {one.key: naming.of(query.by, one.key) if one.key else None for one in found.courses}
    return TrendsAnswer(
        period=Days(first=period.first.isoformat(), last=period.last.isoformat()),
        days=[day.first.isoformat() for day in period.each_day()],
        items=[
            CourseAnswer(
                id=one.key,
                name=Name(en=name.en, zh=name.zh) if (name := names[one.key]) else None,
                reported=list(one.reported),
                closed=list(one.closed),
            )
            for one in found.courses
        ],
        hours=[list(row) for row in found.hours],
        spots=[ThickAnswer(lat=one.place.lat, lon=one.place.lon, count=one.count) for one in found.thick],
    )
