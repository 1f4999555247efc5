"""What the policy in force permits, where and when: night markets, outdoor seating."""

from datetime import date, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from service.api.access import Person
from service.api.catalog import Name
from service.api.city import city_of
from service.api.wire import Place
from service.domain.policy.values import Permit

router = APIRouter(tags=["policy"])


class PermitAnswer(BaseModel):
    """A permit of the policy in force; an area that names nothing is the whole city.

    `weekdays` count from Monday, 1; `windows` are local times, one that closes before it opens ends next day, none is
    the whole day. `is_open` says whether it holds now.
    """

    id: str
    name: Name
    conditions: list[str]
    grids: list[str]
    streets: list[str]
    cameras: list[str]
    centre: Place | None
    radius_m: float
    polygon: list[tuple[float, float]]
    weekdays: list[int]
    windows: list[tuple[str, str]]
    first: date | None
    last: date | None
    is_open: bool


class PermitList(BaseModel):
    """Permits in the order of the policy."""

    items: list[PermitAnswer]
    next: str | None = None


@router.get("/api/permits")
def list_permits(request: Request, _: Person) -> PermitList:
    """The permits of the policy in force; they are written into its text, and changed with it."""
    city = city_of(request)
    policy = city.policy
    local = city.clock().astimezone(policy.timezone)
    return PermitList(items=[_told(permit, local) for permit in policy.permits])


def _told(permit: Permit, local: datetime) -> PermitAnswer:
    area, day = permit.area, permit.weekly.day_of(local)
    begun = permit.first is None or (day is not None and permit.first <= day)
    lasts = permit.last is None or (day is not None and day <= permit.last)
    centre = area.centre
    return PermitAnswer(
        id=permit.id,
        name=Name(en=permit.name.en, zh=permit.name.zh),
        conditions=sorted(permit.conditions),
        grids=sorted(area.grids),
        streets=sorted(area.streets),
        cameras=sorted(area.cameras),
        centre=Place(lat=centre.lat, lon=centre.lon, accuracy_m=centre.accuracy_m) if centre else None,
        radius_m=area.radius_m,
        polygon=list(area.polygon),
        weekdays=sorted(permit.weekly.weekdays),
        windows=[(f"{opens:%H:%M}", f"{closes:%H:%M}") for opens, closes in permit.weekly.windows],
        first=permit.first,
        last=permit.last,
        is_open=day is not None and begun and lasts,
    )
