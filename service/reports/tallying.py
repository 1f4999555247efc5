"""Count the tickets that a page asks about in the database, to the same numbers as `counting` comes to by cases."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from detector.types import GeoPoint
from service.domain.cases import Period
from service.domain.indicators import Look, Tally, measure
from service.domain.states import State
from service.domain.trends import Dated
from service.domain.whereabouts import NOWHERE, GridMap, Whereabouts
from service.reports.counting import Group
from service.reports.scopes import By, Scope
from service.reports.watching import Watching
from service.store import Transaction
from service.store.tallies import Alike, Key

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
        counts: dict[str, int] = {}
        for alike, _ in self._counted(look, scope, Key.STATE, placed=scope.by_place):
            counts[alike.key] = counts.get(alike.key, 0) + alike.cases
        return {state: counts[state.value] for state in State if state.value in counts}

    def dated(self, period: Period, scope: Scope, by: By) -> list[Dated]:
        """When and where tickets were reported and closed, oldest first, each with its group."""
        found = self._tx.tallies.dated(scope.filings(period), period, COLUMNS.get(by))
        if by in COLUMNS and not scope.by_place:
            return list(found)
        placed = ((one, self._where(one.lat, one.lon)) for one in found)
        return [
            one if by in COLUMNS else one._replace(key=_key_of(where, by))
            for one, where in placed
            if scope.covers(where)
        ]

    def _tallies(self, look: Look, scope: Scope, by: By | None) -> dict[str, Tally]:
        tallies: dict[str, Tally] = {}
        column = COLUMNS.get(by) if by else None
        by_place = by is not None and column is None
        for alike, where in self._counted(look, scope, column, placed=by_place or scope.by_place):
            key = _key_of(where, by) if by_place else alike.key
            tallies.setdefault(key, Tally()).add(alike.marks, alike.cases, alike.hours)
        return tallies

    def _counted(
        self, look: Look, scope: Scope, column: Key | None, *, placed: bool
    ) -> Iterator[tuple[Alike, Whereabouts]]:
        for alike in self._tx.tallies.of(scope.filings(look.period), look, column, placed=placed):
            where = self._where(alike.lat, alike.lon) if placed else NOWHERE
            if not scope.by_place or scope.covers(where):
                yield alike, where

    def _where(self, lat: float | None, lon: float | None) -> Whereabouts:
        return self._grids.where(GeoPoint(lat, lon)) if lat is not None and lon is not None else NOWHERE


def _key_of(where: Whereabouts, by: By | None) -> str:
    return (where.street if by is By.STREET else where.grid) or ""


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for one in tallies:
        for marks, cases in one.cases.items():
            total.add(marks, cases, one.hours[marks])
    return total
