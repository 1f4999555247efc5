"""The outbox: what has happened, numbered, for pages that listen and for whoever is told later; and who looked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from service.store.tables import audit, events


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that has happened. `seq` rises and is never given twice."""

    seq: int
    at: datetime
    type: str
    subject: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what to which thing, and why they said so."""

    at: datetime
    actor: str
    action: str
    subject: str
    reason: str | None
    facts: Mapping[str, Any]


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


class Audit:
    """Rows of `audit`: what somebody did that is not a step of a ticket, such as looking at an original."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, line: AuditLine) -> None:
        """Write one line."""
        self._connection.execute(
            insert(audit).values(
                at=line.at,
                actor=line.actor,
                action=line.action,
                subject=line.subject,
                reason=line.reason,
                facts=dict(line.facts),
            )
        )

    def about(self, subject: str) -> list[AuditLine]:
        """All lines about one thing, oldest first."""
        query = select(audit).where(audit.c.subject == subject).order_by(audit.c.seq)
        rows = self._connection.execute(query).mappings()
        return [
            AuditLine(**{name: row[name] for name in ("at", "actor", "action", "subject", "reason", "facts")})
            for row in rows
        ]
