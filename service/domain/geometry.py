"""Metres between places, and whether a place lies in a polygon; both on WGS-84."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from detector.types import GeoPoint

EARTH_RADIUS_M: Final = 6_371_008.8


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
    return _within(outside, place) and not any(_within(hole, place) for hole in holes)


def _within(ring: Sequence[Sequence[float]], place: GeoPoint) -> bool:
    """Count the edges that a line to the east crosses: an odd number means inside."""
    crossed = 0
    for (lon_a, lat_a, *_), (lon_b, lat_b, *_) in pairwise(ring):
        if (lat_a > place.lat) == (lat_b > place.lat):
            continue
        crossed += place.lon < lon_a + (place.lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)
    return crossed % 2 == 1
