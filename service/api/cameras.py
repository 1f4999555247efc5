"""Cameras: the register, how each is, and frames that are pushed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from service.accounts.roles import CASEWORKERS
from service.api.access import Admin, Allowed, Person
from service.api.body import TEXT, Form, form_docs, heading, read_form
from service.api.city import City, city_of
from service.api.telling import place_answer, tell_frame
from service.api.wire import FrameAnswer, Moment, Place
from service.cameras.health import CameraHealth
from service.cameras.register import Allowance, NewCamera, register, revise
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors import Forbidden, Unprocessable
from service.inference import Dropped
from service.sent import SentFrame
from service.store.cameras import Camera

router = APIRouter(tags=["cameras"])

Pusher = Annotated[Actor, Depends(Allowed(CASEWORKERS | {Role.CAMERA}))]

FIELDS: Final = form_docs(
    "taken_at",
    taken_at={"type": "string", "format": "date-time", "examples": ["2026-11-25T12:00:00+08:00"]},
    lat={"type": "number"},
    lon={"type": "number"},
    accuracy_m={"type": "number"},
    heading_deg={"type": "number", "description": "Clockwise from north"},
)


class CameraWish(BaseModel):
    """A camera to be made. `url` is an rtsp(s) or http(s) address; without it, frames are pushed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"id": "pole-7", "kind": "fixed", "name": "青石路 7 号杆", "lat": 31.2304, "lon": 121.4737}]
        },
    )

    id: Annotated[str, Field(max_length=63, pattern=TEXT)]
    kind: Literal["fixed", "moving"]
    name: Annotated[str, Field(max_length=100, pattern=TEXT)] | None = None
    lat: float | None = None
    lon: float | None = None
    heading_deg: float | None = None
    url: Annotated[str, Field(max_length=2000, pattern=TEXT)] | None = None
    look_every_s: float | None = None
    height_m: float | None = None
    pitch_deg: float | None = None
    fov_deg: float | None = None
    frames: Literal["chosen", "stream"] = "chosen"


class CameraChange(BaseModel):
    """What is to be changed about a camera; what is left out stays as it is, null takes it away.

    `height_m`, `pitch_deg` (below the horizon) and `fov_deg` (horizontal) put what it sees on the ground. `frames`
    says what is pushed: `chosen` by the sender and believed at once, or a `stream` that is followed like a read one.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"height_m": 2.2, "pitch_deg": 10, "fov_deg": 90}]}
    )

    name: Annotated[str, Field(max_length=100, pattern=TEXT)] | None = None
    lat: float | None = None
    lon: float | None = None
    heading_deg: float | None = None
    url: Annotated[str, Field(max_length=2000, pattern=TEXT)] | None = None
    look_every_s: float | None = None
    height_m: float | None = None
    pitch_deg: float | None = None
    fov_deg: float | None = None
    frames: Literal["chosen", "stream"] = "chosen"
    disabled: bool = False


class CameraAnswer(BaseModel):
    """A camera and how it is; `url` is shown without user, password and query."""

    id: str
    name: str
    kind: Literal["fixed", "moving"]
    place: Place | None
    heading_deg: float | None
    url: str | None
    look_every_s: float
    height_m: float | None
    pitch_deg: float | None
    fov_deg: float | None
    frames: Literal["chosen", "stream"]
    state: Literal["pushed", "waiting", "watching", "silent", "trouble", "off"]
    last_frame_at: Moment | None
    trouble: str | None
    trouble_since: Moment | None


class CameraPage(BaseModel):
    """Cameras by id."""

    items: list[CameraAnswer]
    next: str | None


@router.get("/api/cameras")
def list_cameras(
    request: Request,
    _: Person,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> CameraPage:
    """All cameras with their health."""
    city = city_of(request)
    with city.store.read() as rows:
        found = rows.cameras.page(limit + 1, cursor)
    shown, known = found[:limit], city.cameras.health()
    return CameraPage(
        items=[camera_answer(city, camera, known) for camera in shown],
        next=shown[-1].id if len(found) > limit else None,
    )


@router.post("/api/cameras", status_code=201)
def create_camera(request: Request, caller: Admin, wish: CameraWish) -> CameraAnswer:
    """Put a camera into the register; one with an address is read within seconds."""
    city = city_of(request)
    camera, dialer = NewCamera(**wish.model_dump()), city.couriers.outside.dialer
    return camera_answer(city, register(city.store, camera, city.clock(), by=caller.name, dialer=dialer))


@router.patch("/api/cameras/{camera_id}")
def change_camera(request: Request, caller: Admin, camera_id: str, wish: CameraChange) -> CameraAnswer:
    """Change what is known about a camera; one that is read is read anew where its address has changed."""
    city = city_of(request)
    allowed = Allowance(dialer=city.couriers.outside.dialer)
    told = wish.model_dump(exclude_unset=True)
    return camera_answer(city, revise(city.store, camera_id, told, city.clock(), caller.name, allowed))


@router.post("/api/cameras/{camera_id}/frames", response_model=FrameAnswer, openapi_extra=FIELDS)
def push_frame(
    request: Request, caller: Pusher, camera_id: str, form: Annotated[Form, Depends(read_form)]
) -> FrameAnswer:
    """Push a frame. It is kept as evidence if it led to an observation; a camera's key speaks for its own camera."""
    city = city_of(request)
    with city.store.read() as rows:
        camera = rows.cameras.get(camera_id)
    if caller.role is Role.CAMERA and caller.camera_id != camera.id:
        raise Forbidden(camera=camera.id)
    taken_at = form.moment("taken_at")
    if taken_at is None:
        raise Unprocessable(field="taken_at", problem="missing")
    facing = heading(form.number("heading_deg"))
    sent = SentFrame(form.file, camera, taken_at, form.place(), facing)
    try:
        led = city.intake.frame(sent, caller, city.cameras.posts.judge)
    except Dropped:
        city.cameras.posts.dropped(camera_id, taken_at)
        raise
    city.cameras.posts.count(camera_id, taken_at, "faulty" if led.trouble else "said" if led.picture_id else "looked")
    city.cameras.means.notebook.write_if_it_can()
    city.numbers.frames.labels("pushed").inc()
    city.jobs.wake()
    return tell_frame(led, camera_id, taken_at)


def camera_answer(city: City, camera: Camera, known: Mapping[str, CameraHealth] | None = None) -> CameraAnswer:
    """A camera as the API shows it; `known` is how all cameras are, asked here if it was not before."""
    health = (city.cameras.health() if known is None else known).get(camera.id)
    state = health.state if health else "waiting" if camera.url else "pushed"
    return CameraAnswer.model_validate(
        {
            "id": camera.id,
            "name": camera.name,
            "kind": camera.kind.value,
            "place": place_answer(camera.place, "camera"),
            "heading_deg": camera.heading_deg,
            "url": _shown(camera.url),
            "look_every_s": camera.look_every_s,
            "height_m": camera.height_m,
            "pitch_deg": camera.pitch_deg,
            "fov_deg": camera.fov_deg,
            "frames": camera.frames.value,
            "state": "off" if camera.disabled_at else state,
            "last_frame_at": health.last_frame_at if health else camera.last_frame_at,
            "trouble": health.trouble if health else camera.trouble,
            "trouble_since": health.since if health else None,
        }
    )


def _shown(url: str | None) -> str | None:
    """An address without its secrets; of a file only its name, since nobody outside is to know our folders."""
    if url is None:
        return None
    if "://" not in url or url.startswith("file://"):
        return Path(url).name
    from detector.sources import redacted  # it brings the video decoder along, which many cities never need

    return redacted(url)
