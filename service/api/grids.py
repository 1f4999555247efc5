"""Duty grids: listed, edited, ended, with every version; taken away and imported as a map; holes and overlaps told."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from detector.catalog import Name as CatalogName
from service.api.access import Caseworker, Overseer, Person
from service.api.body import TEXT, Form, form_docs, read_form
from service.api.catalog import Name
from service.api.city import City, city_of
from service.api.wire import Moment
from service.domain.coordinates import System
from service.domain.coverage import coverage_of
from service.domain.routing import Grid, Street
from service.errors import Unprocessable
from service.grids import (
    MapChecked,
    MapWish,
    check_map,
    end_grid,
    features_in,
    import_map,
    map_of,
    read_ahead,
    save_grid,
)
from service.occasion import Occasion
from service.store.grids import GridVersion

router = APIRouter(tags=["city"])

Id = Annotated[str, Field(min_length=1, max_length=64, pattern=TEXT)]
Label = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Ring = Annotated[list[tuple[Lon, Lat]], Field(max_length=500, description="lon, lat on WGS-84; the last is the first")]
Reason = Annotated[str, Field(max_length=2000, pattern=TEXT)]
MEDIA_TYPE: Final = "application/geo+json"
EXAMPLE: Final[dict[str, Any]] = {
    "version": 0,
    "name": {"en": "Nanzha West grid", "zh": "南栅西网格"},
    "rings": [[[121.47, 31.23], [121.475, 31.23], [121.475, 31.235], [121.47, 31.235], [121.47, 31.23]]],
    "units": {"litter": "sanitation"},
    "street": {"id": "yunqiao", "name": {"en": "Yunqiao", "zh": "云桥街道"}},
}


class BothNames(BaseModel):
    """A name in both languages."""

    model_config = ConfigDict(extra="forbid")

    en: Label
    zh: Label


class StreetWish(BaseModel):
    """A street 街道 by its id; with a name it is made, or called so from now on."""

    model_config = ConfigDict(extra="forbid")

    id: Id
    name: BothNames | None = None


class GridWish(BaseModel):
    """A grid to be kept; `version` is that of the grid as they saw it, 0 for a new one. The first ring is its
    border, others are holes in it; `units` names the responsible unit by condition.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    version: Annotated[int, Field(ge=0, le=2**31)]
    name: BothNames
    rings: Annotated[list[Ring], Field(min_length=1, max_length=20)]
    units: dict[Id, Id] = {}
    street: StreetWish | None = None
    reason: Reason | None = None


class GridAnswer(BaseModel):
    """A grid as it is kept."""

    id: str
    version: int
    name: Name
    street: str | None
    units: dict[str, str]
    rings: list[list[tuple[float, float]]]
    ended_at: Moment | None


class GridPage(BaseModel):
    """Grids by id."""

    items: list[GridAnswer]
    next: str | None


class GridVersionAnswer(GridAnswer):
    """A version of a grid: who made it so, when and why."""

    by: str
    at: Moment
    reason: str | None


class GridVersions(BaseModel):
    """Every version that somebody made, the latest first."""

    items: list[GridVersionAnswer]
    next: str | None = None


class StreetAnswer(BaseModel):
    """A street with the grids that belong to it."""

    id: str
    name: Name
    grids: list[str]


class StreetList(BaseModel):
    """All streets; `without` are grids that belong to none."""

    items: list[StreetAnswer]
    next: str | None = None
    without: list[str]


class Spot(BaseModel):
    """Where to look, on WGS-84."""

    lat: float
    lon: float


class OverlapAnswer(BaseModel):
    """Two grids that share ground; the first answers for it."""

    grids: tuple[str, str]
    area_m2: float
    at: Spot


class HoleAnswer(BaseModel):
    """Ground inside the map that lies in no grid."""

    area_m2: float
    at: Spot


class CoverageAnswer(BaseModel):
    """Where grids lie on each other and where there are holes between them, 25 m² and more, the largest first."""

    overlaps: list[OverlapAnswer]
    holes: list[HoleAnswer]


class FaultAnswer(BaseModel):
    """What is wrong with a feature, counted from 0."""

    feature: int
    grid: str | None
    problem: str
    value: str | None


