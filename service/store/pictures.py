"""Pictures behind photos, frames and tickets: which bytes are the original, which may be shown."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from service.errors import EvidenceUnknown
from service.store.locks import lock
from service.store.tables import pictures, ticket_evidence


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in the evidence store.

    Attributes:
        original_type: the media type of the original bytes.
        blurred_sha256: of the derivative that may be shown, None until it is made.
        width, height: of the upright picture, pixels.
        by: who sent it.
    """

    id: str
    original_sha256: str
    original_type: str
    width: int
    height: int
    by: str
    created_at: datetime
    blurred_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A picture that somebody put to a ticket; `role` is before, after, near or far."""

    picture: Picture
    role: str
    by: str
    at: datetime


class Pictures:
    """Rows of `pictures` and of `ticket_evidence`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, picture: Picture) -> Picture:
        """Keep a picture; the one that is there already if its id is known."""
        lock(self._connection, [picture.id])
        kept = self.find(picture.id)
        if kept is not None:
            return kept
        self._connection.execute(insert(pictures).values(**_columns(picture)))
        return picture

    def find(self, picture_id: str) -> Picture | None:
        """The picture of that id, None if there is none."""
        row = self._connection.execute(select(pictures).where(pictures.c.id == picture_id)).mappings().first()
        return Picture(**row) if row else None

    def get(self, picture_id: str) -> Picture:
        """The picture of that id; EvidenceUnknown if there is none."""
        picture = self.find(picture_id)
        if picture is None:
            raise EvidenceUnknown(id=picture_id)
        return picture

    def set_blurred(self, picture_id: str, blurred_sha256: str) -> Picture:
        """Say which object may be shown."""
        picture = replace(self.get(picture_id), blurred_sha256=blurred_sha256)
        query = update(pictures).where(pictures.c.id == picture_id).values(blurred_sha256=blurred_sha256)
        self._connection.execute(query)
        return picture

    def without_derivative(self, limit: int = 100) -> list[Picture]:
        """Pictures that cannot be shown yet, oldest first."""
        query = select(pictures).where(pictures.c.blurred_sha256.is_(None)).order_by(pictures.c.id).limit(limit)
        return [Picture(**row) for row in self._connection.execute(query).mappings()]

    def attach(self, ticket_id: str, exhibit: Exhibit) -> None:
        """Put a picture to a ticket; once is enough."""
        if any(kept.picture.id == exhibit.picture.id for kept in self.of_ticket(ticket_id)):
            return
        self._connection.execute(
            insert(ticket_evidence).values(
                ticket_id=ticket_id, picture_id=exhibit.picture.id, role=exhibit.role, by=exhibit.by, at=exhibit.at
            )
        )

    def of_ticket(self, ticket_id: str) -> list[Exhibit]:
        """What was put to a ticket by hand, oldest first; its sightings have pictures of their own."""
        query = (
            select(pictures, ticket_evidence.c.role, ticket_evidence.c.by.label("put_by"), ticket_evidence.c.at)
            .join(ticket_evidence, ticket_evidence.c.picture_id == pictures.c.id)
            .where(ticket_evidence.c.ticket_id == ticket_id)
            .order_by(ticket_evidence.c.at, pictures.c.id)
        )
        rows = self._connection.execute(query).mappings()
        names = [column.name for column in pictures.c]
        return [
            Exhibit(Picture(**{name: row[name] for name in names}), row["role"], row["put_by"], row["at"])
            for row in rows
        ]

    def tickets_of(self, picture_id: str) -> list[str]:
        """Ids of the tickets that a picture was put to."""
        query = select(ticket_evidence.c.ticket_id).where(ticket_evidence.c.picture_id == picture_id)
        return list(self._connection.execute(query).scalars())

    def hashes(self) -> Iterator[tuple[str, str]]:
        """(picture id, SHA-256) of every object that some row speaks of."""
        query = select(pictures.c.id, pictures.c.original_sha256, pictures.c.blurred_sha256).order_by(pictures.c.id)
        for picture_id, original, blurred in self._connection.execute(query):
            yield picture_id, original
            if blurred is not None:
                yield picture_id, blurred


def _columns(picture: Picture) -> dict[str, object]:
    return {column.name: getattr(picture, column.name) for column in pictures.c}
