"""Premises and yards: a frontage, what they answer for before their door, their pledge, score and partner."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from detector.types import GeoPoint
from service.domain.geometry import covers, distance_m

MOST_CORNERS: Final = 100
WIDEST_M: Final = 2000.0

Ring = Sequence[tuple[float, float]]


class PremisesKind(StrEnum):
    """A shop answers for what lies before its door; a yard is a compound with a partner unit."""

    SHOP = "shop"
    YARD = "yard"


@dataclass(frozen=True, slots=True)
class Premises:
    """One shop or yard.

    Attributes:
        version: counts its changes; who changes it says which version they saw.
        frontage: corners `(lon, lat)` on WGS-84; the last is the first.
        doorstep: conditions that it answers for inside its frontage.
        unit_id: the partner unit.
        pledge, pledged_on: what was promised, and when.
        score: 0 to 100, None before the first.
        award: a title that it was given, such as demonstration shop.
        ended_at: when it closed down; then it answers for nothing any more.
    """

    id: str
    version: int
    kind: PremisesKind
    name: str
    frontage: tuple[tuple[float, float], ...]
    created_at: datetime
    address: str | None = None
    doorstep: frozenset[str] = frozenset()
    unit_id: str | None = None
    pledge: str | None = None
    pledged_on: date | None = None
    score: int | None = None
    award: str | None = None
    ended_at: datetime | None = None

    @property
    def polygon(self) -> Mapping[str, Any]:
        """The frontage as a GeoJSON Polygon."""
        return {"type": "Polygon", "coordinates": [[list(corner) for corner in self.frontage]]}

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """South, west, north, east."""
        lons, lats = zip(*self.frontage, strict=True)
        return min(lats), min(lons), max(lats), max(lons)

    def holds(self, place: GeoPoint) -> bool:
        """Whether a place lies before its door, or in the yard."""
        return covers(self.polygon, place)


@dataclass(frozen=True, slots=True)
class Doorsteps:
    """The premises around a sighting that answer for its condition; none are known where there are none."""

    premises: tuple[Premises, ...] = ()

    @classmethod
    def of(cls, around: Iterable[Premises], condition: str) -> "Doorsteps":
        """Those of the premises that answer for a condition."""
        return cls(tuple(one for one in around if condition in one.doorstep and one.ended_at is None))

    def at(self, place: GeoPoint | None) -> str | None:
        """The id of the premises that answer for a place; the first by id where frontages overlap."""
        if place is None:
            return None
        return min((one.id for one in self.premises if one.holds(place)), default=None)

    def same(self, one: GeoPoint | None, other: GeoPoint | None) -> bool | None:
        """Whether two places lie before one door; None where one of them lies before none."""
        first, second = self.at(one), self.at(other)
        return None if first is None or second is None else first == second


NOWHERE: Final = Doorsteps()


def wrong_frontage(ring: Ring) -> str | None:
    """What is wrong with a frontage: `not_closed`, `too_few`, `too_many`, `too_wide`, `crosses_itself`, or None.

    >>> wrong_frontage([(121.0, 31.0), (121.001, 31.0), (121.001, 31.001), (121.0, 31.0)])
    >>> wrong_frontage([(121.0, 31.0), (121.001, 31.001), (121.001, 31.0), (121.0, 31.001), (121.0, 31.0)])
    'crosses_itself'
    """
    if len(ring) < 2 or tuple(ring[0]) != tuple(ring[-1]):
        return "not_closed"
    if len({tuple(corner) for corner in ring}) < 3:
        return "too_few"
    if len(ring) > MOST_CORNERS:
        return "too_many"
    lons, lats = zip(*ring, strict=True)
    if distance_m(GeoPoint(min(lats), min(lons)), GeoPoint(max(lats), max(lons))) > WIDEST_M:
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


def _cross(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
