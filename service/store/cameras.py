"""Cameras: where they stand or that they move, whether frames are pulled from them, and how they are."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select, update

from detector.types import GeoPoint
from service.errors import CameraExists, CameraUnknown
from service.store.places import Row, place_columns, place_in
from service.store.tables import cameras
from service.store.watched import Watched, watched_between


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

    def pulled(self) -> list[Camera]:
        """Cameras whose frames the service fetches itself."""
        query = select(cameras).where(cameras.c.url.is_not(None), cameras.c.disabled_at.is_(None))
        return [_camera(row) for row in self._connection.execute(query.order_by(cameras.c.id)).mappings()]

    def saw_frame(self, camera_id: str, at: datetime) -> None:
        """A frame has come: the camera is well, and has watched since the frame before if it was well then."""
        camera = self.get(camera_id)
        if camera.trouble is None:
            watched = watched_between(camera.last_frame_at, at, camera.look_every_s)
            Watched(self._connection).add(camera_id, at, watched)
        self.replace(replace(camera, last_frame_at=at, trouble=None))

    def has_trouble(self, camera_id: str, code: str) -> None:
        """The camera cannot be read."""
        self.replace(replace(self.get(camera_id), trouble=code))


def _columns(camera: Camera) -> dict[str, object]:
    plain = ("id", "name", "created_at", "heading_deg", "url", "look_every_s", "disabled_at", "last_frame_at")
    return {
        **{name: getattr(camera, name) for name in (*plain, "trouble", "by_operator")},
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
    )
