"""Recordings of vehicles: sent as an archive or a video, read beside the requests, each file accounted for."""

import hashlib
import math
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel

from detector.recording import open_recording
from detector.tracklog import MAX_TRACK_BYTES, read_track
from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed, Caseworker
from service.api.bounds import MAX_UPLOAD_BYTES
from service.api.city import City, city_of
from service.api.large_form import LargeForm, read_large_form
from service.api.wire import Moment
from service.domain.audit import AuditLine
from service.domain.coordinates import System
from service.domain.states import Role
from service.domain.ticket import Actor
from service.domain.uploads import Upload, UploadedFile, UploadOptions
from service.errors import Forbidden, IdempotencyMismatch, Unprocessable
from service.errors.uploads import UploadCameraFixed, UploadTooLarge
from service.store.cameras import CameraKind
from service.store.ids import new_id
from service.uploads import LONGEST_NAME, TRACK, keep

router = APIRouter(tags=["uploads"])

Sender = Annotated[Actor, Depends(Allowed(CASEWORKERS | {Role.CAMERA}))]

FARTHEST_OFFSET_S: Final = 366 * 86_400.0
FILE: Final = {"type": "string", "format": "binary"}
FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            **FILE,
                            "description": "A ZIP archive of videos and pictures, or one video, up to 4 GiB",
                        },
                        "track": {**FILE, "description": "GPX or NMEA; by default the tracks in the archive"},
                        "offset_s": {"type": "number", "description": "Added to the camera's clock to get the track's"},
                        "began_at": {
                            "type": "string",
                            "format": "date-time",
                            "description": "When the one video began",
                        },
                        "coordinates": {"type": "string", "enum": ["wgs84", "gcj02"], "description": "Of the track"},
                    },
                }
            }
        },
    }
}


class UploadAnswer(BaseModel):
    """A recording and how far it is; `files` is null before it is opened, `seen` counts sightings."""

    id: str
    camera_id: str
    name: str
    bytes: int
    sha256: str
    by: str
    state: Literal["waiting", "working", "done", "failed"]
    code: str | None
    files: int | None
    done: int
    looked: int
    seen: int
    created_at: Moment
    ended_at: Moment | None


class UploadPage(BaseModel):
    """Recordings, the newest first."""

    items: list[UploadAnswer]
    next: str | None


class UploadFileAnswer(BaseModel):
    """What became of a file: its frames, those that have a place, and why the others have none."""

    file: str
    outcome: str
    code: str | None
    frames: int
    placed: int
    looked: int
    seen: int
    without: dict[str, int]
    offset_hint_s: float | None


class UploadFilePage(BaseModel):
    """Files in the order in which they were read."""

    items: list[UploadFileAnswer]
    next: str | None


@router.post("/api/cameras/{camera_id}/uploads", status_code=202, openapi_extra=FORM)
def send_recording(
    request: Request,
    caller: Sender,
    camera_id: str,
    form: Annotated[LargeForm, Depends(read_large_form)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255, pattern=r"^[\x21-\x7e ]+$")] = None,
) -> UploadAnswer:
    """Send what a vehicle recorded. On 202 its bytes survive a power cut, and it is read to its end."""
    city = city_of(request)
    _own(caller, camera_id)
    with city.store.read() as rows:
        if rows.cameras.get(camera_id).kind is not CameraKind.MOVING:
            raise UploadCameraFixed(id=camera_id)
    told = _told(city, caller, camera_id, form, idempotency_key)
    _check(form)
    if (earlier := _sent_before(city, told)) is not None:
        return _answer(earlier)
    keep(form.recording, city.uploads.path(told.id))
    if form.track is not None:
        keep(form.track, city.uploads.path(told.id, TRACK))
    with city.store.write() as rows:
        rows.uploads.add(told)
        facts = {"camera": camera_id, "bytes": told.bytes, "sha256": told.sha256}
        rows.audit.add(AuditLine(told.created_at, caller.name, "upload.received", told.id, None, facts))
    city.uploads.wake()
    return _answer(told)


