"""Which handling unit a problem goes to: that of its duty grid, else that of the policy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from detector.catalog import Name
from detector.types import GeoPoint
from service.domain.geometry import covers
from service.domain.policy import Policy
from service.domain.policy.windows import Spot


@dataclass(frozen=True, slots=True)
class Street:
    """A street 街道 as a city is divided into them: the level above duty grids."""

    id: str
    name: Name


@dataclass(frozen=True, slots=True)
class Grid:
    """A duty grid: a GeoJSON Polygon (WGS-84), and the id of the responsible unit, by condition.

    Attributes:
        street: id of the street that it belongs to, None where nobody said.
        version: counts its changes; who changes it says which one they saw.
        ended_at: since when nothing lies in it any more.
    """

    id: str
    name: Name
    polygon: Mapping[str, Any]
    units: Mapping[str, str]
    street: str | None = None
    version: int = 1
    ended_at: datetime | None = None


def unit_for(
    condition: str, place: GeoPoint | None, grids: Iterable[Grid], policy: Policy, *, camera: str | None = None
) -> str:
    """The id of the unit that puts a condition right there: by the policy's routes, the duty grid, or its rule."""
    around = grids_at(place, grids)
    spot = spot_in(place, camera, around)
    for route in policy.routes:
        if condition in route.conditions and route.area.holds(spot):
            return route.unit
    for grid in around:
        if condition in grid.units:
            return grid.units[condition]
    return policy.rule(condition).unit


def grids_at(place: GeoPoint | None, grids: Iterable[Grid]) -> tuple[Grid, ...]:
    """The duty grids around a place, in the order in which they come."""
    return () if place is None else tuple(grid for grid in grids if covers(grid.polygon, place))


def spot_in(place: GeoPoint | None, camera: str | None, around: Iterable[Grid]) -> Spot:
    """Where something is, in the words of the policy; `around` are the duty grids in which it lies."""
    around = tuple(around)
    if not around:
        return Spot(place, camera)
    streets = frozenset(grid.street for grid in around if grid.street is not None)
    return Spot(place, camera, frozenset(grid.id for grid in around), streets)
