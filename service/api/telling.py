"""From values to what travels: each kind of thing is told in one way, wherever it is asked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from detector.types import Detection, GeoPoint
from service.api.wire import (
    DetectionAnswer,
    EvidenceAnswer,
    FrameAnswer,
    FrameDecision,
    FrameFacts,
    HistoryAnswer,
    ObservationAnswer,
    ObservationBrief,
    PhotoAnswer,
    PictureAnswer,
    Place,
    SourceAnswer,
    TicketBrief,
    TicketListed,
)
from service.domain.after_photos import check_place, metres_apart
from service.domain.ticket import HistoryEntry, Ticket
from service.ingest import Outcome
from service.sent import FrameLed
from service.store import Transaction
from service.store.observations import Observation, Result
from service.store.photos import Photo
from service.store.pictures import Exhibit, Picture


def place_answer(place: GeoPoint | None, source: str | None = None) -> Place | None:
    """A place as it travels, with who said so."""
    if place is None:
        return None
    return Place(lat=place.lat, lon=place.lon, accuracy_m=place.accuracy_m, source=source)


def detection_answer(detection: Detection) -> DetectionAnswer:
    """A box as it travels: hundredths of a pixel, four digits of score."""
    x0, y0, x1, y1 = (round(value, 2) for value in detection.box.xyxy)
    return DetectionAnswer(
        kind=detection.kind,
        condition=detection.condition,
        score=round(detection.score, 4),
        xyxy=(x0, y0, x1, y1),
    )


def _brief(observation: Observation) -> ObservationBrief:
    return ObservationBrief(
        id=observation.seen.id,
        condition=observation.seen.condition,
        ticket_id=observation.ticket_id,
        reason=observation.reason,
    )


def photo_answer(photo: Photo, picture: Picture) -> PhotoAnswer:
    """A photo as it travels."""
    return PhotoAnswer.model_validate(
        {
            "id": photo.id,
            "sha256": picture.original_sha256,
            "width": picture.width,
            "height": picture.height,
            "place": place_answer(photo.place, photo.place_source),
            "place_source": photo.place_source or "none",
            "taken_at": photo.taken_at,
            "time_source": photo.time_source,
            "evidence_id": picture.id,
            "note": photo.note,
            "condition": photo.condition,
        }
    )


def sightings_told(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The `observations` and `tickets` of an answer; a ticket stands once, `opened` if this picture opened it."""
    tickets: dict[str, TicketBrief] = {}
    for outcome in sorted(outcomes, key=lambda outcome: outcome.observation.result != Result.OPENED):
        ticket, result = outcome.ticket, outcome.observation.result
        if ticket is None or result is None or ticket.id in tickets:
            continue
        tickets[ticket.id] = TicketBrief(
            id=ticket.id,
            number=ticket.number,
            state=ticket.state,
            condition=ticket.condition,
            outcome=result.value,
        )
    return {"observations": [_brief(outcome.observation) for outcome in outcomes], "tickets": list(tickets.values())}


def tell_photo(
    photo: Photo, picture: Picture, detections: Sequence[Detection], outcomes: Sequence[Outcome]
) -> dict[str, Any]:
    """What the sender of a photo is told."""
    answer = PictureAnswer(
        photo=photo_answer(photo, picture),
        detections=[detection_answer(detection) for detection in detections],
        needs=[] if photo.place else ["place"],
        **sightings_told(outcomes),
    )
    return answer.model_dump(mode="json")


def tell_frame(led: FrameLed, camera_id: str, taken_at: datetime) -> FrameAnswer:
    """What the sender of a frame is told."""
    return FrameAnswer(
        frame=FrameFacts(
            sha256=led.sha256,
            width=led.width,
            height=led.height,
            camera_id=camera_id,
            place=place_answer(led.place),
            taken_at=taken_at,
            evidence_id=led.picture_id,
            trouble=led.trouble,
        ),
        detections=[detection_answer(detection) for detection in led.detections],
        needs=[],
        decisions=[FrameDecision(condition=one.condition, zone=one.zone, reason=one.reason) for one in led.decisions],
        **sightings_told(led.outcomes),
    )


def observation_answer(observation: Observation, picture: Picture) -> ObservationAnswer:
    """An observation as it travels."""
    seen = observation.seen
    return ObservationAnswer(
        id=seen.id,
        condition=seen.condition,
        score=None if seen.score is None else round(seen.score, 4),
        detections=[detection_answer(detection) for detection in seen.detections],
        taken_at=seen.seen_at,
        place=place_answer(seen.place, seen.place_source),
        source=SourceAnswer(type=seen.source.type.value, id=seen.source.id),
        ticket_id=observation.ticket_id,
        reason=observation.reason,
        photo_id=seen.photo_id,
        evidence_id=seen.picture_id,
        verdict=observation.verdict.value if observation.verdict else None,
        width=picture.width,
        height=picture.height,
    )


def ticket_listed(ticket: Ticket, picture: str | None, sightings: int, address: str | None = None) -> TicketListed:
    """A ticket as it travels in a list."""
    names = set(TicketListed.model_fields) - {"place", "unit", "picture", "sightings", "address"}
    return TicketListed(
        **{name: getattr(ticket, name) for name in names},
        place=place_answer(ticket.place, ticket.place_source),
        unit=ticket.unit_id,
        picture=picture,
        sightings=sightings,
        address=address,
    )


def ticket_behind(rows: Transaction, observation: Observation) -> TicketListed | None:
    """The ticket that a sighting belongs to, with that sighting's picture; None where it has none."""
    if observation.ticket_id is None:
        return None
    ticket = rows.tickets.get(observation.ticket_id)
    return ticket_listed(ticket, observation.seen.picture_id, rows.observations.count_of_ticket(ticket.id))


def history_answer(entry: HistoryEntry) -> HistoryAnswer:
    """A line of history as it travels."""
    return HistoryAnswer(
        at=entry.at,
        actor=entry.actor,
        was=entry.was,
        to=entry.to,
        reason=entry.reason,
        version=entry.version,
        facts=dict(entry.facts),
    )


def sighting_answer(observation: Observation, picture: Picture) -> EvidenceAnswer:
    """The picture that a sighting left, as evidence of how it was before anybody did something."""
    seen = observation.seen
    told = _evidence(picture, "before", seen.seen_at)
    return told.model_copy(
        update={
            "place": place_answer(seen.place, seen.place_source),
            "taken_at": seen.seen_at,
            "place_check": "matches",
        }
    )


def exhibit_answer(exhibit: Exhibit, ticket: Ticket, within_m: float) -> EvidenceAnswer:
    """A picture that somebody put to a ticket, as it travels, with how far from there it was taken."""
    taken = exhibit.taken
    apart_m = metres_apart(ticket.place, taken.place)
    return _evidence(exhibit.picture, exhibit.role, exhibit.at).model_copy(
        update={
            "place": place_answer(taken.place, taken.place_source),
            "taken_at": taken.taken_at,
            "place_check": check_place(ticket.place, taken.place, within_m).value,
            "distance_m": None if apart_m is None else round(apart_m, 1),
        }
    )


def _evidence(picture: Picture, role: str, at: datetime) -> EvidenceAnswer:
    return EvidenceAnswer.model_validate(
        {
            "id": picture.id,
            "role": role,
            "sha256": picture.original_sha256,
            "width": picture.width,
            "height": picture.height,
            "at": at,
        }
    )
