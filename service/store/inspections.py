"""Inspections: kept once, listed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from service.domain.inspections import Inspection
from service.errors.field import InspectionUnknown
from service.store.field_tables import inspections
from service.store.places import Row

_PLAIN = ("id", "by_id", "by", "key", "route", "grid", "note", "began_at", "ended_at", "recorded_at")


@dataclass(frozen=True, slots=True)
class InspectionFilter:
    """Which inspections are wanted; what is None does not matter."""

    by: str | None = None
    grid: str | None = None
    began_from: datetime | None = None
    began_before: datetime | None = None


class Inspections:
    """Rows of `inspections`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, inspection: Inspection) -> None:
        """Keep a new one."""
        columns: dict[str, object] = {name: getattr(inspection, name) for name in _PLAIN}
        columns["track"] = [list(point) for point in inspection.track]
        columns["conditions"] = sorted(inspection.conditions)
        columns["tickets"] = list(inspection.tickets)
        self._connection.execute(insert(inspections).values(**columns))

    def sent_before(self, by_id: str, key: str) -> Inspection | None:
        """What the same sender has sent under the same key."""
        where = (inspections.c.by_id == by_id, inspections.c.key == key)
        row = self._connection.execute(select(inspections).where(*where)).mappings().first()
        return _inspection(row) if row else None

    def get(self, inspection_id: str) -> Inspection:
        """The inspection of that id; InspectionUnknown if there is none."""
        query = select(inspections).where(inspections.c.id == inspection_id)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            raise InspectionUnknown(id=inspection_id)
        return _inspection(row)

    def page(self, wanted: InspectionFilter, limit: int = 50, before: str | None = None) -> list[Inspection]:
        """Inspections, the one that began last first; `before` is the id of the last one on the page before."""
        began, name = inspections.c.began_at, inspections.c.id
        query = select(inspections).order_by(began.desc(), name.desc()).limit(limit)
        if before is not None:
            last = self.get(before)
            query = query.where((began < last.began_at) | ((began == last.began_at) & (name < last.id)))
        if wanted.by is not None:
            query = query.where(inspections.c.by == wanted.by)
        if wanted.grid is not None:
            query = query.where(inspections.c.grid == wanted.grid)
        if wanted.began_from is not None:
            query = query.where(inspections.c.began_at >= wanted.began_from)
        if wanted.began_before is not None:
            query = query.where(inspections.c.began_at < wanted.began_before)
        return [_inspection(row) for row in self._connection.execute(query).mappings()]


def _inspection(row: Row) -> Inspection:
    return Inspection(
        **{name: row[name] for name in _PLAIN},
        track=tuple((lon, lat) for lon, lat in row["track"]),
        conditions=frozenset(row["conditions"]),
        tickets=tuple(row["tickets"]),
    )
