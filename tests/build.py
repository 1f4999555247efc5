"""Builders: things of the domain that are right unless a test says otherwise."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image as Pillow

from detector.catalog import load_catalog
from detector.types import Box, Detection, GeoPoint
from service.domain.observation import Sighting, Source, SourceType, observation_id
from service.domain.policy import Policy, parse_policy
from service.domain.premises import Premises, PremisesKind
from service.domain.states import Role, State
from service.domain.ticket import Actor, Ticket
from service.store.ids import new_id
from service.store.photos import Photo, PhotoStatus
from service.store.pictures import Picture

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=SHANGHAI).astimezone(UTC)
POLICY_TOML = Path(__file__).parents[1] / "service" / "domain" / "policy.toml"
A_SHA256 = "0" * 64
METRES_A_DEGREE = 111_195.0

PERSON = Source(SourceType.PHOTO, "pho_of_a_person", by_person=True)
POLE = Source(SourceType.CAMERA, "pole-1", fixed=True)
CAR = Source(SourceType.CAMERA, "car-1")


def a_policy(**changes: object) -> Policy:
    """The policy that the program ships, with what a test changes."""
    policy = parse_policy(POLICY_TOML.read_text(encoding="utf-8"), load_catalog(), SHANGHAI)
    return replace(policy, **changes)  # type: ignore[arg-type]  # the test names fields of Policy


def a_place(*, metres_north: float = 0.0, metres_east: float = 0.0) -> GeoPoint:
    """A corner of the invented district, or so many metres from it."""
    lat, lon = 31.2304, 121.4737
    return GeoPoint(
        lat + metres_north / METRES_A_DEGREE, lon + metres_east / (METRES_A_DEGREE * np.cos(np.radians(lat))), 5.0
    )


def a_detection(condition: str = "litter", score: float = 0.8, kind: str | None = None) -> Detection:
    """A box that a model drew."""
    return Detection(kind or condition, condition, score, Box(10, 20, 110, 220))


def a_sighting(
    condition: str = "litter",
    *,
    place: GeoPoint | None = a_place(),  # noqa: B008  # frozen
    source: Source = PERSON,
    seen_at: datetime = NOON,
    picture_id: str | None = None,
    score: float | None = 0.8,
) -> Sighting:
    """A heap of litter that a person photographed at noon."""
    picture_id = picture_id or new_id("pic", seen_at)
    return Sighting(
        id=observation_id(picture_id, condition),
        condition=condition,
        detections=() if score is None else (a_detection(condition, score),),
        seen_at=seen_at,
        place=place,
        place_source="exif" if place else None,
        source=source,
        picture_id=picture_id,
        weights_sha256=A_SHA256,
    )


def a_shop(name: str, east_m: tuple[float, float], north_m: tuple[float, float] = (-5, 5)) -> Premises:
    """A shop whose frontage is a rectangle, in metres from the corner of the invented district."""
    corners = [
        a_place(metres_east=east_m[e], metres_north=north_m[n]) for e, n in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    ]
    ring = tuple((corner.lon, corner.lat) for corner in corners)
    return Premises(name, 1, PremisesKind.SHOP, name, ring, NOON, doorstep=frozenset({"out_of_store"}))


def an_actor(role: Role = Role.OPS, *, unit_id: str | None = None, name: str | None = None) -> Actor:
    """Somebody with that role."""
    return Actor(id=f"usr_{role.value}", name=name or role.value, role=role, unit_id=unit_id)


def a_ticket(state: State = State.REPORTED, **changes: object) -> Ticket:
    """A heap of litter that somebody reported at noon."""
    ticket = Ticket(
        id="tic_1",
        number="SW-20261125-0001",
        version=3,
        state=state,
        condition="litter",
        place=a_place(),
        place_source="exif",
        opened_at=NOON,
        last_seen=NOON,
        changed_at=NOON,
        policy_sha256=A_SHA256,
    )
    return replace(ticket, **changes)  # type: ignore[arg-type]  # the test names fields of Ticket


def a_picture(*, picture_id: str | None = None, at: datetime = NOON) -> Picture:
    """A picture whose bytes are said to be safe."""
    return Picture(picture_id or new_id("pic", at), A_SHA256, "image/jpeg", 1920, 1080, "usr_inspector", at)


def a_photo(picture: Picture, *, key: str | None = None, request_sha256: str = A_SHA256, **changes: object) -> Photo:
    """A photo that an inspector sent at noon."""
    photo = Photo(
        id=new_id("pho", NOON),
        status=PhotoStatus.STORED,
        actor="usr_inspector",
        actor_role=Role.INSPECTOR,
        key=key,
        request_sha256=request_sha256,
        picture_id=picture.id,
        place=a_place(),
        place_source="exif",
        taken_at=NOON,
        time_source="exif",
        condition=None,
        note=None,
        created_at=NOON,
    )
    return replace(photo, **changes)  # type: ignore[arg-type]  # the test names fields of Photo


def a_jpeg(
    *,
    width: int = 64,
    height: int = 48,
    colour: tuple[int, int, int] = (90, 120, 90),
    place: GeoPoint | None = None,
) -> bytes:
    """A small picture of one colour, with the place that its camera noted."""
    out, exif = io.BytesIO(), Pillow.Exif()
    if place is not None:
        exif.get_ifd(0x8825).update(
            {1: "N", 2: (abs(place.lat), 0.0, 0.0), 3: "E", 4: (abs(place.lon), 0.0, 0.0)}  # degrees, in full
        )
    Pillow.new("RGB", (width, height), colour).save(out, format="JPEG", exif=exif)
    return out.getvalue()
