"""Premises and yards: a frontage, what they answer for before their door, their pledge, score and partner."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from detector.types import GeoPoint
from service.domain.geometry import Ring, covers, wrong_ring

Bounds = tuple[float, float, float, float]
"""South, west, north, east, in degrees."""

MOST_CORNERS: Final = 100
WIDEST_M: Final = 2000.0


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
    def bounds(self) -> Bounds:
        """The rectangle around its frontage."""
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
        door = self.door_at(place)
        return None if door is None else door.id

    def door_at(self, place: GeoPoint | None) -> Premises | None:
        """The premises that answer for a place; the first by id where frontages overlap."""
        if place is None or not self.premises:
            return None
        here = (one for one in self.premises if one.holds(place))
        return min(here, key=lambda one: one.id, default=None)

    def same(self, one: GeoPoint | None, other: GeoPoint | None) -> bool | None:
        """Whether two places lie before one door; None where one of them lies before none."""
        if not self.premises:
            return None
        first, second = self.at(one), self.at(other)
        return None if first is None or second is None else first == second


NOWHERE: Final = Doorsteps()


def wrong_frontage(ring: Ring) -> str | None:
    """What is wrong with a frontage: `not_closed`, `too_few`, `too_many`, `too_wide`, `crosses_itself`, or None.

    >>> wrong_frontage([(121.0, 31.0), (121.001, 31.0), (121.001, 31.001), (121.0, 31.0)])
    >>> wrong_frontage([(121.0, 31.0), (121.001, 31.001), (121.001, 31.0), (121.0, 31.001), (121.0, 31.0)])
    'crosses_itself'
    """
    return wrong_ring(ring, MOST_CORNERS, WIDEST_M)
