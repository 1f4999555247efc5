"""Duty grids as people edit them: the present ones, every version that there was, and the streets above them."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from detector.catalog import Name
from service.domain.routing import Grid, Street
from service.errors.grids import GridChanged, GridUnknown
from service.store.grid_tables import grid_versions
from service.store.places import Row
from service.store.tables import grids, streets


@dataclass(frozen=True, slots=True)
class GridVersion:
    """A version of a grid: who made it so, when and why."""

    grid: Grid
    by: str
    at: datetime
    reason: str | None


class Grids:
    """Rows of `grids`, `grid_versions` and `streets`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, version: GridVersion) -> None:
        """Write the next version of a grid, or the first one; GridChanged if somebody was faster."""
        grid = version.grid
        columns = grid_columns(grid)
        if self.find(grid.id) is None:
            if grid.version != 1:
                raise GridUnknown(id=grid.id)
            self._connection.execute(insert(grids).values(id=grid.id, **columns))
        else:
            where = (grids.c.id == grid.id, grids.c.version == grid.version - 1)
            if self._connection.execute(update(grids).where(*where).values(**columns)).rowcount != 1:
                raise GridChanged(id=grid.id, version=self.get(grid.id).version, wanted=grid.version - 1)
        told = {"grid_id": grid.id, "by": version.by, "at": version.at, "reason": version.reason}
        self._connection.execute(insert(grid_versions).values(**columns, **told))

    def find(self, grid_id: str) -> Grid | None:
        """The grid of that id, also one that has ended; None if there is none."""
        row = self._connection.execute(select(grids).where(grids.c.id == grid_id)).mappings().first()
        return grid_in(row) if row else None

    def get(self, grid_id: str) -> Grid:
        """The grid of that id, also one that has ended; GridUnknown."""
        found = self.find(grid_id)
        if found is None:
            raise GridUnknown(id=grid_id)
        return found

    def page(self, limit: int, after: str | None = None, street: str | None = None, *, ended: bool) -> list[Grid]:
        """Grids by id; `after` is the last one of the page before, `ended` those that are no more."""
        query = select(grids).order_by(grids.c.id).limit(limit)
        query = query.where(grids.c.ended_at.is_not(None) if ended else grids.c.ended_at.is_(None))
        if after is not None:
            query = query.where(grids.c.id > after)
        if street is not None:
            query = query.where(grids.c.street_id == street)
        return [grid_in(row) for row in self._connection.execute(query).mappings()]

    def all(self) -> list[Grid]:
        """All grids by id, also those that have ended."""
        rows = self._connection.execute(select(grids).order_by(grids.c.id)).mappings()
        return [grid_in(row) for row in rows]

    def versions(self, grid_id: str) -> list[GridVersion]:
        """Every version of a grid that somebody made, the latest first."""
        query = select(grid_versions).where(grid_versions.c.grid_id == grid_id)
        rows = self._connection.execute(query.order_by(grid_versions.c.version.desc())).mappings()
        return [GridVersion(grid_in(row, row["grid_id"]), row["by"], row["at"], row["reason"]) for row in rows]

    def digest(self) -> str:
        """A hash of which grids there are in which versions; who changes the whole map says which one they saw."""
        query = select(grids.c.id, grids.c.version).where(grids.c.ended_at.is_(None)).order_by(grids.c.id)
        told = [[name, version] for name, version in self._connection.execute(query)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def streets(self) -> list[Street]:
        """All streets by id."""
        rows = self._connection.execute(select(streets).order_by(streets.c.id)).mappings()
        return [Street(row["id"], Name(en=row["name_en"], zh=row["name_zh"])) for row in rows]

    def put_streets(self, wanted: Iterable[Street]) -> None:
        """Have these streets, under these names; others stay."""
        for street in wanted:
            names = {"name_en": street.name.en, "name_zh": street.name.zh}
            query = update(streets).where(streets.c.id == street.id).values(**names)
            if self._connection.execute(query).rowcount == 0:
                self._connection.execute(insert(streets).values(id=street.id, **names))


def grid_columns(grid: Grid) -> dict[str, object]:
    """Everything about a grid but its id."""
    return {
        "name_en": grid.name.en,
        "name_zh": grid.name.zh,
        "polygon": dict(grid.polygon),
        "units": dict(grid.units),
        "street_id": grid.street,
        "version": grid.version,
        "ended_at": grid.ended_at,
    }


def grid_in(row: Row, grid_id: str | None = None) -> Grid:
    """A grid out of its row."""
    return Grid(
        id=grid_id or row["id"],
        name=Name(en=row["name_en"], zh=row["name_zh"]),
        polygon=row["polygon"],
        units=row["units"],
        street=row["street_id"],
        version=row["version"],
        ended_at=row["ended_at"],
    )
