"""Look back at closed tickets by their own camera at the same hour, and find the spots that are chronic."""

from datetime import datetime, timedelta
from typing import Final

from service.domain.clocks import Alarm
from service.domain.facts import EntryFact, FactKind, Found
from service.domain.look_backs import SAME_HOUR, Chronic, chronic_spots, what_was_found
from service.domain.noting import Note
from service.domain.policy import Policy
from service.domain.ticket import Ticket
from service.facts import note
from service.nudges import looked_at
from service.occasion import Occasion
from service.store.jobs import Effect
from service.store.transaction import Transaction

BACK_BEFORE: Final = "back_before"
WAITS: Final = "waits"
STEP: Final = timedelta(minutes=5)


def look_back(tx: Transaction, ticket: Ticket, alarm: Alarm, on: Occasion) -> Effect:
    """Note what a look at the same hour found; wait for one until the hour is over."""
    told = [fact for fact in tx.facts.of_ticket(ticket.id) if fact.kind is FactKind.LOOKED_BACK]
    if any(fact.details.get("result") == Found.BACK.value for fact in told):
        return Effect(BACK_BEFORE)
    rebounds = tx.tickets.linked(ticket.id)[1]
    found = what_was_found(alarm.due_at, on.now, looked_at(tx, ticket), is_back=bool(rebounds))
    if found is None:
        return Effect(WAITS, again_at=min(on.now + STEP, alarm.due_at + SAME_HOUR))
    details: dict[str, EntryFact] = {"result": found.value, "after_h": alarm.name}
    if rebounds:
        details |= {"ticket": rebounds[-1].id, "number": rebounds[-1].number}
    note(tx, ticket.id, Note(FactKind.LOOKED_BACK, key=alarm.key, details=details), on)
    return Effect(found.value)


def chronic(tx: Transaction, policy: Policy, now: datetime) -> list[Chronic]:
    """The spots that are chronic now."""
    since = now - policy.look_back.chronic_within
    rebounds = tx.records.rebounds_since(since)
    known = {ticket.id: ticket for ticket in rebounds}
    wanted = {ticket.recurrence_of for ticket in rebounds} - known.keys() - {None}
    while wanted:
        found = tx.records.tickets_of(sorted(name for name in wanted if name))
        known |= {ticket.id: ticket for ticket in found}
        wanted = {ticket.recurrence_of for ticket in found} - known.keys() - {None}
    return chronic_spots(rebounds, known, policy.look_back.chronic)
