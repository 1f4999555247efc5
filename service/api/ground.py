"""The ground that a list is narrowed to: streets, duty grids, premises, as everybody names them."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from service.domain.regions import Region
from service.store import Transaction
from service.store.regions import region_of_grids, region_of_premises, region_of_streets


class Ground(BaseModel):
    """Ids of streets, duty grids and premises; a ticket lies in one of each kind that is named."""

    model_config = ConfigDict(extra="forbid")

    street: Annotated[list[str], Field(max_length=50, examples=[["yunqiao"]])] = []
    grid: Annotated[list[str], Field(max_length=50, examples=[["nanzha-west"]])] = []
    premises: Annotated[list[str], Field(max_length=50, examples=[["prm_01"]])] = []

    def regions(self, rows: Transaction) -> tuple[Region, ...]:
        """The regions in each of which a ticket has to lie; StreetUnknown, GridUnknown, PremisesUnknown."""
        return tuple(self._regions(rows))

    def _regions(self, rows: Transaction) -> Iterator[Region]:
        if streets := several(self.street):
            yield region_of_streets(rows.grids, streets)
        if grids := several(self.grid):
            yield region_of_grids(rows.grids, grids)
        if premises := several(self.premises):
            yield region_of_premises(rows.premises, rows.zones, premises)


def several(told: list[str]) -> list[str]:
    """Names that were said one after the other, or divided by commas; each once.

    >>> several(["a,b", "c,a"])
    ['a', 'b', 'c']
    """
    return [name for name in dict.fromkeys(",".join(told).split(",")) if name]
