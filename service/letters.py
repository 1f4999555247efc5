"""Supervision letters 督办函: written to a unit that is late, noted on each of its tickets."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final

from service.casework import Occasion
from service.domain.audit import AuditLine
from service.domain.facts import FactKind
from service.domain.noting import Note
from service.errors import Unprocessable
from service.facts import note
from service.store import Transaction
from service.store.letters import Letter, LetterKind, NewLetter

REPLY_WITHIN: Final = timedelta(days=3)


def open_letter(
    tx: Transaction,
    unit_id: str,
    ticket_ids: Sequence[str],
    on: Occasion,
    reason: str | None = None,
    reply_by: datetime | None = None,
) -> Letter:
    """Number and keep a supervision letter. The same tickets on the same day of the city are the same letter.

    It notes nothing on the tickets: whoever calls does, with the letter's number.
    """
    today = datetime.combine(on.policy.local(on.now).date(), time(), on.policy.timezone)
    for letter in tx.letters.since(LetterKind.SUPERVISION, unit_id, today):
        if set(letter.tickets) == set(ticket_ids):
            return letter
    new = NewLetter(
        kind=LetterKind.SUPERVISION,
        subject=unit_id,
        tickets=tuple(dict.fromkeys(ticket_ids)),
        year=on.policy.local(on.now).year,
        by=on.actor.name,
        at=on.now,
        reason=reason,
        reply_by=reply_by or on.now + REPLY_WITHIN,
        facts={"policy": on.policy.sha256},
    )
    letter = tx.letters.add(new)
    told = {"unit": unit_id, "tickets": len(new.tickets)}
    tx.audit.add(AuditLine(on.now, on.actor.name, "letter.written", letter.number, reason, told))
    return letter


def supervise(
    tx: Transaction,
    tickets: Sequence[str],
    on: Occasion,
    reason: str | None = None,
    reply_by: datetime | None = None,
) -> Letter:
    """Write one letter about tickets of one unit, by ids or numbers, and note it on each of them.

    Raises:
        TicketUnknown: there is no such ticket.
        Unprocessable: they have no unit yet, or not the same one; or the answer is due in the past.
        FactRefused: a ticket is not where it could be late.
    """
    tx.tickets.hold_all(tx.tickets.get(name).id for name in tickets)
    found = [tx.tickets.get(name) for name in tickets]
    units = {ticket.unit_id for ticket in found}
    unit = next(iter(units), None)
    if unit is None or len(units) != 1:
        raise Unprocessable(field="tickets", problem="not_of_one_unit")
    if reply_by is not None and reply_by <= on.now:
        raise Unprocessable(field="reply_by", problem="in_the_past")
    letter = open_letter(tx, unit, [ticket.id for ticket in found], on, reason, reply_by)
    for ticket in dict.fromkeys(ticket.id for ticket in found):
        told = Note(FactKind.SUPERVISED, reason, key=f"letter {letter.number}", details={"number": letter.number})
        note(tx, ticket, told, on)
    return letter
