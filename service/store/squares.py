"""Names by where they stand, found again from any place near: an index in memory, for one transaction."""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from detector.types import GeoPoint

METRES_A_DEGREE: Final = 111_195.0
SLACK: Final = 1.02
"""Squares are this much wider than the radius, lest rounding matters."""

FURTHEST_LAT: Final = 89.0


class Squares:
    """The earth in squares that are nowhere narrower than a radius; who stands in one is known in those around it."""

    def __init__(self, radius_m: float, lats: Iterable[float]) -> None:
        """For places at most `radius_m` from places at these latitudes."""
        self._height = max(radius_m, 1.0) * SLACK / METRES_A_DEGREE
        furthest = min(FURTHEST_LAT, max(map(abs, lats), default=0.0) + 2 * self._height)
        self._columns = max(1, int(360 * math.cos(math.radians(furthest)) / self._height))
        self._names: dict[tuple[int, int], dict[str, None]] = defaultdict(dict)

    def add(self, name: str, place: GeoPoint) -> None:
        """Let a name be found around a place."""
        row, column = self._square_of(place)
        for near_row in (row - 1, row, row + 1):
            for near_column in (column - 1, column, column + 1):
                self._names[near_row, near_column % self._columns][name] = None

    def near(self, place: GeoPoint) -> Iterable[str]:
        """Names that stand at most the radius from a place, and some that stand a little further."""
        return self._names.get(self._square_of(place), ())

    def _square_of(self, place: GeoPoint) -> tuple[int, int]:
        column = int((place.lon + 180) / 360 * self._columns) % self._columns
        return math.floor(place.lat / self._height), column
