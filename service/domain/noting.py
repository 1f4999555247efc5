"""Notes on a ticket: a dated fact is decided, its mark is set, and the history says so; the state stays."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from detector.catalog import Limit
from service.domain.deadlines import due_at
from service.domain.facts import FACT_ROWS, FACTS, EntryFact, Fact, FactKind, FactNeed, FactRow
from service.domain.policy import Policy
from service.domain.states import Role
from service.domain.ticket import SERVICE, Actor, Change, Ticket, entry_of
from service.errors import Forbidden, TicketChanged
from service.errors.tickets import (
    CoUnitThere,
    CoUnitUnknown,
    ExtensionFormMissing,
    ExtensionNotLater,
    FactIncomplete,
    FactInFuture,
    FactRefused,
)

CLOCK_SKEW: Final = timedelta(minutes=5)
"""By so much a phone's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody says has happened.

    Attributes:
        at: when it happened, aware; None: now.
        version: of the ticket as they saw it; None where it does not matter to what they say.
        key: a name for it, so that it is noted once however often it is said.
        details: by the names of `FactNeed`, and whatever else belongs to it.
    """

    kind: FactKind
    reason: str | None = None
    at: datetime | None = None
    version: int | None = None
    key: str | None = None
    details: Mapping[str, EntryFact] = field(default_factory=lambda: MappingProxyType({}))

    def says(self, need: FactNeed) -> str | None:
        """What it says about one need, None where that is nothing."""
        told = self.reason if need is FactNeed.REASON else self.details.get(need.value)
        return (str(told).strip() or None) if told is not None else None


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, as the duty chief grants it: until a moment, or by a limit that begins where the old one ends.

    Attributes:
        form: the number of the form that grants it; a second extension is not granted without one.
    """

    reason: str | None
    version: int
    until: datetime | None = None
    by: Limit | None = None
    form: str | None = None


def note(ticket: Ticket, told: Note, fact_id: str, actor: Actor, now: datetime, policy: Policy) -> Change:
    """Note a fact of a ticket.

    Raises:
        TicketChanged: it is not at the version that the note saw.
        Forbidden: not this actor's to say, or another unit's ticket.
        FactRefused: not in this state, a second hold, or nothing to lift.
        FactIncomplete, FactInFuture: it lacks something, or lies ahead.
        CoUnitThere, CoUnitUnknown: the unit is a co-unit already, or is none.
    """
    row = FACT_ROWS[told.kind]
    if told.version is not None and told.version != ticket.version:
        raise TicketChanged(version=ticket.version, wanted=told.version)
    if not may_note(actor, row, ticket):
        raise Forbidden(role=actor.role.value, wanted=told.kind.value)
    _refuse_what_does_not_hold(ticket, told, row, now)
    return _noted(ticket, told, fact_id, actor, now, policy)


def may_note(actor: Actor, row: FactRow, ticket: Ticket) -> bool:
    """Whether the fact is this actor's to say: by role, and for a unit only about its own tickets."""
    if actor == SERVICE:
        return row.by_service
    if actor.role not in row.roles:
        return False
    return actor.role != Role.UNIT or works_on(actor.unit_id, ticket)


def works_on(unit_id: str | None, ticket: Ticket) -> bool:
    """Whether a unit leads a ticket or helps with it."""
    return unit_id is not None and (unit_id == ticket.unit_id or unit_id in ticket.co_units)


def notes_for(actor: Actor, ticket: Ticket) -> tuple[FactRow, ...]:
    """The facts that this actor may note of a ticket now, in the order of the table."""
    return tuple(
        row
        for row in FACTS
        if may_note(actor, row, ticket) and ticket.state in row.states and _leads_on(row.kind, ticket)
    )


def extend(ticket: Ticket, wanted: Extension, fact_id: str, actor: Actor, now: datetime, policy: Policy) -> Change:
    """Give a ticket more time; it is no longer overdue, and its history says from when until when.

    Raises:
        TicketChanged, Forbidden, FactRefused, FactIncomplete: as `note` does.
        ExtensionFormMissing: it was extended before and no form is named.
        ExtensionNotLater: the new moment is not later than the old one and now.
    """
    until = _end_of(ticket, wanted, policy)
    form = (wanted.form or "").strip() or None
    details = {
        "until": until.isoformat() if until else None,
        "due_was": ticket.due_at.isoformat() if ticket.due_at else None,
        "form": form,
        "count": ticket.extensions + 1,
    }
    told = Note(FactKind.EXTENDED, wanted.reason, version=wanted.version, details=details)
    change = note(ticket, told, fact_id, actor, now, policy)
    if ticket.extensions > 0 and form is None:
        raise ExtensionFormMissing(extensions=ticket.extensions)
    if until is None or ticket.due_at is None or until <= max(ticket.due_at, now):
        raise ExtensionNotLater()
    extended = replace(change.ticket, due_at=until, extensions=ticket.extensions + 1, overdue_at=None)
    return replace(change, ticket=extended)


