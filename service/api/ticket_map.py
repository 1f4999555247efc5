"""The map of tickets: each for itself where they are few, bunches of them where they are many."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from service.api.access import Person
from service.api.city import city_of
from service.api.ground import several
from service.api.shown import listed
from service.api.tickets import NO_UNIT, bbox_in, states_in
from service.api.wire import TicketListed
from service.domain.states import Role
from service.domain.ticket import Actor
from service.store import Transaction
from service.store.ground_view import Bunch
from service.store.tickets import BBox, TicketFilter

router = APIRouter(tags=["tickets"])

MOST_SINGLE: Final = 400
"""So many are shown each for itself."""


class MapQuery(BaseModel):
    """Which tickets a map shows; without `bbox` all of the city."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[list[str], Field(default_factory=list, max_length=50, examples=[["filed,dispatched"]])]
    condition: Annotated[list[str], Field(default_factory=list, max_length=50, examples=[["litter"]])]
    late: Annotated[bool, Field(description="Only those whose limit is over")] = False
    bbox: Annotated[str | None, Field(max_length=100, examples=["121.40,31.20,121.50,31.30"])] = None
    across: Annotated[int, Field(ge=1, le=64, description="Squares along the longer side")] = 32


class Corners(BaseModel):
    """A rectangle, WGS-84."""

    west: float
    south: float
    east: float
    north: float


class BunchAnswer(BaseModel):
    """Tickets that lie together: their middle and what lies around them; `id` is that of the oldest."""

    id: str
    lat: float
    lon: float
    around: Corners
    count: int
    late: int


class KindAnswer(BaseModel):
    """How many tickets of these states show a condition, wherever they are, and how many of them are late."""

    condition: str
    count: int
    late: int


class TicketMap(BaseModel):
    """What lies in the rectangle: `items` each for itself, newest first, `bunches` largest first; `conditions` and
    `extent` are those of all tickets of these states."""

    items: list[TicketListed]
    bunches: list[BunchAnswer]
    conditions: list[KindAnswer]
    extent: Corners | None
    next: str | None = None


@router.get("/api/ticket-map")
def ticket_map(request: Request, caller: Person, query: Annotated[MapQuery, Query()]) -> TicketMap:
    """Tickets where they are: each for itself up to 400 in the rectangle, else by squares, so that an answer never
    grows with the city."""
    city = city_of(request)
    now = city.clock()
    with city.store.read() as rows:
        every = TicketFilter(states_in(query.state), unit_id=_unit_of(caller))
        extent = rows.ground_view.extent(every)
        kinds = rows.ground_view.kinds(every, now)
        ground = bbox_in(query.bbox) or extent
        wanted = replace(
            every, bbox=ground, conditions=frozenset(several(query.condition)), late_at=now if query.late else None
        )
        found = rows.ground_view.bunches(wanted, ground, query.across, now) if ground else []
        items, bunches = _divided(rows, wanted, found)
    return TicketMap(
        items=items,
        bunches=[_bunch(one) for one in bunches],
        conditions=[KindAnswer(condition=one.condition, count=one.count, late=one.late) for one in kinds],
        extent=_corners(extent) if extent else None,
    )


def _divided(
    rows: Transaction, wanted: TicketFilter, found: Sequence[Bunch]
) -> tuple[list[TicketListed], Sequence[Bunch]]:
    """All of them each for itself where they are few, else those that lie alone, and bunches of the others."""
    if sum(one.count for one in found) <= MOST_SINGLE:
        shown = rows.tickets.page(wanted, MOST_SINGLE) if found else []
        return listed(rows, shown), ()
    alone = [one.first_id for one in found if one.count == 1]
    return listed(rows, rows.ground_view.tickets(alone)), [one for one in found if one.count > 1]


def _unit_of(caller: Actor) -> str | None:
    return (caller.unit_id or NO_UNIT) if caller.role is Role.UNIT else None


def _bunch(one: Bunch) -> BunchAnswer:
    return BunchAnswer(
        id=one.first_id, lat=one.lat, lon=one.lon, around=_corners(one.around), count=one.count, late=one.late
    )


def _corners(box: BBox) -> Corners:
    return Corners(west=box.min_lon, south=box.min_lat, east=box.max_lon, north=box.max_lat)
