"""What units, conditions, duty grids and streets are called."""

from collections.abc import Mapping
from dataclasses import dataclass

from detector.catalog import Catalog, Name
from service.reports.scopes import By
from service.store import Transaction


@dataclass(frozen=True, slots=True)
class Naming:
    """Names by id, in both languages; what nobody has named is called by its id."""

    units: Mapping[str, Name]
    conditions: Mapping[str, Name]
    grids: Mapping[str, Name]
    streets: Mapping[str, Name]

    @classmethod
    def read(cls, tx: Transaction, catalog: Catalog) -> "Naming":
        """The names as they are now."""
        return cls(
            units={unit.id: unit.name for unit in tx.units.all()},
            conditions={row.id: row.name for row in catalog.conditions},
            grids={grid.id: grid.name for grid in tx.units.grids()},
            streets={street.id: street.name for street in tx.grids.streets()},
        )

    def of(self, by: By, key: str) -> Name:
        """The name of a group."""
        names = {
            By.UNIT: self.units,
            By.CONDITION: self.conditions,
            By.GRID: self.grids,
            By.STREET: self.streets,
        }[by]
        return names.get(key, Name(en=key, zh=key))
