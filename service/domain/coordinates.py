"""Places in the systems of others: GCJ-02 of Chinese maps, metres on CGCS2000 of surveyors. Inside is WGS-84 alone."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from detector.types import GeoPoint

A_GCJ: Final = 6_378_245.0
E2_GCJ: Final = 0.006_693_421_622_965_943_23
"""The ellipsoid of Krasovsky, by which GCJ-02 is shifted."""

CHINA: Final = (0.8293, 55.8271, 72.004, 137.8347)
"""South, north, west, east: outside of it GCJ-02 shifts nothing."""

CLOSE_DEGREES: Final = 1e-9
MOST_ROUNDS: Final = 30

A_CGCS: Final = 6_378_137.0
F_CGCS: Final = 1 / 298.257222101
ZONE_DEGREES: Final = 3
FALSE_EAST_M: Final = 500_000.0
N: Final = F_CGCS / (2 - F_CGCS)
RECTIFYING_M: Final = A_CGCS / (1 + N) * (1 + N**2 / 4 + N**4 / 64)
ALPHA: Final = (
    N / 2 - 2 * N**2 / 3 + 5 * N**3 / 16 + 41 * N**4 / 180,
    13 * N**2 / 48 - 3 * N**3 / 5 + 557 * N**4 / 1440,
    61 * N**3 / 240 - 103 * N**4 / 140,
    49561 * N**4 / 161280,
)
"""Krüger's series, good to less than a millimetre within a zone."""


class System(StrEnum):
    """How a place is told."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    CGCS2000 = "cgcs2000"


@dataclass(frozen=True, slots=True)
class Grid:
    """Metres in a 3-degree zone of Gauss and Krüger on CGCS2000; `east_m` has 500 km added, and no number of the zone.

    Attributes:
        meridian: the middle of the zone, degrees east.
    """

    north_m: float
    east_m: float
    meridian: int


def to_gcj02(place: GeoPoint) -> GeoPoint:
    """A place as Chinese maps draw it, 300 to 600 metres from where it is.

    >>> shifted = to_gcj02(GeoPoint(39.911954, 116.377817))
    >>> round(shifted.lat, 6), round(shifted.lon, 6)
    (39.913345, 116.384047)
    """
    if not _in_china(place):
        return place
    north, east = _shift(place.lat, place.lon)
    return replace(place, lat=place.lat + north, lon=place.lon + east)


def from_gcj02(place: GeoPoint) -> GeoPoint:
    """Where a place is that a Chinese map shows; to less than a millimetre of what `to_gcj02` would shift."""
    if not _in_china(place):
        return place
    lat, lon = place.lat, place.lon
    for _ in range(MOST_ROUNDS):
        north, east = _shift(lat, lon)
        missed = (lat + north - place.lat, lon + east - place.lon)
        lat, lon = lat - missed[0], lon - missed[1]
        if max(map(abs, missed)) < CLOSE_DEGREES:
            break
    return replace(place, lat=lat, lon=lon)


def to_cgcs2000(place: GeoPoint) -> Grid:
    """A place in metres of its 3-degree zone. CGCS2000 and WGS-84 agree to centimetres, so degrees are the same.

    >>> grid = to_cgcs2000(GeoPoint(30.0, 120.0))
    >>> round(grid.north_m, 2), round(grid.east_m, 2), grid.meridian
    (3320113.4, 500000.0, 120)
    """
    meridian = round(place.lon / ZONE_DEGREES) * ZONE_DEGREES
    xi, eta = _transverse(math.radians(place.lat), math.radians(place.lon - meridian))
    north = xi + sum(a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in enumerate(ALPHA, 1))
    east = eta + sum(a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in enumerate(ALPHA, 1))
    return Grid(RECTIFYING_M * north, FALSE_EAST_M + RECTIFYING_M * east, meridian)


def _transverse(lat: float, east: float) -> tuple[float, float]:
    """The Gauss-Schreiber coordinates of a place, radians from the equator and from the middle of its zone."""
    e = math.sqrt(F_CGCS * (2 - F_CGCS))
    conformal = math.sinh(math.atanh(math.sin(lat)) - e * math.atanh(e * math.sin(lat)))
    xi = math.atan2(conformal, math.cos(east))
    eta = math.asinh(math.sin(east) / math.hypot(conformal, math.cos(east)))
    return xi, eta


def _in_china(place: GeoPoint) -> bool:
    south, north, west, east = CHINA
    return south <= place.lat <= north and west <= place.lon <= east


def _shift(lat: float, lon: float) -> tuple[float, float]:
    """By how many degrees GCJ-02 shifts a place to the north and to the east."""
    x, y = lon - 105.0, lat - 35.0
    root, both = math.sqrt(abs(x)), x * y
    near = 20.0 * (math.sin(6.0 * x * math.pi) + math.sin(2.0 * x * math.pi))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * both + 0.2 * root
    north += 2.0 / 3.0 * (near + _waves(y, (20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30)))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * both + 0.1 * root
    east += 2.0 / 3.0 * (near + _waves(x, (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30)))
    magic = 1 - E2_GCJ * math.sin(math.radians(lat)) ** 2
    a_degree_north = math.radians(A_GCJ * (1 - E2_GCJ) / magic**1.5)
    a_degree_east = math.radians(A_GCJ / math.sqrt(magic) * math.cos(math.radians(lat)))
    return north / a_degree_north, east / a_degree_east


def _waves(at: float, *waves: tuple[float, float]) -> float:
    return sum(height * math.sin(at * often * math.pi) for height, often in waves)
