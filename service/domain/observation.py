"""One sighting with its provenance, and how the boxes on one picture become one sighting a condition."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from detector.types import Detection, GeoPoint


class SourceType(StrEnum):
    """Where a picture came from: a person's photo or a camera's frame."""

    PHOTO = "photo"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class Source:
    """Who looked.

    Attributes:
        id: of the photo or of the camera.
        fixed: a camera that does not move; all that it sees of one condition is one problem.
        by_person: a person pressed the button, so what is found needs no first look by another person.
    """

    type: SourceType
    id: str
    fixed: bool = False
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """An observation: one condition on one picture, with all boxes of that condition.

    Attributes:
        id: also the idempotency key; the same picture and condition always give the same one.
        detections: best first; empty where a person said so and no model saw it.
        seen_at: aware.
        place: WGS-84, None where unknown.
        place_source: exif, form, camera or hand; None without a place.
        weights_sha256: of the file that saw it, None where no model did.
        zone: the part of a fixed camera's picture that it stands in; another zone is another problem.
        is_lasting: it has stood for so long that a machine may act on it; what a person or a sender chose always has.
    """

    id: str
    condition: str
    detections: tuple[Detection, ...]
    seen_at: datetime
    place: GeoPoint | None
    place_source: str | None
    source: Source
    picture_id: str
    photo_id: str | None = None
    weights_sha256: str | None = None
    zone: str | None = None
    is_lasting: bool = True

    def __post_init__(self) -> None:
        if self.seen_at.tzinfo is None:
            raise ValueError("a sighting's moment needs a time zone")

    @property
    def score(self) -> float | None:
        """That of the best box, None where there is none."""
        return max((detection.score for detection in self.detections), default=None)


@dataclass(frozen=True, slots=True)
class Look:
    """What is the same for all sightings on one picture."""

    source: Source
    picture_id: str
    seen_at: datetime
    place: GeoPoint | None = None
    place_source: str | None = None
    photo_id: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a camera's memory has to say about one condition on one frame.

    Attributes:
        zone: the part of the picture, None where nothing is drawn.
        part: tells apart several of one condition on one frame; empty where there is one.
        place: where it stands, None where the frame's own place stands for it.
        place_source: who said so.
        is_lasting: see `Sighting`.
    """

    condition: str
    detections: tuple[Detection, ...]
    zone: str | None = None
    part: str = ""
    place: GeoPoint | None = None
    place_source: str | None = None
    is_lasting: bool = True


def sightings_on(
    look: Look, detections: Iterable[Detection], *, told: str | None = None, weights_sha256: str | None = None
) -> tuple[Sighting, ...]:
    """One sighting a condition, in alphabetical order; boxes of no condition make none.

    Args:
        look: the picture.
        detections: what the model saw on it.
        told: the condition that a person named; it makes a sighting even where the model saw nothing.
        weights_sha256: of the model's file.
    """
    found: dict[str, list[Detection]] = {told: []} if told else {}
    for detection in detections:
        if detection.condition is not None:
            found.setdefault(detection.condition, []).append(detection)
    return tuple(_sighting(look, condition, boxes, weights_sha256) for condition, boxes in sorted(found.items()))


def sightings_told(look: Look, told: Iterable[Told], weights_sha256: str) -> tuple[Sighting, ...]:
    """What a camera has to say on one of its frames."""
    return tuple(_sighting_told(look, one, weights_sha256) for one in told)


def observation_id(picture_id: str, condition: str, part: str = "") -> str:
    """The id of what is seen of one condition on one picture; as time-ordered as the picture's own id.

    `part` tells apart what is seen of one condition in several zones or places of one picture.

    >>> observation_id("pic_01kax5zq7c3fpe2b9k1mwhd6rt", "litter")
    'obs_01kax5zq7c40241466cb2fb4bb'
    """
    stamp = picture_id.partition("_")[2][:10]
    name = f"{picture_id}:{condition}:{part}" if part else f"{picture_id}:{condition}"
    return f"obs_{stamp}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _sighting_told(look: Look, told: Told, weights_sha256: str) -> Sighting:
    whole = look if told.place is None else replace(look, place=told.place, place_source=told.place_source)
    return replace(
        _sighting(whole, told.condition, told.detections, weights_sha256),
        id=observation_id(look.picture_id, told.condition, told.part),
        zone=told.zone,
        is_lasting=told.is_lasting,
    )


def _sighting(look: Look, condition: str, boxes: Sequence[Detection], weights_sha256: str | None) -> Sighting:
    return Sighting(
        id=observation_id(look.picture_id, condition),
        condition=condition,
        detections=tuple(sorted(boxes, key=lambda box: -box.score)),
        seen_at=look.seen_at,
        place=look.place,
        place_source=look.place_source,
        source=look.source,
        picture_id=look.picture_id,
        photo_id=look.photo_id,
        weights_sha256=weights_sha256 if boxes else None,
    )
