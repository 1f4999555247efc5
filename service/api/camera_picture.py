"""What a camera shows: a look at an address before it is kept, and the latest picture of one that is."""

import base64
import re
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from service.api.access import Admin, Overseer
from service.api.body import TEXT
from service.api.city import City, city_of
from service.api.wire import Moment
from service.cameras.register import Allowance, NewCamera, camera_of
from service.domain.audit import AuditLine
from service.domain.ticket import Actor
from service.store.cameras import Camera

router = APIRouter(tags=["cameras"])

TRIED: Final = "tried"


class AddressWish(BaseModel):
    """An address to be tried out: rtsp(s) or http(s)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"url": "rtsp://10.0.0.7/live"}]})

    url: Annotated[str, Field(min_length=1, max_length=2000, pattern=TEXT)]


class PictureAnswer(BaseModel):
    """A blurred picture as base64 of a JPEG. `source`: read `live` just now, or the last `evidence` that was kept."""

    jpeg: str
    taken_at: Moment
    took_ms: int
    source: Literal["live", "evidence"]


@router.post("/api/cameras/look")
def try_address(request: Request, caller: Admin, wish: AddressWish) -> PictureAnswer:
    """Try an address before a camera is made of it: its first frame, blurred, or why there is none. Nothing is kept."""
    city = city_of(request)
    told = NewCamera(id=TRIED, kind="fixed", url=wish.url)
    camera = camera_of(told, city.clock(), Allowance(dialer=city.couriers.outside.dialer))
    return _live(city, caller, camera)


@router.post("/api/cameras/{camera_id}/look")
def look_at_camera(request: Request, caller: Overseer, camera_id: str) -> PictureAnswer | None:
    """What a camera shows now, blurred; of one that pushes frames, its last picture in evidence, null without one.

    Who looked is recorded.
    """
    city = city_of(request)
    with city.store.read() as rows:
        camera = rows.cameras.get(camera_id)
        latest = None if camera.url else rows.observations.latest_picture(camera_id)
    if camera.url:
        return _live(city, caller, camera)
    if latest is None:
        return None
    picture_id, seen_at = latest
    _record(city, caller, camera)
    jpeg = base64.b64encode(city.showing.blurred(picture_id)).decode()
    return PictureAnswer(jpeg=jpeg, taken_at=seen_at, took_ms=0, source="evidence")


def _live(city: City, caller: Actor, camera: Camera) -> PictureAnswer:
    _record(city, caller, camera)
    seen = city.glances.at(camera, city.eye, city.couriers.outside.dialer, city.clock)
    jpeg = base64.b64encode(seen.jpeg).decode()
    return PictureAnswer(jpeg=jpeg, taken_at=seen.taken_at, took_ms=seen.took_ms, source="live")


def _record(city: City, caller: Actor, camera: Camera) -> None:
    """Who looks through a camera, and where to, is written down before anything is seen."""
    host = host_of(camera.url or "")
    with city.store.write() as rows:
        facts = {"host": host} if host else {}
        rows.audit.add(AuditLine(city.clock(), caller.name, "camera.looked_through", camera.id, None, facts))


def host_of(url: str) -> str:
    """Who is called at an address, without what only the owner should know: no user, no password, no path, no query.

    Where an `@` comes late, a password may hold the sign that seems to end the host; nobody is named then.

    >>> host_of("rtsp://patrol:secret@10.0.0.7:8554/live?key=1"), host_of("http://[fd00::7]/now.jpg"), host_of("clip")
    ('10.0.0.7:8554', '[fd00::7]', '')
    >>> host_of("rtsp://patrol:se#cret@10.0.0.7/live"), host_of("rtsp://patrol:p@ss/word@10.0.0.7/live")
    ('', '')
    """
    rest = url.partition("://")[2]
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    return "" if "@" in rest[len(authority) :] else authority.rpartition("@")[2]
