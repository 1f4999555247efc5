"""The clocks of tickets as jobs: planned whenever a ticket or the policy changes, rung once, each leaving a fact."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from service.casework import Occasion
from service.domain.clocks import Alarm, Rings, alarms_of
from service.domain.facts import EntryFact, FactKind
from service.domain.noting import Note
from service.domain.policy import Policy
from service.domain.ticket import SERVICE, Ticket
from service.errors.tickets import FactRefused
from service.facts import note
from service.letters import open_letter
from service.look_backs import look_back
from service.nudges import settle_nudge
from service.store import Store, Transaction
from service.store.jobs import MOOT, Effect, Job

CLOCK: Final = "clock"
LONGEST_LOOK_BACK: Final = timedelta(days=90)
RANG: Final = "rang"
WAITS: Final = "waits"
TOO_LATE: Final = "too_late"
REFUSED: Final = "refused"

KINDS: Final[Mapping[Rings, FactKind]] = {
    "overdue": FactKind.OVERDUE,
    "urge": FactKind.URGED,
    "supervise": FactKind.SUPERVISED,
    "stage": FactKind.URGED,
}


def plan_clocks(store: Store, policy: Policy, now: datetime, limit: int) -> int:
    """Plan the alarms of tickets that have changed since the last time; how many tickets were seen to.

    It waits for nobody who moves a ticket: what is held just now is planned the next time. Who rings an alarm and who
    plans it take the ticket's turn first, since one holds the ticket before the job and the other after it.
    """
    with store.read() as rows:
        stale = rows.jobs.unplanned(policy.sha256, now - LONGEST_LOOK_BACK, limit)
    if stale:
        with store.write() as rows:
            rows.lock(turn_of(ticket_id) for ticket_id in stale)
            free = rows.tickets.hold_free(stale)
            for ticket in free:
                plan(rows, ticket, policy, now)
            return len(free)
    return 0


def turn_of(subject: str) -> str:
    """The name under which one at a time plans or does the work about a subject."""
    return f"work:{subject}"


def plan(tx: Transaction, ticket: Ticket, policy: Policy, now: datetime) -> None:
    """Have exactly the alarms of a ticket as it stands rung, and none that it had before."""
    alarms = alarms_of(ticket, policy)
    for alarm in alarms:
        tx.jobs.plan(Job(alarm.key, CLOCK, ticket.id, alarm.at))
    tx.jobs.drop(ticket.id, CLOCK, [alarm.key for alarm in alarms], now)
    tx.jobs.planned(ticket.id, ticket.version, policy.sha256)


def ring(tx: Transaction, job: Job, policy: Policy, now: datetime) -> Effect:
    """Note what an alarm is about, if it still holds."""
    ticket = tx.tickets.hold(job.subject)
    alarm = next((alarm for alarm in alarms_of(ticket, policy) if alarm.key == job.key), None)
    if alarm is None:
        return Effect(MOOT)
    if alarm.at > now:
        return Effect(WAITS, again_at=alarm.at)
    if alarm.is_before and now >= alarm.due_at:
        return Effect(TOO_LATE)
    if alarm.rings == "nudge":
        return Effect(settle_nudge(tx, ticket, policy, now).value)
    on = Occasion(SERVICE, policy, now)
    if alarm.rings == "look_back":
        return look_back(tx, ticket, alarm, on)
    letter = None
    if alarm.rings == "supervise" and ticket.unit_id is not None:
        letter = open_letter(tx, ticket.unit_id, [ticket.id], on).number
    try:
        note(tx, ticket.id, _note_of(alarm, letter), on)
    except FactRefused:
        return Effect(REFUSED)
    return Effect(RANG)


def _note_of(alarm: Alarm, letter: str | None) -> Note:
    details: dict[str, EntryFact] = {"due_at": alarm.due_at.isoformat()}
    if alarm.rings == "stage":
        details["timer"] = alarm.name
    elif alarm.rings != "overdue":
        details["step"] = alarm.name
    if letter is not None:
        details["number"] = letter
    return Note(KINDS[alarm.rings], at=alarm.at, key=alarm.key, details=details)
