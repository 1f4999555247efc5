"""Regions that people name, as they are kept, and the rows that may lie in one."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, or_, tuple_

from service.domain.regions import Region
from service.errors.grids import StreetUnknown
from service.store.grids import Grids
from service.store.premises import PremisesRows
from service.store.tables import tickets
from service.store.zones import CameraZones


def region_of_grids(grids: Grids, ids: Iterable[str]) -> Region:
    """What lies in any of these grids, also in ones that have ended; GridUnknown."""
    return Region(tuple(grids.get(one).polygon for one in ids))


def region_of_streets(grids: Grids, ids: Iterable[str]) -> Region:
    """What lies in any grid of these streets; StreetUnknown."""
    known = {street.id for street in grids.streets()}
    wanted = set(ids)
    if unknown := sorted(wanted - known):
        raise StreetUnknown(id=unknown[0])
    return Region(tuple(grid.polygon for grid in grids.all() if grid.street in wanted and grid.ended_at is None))


def region_of_premises(premises: PremisesRows, zones: CameraZones, ids: Iterable[str]) -> Region:
    """What lies before the doors of these premises, or in a zone that is drawn as their frontage; PremisesUnknown."""
    wanted = {one: premises.get(one).polygon for one in ids}
    return Region(tuple(wanted.values()), zones.views_of(wanted))


def may_hold(region: Region) -> ColumnElement[bool]:
    """Rows of `tickets` that lie in the rectangle around a region or in one of its views; `Region.holds` decides."""
    ways: list[ColumnElement[bool]] = []
    if region.views:  # as one list: SQLite takes no thousand conditions one after the other
        ways.append(tuple_(tickets.c.fixed_camera_id, tickets.c.zone).in_(sorted(region.views)))
    if (bounds := region.bounds) is not None:
        south, west, north, east = bounds
        ways.append(and_(tickets.c.lat.between(south, north), tickets.c.lon.between(west, east)))
    return or_(*ways) if ways else false()
