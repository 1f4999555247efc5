"""Read the cases that a paper is about, and count them: in all, by unit, condition, street or duty grid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.domain.campaigns import Campaign
from service.domain.cases import Case, GridMap, Period, case_of
from service.domain.indicators import Look, Measure, measure
from service.domain.routing import Grid
from service.domain.ticket import HistoryEntry, Ticket
from service.store import Transaction
from service.store.cameras import CameraKind
from service.store.cases import Filing


class By(StrEnum):
    """What cases are grouped by."""

    UNIT = "unit"
    CONDITION = "condition"
    GRID = "grid"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a paper is about; what is empty does not restrict."""

    units: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    grids: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    campaign: Campaign | None = None

    def has(self, grid: Grid) -> bool:
        """Whether a duty grid lies in it."""
        return (not self.grids or grid.id in self.grids) and (not self.streets or grid.street in self.streets)

    def holds(self, case: Case, period: Period) -> bool:
        """Whether a case is in it, beyond what the rows were asked for already."""
        if self.grids and case.grid not in self.grids:
            return False
        if self.streets and case.street not in self.streets:
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
    return [case for case in as_cases(tx, tx.cases.of(filing)) if scope.holds(case, period)]


def as_cases(tx: Transaction, found: Sequence[tuple[Ticket, Sequence[HistoryEntry]]]) -> list[Case]:
    """Tickets with their histories as cases: with duty grid, street and address, and whether the problem came back."""
    grids, rebounds = GridMap(tx.units.grids()), tx.cases.rebounds()
    typed = tx.addresses.of_tickets([ticket.id for ticket, _ in found])
    cases = []
    for ticket, history in found:
        where = grids.where(ticket.place, typed[ticket.id].text if ticket.id in typed else None)
        cases.append(case_of(ticket, history, where, has_rebound=ticket.id in rebounds))
    return cases


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
        case By.STREET:
            return case.street or ""


def hours_of(tx: Transaction, period: Period, scope: Scope) -> float | None:
    """Camera-hours behind a scope; None for that of handling units, which no camera belongs to."""
    if scope.units:
        return None
    by_grid, wanted = hours_by_grid(tx, period), _grids_of(tx, scope)
    return sum(hours for grid, hours in by_grid.items() if wanted is None or grid in wanted)


def _grids_of(tx: Transaction, scope: Scope) -> frozenset[str] | None:
    """The duty grids that a scope is about, None for all of the city."""
    asked: list[Scope | Campaign] = [scope, *([scope.campaign] if scope.campaign else [])]
    limits = [one.grids for one in asked if one.grids]
    for streets in (one.streets for one in asked if one.streets):
        limits.append(frozenset(grid.id for grid in tx.units.grids() if grid.street in streets))
    return frozenset.intersection(*limits) if limits else None


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
        case By.STREET:
            return _hours_by_street(tx, period)


def _hours_by_street(tx: Transaction, period: Period) -> Mapping[str, float | None]:
    streets = GridMap(tx.units.grids()).streets
    hours: dict[str, float | None] = {}
    for grid, watched_h in hours_by_grid(tx, period).items():
        if (street := streets.get(grid)) is not None:
            hours[street] = (hours.get(street) or 0.0) + watched_h
    return hours
