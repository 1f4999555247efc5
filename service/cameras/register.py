"""Put a camera into the register, if what is told about it holds together."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from detector.locate import Pose
from detector.types import GeoPoint
from service.accounts.names import OPERATOR
from service.domain.audit import AuditLine
from service.errors import PlaceOutOfRange, Unprocessable
from service.errors.outside import AddressNotEncoded
from service.outbound.dialing import Dialer
from service.store import Store
from service.store.cameras import Camera, CameraKind, Frames

ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
NETWORK: Final = frozenset({"rtsp", "rtsps", "rtspu", "http", "https"})
LOOK_EVERY_S: Final = 60.0
LOOK_AT_MOST_EVERY_S: Final = 0.2
LOOK_AT_LEAST_EVERY_S: Final = 86_400.0
LONGEST_URL: Final = 2000
NO_NETWORKS: Final = Dialer()


@dataclass(frozen=True, slots=True)
class NewCamera:
    """A camera as somebody describes it."""

    id: str
    kind: str
    name: str | None = None
    lat: float | None = None
    lon: float | None = None
    heading_deg: float | None = None
    url: str | None = None
    look_every_s: float | None = None
    height_m: float | None = None
    pitch_deg: float | None = None
    fov_deg: float | None = None
    frames: str = Frames.CHOSEN.value


@dataclass(frozen=True, slots=True)
class Allowance:
    """What whoever describes a camera may name as its address.

    Attributes:
        files: a file or folder of this machine, or an address in a private network; the word of an operator at this
            machine, never a client's.
        dialer: says at once of an address in figures that it may not be called; names are asked at each connection.
    """

    files: bool = False
    dialer: Dialer = NO_NETWORKS


def register(
    store: Store,
    told: NewCamera,
    now: datetime,
    *,
    by: str = OPERATOR,
    files_allowed: bool = False,
    dialer: Dialer = NO_NETWORKS,
) -> Camera:
    """Keep a new camera.

    Args:
        store: where.
        told: what is known about it.
        now: the present moment.
        by: who registers it.
        files_allowed: its address may be a file or folder of this machine, or lie in a private network; the word of an
            operator at this machine, never a client's.
        dialer: says at once of an address in figures that it may not be called; names are asked at each connection.

    Raises:
        CameraExists: the id is taken.
        AddressRefused: the address lies where the service may not call.
        PlaceOutOfRange, Unprocessable: what is told does not hold together.
    """
    if not ID.fullmatch(told.id):
        raise Unprocessable(field="id", problem="not_an_id")
    camera = camera_of(told, now, Allowance(files_allowed, dialer))
    with store.write() as rows:
        rows.cameras.add(camera)
        facts = {"kind": camera.kind.value, "pulled": camera.url is not None}
        rows.audit.add(AuditLine(now, by, "camera.created", camera.id, None, facts))
    return camera


def revise(
    store: Store, camera_id: str, changes: Mapping[str, Any], now: datetime, by: str, allowed: Allowance
) -> Camera:
    """Change what is known about a camera: fields of `NewCamera` but its id and kind, and `disabled`.

    Raises:
        CameraUnknown: there is none of that id.
        AddressRefused, PlaceOutOfRange, Unprocessable: what is told does not hold together.
    """
    told = dict(changes)
    disabled = told.pop("disabled", None)
    with store.write() as rows:
        kept = rows.cameras.get(camera_id)
        made = camera_of(replace(_described(kept), **told), kept.created_at, allowed)
        says_address = "url" in told
        camera = replace(
            made,
            url=made.url if says_address else kept.url,
            by_operator=made.by_operator if says_address else kept.by_operator,
            last_frame_at=kept.last_frame_at,
            trouble=kept.trouble,
            disabled_at=kept.disabled_at if disabled is None else now if disabled else None,
        )
        if camera == kept:
            return kept
        rows.cameras.replace(camera)
        if camera.url != kept.url:
            rows.camera_events.forget_habits(camera_id)
        facts = {"changed": ", ".join(sorted(changes))}
        rows.audit.add(AuditLine(now, by, "camera.changed", camera.id, None, facts))
    return camera


def _described(kept: Camera) -> NewCamera:
    """A kept camera as somebody would describe it, but for its address, which was let in before."""
    return NewCamera(
        id=kept.id,
        kind=kept.kind.value,
        name=kept.name,
        lat=kept.place.lat if kept.place else None,
        lon=kept.place.lon if kept.place else None,
        heading_deg=kept.heading_deg,
        look_every_s=kept.look_every_s,
        height_m=kept.height_m,
        pitch_deg=kept.pitch_deg,
        fov_deg=kept.fov_deg,
        frames=kept.frames.value,
    )


def camera_of(told: NewCamera, created_at: datetime, allowed: Allowance) -> Camera:
    """A camera as it is described; AddressRefused, PlaceOutOfRange, Unprocessable."""
    camera = Camera(
        id=told.id,
        name=told.name or told.id,
        kind=CameraKind(told.kind),
        created_at=created_at,
        place=_place(told),
        heading_deg=_heading(told.heading_deg),
        url=None if told.url is None else _address(told.url, allowed.files, allowed.dialer),
        by_operator=allowed.files,
        look_every_s=_look_every(told.look_every_s),
        height_m=told.height_m,
        pitch_deg=told.pitch_deg,
        fov_deg=told.fov_deg,
        frames=Frames(told.frames),
    )
    _check_mounting(camera)
    return camera


def _check_mounting(camera: Camera) -> None:
    """Unprocessable with the first thing about how it is mounted that no mount has."""
    usual = {"height_m": 3.0, "pitch_deg": 20.0, "fov_deg": 90.0}
    for name in usual:
        value = getattr(camera, name)
        if value is None:
            continue
        try:
            Pose(**{**usual, name: value})
        except ValueError as error:
            raise Unprocessable(field=name, problem="out_of_range") from error


def _place(told: NewCamera) -> GeoPoint | None:
    if told.lat is None and told.lon is None:
        return None
    if told.lat is None or told.lon is None:
        raise Unprocessable(field="lat" if told.lat is None else "lon", problem="missing")
    try:
        return GeoPoint(told.lat, told.lon)
    except ValueError as error:
        raise PlaceOutOfRange(lat=str(told.lat), lon=str(told.lon)) from error


def _heading(degrees: float | None) -> float | None:
    if degrees is not None and not math.isfinite(degrees):
        raise Unprocessable(field="heading_deg", problem="not_a_number")
    return None if degrees is None else degrees % 360


def _look_every(seconds: float | None) -> float:
    if seconds is None:
        return LOOK_EVERY_S
    if not seconds >= LOOK_AT_MOST_EVERY_S:
        raise Unprocessable(field="look_every_s", problem="too_small")
    if seconds > LOOK_AT_LEAST_EVERY_S:
        raise Unprocessable(field="look_every_s", problem="too_large")
    return seconds


def _is_cut_short(address: SplitResult) -> bool:
    """Whether a password ends what seems to be the host, which would be called then: a user, a colon and half of it.

    >>> _is_cut_short(urlsplit("rtsp://admin:12/34@10.0.0.7/live")), _is_cut_short(urlsplit("rtsp://10.0.0.7/live@hd"))
    (True, False)
    """
    if "@" not in address.path + address.query + address.fragment or not address.hostname:
        return False
    try:
        _ = address.port
    except ValueError:
        return True
    return ":" in address.netloc and not {".", ":"} & set(address.hostname)


def _address(url: str, files_allowed: bool, dialer: Dialer) -> str:
    if len(url) > LONGEST_URL or any(character.isspace() or ord(character) < 32 for character in url[:8]):
        raise Unprocessable(field="url", problem="not_an_address")
    try:
        address = urlsplit(url)
        host = address.hostname
    except ValueError as error:
        raise Unprocessable(field="url", problem="not_an_address") from error
    if _is_cut_short(address):
        raise AddressNotEncoded()
    if address.scheme in NETWORK and host:
        if not files_allowed:
            dialer.refuse_literal(host)
        return url
    if files_allowed and address.scheme in ("", "file"):
        return url
    raise Unprocessable(field="url", problem="scheme_not_allowed")
