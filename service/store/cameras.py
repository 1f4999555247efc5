"""Cameras: where they stand or that they move, whether frames are pulled from them, and how they are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Connection, insert, select, update

from detector.locate import Pose
from detector.types import GeoPoint
from service.errors import CameraExists, CameraUnknown
from service.store.places import Row, place_columns, place_in
from service.store.tables import cameras
from service.store.watched import Watched, watched_between


class Frames(StrEnum):
    """What the frames are that a camera pushes: chosen by the sender and believed at once, or a stream."""

    CHOSEN = "chosen"
    STREAM = "stream"


class CameraKind(StrEnum):
    """Whether a camera stays where it is."""

    FIXED = "fixed"
    MOVING = "moving"


@dataclass(frozen=True, slots=True)
class Camera:
    """A patrol camera.

    Attributes:
        place: of a fixed one.
        url: where frames are pulled from, None where they are pushed; it may hold a password and is never shown.
        look_every_s: seconds between two looks at a pulled stream.
        trouble: the code of what keeps it from being read, None while all is well.
        by_operator: its address was typed on this machine, so it may be one of a private network.
        heading_deg: of its axis, clockwise from north; of a moving one clockwise from where the vehicle heads.
        height_m: above the ground.
        pitch_deg: of its axis below the horizon.
        fov_deg: its horizontal opening angle.
        frames: what is pushed.
    """

    id: str
    name: str
    kind: CameraKind
    created_at: datetime
    place: GeoPoint | None = None
    heading_deg: float | None = None
    url: str | None = None
    look_every_s: float = 60.0
    disabled_at: datetime | None = None
    last_frame_at: datetime | None = None
    trouble: str | None = None
    by_operator: bool = False
    height_m: float | None = None
    pitch_deg: float | None = None
    fov_deg: float | None = None
    frames: Frames = Frames.CHOSEN

    @property
    def pose(self) -> Pose | None:
        """How it is mounted, None where something is not known."""
        if self.height_m is None or self.pitch_deg is None or self.fov_deg is None:
            return None
        return Pose(self.height_m, self.pitch_deg, self.fov_deg)


class Cameras:
    """Rows of `cameras`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, camera: Camera) -> None:
        """Keep a camera; CameraExists if its id is taken."""
        if self.find(camera.id) is not None:
            raise CameraExists(id=camera.id)
        self._connection.execute(insert(cameras).values(**_columns(camera)))

    def replace(self, camera: Camera) -> None:
        """Write all that is known about a camera that is there; CameraUnknown if it is not."""
        query = update(cameras).where(cameras.c.id == camera.id).values(**_columns(camera))
        if self._connection.execute(query).rowcount != 1:
            raise CameraUnknown(id=camera.id)

    def find(self, camera_id: str) -> Camera | None:
        """The camera of that id, None if there is none."""
        row = self._connection.execute(select(cameras).where(cameras.c.id == camera_id)).mappings().first()
        return _camera(row) if row else None

    def get(self, camera_id: str) -> Camera:
        """The camera of that id; CameraUnknown if there is none."""
        camera = self.find(camera_id)
        if camera is None:
            raise CameraUnknown(id=camera_id)
        return camera

    def page(self, limit: int = 100, after: str | None = None) -> list[Camera]:
        """Cameras by id; `after` is the id of the last one on the page before."""
        query = select(cameras).where(cameras.c.id > (after or "")).order_by(cameras.c.id).limit(limit)
        return [_camera(row) for row in self._connection.execute(query).mappings()]

    def places(self) -> dict[str, GeoPoint]:
        """Where fixed cameras stand, by id; those without a place are left out."""
        fixed = cameras.c.kind == CameraKind.FIXED.value, cameras.c.lat.is_not(None)
        rows = self._connection.execute(select(cameras).where(*fixed)).mappings()
        return {row["id"]: place for row in rows if (place := place_in(row)) is not None}

    def pulled(self, *which: ColumnElement[bool]) -> list[Camera]:
        """Cameras whose frames the service fetches itself, of all or of some."""
        query = select(cameras).where(cameras.c.url.is_not(None), cameras.c.disabled_at.is_(None), *which)
        return [_camera(row) for row in self._connection.execute(query.order_by(cameras.c.id)).mappings()]

    def saw_frame(self, camera_id: str, at: datetime, well_since: datetime | None = None) -> None:
        """A frame that could be analysed has come: the camera has watched since the one before, if it was well.

        Args:
            camera_id: CameraUnknown if there is none.
            at: when it was taken.
            well_since: when its last trouble ended; between a frame before that and this one, nobody watched.
        """
        camera, last = self.get(camera_id), None
        if camera.trouble is None and camera.last_frame_at is not None:
            last = camera.last_frame_at if well_since is None or camera.last_frame_at >= well_since else None
        Watched(self._connection).add(camera_id, at, watched_between(last, at, camera.look_every_s))
        seen = update(cameras).where(cameras.c.id == camera_id).values(last_frame_at=at)
        self._connection.execute(seen)


_MOUNTED: Final = ("height_m", "pitch_deg", "fov_deg")


def _columns(camera: Camera) -> dict[str, object]:
    plain = ("id", "name", "created_at", "heading_deg", "url", "look_every_s", "disabled_at", "last_frame_at")
    return {
        **{name: getattr(camera, name) for name in (*plain, *_MOUNTED, "trouble", "by_operator")},
        "frames": camera.frames.value,
        "kind": camera.kind.value,
        **place_columns(camera.place, "camera"),
    }


def _camera(row: Row) -> Camera:
    return Camera(
        id=row["id"],
        name=row["name"],
        kind=CameraKind(row["kind"]),
        created_at=row["created_at"],
        place=place_in(row),
        heading_deg=row["heading_deg"],
        url=row["url"],
        look_every_s=row["look_every_s"],
        disabled_at=row["disabled_at"],
        last_frame_at=row["last_frame_at"],
        trouble=row["trouble"],
        by_operator=row["by_operator"],
        frames=Frames(row["frames"]),
        **{name: row[name] for name in _MOUNTED},
    )
