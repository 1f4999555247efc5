"""What citizens sent in: kept as it came, joined to the ticket that it opened or was added to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, insert, select, update

from detector.types import GeoPoint
from service.errors import IdempotencyMismatch
from service.errors.outside import ReportUnknown
from service.store.places import Row, place_columns, place_in
from service.store.report_tables import citizen_reports, report_keys

MOST_AT_ONCE: Final = 10_000


class Answered(StrEnum):
    """What a citizen was told of a report: a ticket was opened, one was known, or a person has to find the place."""

    NEW = "new"
    KNOWN = "known"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class CitizenReport:
    """One report.

    Attributes:
        id: also the token by which the citizen finds the ticket later.
        digest: SHA-256 of all that was sent.
        address: as typed; a person finds the place of a report that has nothing else.
        contact: how to reach the citizen, by field of GeoReport; for caseworkers alone.
    """

    id: str
    digest: str
    condition: str
    created_at: datetime
    description: str | None = None
    place: GeoPoint | None = None
    place_source: str | None = None
    address: str | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    contact: Mapping[str, str] = field(default_factory=dict)
    media_url: str | None = None
    photo_id: str | None = None
    ticket_id: str | None = None


class CitizenReports:
    """Rows of `citizen_reports`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, report: CitizenReport) -> None:
        """Keep a report."""
        self._connection.execute(insert(citizen_reports).values(**_columns(report)))

    def settle(self, report: CitizenReport) -> None:
        """Write where a report is and which ticket it belongs to."""
        values = {"ticket_id": report.ticket_id, "photo_id": report.photo_id}
        values |= place_columns(report.place, report.place_source)
        self._connection.execute(update(citizen_reports).where(citizen_reports.c.id == report.id).values(**values))

    def find(self, report_id: str) -> CitizenReport | None:
        """The report of that id, None if there is none."""
        return next(iter(self._all(citizen_reports.c.id == report_id, limit=1)), None)

    def get(self, report_id: str) -> CitizenReport:
        """The report of that id; ReportUnknown if there is none."""
        report = self.find(report_id)
        if report is None:
            raise ReportUnknown(id=report_id[:100])
        return report

    def sent_before(self, digest: str, since: datetime) -> CitizenReport | None:
        """The same report if it came before, word for word."""
        where = (citizen_reports.c.digest == digest, citizen_reports.c.created_at >= since)
        return next(iter(self._all(*where, limit=1)), None)

    def sent_under(self, sender: str, key: str, digest: str) -> tuple[CitizenReport, Answered] | None:
        """What this sender sent under this key and how it was answered; IdempotencyMismatch if that was another."""
        query = select(report_keys).where(report_keys.c.sender == sender, report_keys.c.key == key)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        report = self.get(row.report_id)
        if report.digest != digest:
            raise IdempotencyMismatch(key=key)
        return report, Answered(row.answered)

    def remember(self, sender: str, key: str, report_id: str, answered: Answered) -> None:
        """Keep under which key a report came."""
        values = {"sender": sender, "key": key, "report_id": report_id, "answered": answered.value}
        self._connection.execute(insert(report_keys).values(**values))

    def of_ticket(self, ticket_id: str) -> list[CitizenReport]:
        """All reports of one problem, newest first."""
        return self._all(citizen_reports.c.ticket_id == ticket_id, limit=1000)

    def of_tickets(self, ticket_ids: Collection[str]) -> dict[str, list[CitizenReport]]:
        """All reports of these problems, newest first, by ticket."""
        found: dict[str, list[CitizenReport]] = {ticket_id: [] for ticket_id in ticket_ids}
        for report in self._all(citizen_reports.c.ticket_id.in_(found), limit=MOST_AT_ONCE):
            found[report.ticket_id or ""].append(report)
        return found

    def page(self, limit: int, before: str | None = None, *, without_ticket: bool = False) -> list[CitizenReport]:
        """Reports, newest first; `before` is the id of the last one on the page before."""
        where: list[ColumnElement[bool]] = []
        if before is not None:
            where.append(citizen_reports.c.id < before)
        if without_ticket:
            where.append(citizen_reports.c.ticket_id.is_(None))
        return self._all(*where, limit=limit)

    def _all(self, *where: ColumnElement[bool], limit: int) -> list[CitizenReport]:
        query = select(citizen_reports).where(*where).order_by(citizen_reports.c.id.desc()).limit(limit)
        return [_report(row) for row in self._connection.execute(query).mappings()]


_PLAIN: Final = (
    "id",
    "digest",
    "condition",
    "created_at",
    "description",
    "address",
    "media_url",
    "photo_id",
    "ticket_id",
)


def _columns(report: CitizenReport) -> dict[str, Any]:
    return {
        **{name: getattr(report, name) for name in _PLAIN},
        **place_columns(report.place, report.place_source),
        "answers": dict(report.answers),
        "contact": dict(report.contact),
    }


def _report(row: Row) -> CitizenReport:
    return CitizenReport(
        **{name: row[name] for name in _PLAIN},
        place=place_in(row),
        place_source=row["place_source"],
        answers=row["answers"],
        contact=row["contact"],
    )
