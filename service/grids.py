"""Duty grids changed by people: one at a time, or a whole map, each change a version with who made it and why."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from service.domain.audit import AuditLine
from service.domain.coordinates import System
from service.domain.grid_maps import (
    MOST_CORNERS,
    MOST_GRIDS,
    Fault,
    GridMapRead,
    Known,
    MapPlan,
    corners_of,
    feature_of,
    plan_import,
    read_map,
    wrong_polygon,
)
from service.domain.routing import Grid, Street
from service.errors import ConditionUnknown, UnitUnknown
from service.errors.grids import (
    GridChanged,
    GridMapChanged,
    GridMapTooLarge,
    GridMapUnreadable,
    GridWrong,
    StreetUnknown,
)
from service.occasion import Occasion
from service.store.grids import GridVersion
from service.store.transaction import Transaction

LARGEST_MAP: Final = 8 * 1024 * 1024
IMPORTED: Final = "import"


@dataclass(frozen=True, slots=True)
class MapWish:
    """How a map is to be taken.

    Attributes:
        ends_missing: grids that are not on it end.
        based_on: the digest of the map that it was made from, None where nobody says.
    """

    system: System = System.WGS84
    ends_missing: bool = False
    based_on: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class MapAhead:
    """A map that was read before anybody waits for it, and what it might name then."""

    known: Known
    read: GridMapRead


@dataclass(frozen=True, slots=True)
class MapChecked:
    """What a map would do: what is wrong with it, what would change, and which grids there would be then."""

    read: GridMapRead
    plan: MapPlan
    then: tuple[Grid, ...]

    @property
    def is_good(self) -> bool:
        """Whether it can be imported."""
        return not self.read.faults and not self.plan.stale


def save_grid(tx: Transaction, grid: Grid, street: Street | None, reason: str | None, on: Occasion) -> Grid:
    """Keep a new grid, or the next version of one; `grid.version` is the one that was seen, 0 for a new one.

    Raises:
        GridChanged, GridUnknown: somebody was faster, or there is none to change.
        GridWrong, ConditionUnknown, UnitUnknown, StreetUnknown: it says what cannot be.
    """
    if (problem := wrong_polygon(grid.polygon["coordinates"])) is not None:
        raise GridWrong(id=grid.id, problem=problem)
    if unknown := sorted(grid.units.keys() - on.policy.rules.keys()):
        raise ConditionUnknown(condition=unknown[0])
    if unknown := sorted(set(grid.units.values()) - tx.units.ids()):
        raise UnitUnknown(unit=unknown[0])
    if street is not None:
        tx.grids.put_streets([street])
    elif grid.street is not None and all(one.id != grid.street for one in tx.grids.streets()):
        raise StreetUnknown(id=grid.street)
    was = tx.grids.find(grid.id)
    if was is not None and grid.version != was.version:
        raise GridChanged(id=grid.id, version=was.version, wanted=grid.version)
    if was is not None and replace(grid, ended_at=was.ended_at) == was and was.ended_at is None:
        return was
    return _keep(tx, replace(grid, version=grid.version + 1), reason, on)


def end_grid(tx: Transaction, grid_id: str, version: int, reason: str | None, on: Occasion) -> Grid:
    """Let a grid end: nothing lies in it any more, what was done in it stays; GridUnknown, GridChanged."""
    was = tx.grids.get(grid_id)
    if was.ended_at is not None:
        return was
    if version != was.version:
        raise GridChanged(id=grid_id, version=was.version, wanted=version)
    return _keep(tx, replace(was, version=version + 1, ended_at=on.now), reason, on)


def features_in(data: bytes) -> list[Any]:
    """The features of a GeoJSON FeatureCollection; GridMapUnreadable, GridMapTooLarge."""
    if len(data) > LARGEST_MAP:
        raise GridMapTooLarge(bytes=len(data), most=LARGEST_MAP)
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise GridMapUnreadable(problem="not_json") from error
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list):
        raise GridMapUnreadable(problem="no_features")
    corners = corners_of(features)
    if len(features) > MOST_GRIDS or corners > MOST_CORNERS:
        raise GridMapTooLarge(grids=len(features), most_grids=MOST_GRIDS, corners=corners, most_corners=MOST_CORNERS)
    return features


def read_ahead(tx: Transaction, features: Sequence[Any], wish: MapWish, on: Occasion) -> MapAhead:
    """Read a map, which takes a while for a large one, while nobody has to wait to write."""
    known = _known(tx, on)
    return MapAhead(known, read_map(features, known, wish.system))


def check_map(
    tx: Transaction, features: Sequence[Any], wish: MapWish, on: Occasion, ahead: MapAhead | None = None
) -> MapChecked:
    """What a map would do; nothing is kept. It is read again where it might name something else than before."""
    known = _known(tx, on)
    read = ahead.read if ahead and ahead.known == known else read_map(features, known, wish.system)
    present = tx.grids.all()
    plan = plan_import(present, read.grids, ends_missing=wish.ends_missing)
    gone = {grid.id for grid in plan.ended}
    then = {grid.id: grid for grid in present if grid.ended_at is None and grid.id not in gone}
    then |= {grid.id: grid for grid in read.grids}
    return MapChecked(read, plan, tuple(then[name] for name in sorted(then)))


def import_map(
    tx: Transaction, features: Sequence[Any], wish: MapWish, on: Occasion, ahead: MapAhead | None = None
) -> MapChecked:
    """Take a whole map, or nothing of it.

    Raises:
        GridMapChanged: the grids are no longer those that it was made from, or one of them is newer than on it.
        GridWrong: a feature is no grid; `faults` says how many are wrong, the check names all of them.
    """
    tx.lock(["grids"])
    if wish.based_on is not None and wish.based_on != tx.grids.digest():
        raise GridMapChanged(based_on=wish.based_on)
    found = check_map(tx, features, wish, on, ahead)
    if found.read.faults:
        raise _wrong(found.read.faults)
    if found.plan.stale:
        raise GridMapChanged(grids=list(found.plan.stale[:20]))
    tx.grids.put_streets(found.read.streets)
    for grid in (*found.plan.added, *found.plan.changed):
        _keep(tx, grid, wish.reason or IMPORTED, on)
    for grid in found.plan.ended:
        _keep(tx, replace(grid, ended_at=on.now), wish.reason or IMPORTED, on)
    return found


def map_of(tx: Transaction) -> dict[str, Any]:
    """All grids that have not ended, as a FeatureCollection that can be imported again."""
    streets = {street.id: street for street in tx.grids.streets()}
    features = [feature_of(grid, streets) for grid in tx.units.grids()]
    return {"type": "FeatureCollection", "digest": tx.grids.digest(), "features": features}


def _known(tx: Transaction, on: Occasion) -> Known:
    streets = {street.id: street for street in tx.grids.streets()}
    return Known(conditions=frozenset(on.policy.rules), units=tx.units.ids(), streets=streets)


def _keep(tx: Transaction, grid: Grid, reason: str | None, on: Occasion) -> Grid:
    tx.grids.save(GridVersion(grid, on.actor.name, on.now, reason))
    action = "grid.ended" if grid.ended_at else "grid.made" if grid.version == 1 else "grid.changed"
    told = {"version": grid.version, "name": grid.name.zh, "street": grid.street, "units": dict(grid.units)}
    tx.audit.add(AuditLine(on.now, on.actor.name, action, grid.id, reason, told))
    tx.events.add(on.now, action, grid.id, {"version": grid.version})
    return grid


def _wrong(faults: Sequence[Fault]) -> GridWrong:
    first = faults[0]
    return GridWrong(id=first.grid, feature=first.feature, problem=first.problem, value=first.value, faults=len(faults))
