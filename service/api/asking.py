"""What a paper is asked about: days, units, conditions, streets, duty grids, a campaign."""

from datetime import date, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from service.api.city import City
from service.domain.cases import Period
from service.domain.indicators import Look
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors import Unprocessable
from service.reports.scopes import Scope
from service.store import Transaction

LONGEST_DAYS: Final = 400
NO_UNIT: Final = "-"

Ids = Annotated[list[str], Field(max_length=50)]


class Asking(BaseModel):
    """Days of the city, both included; without `first` as many as `days` says up to `last`, which is today where it is
    not said. What is empty does not restrict."""

    model_config = ConfigDict(extra="forbid")

    first: Annotated[date | None, Field(examples=["2026-11-23"])] = None
    last: Annotated[date | None, Field(examples=["2026-11-29"])] = None
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 7
    unit: Ids = []
    condition: Ids = []
    grid: Ids = []
    street: Ids = []
    campaign: Annotated[str | None, Field(max_length=64)] = None


def look_of(city: City, asking: Asking) -> Look:
    """The period that is asked about; Unprocessable where it ends before it begins or is too long."""
    now, zone = city.clock(), city.policy.timezone
    last = asking.last or now.astimezone(zone).date()
    first = asking.first or last - timedelta(days=asking.days - 1)
    if last < first:
        raise Unprocessable(field="last", problem="out_of_order")
    if (last - first).days > LONGEST_DAYS or not 2000 <= first.year <= last.year <= 2200:
        raise Unprocessable(field="first", problem="too_long")
    return Look(Period(first, last, zone), now)


def scope_of(rows: Transaction, caller: Actor, asking: Asking) -> Scope:
    """What is asked about; a handling unit asks about its own. CampaignUnknown."""
    own = frozenset({caller.unit_id or NO_UNIT})
    return Scope(
        units=own if caller.role is Role.UNIT else _several(asking.unit),
        conditions=_several(asking.condition),
        grids=_several(asking.grid),
        streets=_several(asking.street),
        campaign=rows.campaigns.get(asking.campaign) if asking.campaign else None,
    )


def _several(told: list[str]) -> frozenset[str]:
    return frozenset(name for name in ",".join(told).split(",") if name)
