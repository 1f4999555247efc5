"""Places as H3 cells: a quick way to the rows that may be near, before exact metres decide."""

import math
from functools import lru_cache
from typing import Final

import h3

from detector.types import GeoPoint

RESOLUTION: Final = 11
SHORTEST_EDGE_M: Final = 17.0
"""No cell of this resolution on earth has a shorter edge, so one more ring reaches at least 1.5 edges further."""

LOCK_RESOLUTION: Final = 9
REMEMBERED: Final = 1024


def cell_of(place: GeoPoint) -> str:
    """The cell that a place lies in."""
    return str(h3.latlng_to_cell(place.lat, place.lon, RESOLUTION))


def cells_within(place: GeoPoint, radius_m: float) -> list[str]:
    """Cells that together hold every place at most `radius_m` from this one, and some more."""
    return list(_around(cell_of(place), radius_m))


def districts_within(place: GeoPoint, radius_m: float) -> list[str]:
    """The few large cells over `cells_within`; two places within `radius_m` share at least one."""
    return list(_districts_around(cell_of(place), radius_m))


@lru_cache(REMEMBERED)
def _around(cell: str, radius_m: float) -> tuple[str, ...]:
    rings = math.ceil(radius_m / (1.5 * SHORTEST_EDGE_M)) + 1
    return tuple(sorted(h3.grid_disk(cell, rings)))


@lru_cache(REMEMBERED)
def _districts_around(cell: str, radius_m: float) -> tuple[str, ...]:
    return tuple(sorted({h3.cell_to_parent(near, LOCK_RESOLUTION) for near in _around(cell, radius_m)}))