def consequence(ticket: Ticket, told: Note, fact_id: str, actor: Actor, now: datetime, policy: Policy) -> Change:
    """Note what follows on a ticket from what was done to another one; nobody is asked whether they may."""
    return _noted(ticket, told, fact_id, actor, now, policy)


def _noted(ticket: Ticket, told: Note, fact_id: str, actor: Actor, now: datetime, policy: Policy) -> Change:
    at = min(told.at or now, now)
    details = {name: value for name, value in told.details.items() if value is not None}
    reason = told.says(FactNeed.REASON)
    noted = replace(_marked(ticket, told, at), version=ticket.version + 1, policy_sha256=policy.sha256)
    fact = Fact(
        id=fact_id,
        ticket_id=ticket.id,
        version=noted.version,
        kind=told.kind,
        at=at,
        noted_at=now,
        by=actor.name,
        reason=reason,
        details=MappingProxyType(details),
        key=told.key,
    )
    said: dict[str, EntryFact] = {"fact": told.kind.value, **details}
    if at != now:
        said["at"] = at.isoformat()
    return Change(noted, entry_of(noted, ticket.state, actor, reason, said, at=now), fact)


def _refuse_what_does_not_hold(ticket: Ticket, told: Note, row: FactRow, now: datetime) -> None:
    if ticket.state not in row.states or not _leads_on(told.kind, ticket):
        allowed = sorted(state.value for state in row.states)
        raise FactRefused(fact=told.kind.value, state=ticket.state.value, allowed=allowed)
    missing = [need.value for need in row.needs if told.says(need) is None]
    if missing:
        raise FactIncomplete(fact=told.kind.value, missing=missing)
    if told.at is not None and told.at > now + CLOCK_SKEW:
        raise FactInFuture(at=told.at.isoformat())
    unit = told.says(FactNeed.UNIT)
    if told.kind is FactKind.CO_UNIT_ASKED and unit in (ticket.unit_id, *ticket.co_units):
        raise CoUnitThere(unit=unit)
    if told.kind in (FactKind.CO_UNIT_ANSWERED, FactKind.CO_UNIT_RELEASED) and unit not in ticket.co_units:
        raise CoUnitUnknown(unit=unit)


def _leads_on(kind: FactKind, ticket: Ticket) -> bool:
    """Whether a fact is news: no hold on what is held, nothing lifted that is not, no limit extended that is none."""
    match kind:
        case FactKind.LEGAL_HOLD:
            return not ticket.legal_hold
        case FactKind.HOLD_LIFTED:
            return ticket.legal_hold
        case FactKind.OVERDUE | FactKind.EXTENDED:
            return ticket.due_at is not None
        case FactKind.CO_UNIT_ANSWERED | FactKind.CO_UNIT_RELEASED:
            return bool(ticket.co_units)
        case _:
            return True


def _marked(ticket: Ticket, told: Note, at: datetime) -> Ticket:
    """The ticket with the mark that a fact leaves on it."""
    unit = told.says(FactNeed.UNIT)
    match told.kind:
        case FactKind.OVERDUE:
            return replace(ticket, overdue_at=at)
        case FactKind.URGED:
            return replace(ticket, urged_at=at)
        case FactKind.SUPERVISED:
            return replace(ticket, supervised_at=at)
        case FactKind.LEGAL_HOLD | FactKind.HOLD_LIFTED:
            return replace(ticket, legal_hold=told.kind is FactKind.LEGAL_HOLD)
        case FactKind.CO_UNIT_ASKED if unit is not None:
            return replace(ticket, co_units=(*ticket.co_units, unit))
        case FactKind.CO_UNIT_RELEASED:
            return replace(ticket, co_units=tuple(other for other in ticket.co_units if other != unit))
        case _:
            return ticket


def _end_of(ticket: Ticket, wanted: Extension, policy: Policy) -> datetime | None:
    if wanted.by is not None and ticket.due_at is not None:
        return due_at(ticket.due_at, wanted.by, policy.hours)
    return wanted.until
