"""Pictures behind photos, frames and tickets: which bytes are the original, which may be shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from detector.types import GeoPoint
from service.domain.after_photos import Taken
from service.domain.audit import AuditLine
from service.domain.seals import EXHIBITED, KEPT
from service.errors import EvidenceUnknown
from service.store.audit import Audit
from service.store.locks import lock
from service.store.places import Row, place_columns
from service.store.tables import pictures, ticket_evidence


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in the evidence store.

    Attributes:
        original_type: the media type of the original bytes.
        blurred_sha256: of the derivative that may be shown, None until it is made.
        width, height: of the upright picture, pixels.
        by: who sent it.
        original_gone_at: when the original's time was over, None while it is there.
        original_removed_at: when its bytes went, None before that, for which they wait while another picture keeps the
            same; it stays if the same bytes come again later.
    """

    id: str
    original_sha256: str
    original_type: str
    width: int
    height: int
    by: str
    created_at: datetime
    blurred_sha256: str | None = None
    original_gone_at: datetime | None = None
    original_removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A picture that somebody put to a ticket; `role` is before, after, near, far or reference."""

    picture: Picture
    role: str
    by: str
    at: datetime
    taken: Taken = field(default_factory=Taken)


class Pictures:
    """Rows of `pictures` and of `ticket_evidence`."""

    def __init__(self, connection: Connection, audit: Audit) -> None:
        self._connection = connection
        self._audit = audit

    def add(self, picture: Picture) -> Picture:
        """Keep a picture; the one that is there already if its id is known."""
        lock(self._connection, [picture.id])
        kept = self.find(picture.id)
        if kept is not None:
            return kept
        self._connection.execute(insert(pictures).values(**_columns(picture)))
        facts = {"sha256": picture.original_sha256}
        self._audit.add(AuditLine(picture.created_at, picture.by, KEPT, picture.id, None, facts))
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
                ticket_id=ticket_id,
                picture_id=exhibit.picture.id,
                role=exhibit.role,
                by=exhibit.by,
                at=exhibit.at,
                **place_columns(exhibit.taken.place, exhibit.taken.place_source),
                taken_at=exhibit.taken.taken_at,
            )
        )
        facts = {"picture": exhibit.picture.id, "role": exhibit.role}
        self._audit.add(AuditLine(exhibit.at, exhibit.by, EXHIBITED, ticket_id, None, facts))

    def of_ticket(self, ticket_id: str) -> list[Exhibit]:
        """What was put to a ticket by hand, oldest first; its sightings have pictures of their own."""
        query = (
            select(pictures, *(column.label(f"put_{column.name}") for column in ticket_evidence.c))
            .join(ticket_evidence, ticket_evidence.c.picture_id == pictures.c.id)
            .where(ticket_evidence.c.ticket_id == ticket_id)
            .order_by(ticket_evidence.c.at, pictures.c.id)
        )
        rows = self._connection.execute(query).mappings()
        names = [column.name for column in pictures.c]
        return [
            Exhibit(
                Picture(**{name: row[name] for name in names}),
                row["put_role"],
                row["put_by"],
                row["put_at"],
                _taken(row),
            )
            for row in rows
        ]

    def tickets_of(self, picture_id: str) -> list[str]:
        """Ids of the tickets that a picture was put to."""
        query = select(ticket_evidence.c.ticket_id).where(ticket_evidence.c.picture_id == picture_id)
        return list(self._connection.execute(query).scalars())

    def hashes(self) -> Iterator[tuple[str, str]]:
        """(picture id, SHA-256) of every object that some row speaks of and that has to be there."""
        query = select(
            pictures.c.id, pictures.c.original_sha256, pictures.c.blurred_sha256, pictures.c.original_gone_at
        ).order_by(pictures.c.id)
        for picture_id, original, blurred, gone_at in self._connection.execute(query):
            if gone_at is None:
                yield picture_id, original
            if blurred is not None:
                yield picture_id, blurred


def _taken(row: Row) -> Taken:
    place = None
    if row["put_lat"] is not None and row["put_lon"] is not None:
        place = GeoPoint(row["put_lat"], row["put_lon"], row["put_accuracy_m"])
    return Taken(place, row["put_place_source"], row["put_taken_at"])


def _columns(picture: Picture) -> dict[str, object]:
    return {column.name: getattr(picture, column.name) for column in pictures.c}
