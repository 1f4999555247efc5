"""Which handling unit a problem goes to: that of its duty grid, else that of the policy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from detector.catalog import Name
from detector.types import GeoPoint
from service.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Grid:
    """A duty grid: a GeoJSON Polygon (WGS-84), and the id of the responsible unit, by condition."""

    id: str
    name: Name
    polygon: Mapping[str, Any]
    units: Mapping[str, str]


def unit_for(condition: str, place: GeoPoint | None, grids: Iterable[Grid], policy: Policy) -> str:
    """The id of the unit that puts a condition right at a place."""
    for grid in grids:
        if place is not None and condition in grid.units and covers(grid.polygon, place):
            return grid.units[condition]
    return policy.rule(condition).unit


def covers(polygon: Mapping[str, Any], place: GeoPoint) -> bool:
    """Whether a place lies in a GeoJSON Polygon, and in none of its holes.

    >>> square = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
    >>> covers(square, GeoPoint(1, 1)), covers(square, GeoPoint(1, 3))
    (True, False)
    """
    outside, *holes = polygon["coordinates"]
    return _within(outside, place) and not any(_within(hole, place) for hole in holes)


def _within(ring: Sequence[Sequence[float]], place: GeoPoint) -> bool:
    """Count the edges that a line to the east crosses: an odd number means inside."""
    crossed = 0
    for (lon_a, lat_a, *_), (lon_b, lat_b, *_) in pairwise(ring):
        if (lat_a > place.lat) == (lat_b > place.lat):
            continue
        crossed += place.lon < lon_a + (place.lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)
    return crossed % 2 == 1
