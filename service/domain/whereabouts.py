"""Where a place is in the city's own words: its duty grid, its street, the address that somebody typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor
from typing import Final

from detector.catalog import Name
from detector.types import GeoPoint
from service.domain.geometry import Outline
from service.domain.routing import Grid

Bounds = tuple[float, float, float, float]
Square = tuple[int, int]

SQUARE_DEG: Final = 0.005
"""A place asks the grids of its own square, about 500 m wide, whatever the number of grids."""

MOST_SQUARES: Final = 400
"""A grid of more is asked about every place."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a ticket is in the city's own words: duty grid and street by id, the address that somebody typed."""

    grid: str | None = None
    street: str | None = None
    address: str | None = None


NOWHERE: Final = Whereabouts()


class GridMap:
    """Which duty grid a place lies in, and which street that belongs to."""

    def __init__(self, grids: Iterable[Grid]) -> None:
        self._grids = [(grid, _bounds(grid)) for grid in grids]
        self._large: list[int] = []
        self._squares: dict[Square, list[int]] = {}
        self._outlines: dict[int, Outline] = {}
        for rank, (_, bounds) in enumerate(self._grids):
            self._lay(rank, bounds)
        self.names: dict[str, Name] = {grid.id: grid.name for grid, _ in self._grids}
        self.streets: dict[str, str | None] = {grid.id: grid.street for grid, _ in self._grids}

    def at(self, place: GeoPoint | None) -> str | None:
        """The id of the first grid that covers a place, None outside of all of them."""
        return self.found(place.lat, place.lon) if place is not None else None

    def found(self, lat: float, lon: float) -> str | None:
        """As `at`, of latitude and longitude, for who asks about very many."""
        small = self._squares.get((floor(lon / SQUARE_DEG), floor(lat / SQUARE_DEG)), ())
        for rank in sorted((*small, *self._large)) if self._large else small:
            grid, (west, south, east, north) = self._grids[rank]
            if west <= lon <= east and south <= lat <= north and self._outline(rank).covers(lat, lon):
                return grid.id
        return None

    def where(self, place: GeoPoint | None, address: str | None = None) -> Whereabouts:
        """Where a place is in the city's own words."""
        grid = self.at(place)
        return Whereabouts(grid, self.streets[grid] if grid else None, address)

    def _outline(self, rank: int) -> Outline:
        outline = self._outlines.get(rank)
        if outline is None:
            outline = self._outlines[rank] = Outline(self._grids[rank][0].polygon)
        return outline

    def _lay(self, rank: int, bounds: Bounds) -> None:
        """Remember a grid in every square that its bounds touch."""
        west, south, east, north = bounds
        (left, low), (right, high) = _square(west, south), _square(east, north)
        if (right - left + 1) * (high - low + 1) > MOST_SQUARES:
            self._large.append(rank)
            return
        for column in range(left, right + 1):
            for row in range(low, high + 1):
                self._squares.setdefault((column, row), []).append(rank)


def _square(lon: float, lat: float) -> Square:
    return floor(lon / SQUARE_DEG), floor(lat / SQUARE_DEG)


def _bounds(grid: Grid) -> Bounds:
    points = grid.polygon["coordinates"][0]
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    return min(lons), min(lats), max(lons), max(lats)
