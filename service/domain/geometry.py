"""Metres between places, whether a place lies in a polygon, what is wrong with a ring; all on WGS-84."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from detector.types import GeoPoint

EARTH_RADIUS_M: Final = 6_371_008.8

Ring = Sequence[Sequence[float]]
"""Corners `(lon, lat)`; the last is the first."""

Edge = tuple[float, float, float, float, float]
"""`(lat_a, lat_b, lon_a, lon_b - lon_a, lat_b - lat_a)` of an edge that does not run along a parallel."""


def distance_m(a: GeoPoint, b: GeoPoint) -> float:
    """Metres along the ground (haversine on a sphere, within 0.6 % of the ellipsoid).

    >>> round(distance_m(GeoPoint(31.23, 121.47), GeoPoint(31.23045, 121.47)))
    50
    """
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = (lat_b - lat_a) / 2
    half_lon = math.radians(b.lon - a.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def covers(polygon: Mapping[str, Any], place: GeoPoint) -> bool:
    """Whether a place lies in a GeoJSON Polygon, and in none of its holes.

    >>> square = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
    >>> covers(square, GeoPoint(1, 1)), covers(square, GeoPoint(1, 3))
    (True, False)
    """
    outside, *holes = polygon["coordinates"]
    within = _within(_edges(outside), place.lat, place.lon)
    return within and not any(_within(_edges(hole), place.lat, place.lon) for hole in holes)


class Outline:
    """A GeoJSON Polygon made ready for very many places."""

    __slots__ = ("_holes", "_outside")

    def __init__(self, polygon: Mapping[str, Any]) -> None:
        self._outside, *self._holes = (tuple(_edges(ring)) for ring in polygon["coordinates"])

    def covers(self, lat: float, lon: float) -> bool:
        """As `covers`."""
        return _within(self._outside, lat, lon) and not any(_within(hole, lat, lon) for hole in self._holes)


def _edges(ring: Ring) -> Iterator[Edge]:
    for (lon_a, lat_a, *_), (lon_b, lat_b, *_) in pairwise(ring):
        if lat_a != lat_b:
            yield lat_a, lat_b, lon_a, lon_b - lon_a, lat_b - lat_a


def _within(edges: Iterable[Edge], lat: float, lon: float) -> bool:
    """Count the edges that a line to the east crosses: an odd number means inside."""
    is_odd = False
    for lat_a, lat_b, lon_a, wide, high in edges:
        if (lat_a > lat) != (lat_b > lat) and lon < lon_a + (lat - lat_a) * wide / high:
            is_odd = not is_odd
    return is_odd


def wrong_ring(ring: Ring, most_corners: int, widest_m: float) -> str | None:
    """What is wrong with a ring: `not_closed`, `too_few`, `too_many`, `too_wide`, `crosses_itself`, or None."""
    if len(ring) < 2 or tuple(ring[0]) != tuple(ring[-1]):
        return "not_closed"
    if len({tuple(corner) for corner in ring}) < 3:
        return "too_few"
    if len(ring) > most_corners:
        return "too_many"
    lons, lats = zip(*ring, strict=True)
    if distance_m(GeoPoint(min(lats), min(lons)), GeoPoint(max(lats), max(lons))) > widest_m:
        return "too_wide"
    return "crosses_itself" if _crosses_itself(ring) else None


def _crosses_itself(ring: Ring) -> bool:
    edges = [*pairwise(ring)]
    last = len(edges) - 1
    return any(
        _cross(*edges[first], *edges[second])
        for first in range(len(edges))
        for second in range(first + 2, len(edges))
        if (first, second) != (0, last)  # neighbours share a corner
    )


def _cross(a: Sequence[float], b: Sequence[float], c: Sequence[float], d: Sequence[float]) -> bool:
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
