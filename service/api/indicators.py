"""The indicators of a period, each with its definition beside it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from detector.catalog import Name as CatalogName
from service.api.access import Person
from service.api.asking import Asking, look_of, scope_of
from service.api.catalog import Name
from service.api.city import city_of
from service.domain.indicators import CAMERA_HOURS, INDICATORS, Unit
from service.reports.counting import Group
from service.reports.naming import Naming
from service.reports.scopes import By
from service.reports.tallying import Tallying
from service.reports.words import both

router = APIRouter(tags=["papers"])


class IndicatorQuery(Asking):
    """What is counted, and by what it is divided."""

    by: By | None = None


class Definition(BaseModel):
    """What an indicator counts; `more_is_better` is None where neither is."""

    id: str
    name: Name
    definition: Name
    unit: Unit
    more_is_better: bool | None


class MeasureAnswer(BaseModel):
    """A value; None where its base is empty. A share is `part` of `base`, in [0, 1]."""

    id: str
    value: float | None
    part: float
    base: float | None


class GroupAnswer(BaseModel):
    """The values of one group; `id` is None for all together, empty for what belongs to no group."""

    id: str | None
    name: Name | None
    values: list[MeasureAnswer]


class Days(BaseModel):
    """Days of the city, both included."""

    first: str
    last: str


class IndicatorsAnswer(BaseModel):
    """All together first, then each group."""

    period: Days
    definitions: list[Definition]
    items: list[GroupAnswer]
    next: str | None = None


@router.get("/api/indicators")
def indicators(request: Request, caller: Person, query: Annotated[IndicatorQuery, Query()]) -> IndicatorsAnswer:
    """Reported, filed, on time, overdue, rework, rebound and the rest, in all and by unit, condition, street, grid."""
    city = city_of(request)
    look = look_of(city, query)
    with city.store.read() as rows:
        groups = Tallying(rows).groups(look, scope_of(rows, caller, query), query.by)
        naming = Naming.read(rows, city.catalog)
    return IndicatorsAnswer(
        period=Days(first=look.period.first.isoformat(), last=look.period.last.isoformat()),
        definitions=definitions(),
        items=[_group(group, query.by, naming) for group in groups],
    )


def definitions() -> list[Definition]:
    """All indicators in the order in which they are shown."""
    rows = [(row.id, row.unit, row.more_is_better) for row in INDICATORS]
    rows.append((CAMERA_HOURS, Unit.HOURS, None))
    return [
        Definition(
            id=name,
            name=_name(both(f"indicators.{name}.name")),
            definition=_name(both(f"indicators.{name}.definition")),
            unit=unit,
            more_is_better=more_is_better,
        )
        for name, unit, more_is_better in rows
    ]


def _group(group: Group, by: By | None, naming: Naming) -> GroupAnswer:
    name = naming.of(by, group.key) if by and group.key else None
    return GroupAnswer(
        id=group.key,
        name=_name(name) if name else None,
        values=[MeasureAnswer(id=one.id, value=one.value, part=one.part, base=one.base) for one in group.measures],
    )


def _name(name: CatalogName) -> Name:
    return Name(en=name.en, zh=name.zh)
