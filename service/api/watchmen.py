"""Who watches the cameras, where several machines share them."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from service.api.access import Person
from service.api.city import city_of
from service.api.wire import Moment

router = APIRouter(tags=["cameras"])


class WatchmanAnswer(BaseModel):
    """A process that watches cameras: on which machine, how many it has and has room for, and whether it is heard."""

    id: str
    node: str
    cameras: list[str]
    room: int
    since: Moment
    heard_until: Moment
    is_heard: bool


class WatchmenAnswer(BaseModel):
    """All that are known, and the cameras that nobody watches. `mode` is the setting: `here` or `cluster`."""

    mode: str
    items: list[WatchmanAnswer]
    unwatched: list[str]
    next: None = None


@router.get("/api/watchmen")
def watchmen(request: Request, _: Person) -> WatchmenAnswer:
    """Who watches which camera. Where one process watches them all, there is nobody to tell of."""
    city = city_of(request)
    if city.settings.cameras != "cluster":
        return WatchmenAnswer(mode=city.settings.cameras, items=[], unwatched=[])
    with city.store.read() as rows:
        now, known, watched = rows.charges.now(), rows.charges.watchmen(), rows.charges.watched()
    return WatchmenAnswer(
        mode=city.settings.cameras,
        items=[
            WatchmanAnswer(
                id=one.id,
                node=one.node,
                cameras=[camera for camera, who in watched.items() if who == one.id],
                room=one.room,
                since=one.since,
                heard_until=one.heard_until,
                is_heard=one.heard_until >= now,
            )
            for one in known
        ],
        unwatched=[camera for camera, who in watched.items() if who is None],
    )
