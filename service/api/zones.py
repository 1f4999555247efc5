"""What is drawn into a camera's picture: exclusion masks, areas and shop fronts, and what a box must look like."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from detector.drawn import zone_as_json
from detector.types import GeoPoint
from detector.zones import Shape, Zone, Zones
from service.api.access import Admin, Person
from service.api.body import TEXT
from service.api.city import City, city_of
from service.api.wire import Moment
from service.cameras.zoning import draw_zones
from service.errors import ConditionUnknown, Unprocessable
from service.store.zones import KeptZones

router = APIRouter(tags=["cameras"])

MOST_ZONES = 64
MOST_CORNERS = 128

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Name = Annotated[str, Field(max_length=63, pattern=r"^[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff ._-]*$")]
Condition = Annotated[str, Field(max_length=64, pattern=TEXT)]

EXAMPLE: Final[JsonDict] = {
    "based_on": 0,
    "reason": "树影常被误报",
    "zones": [
        {"id": "tree", "use": "mask", "polygon": [[0, 0], [0.3, 0], [0.3, 0.4], [0, 0.4]]},
        {"id": "shop-12", "use": "frontage", "polygon": [[0.4, 0.6], [0.8, 0.6], [0.8, 0.9], [0.4, 0.9]]},
    ],
    "shapes": {"litter": {"min_side_px": 24}},
}


class ZonePlace(BaseModel):
    """Where a zone lies on the ground, WGS-84."""

    model_config = ConfigDict(extra="forbid")

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    accuracy_m: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] | None = None


class ZoneWire(BaseModel):
    """A part of the picture. Corners are shares of its width and height, from its upper left corner.

    In a `mask` nothing counts; a condition that an `area` or a `frontage` names counts only inside of those that name
    it. Without `conditions` a mask or an area speaks of all, a frontage of out-of-store operation. A frontage may name
    the `premises` whose it is: they are told first of what is seen there.
    """

    model_config = ConfigDict(extra="forbid")

    id: Name
    use: Literal["mask", "area", "frontage"]
    polygon: Annotated[list[tuple[Share, Share]], Field(min_length=3, max_length=MOST_CORNERS)]
    conditions: Annotated[list[Condition], Field(max_length=32)] = []
    place: ZonePlace | None = None
    premises: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None

    @model_validator(mode="after")
    def _check(self) -> "ZoneWire":
        if self.premises is not None and self.use != "frontage":
            raise ValueError("only a frontage has premises")
        return self


class ShapeWire(BaseModel):
    """What a box of a condition must look like: pixels of its shorter side, width over height."""

    model_config = ConfigDict(extra="forbid")

    min_side_px: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] = 0
    min_ratio: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 0
    max_ratio: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _check(self) -> "ShapeWire":
        if self.max_ratio is not None and self.min_ratio >= self.max_ratio:
            raise ValueError("min_ratio is below max_ratio")
        return self


class ZonesWish(BaseModel):
    """All that is to be drawn; `based_on` is the version that was changed, 0 where nothing was drawn."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    based_on: Annotated[int, Field(ge=0, le=2**31 - 1)]
    zones: Annotated[list[ZoneWire], Field(max_length=MOST_ZONES)]
    shapes: Annotated[dict[str, ShapeWire], Field(max_length=32)] = {}
    reason: Annotated[str, Field(max_length=2000, pattern=TEXT)] | None = None


class ZonesAnswer(BaseModel):
    """What is drawn; `version` is 0 where nothing ever was."""

    camera_id: str
    version: int
    zones: list[ZoneWire]
    shapes: dict[str, ShapeWire]
    by: str | None
    at: Moment | None
    reason: str | None


@router.get("/api/cameras/{camera_id}/zones")
def get_zones(request: Request, _: Person, camera_id: str) -> ZonesAnswer:
    """What is drawn into a camera's picture now."""
    with city_of(request).store.read() as rows:
        camera = rows.cameras.get(camera_id)
        return _answer(camera.id, rows.zones.newest(camera.id))


@router.put("/api/cameras/{camera_id}/zones")
def put_zones(request: Request, caller: Admin, camera_id: str, wish: ZonesWish) -> ZonesAnswer:
    """Draw all zones of a camera anew; its memory begins anew with the next frame, tickets stay as they are."""
    city = city_of(request)
    zones = _zones(city, wish)
    with city.store.write() as rows:
        for zone in zones.zones:
            if zone.premises is not None:
                rows.premises.get(zone.premises)
        kept = draw_zones(rows, KeptZones(camera_id, wish.based_on, zones, caller.name, city.clock(), wish.reason))
    return _answer(camera_id, kept)


def _zones(city: City, wish: ZonesWish) -> Zones:
    known = city.policy.rules.keys()
    named = {condition for zone in wish.zones for condition in zone.conditions} | wish.shapes.keys()
    if unknown := sorted(named - known):
        raise ConditionUnknown(condition=unknown[0])
    ids = [zone.id for zone in wish.zones]
    if len(set(ids)) < len(ids):
        raise Unprocessable(field="zones", problem="twice")
    shapes = {
        condition: Shape(shape.min_side_px, shape.min_ratio, shape.max_ratio or float("inf"))
        for condition, shape in wish.shapes.items()
    }
    return Zones(tuple(_zone(zone) for zone in wish.zones), shapes)


def _zone(told: ZoneWire) -> Zone:
    place = None if told.place is None else GeoPoint(told.place.lat, told.place.lon, told.place.accuracy_m)
    return Zone(told.id, told.use, tuple(told.polygon), frozenset(told.conditions), place, told.premises)


def _answer(camera_id: str, kept: KeptZones | None) -> ZonesAnswer:
    drawn = kept.zones if kept else Zones()
    return ZonesAnswer(
        camera_id=camera_id,
        version=kept.version if kept else 0,
        zones=[ZoneWire.model_validate(zone_as_json(zone)) for zone in drawn.zones],
        shapes={condition: _shape(shape) for condition, shape in drawn.shapes.items()},
        by=kept.by if kept else None,
        at=kept.at if kept else None,
        reason=kept.reason if kept else None,
    )


def _shape(shape: Shape) -> ShapeWire:
    longest = None if shape.max_ratio == float("inf") else shape.max_ratio
    return ShapeWire(min_side_px=shape.min_side_px, min_ratio=shape.min_ratio, max_ratio=longest)
