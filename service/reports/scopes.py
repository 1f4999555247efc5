"""What a paper is about, and by what it divides."""

from dataclasses import dataclass
from enum import StrEnum

from service.domain.campaigns import Campaign
from service.domain.cases import Case, Period
from service.domain.routing import Grid
from service.domain.whereabouts import Whereabouts
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

    @property
    def by_place(self) -> bool:
        """Whether it restricts where, so that each place has to be looked at."""
        own = self.campaign
        return bool(self.grids or self.streets or (own is not None and (own.grids or own.streets)))

    def covers(self, where: Whereabouts) -> bool:
        """Whether a place lies in it."""
        asked = [(self.grids, self.streets)]
        if self.campaign is not None:
            asked.append((self.campaign.grids, self.campaign.streets))
        return all(
            (not grids or where.grid in grids) and (not streets or where.street in streets) for grids, streets in asked
        )

    def filings(self, period: Period) -> list[Filing]:
        """What rows have to meet that lived in a period: each of these, places apart."""
        first = Filing(
            units=self.units, conditions=self.conditions, touched_from=period.start, touched_before=period.end
        )
        if self.campaign is None:
            return [first]
        days = self.campaign.period(period.zone)
        own = Filing(
            not_of_others=self.campaign.units,
            conditions=self.campaign.conditions,
            opened_from=days.start,
            opened_before=days.end,
        )
        return [first, own]
