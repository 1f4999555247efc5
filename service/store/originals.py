"""Originals of pictures, and which of them have been kept long enough."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import CTE, Connection, exists, or_, select, true, update

from service.domain.audit import AuditLine
from service.domain.policy import Retention
from service.domain.seals import EXPIRED
from service.store.audit import Audit
from service.store.photos import PhotoStatus
from service.store.pictures import Picture
from service.store.tables import observations, photos, pictures, ticket_evidence, tickets

NAMES_AT_ONCE: Final = 500


class Originals:
    """Rows of `pictures`, as far as their originals are concerned."""

    def __init__(self, connection: Connection, audit: Audit) -> None:
        self._connection = connection
        self._audit = audit

    def due(self, retention: Retention, now: datetime, limit: int) -> list[Picture]:
        """Pictures whose original has to go, oldest first.

        One stays while a ticket behind which it stands, or one that this was merged into, is open, under legal hold,
        or has not ended long enough; while nobody has looked at its photo to the end; and while there is no blurred
        picture to show instead.
        """
        seen = exists().where(observations.c.picture_id == pictures.c.id, observations.c.ticket_id == tickets.c.id)
        put = exists().where(ticket_evidence.c.picture_id == pictures.c.id, ticket_evidence.c.ticket_id == tickets.c.id)
        linked = or_(seen, put)
        holds = tickets.c.id.in_(select(_holding(now - retention.after_end).c.id))
        unfinished = exists().where(photos.c.picture_id == pictures.c.id, photos.c.status == PhotoStatus.STORED.value)
        query = (
            select(pictures)
            .where(pictures.c.original_gone_at.is_(None), pictures.c.blurred_sha256.is_not(None), ~unfinished)
            .where(pictures.c.created_at <= now - min(retention.loose, retention.after_end))
            .where(~exists(select(tickets.c.id).where(linked, holds)))
            .where(or_(pictures.c.created_at <= now - retention.loose, exists(select(tickets.c.id).where(linked))))
            .order_by(pictures.c.id)
            .limit(limit)
        )
        return [Picture(**row) for row in self._connection.execute(query).mappings()]

    def tickets_behind(self, some: Sequence[Picture]) -> set[str]:
        """Ids of the tickets on which it depends: they show these pictures, or one that does was merged into them."""
        ids = [picture.id for picture in some]
        seen = select(observations.c.ticket_id).where(observations.c.picture_id.in_(ids))
        put = select(ticket_evidence.c.ticket_id).where(ticket_evidence.c.picture_id.in_(ids))
        linked = or_(tickets.c.id.in_(seen), tickets.c.id.in_(put))
        behind = select(tickets.c.id, tickets.c.merged_into).where(linked).cte("behind", recursive=True)
        onward = select(tickets.c.id, tickets.c.merged_into).where(tickets.c.id == behind.c.merged_into)
        return set(self._connection.execute(select(behind.union(onward).c.id)).scalars())

    def let_go(self, gone: Sequence[Picture], now: datetime, by: str) -> None:
        """Say that these originals are no longer kept; the trail keeps what they were."""
        ids = [picture.id for picture in gone]
        self._connection.execute(update(pictures).where(pictures.c.id.in_(ids)).values(original_gone_at=now))
        for picture in gone:
            self._audit.add(AuditLine(now, by, EXPIRED, picture.id, None, {"sha256": picture.original_sha256}))

    def to_remove(self, limit: int) -> list[str]:
        """SHA-256 of objects whose last picture was let go of, and which may still lie there."""
        others = pictures.alias()
        still = exists().where(
            or_(
                (others.c.original_sha256 == pictures.c.original_sha256) & others.c.original_gone_at.is_(None),
                others.c.blurred_sha256 == pictures.c.original_sha256,
            )
        )
        query = (
            select(pictures.c.original_sha256)
            .where(pictures.c.original_gone_at.is_not(None), pictures.c.original_removed_at.is_(None), ~still)
            .distinct()
            .order_by(pictures.c.original_sha256)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def removed(self, names: Sequence[str], now: datetime) -> None:
        """Say that these objects lie there no more; of whom that was said before, it was another time."""
        let_go = (pictures.c.original_gone_at.is_not(None), pictures.c.original_removed_at.is_(None))
        query = update(pictures).where(pictures.c.original_sha256.in_(names), *let_go)
        self._connection.execute(query.values(original_removed_at=now))

    def went(self) -> dict[str, str]:
        """SHA-256 of objects that lie nowhere any more, as all rows that speak of them say, and a picture of each."""
        others = pictures.alias()
        waits = exists().where(
            others.c.original_sha256 == pictures.c.original_sha256, others.c.original_removed_at.is_(None)
        )
        shown = exists().where(others.c.blurred_sha256 == pictures.c.original_sha256)
        query = select(pictures.c.original_sha256, pictures.c.id)
        said = self._connection.execute(query.where(pictures.c.original_removed_at.is_not(None), ~waits, ~shown))
        return {row.original_sha256: row.id for row in said}

    def wanted(self, names: Sequence[str]) -> set[str]:
        """Those of these objects that a row speaks of."""
        found: set[str] = set()
        for begin in range(0, len(names), NAMES_AT_ONCE):
            some = names[begin : begin + NAMES_AT_ONCE]
            kept = (pictures.c.original_sha256, pictures.c.original_gone_at.is_(None))
            for column, there in (kept, (pictures.c.blurred_sha256, true())):
                found |= set(self._connection.execute(select(column).where(column.in_(some), there)).scalars())
        return found


def _holding(after: datetime) -> CTE:
    """Tickets that are open, held, or ended later than `after`, and all that were merged into them, over any steps."""
    open_or_held = or_(tickets.c.ended_at.is_(None), tickets.c.legal_hold, tickets.c.ended_at > after)
    holding = select(tickets.c.id).where(open_or_held).cte("holding", recursive=True)
    return holding.union(select(tickets.c.id).where(tickets.c.merged_into == holding.c.id))
