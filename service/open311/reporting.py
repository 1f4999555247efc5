"""A citizen's report becomes a ticket, or is added to the one that is there; what has no place waits for a person."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from detector.types import GeoPoint
from service.domain.observation import Sighting, Source, SourceType
from service.domain.policy import Policy
from service.domain.states import Role
from service.domain.ticket import Actor, Ticket
from service.errors.open311 import ReportPlaceMissing
from service.errors.outside import ReportPlaced
from service.ingest import contested, settle
from service.intake import Intake
from service.open311.words import without_contacts
from service.sent import SentPhoto
from service.store import Store, Transaction
from service.store.addresses import Address
from service.store.ids import new_id
from service.store.observations import Observation
from service.store.reports import Answered, CitizenReport

CITIZEN: Final = Actor("open311", "open311", Role.VIEWER)
SAME_WITHIN: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SentReport:
    """A report as a citizen's app sends it.

    Attributes:
        contact: by field of GeoReport.
        key: the sender's name for this request, the same when it sends again.
    """

    condition: str
    place: GeoPoint | None = None
    address: str | None = None
    description: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    contact: Mapping[str, str] = field(default_factory=dict)
    media_url: str | None = None
    photo: bytes | None = None
    key: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of all of it: word for word the same is the same report, since apps send again when in doubt."""
        place = (self.place.lat, self.place.lon) if self.place else None
        words = [self.condition, place, self.address, self.description, self.media_url]
        told = json.dumps([words, sorted(self.answers.items()), sorted(self.contact.items())], ensure_ascii=True)
        return hashlib.sha256(hashlib.sha256(self.photo or b"").digest() + told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Taken:
    """A report as it is kept, and its ticket.

    Attributes:
        is_known: the ticket was there before.
        is_repeated: the sender's key came before; the answer is the one that it got then.
    """

    report: CitizenReport
    ticket: Ticket | None
    is_known: bool
    is_repeated: bool = False

    @property
    def answered(self) -> Answered:
        """What the sender is told."""
        if self.ticket is None:
            return Answered.WAITS
        return Answered.KNOWN if self.is_known else Answered.NEW


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes reports in."""

    store: Store
    intake: Intake

    def take(self, sent: SentReport, actor: Actor, now: datetime) -> Taken:
        """Keep a report; what was sent before under its key, or word for word within a day, is answered as it was.

        Raises:
            IdempotencyMismatch: its key came with another report; nothing is kept.
            ReportPlaceMissing: nobody could find where it is; nothing is kept.
            PhotoError, ConditionUnknown, Busy, StorageFull: nothing is lost, and it may be sent again.
        """
        with self.store.read() as rows:
            earlier = _earlier(rows, sent, actor, now)
        if earlier is not None and (earlier.is_repeated or sent.key is None):
            return earlier
        report = earlier.report if earlier else self._looked_at(sent, actor, now)
        return self._keep(sent, report, actor, now)

    def pin(self, report_id: str, place: GeoPoint, actor: Actor, now: datetime) -> Taken:
        """Give a report the place that it came without, and make its ticket now; ReportUnknown, ReportPlaced."""
        with self.store.read() as rows:
            report = rows.citizen_reports.get(report_id)
        if report.ticket_id is not None:
            raise ReportPlaced(id=report_id)
        if report.photo_id is not None:
            self.intake.place(report.photo_id, place, actor)
        with self.store.write() as rows:
            rows.lock([report.id])
            report = rows.citizen_reports.get(report_id)
            if report.ticket_id is not None:
                raise ReportPlaced(id=report_id)
            report = replace(report, place=place, place_source="hand")
            return _settled(rows, report, actor, self.intake.policy, now)

    def _looked_at(self, sent: SentReport, actor: Actor, now: datetime) -> CitizenReport:
        """What is to be kept of a report: its photo, if it has one, is taken in first."""
        if sent.photo is None:
            if sent.place is None and sent.address is None:
                raise ReportPlaceMissing()
            return _report(sent, now)
        photo = SentPhoto(
            data=sent.photo,
            actor=actor,
            key=f"open311:{sent.digest}",
            place=sent.place,
            condition=sent.condition,
            note=sent.description,
        )
        answer, _ = self.intake.photo(photo)
        photo_id = answer["photo"]["id"]
        with self.store.read() as rows:
            kept = rows.photos.get(photo_id)
        return replace(_report(sent, now), place=kept.place, place_source=kept.place_source, photo_id=photo_id)

    def _keep(self, sent: SentReport, report: CitizenReport, actor: Actor, now: datetime) -> Taken:
        with self.store.write() as rows:
            rows.lock([report.digest, *([] if sent.key is None else [f"report {actor.id} {sent.key}"])])
            taken = _earlier(rows, sent, actor, now) or self._added(rows, report, actor, now)
            if sent.key is not None and not taken.is_repeated:
                rows.citizen_reports.remember(actor.id, sent.key, taken.report.id, taken.answered)
            return taken

    def _added(self, rows: Transaction, report: CitizenReport, actor: Actor, now: datetime) -> Taken:
        rows.citizen_reports.add(report)
        taken = _settled(rows, report, actor, self.intake.policy, now)
        body = {"condition": report.condition, "ticket": taken.report.ticket_id, "needs_place": not taken.ticket}
        rows.events.add(now, "citizen_report.received", report.id, body)
        return taken


def _earlier(rows: Transaction, sent: SentReport, actor: Actor, now: datetime) -> Taken | None:
    """The report if it came before: under its key, with the answer that it got then, or word for word within a day."""
    if sent.key is not None and (kept := rows.citizen_reports.sent_under(actor.id, sent.key, sent.digest)):
        report, answered = kept
        has_ticket = answered is not Answered.WAITS and report.ticket_id is not None
        ticket = rows.tickets.find(report.ticket_id or "") if has_ticket else None
        return Taken(report, ticket, is_known=answered is Answered.KNOWN, is_repeated=True)
    same = rows.citizen_reports.sent_before(sent.digest, now - SAME_WITHIN)
    return None if same is None else _told(rows, same, is_known=True)


def _settled(rows: Transaction, report: CitizenReport, actor: Actor, policy: Policy, now: datetime) -> Taken:
    """Find the ticket of a report: that of its photo, the open one at its place, or a new one."""
    ticket, is_known = None, False
    if report.photo_id is not None:
        seen = [one for one in rows.observations.of_photo(report.photo_id) if one.seen.condition == report.condition]
        ticket = rows.tickets.find(seen[0].ticket_id) if seen and seen[0].ticket_id else None
        is_known = bool(seen) and seen[0].result == "seen_again"
    elif report.place is not None:
        sighting = _sighting(report, report.place, now)
        rows.lock(contested(rows, sighting, policy))
        observation, ticket = settle(rows, Observation(sighting, now), actor=actor, policy=policy, now=now)
        is_known = observation.result == "seen_again"
    report = replace(report, ticket_id=ticket.id if ticket else None)
    rows.citizen_reports.settle(report)
    if ticket is not None and report.address and not rows.addresses.of_tickets([ticket.id]):
        rows.addresses.put(ticket.id, Address(without_contacts(report.address), actor.name, now))
    return Taken(report, ticket, is_known)


def _told(rows: Transaction, report: CitizenReport, *, is_known: bool) -> Taken:
    return Taken(report, rows.tickets.find(report.ticket_id) if report.ticket_id else None, is_known)


def _report(sent: SentReport, now: datetime) -> CitizenReport:
    return CitizenReport(
        id=new_id("rep", now),
        digest=sent.digest,
        condition=sent.condition,
        created_at=now,
        description=sent.description,
        place=sent.place,
        place_source="form" if sent.place else None,
        address=sent.address,
        answers=sent.answers,
        contact=sent.contact,
        media_url=sent.media_url,
    )


def _sighting(report: CitizenReport, place: GeoPoint, now: datetime) -> Sighting:
    """What a citizen says without a picture: enough to open a ticket, and no observation that could be judged."""
    source = Source(SourceType.PHOTO, report.id, by_person=True)
    return Sighting(
        id=report.id,
        condition=report.condition,
        detections=(),
        seen_at=now,
        place=place,
        place_source=report.place_source,
        source=source,
        picture_id=report.id,
    )
