"""Read the cases that a paper is about, and count them: in all, by unit, by condition, by duty grid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.domain.campaigns import Campaign
from service.domain.cases import Case, GridMap, Period, case_of
from service.domain.indicators import Look, Measure, measure
from service.store import Transaction
from service.store.cameras import CameraKind
from service.store.cases import Filing


class By(StrEnum):
    """What cases are grouped by."""

    UNIT = "unit"
    CONDITION = "condition"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a paper is about; what is empty does not restrict."""

    units: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    grids: frozenset[str] = frozenset()
    campaign: Campaign | None = None

    def holds(self, case: Case, period: Period) -> bool:
        """Whether a case is in it, beyond what the rows were asked for already."""
        if self.grids and case.grid not in self.grids:
            return False
        return self.campaign is None or self.campaign.owns(case, period.zone)


@dataclass(frozen=True, slots=True)
class Group:
    """The indicators of some cases; `key` is None for all of them, empty for those that belong to no group."""

    key: str | None
    measures: tuple[Measure, ...]


def cases_in(tx: Transaction, period: Period, scope: Scope, *, open_only: bool = False) -> list[Case]:
    """Every case of a scope that lived in a period, oldest first."""
    filing = Filing(
        units=scope.units,
        conditions=scope.conditions,
        touched_from=None if open_only else period.start,
        touched_before=period.end,
        open_only=open_only,
    )
    grids, rebounds = GridMap(tx.units.grids()), tx.cases.rebounds()
    found = (
        case_of(ticket, history, grids.at(ticket.place), has_rebound=ticket.id in rebounds)
        for ticket, history in tx.cases.of(filing)
    )
    return [case for case in found if scope.holds(case, period)]


def total(tx: Transaction, cases: Sequence[Case], look: Look, scope: Scope) -> Group:
    """The indicators of all cases; hours are those of the cameras that could have seen them."""
    hours = hours_of(tx, look.period, scope)
    return Group(None, tuple(measure(cases, look, hours)))


def grouped(tx: Transaction, cases: Sequence[Case], look: Look, by: By, scope: Scope) -> list[Group]:
    """The indicators of each group, by its key; those that belong to none stand last, under an empty key."""
    parts: dict[str, list[Case]] = {}
    for case in cases:
        parts.setdefault(key_of(case, by), []).append(case)
    hours = _hours_by(tx, look.period, by, scope, parts)
    keys = sorted(parts, key=lambda key: (key == "", key))
    return [Group(key, tuple(measure(parts[key], look, hours.get(key)))) for key in keys]


def key_of(case: Case, by: By) -> str:
    """The group that a case belongs to, empty for none."""
    match by:
        case By.UNIT:
            return case.ticket.unit_id or ""
        case By.CONDITION:
            return case.ticket.condition
        case By.GRID:
            return case.grid or ""


def hours_of(tx: Transaction, period: Period, scope: Scope) -> float | None:
    """Camera-hours behind a scope; None for that of handling units, which no camera belongs to."""
    if scope.units:
        return None
    by_grid = hours_by_grid(tx, period)
    wanted = scope.grids or (scope.campaign.grids if scope.campaign else frozenset())
    return sum(hours for grid, hours in by_grid.items() if not wanted or grid in wanted)


def hours_by_grid(tx: Transaction, period: Period) -> Mapping[str, float]:
    """Camera-hours by the duty grid in which a fixed camera stands; moving ones and others under the empty key."""
    grids, watched = GridMap(tx.units.grids()), tx.watched.hours(period.start, period.end)
    hours: dict[str, float] = {}
    for camera_id, watched_h in watched.items():
        camera = tx.cameras.find(camera_id)
        place = camera.place if camera and camera.kind is CameraKind.FIXED else None
        grid = grids.at(place) or ""
        hours[grid] = hours.get(grid, 0.0) + watched_h
    return hours


def _hours_by(tx: Transaction, period: Period, by: By, scope: Scope, keys: Iterable[str]) -> Mapping[str, float | None]:
    match by:
        case By.UNIT:
            return {}
        case By.CONDITION:
            return dict.fromkeys(keys, hours_of(tx, period, scope))  # every camera looks for all of them
        case By.GRID:
            return {grid: hours for grid, hours in hours_by_grid(tx, period).items() if grid}
