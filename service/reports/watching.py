"""Camera-hours behind what is counted: in all, by condition, by duty grid, by street; a handling unit has none."""

from collections.abc import Iterable, Mapping

from service.domain.cases import Period
from service.domain.whereabouts import GridMap
from service.reports.scopes import By, Scope
from service.store import Transaction


class Watching:
    """How long the cameras of a period watched, read once."""

    def __init__(self, tx: Transaction, period: Period, grids: GridMap) -> None:
        self._streets = grids.streets
        self.by_grid = _hours_by_grid(tx, period, grids)

    @classmethod
    def read(cls, tx: Transaction, period: Period) -> "Watching":
        """The same, over the grids as they are now."""
        return cls(tx, period, GridMap(tx.units.grids()))

    def within(self, scope: Scope) -> float | None:
        """Camera-hours behind a scope; None for that of handling units, which no camera belongs to."""
        if scope.units:
            return None
        wanted = self._grids_of(scope)
        return sum(hours for grid, hours in self.by_grid.items() if wanted is None or grid in wanted)

    def by(self, by: By, scope: Scope, keys: Iterable[str]) -> Mapping[str, float | None]:
        """Camera-hours of each group; one that no camera belongs to is left out."""
        match by:
            case By.UNIT:
                return {}
            case By.CONDITION:
                return dict.fromkeys(keys, self.within(scope))  # every camera looks for all of them
            case By.GRID:
                return {grid: hours for grid, hours in self.by_grid.items() if grid}
            case By.STREET:
                return self._by_street()

    def _by_street(self) -> Mapping[str, float | None]:
        hours: dict[str, float] = {}
        for grid, watched_h in self.by_grid.items():
            if (street := self._streets.get(grid)) is not None:
                hours[street] = hours.get(street, 0.0) + watched_h
        return dict(hours)

    def _grids_of(self, scope: Scope) -> frozenset[str] | None:
        """The duty grids that a scope is about, None for all of the city."""
        asked = [(scope.grids, scope.streets)]
        if scope.campaign is not None:
            asked.append((scope.campaign.grids, scope.campaign.streets))
        limits = [grids for grids, _ in asked if grids]
        for streets in (streets for _, streets in asked if streets):
            limits.append(frozenset(grid for grid, street in self._streets.items() if street in streets))
        return frozenset.intersection(*limits) if limits else None


def _hours_by_grid(tx: Transaction, period: Period, grids: GridMap) -> Mapping[str, float]:
    """By the duty grid in which a fixed camera stands; moving ones and others under the empty key."""
    places, hours = tx.cameras.places(), dict[str, float]()
    for camera_id, watched_h in tx.watched.hours(period.start, period.end).items():
        grid = grids.at(places.get(camera_id)) or ""
        hours[grid] = hours.get(grid, 0.0) + watched_h
    return hours
