"""What the city wants of a camera: for a computer at the edge, which asks by its camera's key and keeps the answer."""

import hashlib
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel

from detector.drawn import shape_as_json, zone_as_json
from detector.orders import pass_as_json, persistence_as_json
from detector.zones import EVERYWHERE
from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed
from service.api.city import City, city_of
from service.api.wire import Moment
from service.api.zones import ShapeWire, ZoneWire
from service.cameras.ordering import looks_ahead
from service.cameras.patience import Passer, Patient
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors import Forbidden
from service.spots import spot_of_camera
from service.store import Transaction
from service.store.cameras import Camera

router = APIRouter(tags=["cameras"])

Asking = Annotated[Actor, Depends(Allowed(CASEWORKERS | {Role.CAMERA}))]
Version = Annotated[str | None, Header(alias="If-None-Match", max_length=200)]
NOT_MODIFIED: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "As `If-None-Match` has it"}}


class PoseAnswer(BaseModel):
    """How a camera is mounted; see `PATCH /api/cameras/{id}`."""

    height_m: float
    pitch_deg: float
    fov_deg: float


class LookAnswer(BaseModel):
    """From a moment on, a look is due after so many seconds."""

    begins_at: Moment
    look_every_s: float


class StandingRule(BaseModel):
    """When a camera that stands still says a condition; times in seconds."""

    lasting_s: float
    min_hits: int
    open_score: float
    keep_score: float
    gone_after: int
    again_every_s: float
    longest_gap_s: float
    standing_s: float
    lost_after_s: float


class PassingRule(BaseModel):
    """What a camera that moves must have seen of a place in one pass."""

    hits: int
    frames: int
    cell_m: float
    open_score: float
    keep_score: float
    again_every_s: float


class OrdersAnswer(BaseModel):
    """Where a camera is to look, how often, and how long a condition must last to be said.

    `looks` reaches a week ahead and is changed once a day; where none has begun, `look_every_s` holds. `rules` are
    those of a fixed camera, `passes` of a moving one, both by condition. With `is_off`, nothing is to be looked at.
    """

    camera_id: str
    kind: str
    is_off: bool
    look_every_s: float
    looks: list[LookAnswer]
    heading_deg: float | None
    pose: PoseAnswer | None
    zones: list[ZoneWire]
    shapes: dict[str, ShapeWire]
    rules: dict[str, StandingRule]
    passes: dict[str, PassingRule]


@router.get("/api/cameras/{camera_id}/orders", response_model=OrdersAnswer, responses=NOT_MODIFIED)
def get_orders(request: Request, caller: Asking, camera_id: str, version: Version = None) -> Response:
    """What the city wants of a camera now; a camera's key asks for its own. `ETag` names the answer."""
    city = city_of(request)
    with city.store.read() as rows:
        camera = rows.cameras.get(camera_id)
        if caller.role is Role.CAMERA and caller.camera_id != camera.id:
            raise Forbidden(camera=camera.id)
        body = _orders(city, rows, camera).model_dump_json().encode()
    told = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": "no-cache"}
    if version is not None and told["ETag"] in version:
        return Response(status_code=304, headers=told)
    return Response(body, media_type="application/json", headers=told)


def _orders(city: City, rows: Transaction, camera: Camera) -> OrdersAnswer:
    policy, usual = city.policy, timedelta(seconds=camera.look_every_s)
    kept = rows.zones.newest(camera.id)
    drawn, pose = kept.zones if kept else EVERYWHERE, camera.pose
    looks = looks_ahead(policy, spot_of_camera(rows, camera, policy), usual, city.clock())
    standing, passing = Patient(lambda: policy), Passer(lambda: policy)
    return OrdersAnswer(
        camera_id=camera.id,
        kind=camera.kind.value,
        is_off=camera.disabled_at is not None,
        look_every_s=camera.look_every_s,
        looks=[LookAnswer(begins_at=at, look_every_s=every.total_seconds()) for at, every in looks],
        heading_deg=camera.heading_deg,
        pose=PoseAnswer(height_m=pose.height_m, pitch_deg=pose.pitch_deg, fov_deg=pose.fov_deg) if pose else None,
        zones=[ZoneWire.model_validate(zone_as_json(zone)) for zone in drawn.zones],
        shapes={condition: ShapeWire.model_validate(shape_as_json(shape)) for condition, shape in drawn.shapes.items()},
        rules={name: StandingRule.model_validate(persistence_as_json(standing[name])) for name in sorted(standing)},
        passes={name: PassingRule.model_validate(pass_as_json(passing[name])) for name in sorted(passing)},
    )
