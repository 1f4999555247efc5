"""Premises and yards, found by id and by where they are."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, insert, select, update

from detector.types import GeoPoint
from service.domain.premises import Bounds, Premises, PremisesKind
from service.errors.field import PremisesChanged, PremisesUnknown
from service.store.field_tables import premises
from service.store.places import Row

METRES_A_DEGREE: Final = 111_195.0
_PLAIN = ("id", "version", "name", "address", "unit_id", "pledge", "pledged_on", "score", "award", "created_at")


class PremisesRows:
    """Rows of `premises`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, one: Premises) -> None:
        """Keep new premises."""
        self.add_all([one])

    def add_all(self, some: Sequence[Premises]) -> None:
        """Keep new premises, many at once."""
        if some:
            self._connection.execute(insert(premises), [_columns(one) for one in some])

    def change(self, one: Premises) -> None:
        """Write the next version; PremisesChanged if somebody was faster, PremisesUnknown if it is not there."""
        where = (premises.c.id == one.id, premises.c.version == one.version - 1)
        if self._connection.execute(update(premises).where(*where).values(**_columns(one))).rowcount != 1:
            raise PremisesChanged(version=self.get(one.id).version, wanted=one.version - 1)

    def find(self, premises_id: str) -> Premises | None:
        """The premises of that id, None if there are none."""
        row = self._connection.execute(select(premises).where(premises.c.id == premises_id)).mappings().first()
        return _premises(row) if row else None

    def get(self, premises_id: str) -> Premises:
        """The premises of that id; PremisesUnknown if there are none."""
        found = self.find(premises_id)
        if found is None:
            raise PremisesUnknown(id=premises_id)
        return found

    def around(self, place: GeoPoint, radius_m: float = 0.0) -> list[Premises]:
        """Those that have not ended and whose bounds come within so many metres of a place, by id."""
        lat_step = radius_m / METRES_A_DEGREE * 1.05
        lon_step = lat_step / max(0.01, math.cos(math.radians(place.lat)))
        return self.over((place.lat - lat_step, place.lon - lon_step, place.lat + lat_step, place.lon + lon_step))

    def over(self, bounds: Bounds) -> list[Premises]:
        """Those that have not ended and whose bounds touch these, by id."""
        south, west, north, east = bounds
        query = select(premises).where(
            premises.c.ended_at.is_(None),
            premises.c.south <= north,
            premises.c.north >= south,
            premises.c.west <= east,
            premises.c.east >= west,
        )
        return _all(self._connection.execute(query.order_by(premises.c.id)).mappings())

    def all(self) -> list[Premises]:
        """All that have not ended, by id."""
        query = select(premises).where(premises.c.ended_at.is_(None)).order_by(premises.c.id)
        return _all(self._connection.execute(query).mappings())

    def page(self, kind: PremisesKind | None = None, limit: int = 50, before: str | None = None) -> list[Premises]:
        """Premises, newest first; `before` is the id of the last one on the page before."""
        query = select(premises).order_by(premises.c.id.desc()).limit(limit)
        if kind is not None:
            query = query.where(premises.c.kind == kind.value)
        if before is not None:
            query = query.where(premises.c.id < before)
        return _all(self._connection.execute(query).mappings())


def _all(rows: Iterable[Row]) -> list[Premises]:
    return [_premises(row) for row in rows]


def _columns(one: Premises) -> dict[str, object]:
    south, west, north, east = one.bounds
    return {
        **{name: getattr(one, name) for name in _PLAIN},
        **{"kind": one.kind.value, "frontage": one.polygon, "doorstep": sorted(one.doorstep)},
        **{"south": south, "west": west, "north": north, "east": east, "ended_at": one.ended_at},
    }


def _premises(row: Row) -> Premises:
    return Premises(
        **{name: row[name] for name in _PLAIN},
        kind=PremisesKind(row["kind"]),
        frontage=tuple((lon, lat) for lon, lat in row["frontage"]["coordinates"][0]),
        doorstep=frozenset(row["doorstep"]),
        ended_at=row["ended_at"],
    )
