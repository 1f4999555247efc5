"""Photos: sent, looked at, answered with what they led to."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict

from service.accounts.roles import CASEWORKERS, HANDS
from service.api.access import Allowed, Person
from service.api.body import LONGEST_NOTE, Form, form_docs, point, read_form
from service.api.city import City, city_of
from service.api.sight import own_photo
from service.api.telling import photo_answer, sightings_told
from service.api.wire import DetectionAnswer, PictureAnswer
from service.domain.ticket import Actor
from service.errors import Forbidden, Unprocessable
from service.ingest import Outcome
from service.sent import SentPhoto

router = APIRouter(tags=["photos"])

Photographer = Annotated[Actor, Depends(Allowed(HANDS))]

TEXT: Final = {"type": "string"}
NUMBER: Final = {"type": "number"}
FIELDS: Final = form_docs(
    lat={**NUMBER, "minimum": -90, "maximum": 90, "examples": [31.2304]},
    lon={**NUMBER, "minimum": -180, "maximum": 180, "examples": [121.4737]},
    accuracy_m={**NUMBER, "minimum": 0},
    coordinates={**TEXT, "enum": ["wgs84", "gcj02"], "description": "What lat and lon are; wgs84 if it is not said"},
    place_source={
        **TEXT,
        "enum": ["form", "hand"],
        "description": "Who told lat and lon: a device, or a pin set by hand",
    },
    taken_at={**TEXT, "format": "date-time", "examples": ["2026-11-25T12:00:00+08:00"]},
    condition={**TEXT, "description": "What the sender says it shows: an id of the catalog"},
    note={**TEXT, "maxLength": LONGEST_NOTE},
)


class Pin(BaseModel):
    """Where a photo was taken, set by hand."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"lat": 31.2304, "lon": 121.4737, "accuracy_m": 15}]}
    )

    lat: float
    lon: float
    accuracy_m: float | None = None


@router.post(
    "/api/photos",
    status_code=201,
    response_model=PictureAnswer,
    openapi_extra=FIELDS,
    responses={200: {"model": PictureAnswer, "description": "Sent before under this key; the same answer"}},
)
def send_photo(
    request: Request,
    response: Response,
    caller: Photographer,
    form: Annotated[Form, Depends(read_form)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255, pattern=r"^[\x21-\x7e ]+$")] = None,
) -> Mapping[str, Any]:
    """Send a photo. On 201 its bytes, observations and ticket changes survive a power cut."""
    city = city_of(request)
    sent = SentPhoto(
        data=form.file,
        actor=caller,
        key=idempotency_key,
        place=form.place(),
        taken_at=form.moment("taken_at"),
        condition=form.text("condition"),
        note=form.text("note", LONGEST_NOTE),
        place_source=_place_source(form),
    )
    answer, is_new = city.intake.photo(sent)
    response.status_code = 201 if is_new else 200
    city.numbers.photos.labels("new" if is_new else "repeated").inc()
    if is_new:
        for ticket in answer["tickets"]:
            city.numbers.tickets.labels(ticket["outcome"]).inc()
    city.jobs.wake()
    return answer


@router.get("/api/photos/{photo_id}", response_model=PictureAnswer)
def get_photo(request: Request, caller: Person, photo_id: str) -> Mapping[str, Any]:
    """A photo and what it led to, as it stands now."""
    return _as_it_stands(city_of(request), caller, photo_id)


@router.patch("/api/photos/{photo_id}", response_model=PictureAnswer)
def place_photo(request: Request, caller: Photographer, photo_id: str, pin: Pin) -> Mapping[str, Any]:
    """Give a photo the place that it came without; its tickets are made now. The sender's, or a caseworker's, to do."""
    city = city_of(request)
    place = point(pin.lat, pin.lon, pin.accuracy_m)
    if place is None:
        raise Unprocessable(field="lat", problem="missing")
    with city.store.read() as rows:
        photo = rows.photos.get(photo_id)
    if caller.role not in CASEWORKERS and photo.actor != caller.id:
        raise Forbidden(role=caller.role.value)
    city.intake.place(photo_id, place, caller)
    city.jobs.wake()
    return _as_it_stands(city, caller, photo_id)


def _place_source(form: Form) -> str:
    told = form.text("place_source") or "form"
    if told not in ("form", "hand"):
        raise Unprocessable(field="place_source", problem="unknown")
    return told


def _as_it_stands(city: City, caller: Actor, photo_id: str) -> Mapping[str, Any]:
    with city.store.read() as rows:
        photo = own_photo(rows, caller, photo_id)
        picture = rows.pictures.get(photo.picture_id)
        kept = rows.observations.of_photo(photo_id)
        outcomes = [Outcome(seen, rows.tickets.find(seen.ticket_id) if seen.ticket_id else None) for seen in kept]
    boxes: Iterable[Any] = (photo.answer or {}).get("detections", [])
    told = sightings_told(outcomes)
    answer = PictureAnswer(
        photo=photo_answer(photo, picture),
        detections=[DetectionAnswer.model_validate(box) for box in boxes],
        needs=[] if photo.place else ["place"],
        **told,
    )
    return answer.model_dump(mode="json")
