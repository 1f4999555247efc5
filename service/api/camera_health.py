"""How one camera is and has been: troubles with their times, hours watched, what became of its frames; its view."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from service.api.access import Overseer, Person
from service.api.body import TEXT
from service.api.cameras import CameraAnswer, camera_answer
from service.api.city import city_of
from service.api.wire import Moment
from service.domain.audit import AuditLine
from service.errors import Unprocessable
from service.store.camera_events import CameraEvent
from service.store.cameras import CameraKind
from service.store.transaction import Transaction

router = APIRouter(tags=["cameras"])

DAY: Final = timedelta(days=1)
PERIODS: Final = (DAY, 7 * DAY)


class CameraTrouble(BaseModel):
    """One trouble of a camera; `until` is null while it lasts. `code` has a sentence like every error."""

    code: str
    since: Moment
    until: Moment | None


class CameraPeriod(BaseModel):
    """What a camera did in the last so many hours, counted by whole hours of the clock.

    Every frame that came is one of `faulty` (dark, frozen, …: not analysed), `unchanged` since the last look, `looked`
    (analysed, nothing to say), `said` (analysed, something said) and `dropped` (newer ones came before its turn).
    """

    hours: int
    watched_h: float
    trouble_h: float
    troubles: int
    frames: int
    faulty: int
    unchanged: int
    looked: int
    said: int
    dropped: int


class CameraHealthAnswer(BaseModel):
    """A camera, its last day and week, and its troubles, newest first."""

    camera: CameraAnswer
    usual_interval_s: float | None
    view_known_at: Moment | None
    view_confirmed_at: Moment | None
    view_confirmed_by: str | None
    periods: list[CameraPeriod]
    items: list[CameraTrouble]
    next: str | None


class ViewWish(BaseModel):
    """That what the camera shows now is what it is to look at, and why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "turned to the new market"}]})

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=TEXT)]


@router.get("/api/cameras/{camera_id}/health")
def camera_health(
    request: Request,
    _: Person,
    camera_id: str,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=20, pattern="^[0-9]+$")] = None,
) -> CameraHealthAnswer:
    """How a camera is and has been."""
    city = city_of(request)
    now = city.clock()
    with city.store.read() as rows:
        camera = rows.cameras.get(camera_id)
        found = rows.camera_events.of(camera_id, limit + 1, int(cursor) if cursor else None)
        memory = rows.camera_events.memory(camera_id)
        since = rows.camera_events.since(camera_id, now - PERIODS[-1])
        periods = [_period(rows, camera_id, since, (now, length)) for length in PERIODS]
    shown = found[:limit]
    return CameraHealthAnswer(
        camera=camera_answer(city, camera),
        usual_interval_s=city.cameras.usual_s(camera_id) or memory.usual_s,
        view_known_at=memory.view_at,
        view_confirmed_at=memory.confirmed_at,
        view_confirmed_by=memory.confirmed_by,
        periods=periods,
        items=[CameraTrouble(code=one.trouble, since=one.began_at, until=one.ended_at) for one in shown],
        next=str(shown[-1].seq) if len(found) > limit else None,
    )


@router.post("/api/cameras/{camera_id}/view")
def confirm_view(request: Request, caller: Overseer, camera_id: str, wish: ViewWish) -> CameraAnswer:
    """Say that what a fixed camera shows now is its view: it is analysed again, and the next frames are learned.

    What was drawn into its picture may no longer fit; look at its zones first.
    """
    city = city_of(request)
    now = city.clock()
    with city.store.write() as rows:
        camera = rows.cameras.get(camera_id)
        if camera.kind is not CameraKind.FIXED:
            raise Unprocessable(field="kind", problem="not_fixed")
        rows.camera_events.remember(camera_id, view=None, view_at=None, confirmed_at=now, confirmed_by=caller.name)
        rows.audit.add(AuditLine(now, caller.name, "camera.view_confirmed", camera_id, wish.reason, {}))
    city.cameras.new_view(camera_id, now)
    city.cameras.means.notebook.write()
    with city.store.read() as rows:
        return camera_answer(city, rows.cameras.get(camera_id))


def _period(
    rows: Transaction, camera_id: str, events: list[CameraEvent], period: tuple[datetime, timedelta]
) -> CameraPeriod:
    now, length = period
    start = now - length
    sums = rows.watched.sums(camera_id, start.replace(minute=0, second=0, microsecond=0))
    lost = [event.within(start, now) for event in events]
    in_trouble = [one for one in lost if one > timedelta(0)]
    counts = {name: int(sums[name]) for name in ("frames", "faulty", "unchanged", "looked", "said", "dropped")}
    return CameraPeriod(
        hours=round(length.total_seconds() / 3600),
        watched_h=round(sums["seconds"] / 3600, 3),
        trouble_h=round(sum(in_trouble, timedelta(0)).total_seconds() / 3600, 3),
        troubles=len(in_trouble),
        **counts,
    )
