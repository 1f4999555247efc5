"""Handling units, and the duty grids whose work they do."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update

from detector.catalog import Name
from service.domain.policy import HandlingUnit
from service.domain.routing import Grid
from service.store.grids import grid_columns, grid_in
from service.store.tables import grids, units


def unit_of_its_own(connection: Connection, name: str) -> str:
    """The id of the unit of that name, which is made if it is not there: who names no unit is one."""
    if connection.execute(select(units.c.id).where(units.c.id == name)).first() is None:
        connection.execute(insert(units).values(id=name, name_en=name, name_zh=name))
    return name


class Units:
    """Rows of `units` and of `grids`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, wanted: Iterable[HandlingUnit]) -> None:
        """Have these units, under these names; others stay."""
        for unit in wanted:
            names = {"name_en": unit.name.en, "name_zh": unit.name.zh}
            if self._connection.execute(update(units).where(units.c.id == unit.id).values(**names)).rowcount == 0:
                self._connection.execute(insert(units).values(id=unit.id, **names))

    def all(self) -> list[HandlingUnit]:
        """All units by id."""
        rows = self._connection.execute(select(units).order_by(units.c.id)).mappings()
        return [HandlingUnit(row["id"], Name(en=row["name_en"], zh=row["name_zh"])) for row in rows]

    def ids(self) -> frozenset[str]:
        """Ids of all units."""
        return frozenset(self._connection.execute(select(units.c.id)).scalars())

    def put_grids(self, wanted: Iterable[Grid]) -> None:
        """Have these grids; others stay."""
        for grid in wanted:
            columns = grid_columns(grid)
            if self._connection.execute(update(grids).where(grids.c.id == grid.id).values(**columns)).rowcount == 0:
                self._connection.execute(insert(grids).values(id=grid.id, **columns))

    def grids(self) -> list[Grid]:
        """All grids that have not ended, by id."""
        query = select(grids).where(grids.c.ended_at.is_(None)).order_by(grids.c.id)
        return [grid_in(row) for row in self._connection.execute(query).mappings()]
