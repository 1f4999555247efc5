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
from service.domain.camera_stream import Note, Sends, notes
from service.domain.edge_word import EdgeWord, edge_notes
from service.errors import Unprocessable
from service.store.camera_events import CameraEvent
from service.store.cameras import CameraKind
from service.store.transaction import Transaction
from service.store.watched import COUNTS, LOST

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
    damaged: int
    jumps: int


class CameraStream(BaseModel):
    """What a camera sends: `width`, `height` in pixels, `keyframes_s` between two keyframes, pictures `a_second`."""

    width: int
    height: int
    codec: str | None
    keyframes_s: float | None
    a_second: float | None


class CameraEdge(BaseModel):
    """What the computer that watches this camera said of itself last, at `at`; see `PUT /api/cameras/{id}/edge`."""

    at: Moment
    frames: int
    looked: int
    said: int
    waiting: int
    bytes: int
    taken: int
    posted: int
    refused: int
    dropped: int
    trouble: str | None
    clock_off_s: float | None


class CameraNote(BaseModel):
    """Something that a person should know of a stream or of an edge computer; `code` has a sentence like an error."""

    code: str
    facts: dict[str, str | int | float]


class CameraHealthAnswer(BaseModel):
    """A camera, what it sends, its last day and week, and its troubles, newest first.

    `damaged` pictures could not be decoded, and `jumps` of the stream's time stamps were evened out: they became no
    frames, or frames at other moments than the stream says.
    """

    camera: CameraAnswer
    stream: CameraStream | None
    edge: CameraEdge | None
    notes: list[CameraNote]
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
    shown, day = found[:limit], periods[0]
    usual_s = city.cameras.usual_s(camera_id) or memory.usual_s
    lost = {"damaged": day.damaged, "jumps": day.jumps}
    said = (
        *notes(memory.sends, lost, usual_s if camera.url else None, now),
        *edge_notes(memory.edge if memory.edge_at else None, now),
    )
    return CameraHealthAnswer(
        camera=camera_answer(city, camera),
        stream=_stream(memory.sends),
        edge=_edge(memory.edge, memory.edge_at),
        notes=[_note(one) for one in said],
        usual_interval_s=usual_s,
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


def _stream(sends: Sends | None) -> CameraStream | None:
    if sends is None:
        return None
    width, height = sends.size
    return CameraStream(
        width=width, height=height, codec=sends.codec, keyframes_s=sends.keyframes_s, a_second=sends.a_second
    )


def _edge(word: EdgeWord | None, at: datetime | None) -> CameraEdge | None:
    return None if word is None or at is None else CameraEdge.model_validate({**word.as_json(), "at": at})


def _note(note: Note) -> CameraNote:
    return CameraNote(code=note.code, facts=dict(note.facts))


def _period(
    rows: Transaction, camera_id: str, events: list[CameraEvent], period: tuple[datetime, timedelta]
) -> CameraPeriod:
    now, length = period
    start = now - length
    sums = rows.watched.sums(camera_id, start.replace(minute=0, second=0, microsecond=0))
    lost = [event.within(start, now) for event in events]
    in_trouble = [one for one in lost if one > timedelta(0)]
    counts = {name: int(sums[name]) for name in (*COUNTS, *LOST)}
    return CameraPeriod(
        hours=round(length.total_seconds() / 3600),
        watched_h=round(sums["seconds"] / 3600, 3),
        trouble_h=round(sum(in_trouble, timedelta(0)).total_seconds() / 3600, 3),
        troubles=len(in_trouble),
        **counts,
    )
