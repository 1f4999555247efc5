"""Photos as they were sent: kept before they are looked at, finished once, never counted twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from detector.types import GeoPoint
from service.domain.states import Role
from service.errors import IdempotencyMismatch, PhotoUnknown
from service.store.places import Row, place_columns, place_in
from service.store.tables import photos


class PhotoStatus(StrEnum):
    """How far a photo has come: its bytes are safe; its observations and tickets are, too."""

    STORED = "stored"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that was sent.

    Attributes:
        actor: the id of the account or key that sent it.
        key: the sender's idempotency key.
        request_sha256: of the whole request, file and fields.
        place_source: exif, form, camera or hand.
        time_source: exif, form or received.
        condition: what the sender said it shows.
        answer: what the sender was told, once it is done.
    """

    id: str
    status: PhotoStatus
    actor: str
    actor_role: Role
    key: str | None
    request_sha256: str
    picture_id: str
    place: GeoPoint | None
    place_source: str | None
    taken_at: datetime
    time_source: str
    condition: str | None
    note: str | None
    created_at: datetime
    answer: Mapping[str, Any] | None = None


class Photos:
    """Rows of `photos`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sent_before(self, actor: str, key: str | None, request_sha256: str) -> Photo | None:
        """What this actor sent under this key; IdempotencyMismatch if it was something else."""
        if key is None:
            return None
        query = select(photos).where(photos.c.actor == actor, photos.c.key == key)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        if row["request_sha256"] != request_sha256:
            raise IdempotencyMismatch(key=key)
        return _photo(row)

    def add(self, photo: Photo) -> None:
        """Keep a photo."""
        self._connection.execute(insert(photos).values(**_columns(photo)))

    def get(self, photo_id: str) -> Photo:
        """The photo of that id; PhotoUnknown if there is none."""
        row = self._connection.execute(select(photos).where(photos.c.id == photo_id)).mappings().first()
        if row is None:
            raise PhotoUnknown(id=photo_id)
        return _photo(row)

    def finish(self, photo_id: str, answer: Mapping[str, Any]) -> None:
        """Mark as done, with what the sender is told now and on every retry."""
        self._set(photo_id, status=PhotoStatus.DONE.value, answer=dict(answer))

    def set_place(self, photo_id: str, place: GeoPoint, source: str) -> None:
        """Give a place to a photo that came without one."""
        self._set(photo_id, **place_columns(place, source))

    def unfinished(self, before: datetime | None = None) -> list[Photo]:
        """Photos whose bytes are safe and whose detection is not done, oldest first; `before` leaves out later ones."""
        query = select(photos).where(photos.c.status == PhotoStatus.STORED.value).order_by(photos.c.id)
        if before is not None:
            query = query.where(photos.c.created_at < before)
        return [_photo(row) for row in self._connection.execute(query).mappings()]

    def _set(self, photo_id: str, **columns: object) -> None:
        self._connection.execute(update(photos).where(photos.c.id == photo_id).values(**columns))


def _columns(photo: Photo) -> dict[str, object]:
    plain = ("id", "actor", "key", "request_sha256", "picture_id", "taken_at", "time_source", "condition", "note")
    return {
        **{name: getattr(photo, name) for name in (*plain, "created_at", "answer")},
        "status": photo.status.value,
        "actor_role": photo.actor_role.value,
        **place_columns(photo.place, photo.place_source),
    }


def _photo(row: Row) -> Photo:
    return Photo(
        id=row["id"],
        status=PhotoStatus(row["status"]),
        actor=row["actor"],
        actor_role=Role(row["actor_role"]),
        key=row["key"],
        request_sha256=row["request_sha256"],
        picture_id=row["picture_id"],
        place=place_in(row),
        place_source=row["place_source"],
        taken_at=row["taken_at"],
        time_source=row["time_source"],
        condition=row["condition"],
        note=row["note"],
        created_at=row["created_at"],
        answer=row["answer"],
    )
