"""The outbox: what has happened, numbered, for pages that listen and for whoever is told later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from service.store.tables import events


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that has happened. `seq` rises and is never given twice."""

    seq: int
    at: datetime
    type: str
    subject: str
    body: Mapping[str, Any]


class Events:
    """Rows of `events`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, at: datetime, type_: str, subject: str, body: Mapping[str, Any]) -> None:
        """Say that something has happened; it is heard once the transaction commits."""
        self._connection.execute(insert(events).values(at=at, type=type_, subject=subject, body=dict(body)))

    def after(self, seq: int, limit: int = 100) -> list[Event]:
        """What has happened since number `seq`, oldest first."""
        query = select(events).where(events.c.seq > seq).order_by(events.c.seq).limit(limit)
        return [Event(**row) for row in self._connection.execute(query).mappings()]

    def last_seq(self) -> int:
        """The number of the latest event, 0 before the first."""
        return self._connection.execute(select(func.max(events.c.seq))).scalar() or 0
