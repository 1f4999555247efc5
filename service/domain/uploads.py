"""Recordings that a vehicle brings home: what was sent, how far it is read, what became of each file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from service.domain.coordinates import System


class UploadState(StrEnum):
    """How far an upload is; `failed` has a code, and what was read before it counts."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class UploadOptions:
    """What the sender says about the recording.

    Attributes:
        offset_s: what is added to the camera's clock to get the track's.
        began_at: when the one video began, where neither its name nor the file says so.
        coordinates: of the track.
    """

    offset_s: float = 0.0
    began_at: datetime | None = None
    coordinates: System = System.WGS84


@dataclass(frozen=True, slots=True)
class Upload:
    """One recording of one camera.

    Attributes:
        by_id: who sent it, and `by` his name.
        key: under which the sender may send it again.
        name: of the file, as the sender calls it.
        bytes: of the recording.
        sha256: of the recording.
        files: in it; None before it is opened.
        done: files that are read to their end.
        looked: frames that the model looked at.
        seen: sightings that they led to.
    """

    id: str
    camera_id: str
    by_id: str
    by: str
    name: str
    bytes: int
    sha256: str
    created_at: datetime
    options: UploadOptions = field(default_factory=UploadOptions)
    key: str | None = None
    state: UploadState = UploadState.WAITING
    code: str | None = None
    files: int | None = None
    done: int = 0
    looked: int = 0
    seen: int = 0
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """What became of one file; see `detector.ride.Line`.

    Attributes:
        without: frames by why they have no place.
        offset_hint_s: the offset with which it would lie on its track.
    """

    seq: int
    file: str
    outcome: str
    code: str | None
    frames: int
    placed: int
    looked: int
    seen: int
    without: Mapping[str, int]
    offset_hint_s: float | None = None