class MapAnswer(CoverageAnswer):
    """What a map does to the grids; `stale` ones have been changed since it was taken away."""

    good: bool
    faults: list[FaultAnswer]
    added: list[str]
    changed: list[str]
    same: int
    ended: list[str]
    stale: list[str]
    new_streets: list[StreetWish]
    others: int


FIELDS: Final = form_docs(
    file={"type": "string", "format": "binary", "description": "A GeoJSON FeatureCollection of at most 8 MiB"},
    coordinates={"type": "string", "enum": ["wgs84", "gcj02"]},
    ends_missing={"type": "string", "enum": ["0", "1"], "description": "1: grids that are not on it end"},
    based_on={"type": "string", "description": "The `digest` of the map that it was made from"},
    reason={"type": "string"},
)


@router.get("/api/grids")
def list_grids(
    request: Request,
    _: Person,
    street: Annotated[str | None, Query(max_length=64)] = None,
    ended: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> GridPage:
    """Duty grids by id, of one street or of all; `ended` shows those that are no more."""
    with city_of(request).store.read() as rows:
        found = rows.grids.page(limit + 1, cursor, street, ended=ended)
    shown = found[:limit]
    return GridPage(items=[_answer(grid) for grid in shown], next=shown[-1].id if len(found) > limit else None)


@router.get("/api/grids/{grid_id}")
def get_grid(request: Request, _: Person, grid_id: str) -> GridAnswer:
    """One duty grid."""
    with city_of(request).store.read() as rows:
        return _answer(rows.grids.get(grid_id))


@router.put("/api/grids/{grid_id}")
def put_grid(request: Request, caller: Overseer, grid_id: Id, wish: GridWish) -> GridAnswer:
    """Make a duty grid or change it; new tickets are routed by it at once. The same again changes nothing."""
    city = city_of(request)
    street = wish.street
    named = Street(street.id, _name(street.name)) if street and street.name else None
    grid = Grid(
        id=grid_id,
        name=_name(wish.name),
        polygon={"type": "Polygon", "coordinates": [[list(corner) for corner in ring] for ring in wish.rings]},
        units=dict(sorted(wish.units.items())),
        street=street.id if street else None,
        version=wish.version,
    )
    with city.store.write() as rows:
        return _answer(save_grid(rows, grid, named, wish.reason, Occasion(caller, city.policy, city.clock())))


@router.delete("/api/grids/{grid_id}")
def delete_grid(
    request: Request,
    caller: Overseer,
    grid_id: str,
    version: Annotated[int, Query(ge=1, le=2**31)],
    reason: Annotated[str | None, Query(max_length=2000, pattern=TEXT)] = None,
) -> GridAnswer:
    """Let a duty grid end. Its versions stay, and so does what was done in it."""
    city = city_of(request)
    with city.store.write() as rows:
        return _answer(end_grid(rows, grid_id, version, reason, Occasion(caller, city.policy, city.clock())))


@router.get("/api/grids/{grid_id}/versions")
def list_grid_versions(request: Request, _: Person, grid_id: str) -> GridVersions:
    """What a duty grid was, and who made it so."""
    with city_of(request).store.read() as rows:
        rows.grids.get(grid_id)
        return GridVersions(items=[_version(one) for one in rows.grids.versions(grid_id)])


@router.get("/api/grid-streets")
def list_grid_streets(request: Request, _: Person) -> StreetList:
    """The streets 街道 above the duty grids; reports and ledgers may be asked by them."""
    with city_of(request).store.read() as rows:
        streets, grids = rows.grids.streets(), rows.units.grids()
    return StreetList(
        items=[
            StreetAnswer(
                id=one.id,
                name=Name(en=one.name.en, zh=one.name.zh),
                grids=[grid.id for grid in grids if grid.street == one.id],
            )
            for one in streets
        ],
        without=[grid.id for grid in grids if grid.street is None],
    )


@router.get("/api/grid-map", response_class=Response, responses={200: {"content": {MEDIA_TYPE: {}}}})
def get_grid_map(request: Request, _: Person) -> Response:
    """All duty grids as a GeoJSON FeatureCollection on WGS-84, to be edited elsewhere and imported again."""
    with city_of(request).store.read() as rows:
        content = json.dumps(map_of(rows), ensure_ascii=False)
    headers = {"Content-Disposition": 'attachment; filename="grids.geojson"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@router.get("/api/grid-map/coverage")
def get_coverage(request: Request, _: Person) -> CoverageAnswer:
    """Where the duty grids lie on each other, and where there are holes between them."""
    city = city_of(request)
    with city.store.read() as rows:
        grids = rows.units.grids()
    return CoverageAnswer(**_coverage(city, grids))


@router.post("/api/grid-map/check", openapi_extra=FIELDS)
def check_grid_map(request: Request, caller: Caseworker, form: Annotated[Form, Depends(read_form)]) -> MapAnswer:
    """Look at a map without keeping it: what is wrong with it, what it would change, its overlaps and holes."""
    city = city_of(request)
    features = features_in(form.file)
    with city.store.read() as rows:
        found = check_map(rows, features, _wish(form), Occasion(caller, city.policy, city.clock()))
    return _told(city, found)


@router.post("/api/grid-map", openapi_extra=FIELDS)
def import_grid_map(request: Request, caller: Overseer, form: Annotated[Form, Depends(read_form)]) -> MapAnswer:
    """Take a whole map, or nothing of it; each grid that is different gets a version. Overlaps and holes are told."""
    city = city_of(request)
    features, wish = features_in(form.file), _wish(form)
    on = Occasion(caller, city.policy, city.clock())
    with city.store.read() as rows:
        ahead = read_ahead(rows, features, wish, on)
    with city.store.write() as rows:
        found = import_map(rows, features, wish, on, ahead)
    return _told(city, found)


def _wish(form: Form) -> MapWish:
    system, ends = form.text("coordinates") or System.WGS84, form.text("ends_missing") or "0"
    if system not in (System.WGS84, System.GCJ02):
        raise Unprocessable(field="coordinates", problem="unknown")
    if ends not in ("0", "1"):
        raise Unprocessable(field="ends_missing", problem="unknown")
    return MapWish(System(system), ends == "1", form.text("based_on"), form.text("reason", 2000))


def _told(city: City, found: MapChecked) -> MapAnswer:
    plan, read = found.plan, found.read
    return MapAnswer(
        good=found.is_good,
        faults=[
            FaultAnswer(feature=one.feature, grid=one.grid, problem=one.problem, value=one.value) for one in read.faults
        ],
        added=[grid.id for grid in plan.added],
        changed=[grid.id for grid in plan.changed],
        same=len(plan.same),
        ended=[grid.id for grid in plan.ended],
        stale=list(plan.stale),
        new_streets=[StreetWish(id=one.id, name=BothNames(en=one.name.en, zh=one.name.zh)) for one in read.streets],
        others=read.others,
        **_coverage(city, found.then),
    )


def _coverage(city: City, grids: Sequence[Grid]) -> dict[str, Any]:
    """Reckoned one after the other, since a large map takes a whole core for a second or two."""
    with city.press.turn():
        coverage = coverage_of(grids)
    return {
        "overlaps": [
            OverlapAnswer(grids=one.grids, area_m2=one.area_m2, at=Spot(lat=one.at.lat, lon=one.at.lon))
            for one in coverage.overlaps
        ],
        "holes": [HoleAnswer(area_m2=one.area_m2, at=Spot(lat=one.at.lat, lon=one.at.lon)) for one in coverage.holes],
    }


def _answer(grid: Grid) -> GridAnswer:
    return GridAnswer(
        id=grid.id,
        version=grid.version,
        name=Name(en=grid.name.en, zh=grid.name.zh),
        street=grid.street,
        units=dict(grid.units),
        rings=[[(corner[0], corner[1]) for corner in ring] for ring in grid.polygon["coordinates"]],
        ended_at=grid.ended_at,
    )


def _version(one: GridVersion) -> GridVersionAnswer:
    return GridVersionAnswer(**_answer(one.grid).model_dump(), by=one.by, at=one.at, reason=one.reason)


def _name(name: BothNames) -> CatalogName:
    return CatalogName(en=name.en, zh=name.zh)
