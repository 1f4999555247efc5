"""Count the tickets that a page asks about in the database, to the same numbers as `counting` comes to by cases."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from service.domain.cases import Period
from service.domain.indicators import Look, Tally, measure
from service.domain.states import State
from service.domain.trends import Dated, Trends, trends
from service.domain.whereabouts import GridMap, Whereabouts
from service.reports.counting import Group
from service.reports.scopes import By, Scope
from service.reports.watching import Watching
from service.store import Transaction
from service.store.tallies import Alike, Key

SECONDS_AN_HOUR: Final = 3600
COLUMNS: Final[Mapping[By, Key]] = MappingProxyType({By.UNIT: Key.UNIT, By.CONDITION: Key.CONDITION})


class Tallying:
    """The duty grids of the city as they are now, and what was counted over them."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._grids = GridMap(tx.units.grids())

    def groups(self, look: Look, scope: Scope, by: By | None) -> list[Group]:
        """The indicators of all together, then of each group; those that belong to none stand last."""
        tallies = self._tallies(look, scope, by)
        watching = Watching(self._tx, look.period, self._grids)
        groups = [Group(None, tuple(measure(_sum(tallies.values()), watching.within(scope))))]
        if by is None:
            return groups
        hours = watching.by(by, scope, tallies)
        keys = sorted(tallies, key=lambda key: (key == "", key))
        return groups + [Group(key, tuple(measure(tallies[key], hours.get(key)))) for key in keys]

    def states(self, look: Look, scope: Scope) -> dict[State, int]:
        """How many stand in each state; one without any is left out."""
        ground = Ground(self._grids, scope)
        counts: dict[str, int] = {}
        for state, lat, lon, _, cases, _ in self._counted(look, scope, Key.STATE, placed=scope.by_place):
            if not scope.by_place or ground.holds(lat, lon):
                counts[state] = counts.get(state, 0) + cases
        return {state: counts[state.value] for state in State if state.value in counts}

    def trends(self, period: Period, scope: Scope, by: By, most: int) -> Trends:
        """What was reported and closed, by group; over the ground the `most` thickest places."""
        return trends(self._dated(period, scope, by), period, most)

    def _dated(self, period: Period, scope: Scope, by: By) -> Iterator[Dated]:
        found = self._tx.tallies.dated(scope.filings(period), period, COLUMNS.get(by))
        if by in COLUMNS and not scope.by_place:
            yield from found
            return
        ground = Ground(self._grids, scope, by)
        for one in found:
            group = ground.group(one.lat, one.lon)
            if group is not None:
                yield one if by in COLUMNS else Dated(group, *one[1:])

    def _tallies(self, look: Look, scope: Scope, by: By | None) -> dict[str, Tally]:
        column = COLUMNS.get(by) if by else None
        by_place = by is not None and column is None
        ground = Ground(self._grids, scope, by)
        tallies: dict[str, Tally] = {}
        placed = by_place or scope.by_place
        for key, lat, lon, marks, cases, handling_s in self._counted(look, scope, column, placed=placed):
            group = ground.group(lat, lon) if placed else key
            if group is not None:
                name = group if by_place else key
                tally = tallies.get(name) or tallies.setdefault(name, Tally())
                tally.add(marks, cases, handling_s / SECONDS_AN_HOUR)
        return tallies

    def _counted(self, look: Look, scope: Scope, column: Key | None, *, placed: bool) -> Iterator[Alike]:
        return self._tx.tallies.of(scope.filings(look.period), look, column, placed=placed)


class Ground:
    """In which group of a scope a place counts; each duty grid is asked about once."""

    def __init__(self, grids: GridMap, scope: Scope, by: By | None = None) -> None:
        self._grids, self._scope, self._by = grids, scope, by
        self._groups: dict[str | None, str | None] = {}

    def holds(self, lat: float | None, lon: float | None) -> bool:
        """Whether a place lies in the scope."""
        return self.group(lat, lon) is not None

    def group(self, lat: float | None, lon: float | None) -> str | None:
        """The street or duty grid that a place is counted by, empty where there is none, None outside of the scope."""
        grid = self._grids.found(lat, lon) if lat is not None and lon is not None else None
        if grid not in self._groups:
            self._groups[grid] = self._group_of(grid)
        return self._groups[grid]

    def _group_of(self, grid: str | None) -> str | None:
        where = Whereabouts(grid, self._grids.streets[grid] if grid else None)
        if self._scope.by_place and not self._scope.covers(where):
            return None
        return (where.street if self._by is By.STREET else where.grid) or ""


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for one in tallies:
        for marks, cases in one.cases.items():
            total.add(marks, cases, one.hours[marks])
    return total