@router.get("/api/uploads")
def list_uploads(
    request: Request,
    _: Caseworker,
    camera: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> UploadPage:
    """Recordings, the newest first."""
    with city_of(request).store.read() as rows:
        found = rows.uploads.page(limit + 1, cursor, camera)
    shown = found[:limit]
    return UploadPage(items=[_answer(one) for one in shown], next=shown[-1].id if len(found) > limit else None)


@router.get("/api/uploads/{upload_id}")
def get_upload(request: Request, caller: Sender, upload_id: str) -> UploadAnswer:
    """How far a recording is; a camera's key sees its own."""
    with city_of(request).store.read() as rows:
        upload = rows.uploads.get(upload_id)
    _own(caller, upload.camera_id)
    return _answer(upload)


@router.get("/api/uploads/{upload_id}/files")
def list_uploaded_files(
    request: Request,
    caller: Sender,
    upload_id: str,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    cursor: Annotated[int | None, Query(ge=0, le=1_000_000)] = None,
) -> UploadFilePage:
    """A word about each file that is read to its end."""
    with city_of(request).store.read() as rows:
        _own(caller, rows.uploads.get(upload_id).camera_id)
        found = rows.uploads.files(upload_id, limit + 1, -1 if cursor is None else cursor)
    shown = found[:limit]
    more = len(found) > limit
    return UploadFilePage(items=[_file(one) for one in shown], next=str(shown[-1].seq) if more else None)


def _own(caller: Actor, camera_id: str) -> None:
    if caller.role is Role.CAMERA and caller.camera_id != camera_id:
        raise Forbidden(camera=camera_id)


def _told(city: City, caller: Actor, camera_id: str, form: LargeForm, key: str | None) -> Upload:
    bytes_ = form.recording.stat().st_size
    if bytes_ > MAX_UPLOAD_BYTES:
        raise UploadTooLarge(limit=MAX_UPLOAD_BYTES)
    now = city.clock()
    return Upload(
        id=new_id("upl", now),
        camera_id=camera_id,
        by_id=caller.id,
        by=caller.name,
        name=form.name.replace("\0", "")[-LONGEST_NAME:],
        bytes=bytes_,
        sha256=_sha256(form.recording),
        created_at=now,
        options=_options(form),
        key=key,
    )


def _options(form: LargeForm) -> UploadOptions:
    offset_s = form.text.number("offset_s") or 0.0
    if not math.isfinite(offset_s) or abs(offset_s) > FARTHEST_OFFSET_S:
        raise Unprocessable(field="offset_s", problem="out_of_range")
    system = form.text.text("coordinates") or System.WGS84.value
    if system not in (System.WGS84.value, System.GCJ02.value):
        raise Unprocessable(field="coordinates", problem="unknown")
    return UploadOptions(offset_s, form.text.moment("began_at"), System(system))


def _check(form: LargeForm) -> None:
    """Refuse at once what could never be read; TrackError, RecordingError."""
    if form.track is not None:
        with form.track.open("rb") as track:
            read_track(track.read(MAX_TRACK_BYTES + 1))
    with open_recording(form.recording, name=form.name):
        pass


def _sent_before(city: City, told: Upload) -> Upload | None:
    if told.key is None:
        return None
    with city.store.read() as rows:
        earlier = rows.uploads.sent_before(told.by_id, told.key)
    if earlier is not None and (earlier.sha256, earlier.camera_id, earlier.options) != (
        told.sha256,
        told.camera_id,
        told.options,
    ):
        raise IdempotencyMismatch(key=told.key)
    return earlier


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _answer(upload: Upload) -> UploadAnswer:
    names = UploadAnswer.model_fields.keys() - {"state"}
    return UploadAnswer(**{name: getattr(upload, name) for name in names}, state=upload.state.value)


def _file(one: UploadedFile) -> UploadFileAnswer:
    return UploadFileAnswer.model_validate({name: getattr(one, name) for name in UploadFileAnswer.model_fields})
