"""What travels: the JSON of photos, observations and tickets, as OpenAPI shows them."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from service.domain.states import Resolution, State


def rfc3339(moment: datetime) -> str:
    """A moment in UTC with `Z`.

    >>> from datetime import UTC
    >>> rfc3339(datetime(2026, 11, 25, 4, 0, 0, 120000, tzinfo=UTC))
    '2026-11-25T04:00:00.120Z'
    """
    timespec = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(rfc3339, return_type=str, when_used="json")]


class Place(BaseModel):
    """A place on WGS-84."""

    lat: float
    lon: float
    accuracy_m: float | None = None
    source: str | None = None


class DetectionAnswer(BaseModel):
    """One box, in pixels of the upright picture."""

    kind: str
    condition: str | None
    score: float
    xyxy: tuple[float, float, float, float]


class PhotoAnswer(BaseModel):
    """A photo as it is kept."""

    id: str
    sha256: str
    width: int
    height: int
    place: Place | None
    place_source: Literal["exif", "form", "hand", "camera", "none"]
    taken_at: Moment
    time_source: Literal["exif", "form", "received"]
    evidence_id: str
    note: str | None = None
    condition: str | None = None


class ObservationBrief(BaseModel):
    """An observation in the answer to its picture."""

    id: str
    condition: str
    ticket_id: str | None
    reason: str | None


class TicketBrief(BaseModel):
    """A ticket in the answer to a picture; `outcome` says what the picture did."""

    id: str
    number: str
    state: State
    condition: str
    outcome: Literal["opened", "seen_again"]


PHOTO_EXAMPLE: Final[dict[str, Any]] = {
    "photo": {
        "id": "pho_01ksf905004t1v7p9k2m8qxr",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "width": 1920,
        "height": 1080,
        "place": {"lat": 31.2304, "lon": 121.4737, "accuracy_m": 8.0, "source": "exif"},
        "place_source": "exif",
        "taken_at": "2026-11-25T04:00:00Z",
        "time_source": "exif",
        "evidence_id": "pic_01ksf905004t1v7p9k2m8qxr",
        "note": None,
        "condition": None,
    },
    "detections": [{"kind": "litter", "condition": "litter", "score": 0.83, "xyxy": [412.0, 610.5, 903.0, 880.25]}],
    "observations": [
        {"id": "obs_01ksf905004t1v7p9k2m8qxr", "condition": "litter", "ticket_id": "tic_01ks", "reason": None}
    ],
    "tickets": [
        {
            "id": "tic_01ks",
            "number": "SW-20261125-0001",
            "state": "reported",
            "condition": "litter",
            "outcome": "opened",
        }
    ],
    "needs": [],
}


class PictureAnswer(BaseModel):
    """What a photo led to: boxes, observations and tickets, and what is still needed."""

    model_config = ConfigDict(json_schema_extra={"examples": [PHOTO_EXAMPLE]})

    photo: PhotoAnswer
    detections: list[DetectionAnswer]
    observations: list[ObservationBrief]
    tickets: list[TicketBrief]
    needs: list[Literal["place"]]


class FrameFacts(BaseModel):
    """A pushed frame. `evidence_id` is None where nothing was seen, since the frame was not kept; `trouble` is the code
    of why it was not analysed: nothing can be seen on it, or it shows nothing new.
    """

    sha256: str
    width: int
    height: int
    camera_id: str
    place: Place | None
    taken_at: Moment
    evidence_id: str | None
    trouble: str | None = None


class FrameDecision(BaseModel):
    """What was made of a condition on a frame, and why; the words stand in the catalogue of `decisions`."""

    condition: str
    zone: str | None
    reason: str


class FrameAnswer(BaseModel):
    """What a frame led to."""

    frame: FrameFacts
    detections: list[DetectionAnswer]
    observations: list[ObservationBrief]
    tickets: list[TicketBrief]
    needs: list[Literal["place"]]
    decisions: list[FrameDecision] = []


class SourceAnswer(BaseModel):
    """Where a picture came from."""

    type: Literal["photo", "camera"]
    id: str


class ObservationAnswer(BaseModel):
    """An observation with its boxes."""

    id: str
    condition: str
    score: float | None
    detections: list[DetectionAnswer]
    taken_at: Moment
    place: Place | None
    source: SourceAnswer
    ticket_id: str | None
    reason: str | None
    photo_id: str | None
    evidence_id: str
    verdict: str | None
    width: int
    height: int


class EvidenceAnswer(BaseModel):
    """A picture of a ticket, `before` for one that a sighting left; the blurred one lies at `/api/evidence/{id}`.

    `place` and `taken_at` are the picture's own word on where and when it was taken; `place_check` says whether that
    is the ticket's place, `distance_m` how far it is.
    """

    id: str
    role: Literal["before", "after", "near", "far", "reference"]
    sha256: str
    width: int
    height: int
    at: Moment
    place: Place | None = None
    taken_at: Moment | None = None
    place_check: Literal["matches", "elsewhere", "unknown"] = "unknown"
    distance_m: float | None = None


class HistoryAnswer(BaseModel):
    """One line of a ticket's history."""

    model_config = ConfigDict(populate_by_name=True)

    at: Moment
    actor: str
    was: Annotated[State | None, Field(alias="from")]
    to: State
    reason: str | None
    version: int
    facts: dict[str, str | int | float | bool | None]


class OpenMove(BaseModel):
    """A step that this caller may take now."""

    to: State
    needs: list[str]


class TicketListed(BaseModel):
    """A ticket in a list. `address` is what somebody typed; nothing is looked up over the network."""

    id: str
    number: str
    version: int
    state: State
    resolution: Resolution | None
    condition: str
    place: Place | None
    place_source: str | None
    unit: str | None
    opened_at: Moment
    due_at: Moment | None
    last_seen: Moment
    code_table: str | None
    code: str | None
    recurrence_of: str | None
    merged_into: str | None
    review_at: Moment | None
    overdue_at: Moment | None
    urged_at: Moment | None
    supervised_at: Moment | None
    extensions: int
    legal_hold: bool
    co_units: list[str]
    picture: str | None = None
    sightings: int = 0
    address: str | None = None


class TicketPage(BaseModel):
    """Tickets, newest first; `next` is the cursor of the page after, None on the last one."""

    items: list[TicketListed]
    next: str | None
