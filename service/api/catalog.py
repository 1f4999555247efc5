"""What a page has to know before it shows anything: conditions, kinds, moves, units and the map of the streets."""

import json
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from detector.catalog import Condition, Kind
from detector.catalog import Name as CatalogName
from detector.weights import open_card
from service.api.access import Anyone
from service.api.city import city_of
from service.api.ticket_wire import FactRowAnswer
from service.domain.facts import FACTS
from service.domain.policy import Policy
from service.domain.routing import Grid
from service.domain.states import STANDINGS, UNDO_MERGE, Move, Resolution, Role, State, moves_from

router = APIRouter(tags=["city"])

VERDICT_REASONS: Final = (
    "nothing_there",
    "looks_alike",
    "lawful",
    "in_its_place",
    "private_ground",
    "cleared_already",
    "seen_before",
    "unclear",
    "other",
)
"""What a reviewer usually says why something is not true; any other text is taken, too."""

STREETS: Final = "streets.geojson"


class Name(BaseModel):
    """A name in both languages."""

    en: str
    zh: str


class LimitAnswer(BaseModel):
    """Within how much time a condition is put right."""

    amount: float
    unit: str


class ConditionAnswer(BaseModel):
    """A condition of the street."""

    id: str
    name: Name
    codes: dict[str, str]
    limit: LimitAnswer
    filed_when: Name | None
    closed_when: Name
    colour: str
    unit: str
    radius_m: float


class KindAnswer(BaseModel):
    """A class of the model."""

    id: str
    name: Name
    condition: str | None


class CatalogAnswer(BaseModel):
    """Everything that can be seen or reported."""

    conditions: list[ConditionAnswer]
    kinds: list[KindAnswer]
    states: list[State]
    resolutions: list[Resolution]
    roles: list[Role]
    verdict_reasons: list[str]


class MoveAnswer(BaseModel):
    """One allowed step of a ticket."""

    was: State
    to: State
    roles: list[str]
    needs: list[str]


class StateAnswer(BaseModel):
    """What a state means."""

    id: State
    stage: str
    open311: str | None
    timer: str
    is_open: bool


class MovesAnswer(BaseModel):
    """The state table as the service itself reads it."""

    states: list[StateAnswer]
    moves: list[MoveAnswer]
    merge_undo: MoveAnswer
    facts: list[FactRowAnswer]


class WeightsFileAnswer(BaseModel):
    """One file of the weights, for one engine."""

    name: str
    engine: str
    sha256: str


class ModelAnswer(BaseModel):
    """The weights that look. `input` is the width and height that they were trained for; `metrics` are those of
    `training evaluate`, by kind; `recipe_sha256` and `manifest_sha256` say how and from which pictures they were made.
    """

    name: str
    version: str
    licence: str
    kinds: list[str]
    thresholds: dict[str, float]
    metrics: dict[str, Any]
    input: tuple[int, int]
    sha256: str
    recipe_sha256: str
    manifest_sha256: str
    files: list[WeightsFileAnswer]


class UnitAnswer(BaseModel):
    """A handling unit."""

    id: str
    name: Name


class Units(BaseModel):
    """All handling units."""

    items: list[UnitAnswer]
    next: str | None = None


@router.get("/api/catalog")
def catalog(request: Request, _: Anyone) -> CatalogAnswer:
    """Conditions and kinds, with their names in both languages, codes in three tables, limits and units."""
    city = city_of(request)
    return CatalogAnswer(
        conditions=[_condition(row, city.policy) for row in city.catalog.conditions],
        kinds=[_kind(row) for row in city.catalog.kinds],
        states=list(State),
        resolutions=list(Resolution),
        roles=list(Role),
        verdict_reasons=list(VERDICT_REASONS),
    )


