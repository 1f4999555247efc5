"""Pictures as they are sent, and what they lead to on their way through the service."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from detector.decisions import Decision
from detector.types import Detection, GeoPoint
from service.cameras.walk import Judged
from service.domain.after_photos import Taken
from service.domain.observation import Sighting
from service.domain.ticket import Actor
from service.ingest import Outcome
from service.store.cameras import Camera
from service.store.pictures import Picture


@dataclass(frozen=True, slots=True)
class SentPhoto:
    """A photo as somebody sends it; what the form says wins over what the file says.

    `place_source` says of the form's place whether a device told it (form) or a person set a pin (hand).
    """

    data: bytes
    actor: Actor
    key: str | None = None
    place: GeoPoint | None = None
    taken_at: datetime | None = None
    condition: str | None = None
    note: str | None = None
    place_source: str = "form"

    @property
    def request_sha256(self) -> str:
        """Of all that makes two requests the same."""
        place = (self.place.lat, self.place.lon, self.place.accuracy_m) if self.place else None
        taken_at = self.taken_at.isoformat() if self.taken_at else None
        told = [place, taken_at, self.condition, self.note]
        fields = json.dumps(told if self.place_source == "form" else [*told, self.place_source], ensure_ascii=True)
        return hashlib.sha256(hashlib.sha256(self.data).digest() + fields.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SentFrame:
    """A frame of a camera."""

    data: bytes
    camera: Camera
    taken_at: datetime
    place: GeoPoint | None = None
    heading_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """What a picture's file is; width and height of the upright picture, pixels."""

    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture for a ticket, and where and when its file says that it was taken."""

    picture: Picture
    taken: Taken


@dataclass(frozen=True, slots=True, eq=False)
class FrameLed:
    """What a frame led to, and why; `picture_id` is None where there was nothing to say, and it was not kept."""

    sha256: str
    width: int
    height: int
    place: GeoPoint | None
    detections: tuple[Detection, ...]
    picture_id: str | None
    outcomes: Sequence[Outcome]
    decisions: tuple[Decision, ...] = ()
    trouble: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A frame that was looked at, before it is kept; its bytes are safe where there is something to say."""

    camera_id: str
    taken_at: datetime
    actor: Actor
    judged: Judged
    picture: Picture | None
    seen: Sequence[Sighting]
    led: FrameLed
