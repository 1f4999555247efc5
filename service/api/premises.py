"""Premises and yards: their frontage, what they answer for, their pledge, score, award and partner unit."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from service.api.access import Caseworker, Person
from service.api.body import TEXT, point
from service.api.city import City, city_of
from service.api.wire import Moment
from service.domain.audit import AuditLine
from service.domain.premises import Premises, PremisesKind, wrong_frontage
from service.errors import ConditionUnknown, UnitUnknown, Unprocessable
from service.errors.field import FrontageWrong
from service.store import Transaction
from service.store.ids import new_id

router = APIRouter(tags=["field"])

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT)]
Long = Annotated[str, Field(max_length=2000, pattern=TEXT)]
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=TEXT)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Ring = Annotated[list[tuple[Lon, Lat]], Field(max_length=500, description="lon, lat on WGS-84; the last is the first")]
Score = Annotated[int, Field(ge=0, le=100)]
KEPT: Final = ("name", "address", "unit_id", "pledge", "pledged_on", "score", "award")
"""What a change sets as it is."""

EXAMPLE: Final[dict[str, Any]] = {
    "kind": "shop",
    "name": "张记小吃",
    "frontage": [[121.47, 31.23], [121.4701, 31.23], [121.4701, 31.2301], [121.47, 31.2301], [121.47, 31.23]],
    "doorstep": ["out_of_store"],
    "address": "河东街 12 号",
}


class PremisesFields(BaseModel):
    """What premises may have."""

    model_config = ConfigDict(extra="forbid")

    address: Name | None = None
    unit_id: Id | None = None
    pledge: Long | None = None
    pledged_on: date | None = None
    score: Score | None = None
    award: Name | None = None


class PremisesWish(PremisesFields):
    """Premises to be kept; `doorstep` names the conditions that they answer for before their door."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    kind: PremisesKind
    name: Name
    frontage: Ring
    doorstep: Annotated[list[Id], Field(max_length=64)] = []


class PremisesChange(PremisesFields):
    """What is to be different; a field that is sent as null is emptied. `ended` says that it closed down."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": 1, "score": 96}]})

    version: Annotated[int, Field(ge=1, le=2**31)]
    name: Name | None = None
    frontage: Ring | None = None
    doorstep: Annotated[list[Id], Field(max_length=64)] | None = None
    ended: bool = False


class PremisesAnswer(BaseModel):
    """Premises as they are kept."""

    id: str
    version: int
    kind: PremisesKind
    name: str
    address: str | None
    frontage: list[tuple[float, float]]
    doorstep: list[str]
    unit_id: str | None
    pledge: str | None
    pledged_on: date | None
    score: int | None
    award: str | None
    created_at: Moment
    ended_at: Moment | None


class PremisesPage(BaseModel):
    """Premises, newest first."""

    items: list[PremisesAnswer]
    next: str | None


class PremisesQuery(BaseModel):
    """Which premises are wanted: of one kind, or those whose frontage holds a place."""

    model_config = ConfigDict(extra="forbid")

    kind: PremisesKind | None = None
    lat: float | None = None
    lon: float | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None


@router.get("/api/premises")
def list_premises(request: Request, _: Person, query: Annotated[PremisesQuery, Query()]) -> PremisesPage:
    """All premises, newest first; with `lat` and `lon` all of those that answer for that place."""
    place = point(query.lat, query.lon)
    with city_of(request).store.read() as rows:
        if place is not None:
            here = [one for one in rows.premises.around(place) if one.holds(place) and query.kind in (None, one.kind)]
            return PremisesPage(items=[premises_answer(one) for one in here], next=None)
        found = rows.premises.page(query.kind, query.limit + 1, query.cursor)
    shown = found[: query.limit]
    more = len(found) > query.limit
    return PremisesPage(items=[premises_answer(one) for one in shown], next=shown[-1].id if more else None)


@router.post("/api/premises", status_code=201)
def create_premises(request: Request, caller: Caseworker, wish: PremisesWish) -> PremisesAnswer:
    """Keep a shop or a yard."""
    city = city_of(request)
    now = city.clock()
    made = Premises(
        id=new_id("prm", now),
        version=1,
        kind=wish.kind,
        frontage=_frontage(wish.frontage),
        created_at=now,
        doorstep=_doorstep(city, wish.doorstep),
        **{name: getattr(wish, name) for name in KEPT},
    )
    with city.store.write() as rows:
        _check_unit(rows, made)
        rows.premises.add(made)
        rows.audit.add(AuditLine(now, caller.name, "premises.made", made.id, None, {"name": made.name}))
    return premises_answer(made)


@router.get("/api/premises/{premises_id}")
def get_premises(request: Request, _: Person, premises_id: str) -> PremisesAnswer:
    """One shop or yard."""
    with city_of(request).store.read() as rows:
        return premises_answer(rows.premises.get(premises_id))


@router.patch("/api/premises/{premises_id}")
def change_premises(request: Request, caller: Caseworker, premises_id: str, change: PremisesChange) -> PremisesAnswer:
    """Change a shop or a yard: its pledge, score, award, partner, frontage, or that it closed down."""
    city = city_of(request)
    now = city.clock()
    with city.store.write() as rows:
        kept = rows.premises.get(premises_id)
        changed = replace(kept, version=change.version + 1, **_changes(city, change))
        if change.ended and kept.ended_at is None:
            changed = replace(changed, ended_at=now)
        _check_unit(rows, changed)
        rows.premises.change(changed)
        told = change.model_dump(mode="json", exclude_unset=True)
        rows.audit.add(AuditLine(now, caller.name, "premises.changed", kept.id, None, told))
    return premises_answer(changed)


def premises_answer(one: Premises) -> PremisesAnswer:
    """Premises as every interface shows them."""
    plain = ("id", "version", "kind", "created_at", "ended_at", *KEPT)
    told = {name: getattr(one, name) for name in plain}
    return PremisesAnswer(**told, frontage=list(one.frontage), doorstep=sorted(one.doorstep))


def _changes(city: City, change: PremisesChange) -> dict[str, Any]:
    changes: dict[str, Any] = {name: getattr(change, name) for name in KEPT if name in change.model_fields_set}
    if "name" in changes and changes["name"] is None:
        raise Unprocessable(field="name", problem="missing")
    if change.frontage is not None:
        changes["frontage"] = _frontage(change.frontage)
    if change.doorstep is not None:
        changes["doorstep"] = _doorstep(city, change.doorstep)
    return changes


def _frontage(ring: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    if problem := wrong_frontage(ring):
        raise FrontageWrong(problem=problem)
    return tuple(ring)


def _doorstep(city: City, conditions: list[str]) -> frozenset[str]:
    if unknown := sorted(set(conditions) - city.policy.rules.keys()):
        raise ConditionUnknown(condition=unknown[0])
    return frozenset(conditions)


def _check_unit(rows: Transaction, one: Premises) -> None:
    if one.unit_id is not None and one.unit_id not in rows.units.ids():
        raise UnitUnknown(unit=one.unit_id)