@router.get("/api/moves")
def moves(request: Request, _: Anyone) -> MovesAnswer:
    """All states, all steps between them, how a merge is taken back, and the facts that move nothing."""
    verification = city_of(request).policy.field_verification
    return MovesAnswer(
        states=[
            StateAnswer(
                id=state,
                stage=standing.stage.value,
                open311=standing.open311,
                timer=standing.timer.value,
                is_open=standing.is_open,
            )
            for state, standing in STANDINGS.items()
        ],
        moves=[_move(step) for state in State for step in moves_from(state, field_verification=verification)],
        merge_undo=_move(UNDO_MERGE),
        facts=[FactRowAnswer.of(row) for row in FACTS],
    )


@router.get("/api/units")
def units(request: Request, _: Anyone) -> Units:
    """The handling units that a ticket can be dispatched to."""
    with city_of(request).store.read() as rows:
        return Units(items=[UnitAnswer(id=unit.id, name=_name(unit.name)) for unit in rows.units.all()])


@router.get("/api/model")
def model(request: Request, _: Anyone) -> ModelAnswer:
    """The weights that look: their card, as it was measured."""
    card = open_card(city_of(request).settings.weights)
    return ModelAnswer(
        name=card.name,
        version=card.version,
        licence=card.licence,
        kinds=list(card.kinds),
        thresholds=dict(card.thresholds),
        metrics=dict(card.metrics),
        input=card.input,
        sha256=card.sha256,
        recipe_sha256=card.recipe_sha256,
        manifest_sha256=card.manifest_sha256,
        files=[WeightsFileAnswer(name=one.path, engine=one.engine, sha256=one.sha256) for one in card.files],
    )


@router.get("/api/streets", response_class=Response, responses={200: {"content": {"application/geo+json": {}}}})
def streets(request: Request, _: Anyone) -> Response:
    """The city's own map as a GeoJSON FeatureCollection: its streets, and its duty grids as features of kind `grid`.

    Where the city has map tiles, `tiles` says their `href` and the `system` that they are drawn in.
    """
    city = city_of(request)
    path = city.settings.data / STREETS
    drawn = json.loads(path.read_bytes())["features"] if path.is_file() else []
    with city.store.read() as rows:
        names = {street.id: street.name for street in rows.grids.streets()}
        grids = [_feature(grid, names.get(grid.street or "")) for grid in rows.units.grids()]
    told: dict[str, Any] = {"type": "FeatureCollection", "features": [*drawn, *grids]}
    if city.settings.tiles is not None:
        told["tiles"] = {"href": city.settings.tiles, "system": city.settings.tiles_system}
    content = json.dumps(told, ensure_ascii=False)
    return Response(content, media_type="application/geo+json")


def _feature(grid: Grid, street: CatalogName | None) -> dict[str, Any]:
    properties = {"kind": "grid", "name_zh": grid.name.zh, "name_en": grid.name.en, "street": grid.street}
    if street is not None:
        properties |= {"street_zh": street.zh, "street_en": street.en}
    return {"type": "Feature", "id": grid.id, "properties": properties, "geometry": dict(grid.polygon)}


def _move(step: Move) -> MoveAnswer:
    return MoveAnswer(
        was=step.was,
        to=step.to,
        roles=sorted(role.value for role in step.roles),
        needs=[need.value for need in step.needs],
    )


def _name(name: CatalogName) -> Name:
    return Name(en=name.en, zh=name.zh)


def _condition(row: Condition, policy: Policy) -> ConditionAnswer:
    rule = policy.rule(row.id)
    return ConditionAnswer(
        id=row.id,
        name=_name(row.name),
        codes=dict(row.codes),
        limit=LimitAnswer(amount=rule.limit.amount, unit=rule.limit.unit),
        filed_when=_name(rule.filed_when) if rule.filed_when else None,
        closed_when=_name(rule.closed_when or row.closed_when),
        colour=row.colour,
        unit=rule.unit,
        radius_m=rule.radius_m,
    )


def _kind(row: Kind) -> KindAnswer:
    return KindAnswer(id=row.id, name=_name(row.name), condition=row.condition)
