"""The audit trail: lines of a transaction are gathered and put behind the chain's head just before it commits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, update

from service.domain.audit import BEGINNING, AuditLine, Head, Link, seal
from service.store.audit_tables import audit, audit_head
from service.store.pages import pages_of


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which lines are wanted; what is None does not restrict."""

    subject: str | None = None
    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Audit:
    """Rows of `audit` and the one of `audit_head`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: list[AuditLine] = []

    def add(self, line: AuditLine) -> None:
        """Say what somebody does in this transaction; it is kept if and only if the transaction is."""
        self._waiting.append(line)

    def seal(self) -> None:
        """Put the waiting lines behind the head. Nobody else can from here to the end of the transaction."""
        if not self._waiting:
            return
        head, rows = self._head_to_move(), []
        for line in self._waiting:
            link = seal(head, line)
            head = link.head
            rows.append(columns_of(link))
        self._waiting.clear()
        self._connection.execute(insert(audit), rows)
        self._connection.execute(update(audit_head).values(seq=head.seq, sha256=head.sha256))

    def head(self) -> Head:
        """The head as it is kept."""
        row = self._connection.execute(select(audit_head.c.seq, audit_head.c.sha256)).first()
        return Head(*row) if row else BEGINNING

    def links(self) -> Iterator[Link]:
        """The whole chain, by number."""
        for page in pages_of(self._connection, select(audit), audit.c.seq):
            yield from map(link_in, page)

    def about(self, subject: str) -> list[AuditLine]:
        """All lines about one thing, oldest first."""
        self.seal()
        query = select(audit).where(audit.c.subject == subject).order_by(audit.c.seq)
        return [link_in(row).line for row in self._connection.execute(query)]

    def lines_of_kind(self, action: str) -> Iterator[AuditLine]:
        """All lines of one kind, in the order of the chain."""
        for page in pages_of(self._connection, select(audit).where(audit.c.action == action), audit.c.seq):
            yield from (link_in(row).line for row in page)

    def lines_on(self, subjects: Iterable[str], actions: Iterable[str]) -> list[AuditLine]:
        """Lines of those kinds about those things, in the order of the chain."""
        where = (audit.c.subject.in_(list(subjects)), audit.c.action.in_(list(actions)))
        query = select(audit).where(*where).order_by(audit.c.seq)
        return [link_in(row).line for row in self._connection.execute(query)]

    def page(self, wanted: TrailFilter, limit: int, before: int | None = None) -> list[Link]:
        """Lines, newest first; `before` is the number of the last one on the page before."""
        query: Select[Any] = select(audit).where(*_conditions_of(wanted))
        if before is not None:
            query = query.where(audit.c.seq < before)
        return [link_in(row) for row in self._connection.execute(query.order_by(audit.c.seq.desc()).limit(limit))]

    def _head_to_move(self) -> Head:
        query = select(audit_head.c.seq, audit_head.c.sha256).with_for_update()
        row = self._connection.execute(query).one()
        return Head(row.seq, row.sha256)


def _conditions_of(wanted: TrailFilter) -> Iterator[ColumnElement[bool]]:
    for name in ("subject", "actor", "action"):
        if (value := getattr(wanted, name)) is not None:
            yield audit.c[name] == value
    if wanted.since is not None:
        yield audit.c.at >= wanted.since
    if wanted.until is not None:
        yield audit.c.at < wanted.until


def columns_of(link: Link) -> dict[str, object]:
    """The row of a line in its place."""
    line = link.line
    return {
        "seq": link.seq,
        "at": line.at,
        "actor": line.actor,
        "action": line.action,
        "subject": line.subject,
        "reason": line.reason,
        "facts": dict(line.facts),
        "sha256": link.sha256,
    }


def link_in(row: Row[Any]) -> Link:
    """The line in a row of `audit`."""
    line = AuditLine(row.at, row.actor, row.action, row.subject, row.reason, row.facts)
    return Link(row.seq, line, row.sha256)
