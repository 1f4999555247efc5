"""Places as H3 cells: a quick way to the rows that may be near, before exact metres decide."""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import h3

from detector.types import GeoPoint
from service.domain.premises import Bounds

CellRange = tuple[str, str]
"""The first and the last of cells that stand in one row, as they are sorted."""

RESOLUTION: Final = 11
SHORTEST_EDGE_M: Final = 17.0
"""No cell of this resolution on earth has a shorter edge, so one more ring reaches at least 1.5 edges further."""

LOCK_RESOLUTION: Final = 9
SHORTEST_DISTRICT_EDGE_M: Final = 119.0
"""The same for the large cells, seven times as long."""

REMEMBERED: Final = 1024
AREAS_REMEMBERED: Final = 64
"""Few: each is some kilobytes, and is made anew in less time than a row is read."""

RECTANGLES_REMEMBERED: Final = 64
A_METRE_DEG: Final = 1e-5
"""More than the sides of a rectangle of 2 km, which H3 draws along great circles, bend away from a parallel."""


def cell_of(place: GeoPoint) -> str:
    """The cell that a place lies in."""
    return str(h3.latlng_to_cell(place.lat, place.lon, RESOLUTION))


def cells_within(place: GeoPoint, radius_m: float) -> list[str]:
    """Cells that together hold every place at most `radius_m` from this one, and some more."""
    return list(_around(cell_of(place), radius_m))


def districts_within(place: GeoPoint, radius_m: float) -> list[str]:
    """The few large cells over `cells_within`; two places within `radius_m` share at least one."""
    return list(_districts_around(cell_of(place), radius_m))


def ranges_around(places: Iterable[GeoPoint], radius_m: float) -> list[CellRange]:
    """First and last cells of ranges that together hold every place at most `radius_m` from any of these, and more.

    For very many places: in districts, whose cells stand in one row, and not cell by cell.
    """
    here = {h3.latlng_to_cell(place.lat, place.lon, LOCK_RESOLUTION) for place in places}
    return sorted(map(_range_of, {near for district in here for near in _districts_beside(district, radius_m)}))


def ranges_over(bounds: Bounds) -> set[CellRange]:
    """The same for every place in a rectangle of at most a few kilometres."""
    return {_range_of(h3.cell_to_parent(cell, LOCK_RESOLUTION)) for cell in cells_over(bounds)}


@lru_cache(RECTANGLES_REMEMBERED)
def cells_over(bounds: Bounds) -> tuple[str, ...]:
    """Cells that together hold every place in a rectangle of at most a few kilometres: some 1,000 for 1.4 × 1.4 km."""
    south, west, north, east = bounds
    south, west, north, east = south - A_METRE_DEG, west - A_METRE_DEG, north + A_METRE_DEG, east + A_METRE_DEG
    rectangle = h3.LatLngPoly([(south, west), (south, east), (north, east), (north, west)])
    return tuple(sorted(h3.h3shape_to_cells_experimental(rectangle, RESOLUTION, contain="overlap")))


@lru_cache(AREAS_REMEMBERED)
def _around(cell: str, radius_m: float) -> tuple[str, ...]:
    rings = math.ceil(radius_m / (1.5 * SHORTEST_EDGE_M)) + 1
    return tuple(sorted(h3.grid_disk(cell, rings)))


@lru_cache(REMEMBERED)
def _districts_beside(district: str, radius_m: float) -> tuple[str, ...]:
    """One ring more than the metres ask for also makes up for cells that lean out of their district."""
    return tuple(h3.grid_disk(district, math.ceil(radius_m / (1.5 * SHORTEST_DISTRICT_EDGE_M)) + 1))


@lru_cache(REMEMBERED)
def _range_of(district: str) -> CellRange:
    cells = h3.cell_to_children(district, RESOLUTION)
    return min(cells), max(cells)


@lru_cache(8 * REMEMBERED)  # a cell has two or three of them
def _districts_around(cell: str, radius_m: float) -> tuple[str, ...]:
    return tuple(sorted({h3.cell_to_parent(near, LOCK_RESOLUTION) for near in _around(cell, radius_m)}))
