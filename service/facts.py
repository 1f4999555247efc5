"""What people and clocks note of tickets without moving them, each note in one transaction with its line of history."""

from collections.abc import Mapping
from dataclasses import replace

from service.casework import Occasion, as_seen
from service.domain.co_units import Answer, CoUnit
from service.domain.facts import EntryFact, Fact, FactKind
from service.domain.noting import Extension, Note
from service.domain.noting import extend as decide_extension
from service.domain.noting import note as decide_note
from service.domain.states import Role
from service.domain.ticket import Change, Ticket
from service.errors import Forbidden, IdempotencyMismatch, UnitUnknown
from service.store.ids import new_id
from service.store.transaction import Transaction
from service.tasks import answer_task


def note(tx: Transaction, ticket_id: str, told: Note, on: Occasion) -> Ticket:
    """Note a dated fact; one that was noted under the same key is not noted again.

    Raises:
        TicketUnknown: there is no such ticket.
        IdempotencyMismatch: something else was noted of it under that key.
        And whatever `service.domain.noting.note` raises.
    """
    ticket = tx.tickets.hold(ticket_id)
    if told.key is not None and (earlier := tx.facts.named(ticket.id, told.key)) is not None:
        if not _says_the_same(earlier, told):
            raise IdempotencyMismatch(key=told.key)
        return ticket
    if told.version is not None:
        told = replace(told, version=as_seen(tx, ticket, told.version))
    noted = _save(tx, decide_note(ticket, told, new_id("fct", on.now), on.actor, on.now, on.policy))
    if told.kind is FactKind.FIELD_LOOKED:
        answer_task(tx, noted, on)
    return noted


def extend(tx: Transaction, ticket_id: str, wanted: Extension, on: Occasion) -> Ticket:
    """Give a ticket more time; raises what `service.domain.noting.extend` raises, and TicketUnknown."""
    ticket = tx.tickets.hold(ticket_id)
    wanted = replace(wanted, version=as_seen(tx, ticket, wanted.version))
    return _save(tx, decide_extension(ticket, wanted, new_id("fct", on.now), on.actor, on.now, on.policy))


def ask_co_unit(tx: Transaction, ticket_id: str, unit_id: str, task: str | None, version: int, on: Occasion) -> Ticket:
    """Ask a unit to help the lead unit; UnitUnknown, CoUnitThere, and whatever `note` raises."""
    if unit_id not in tx.units.ids():
        raise UnitUnknown(unit=unit_id)
    told = Note(FactKind.CO_UNIT_ASKED, version=version, details={"unit": unit_id, "task": task})
    ticket = note(tx, ticket_id, told, on)
    tx.co_units.ask(ticket.id, CoUnit(unit_id, on.now, on.actor.name, task))
    return ticket


def answer_co_unit(
    tx: Transaction, ticket_id: str, unit_id: str, answer: Answer, remark: str | None, on: Occasion
) -> Ticket:
    """Keep what a co-unit says about its part; CoUnitUnknown, Forbidden to other units, and what `note` raises."""
    if on.actor.role is Role.UNIT and on.actor.unit_id != unit_id:
        raise Forbidden(role=on.actor.role.value, wanted=unit_id)
    details = {"unit": unit_id, "result": answer.value}
    ticket = note(tx, ticket_id, Note(FactKind.CO_UNIT_ANSWERED, reason=remark, details=details), on)
    said = CoUnit(unit_id, on.now, on.actor.name, None, answer, remark, on.now, on.actor.name)
    tx.co_units.answer(ticket.id, said)
    return ticket


def release_co_unit(
    tx: Transaction, ticket_id: str, unit_id: str, reason: str | None, version: int, on: Occasion
) -> Ticket:
    """Let a co-unit go, with a reason; CoUnitUnknown, and whatever `note` raises."""
    told = Note(FactKind.CO_UNIT_RELEASED, reason=reason, version=version, details={"unit": unit_id})
    ticket = note(tx, ticket_id, told, on)
    tx.co_units.release(ticket.id, unit_id, on.now)
    return ticket


def _save(tx: Transaction, change: Change) -> Ticket:
    tx.tickets.save(change)
    return change.ticket


def _says_the_same(earlier: Fact, told: Note) -> bool:
    return (earlier.kind, dict(earlier.details)) == (told.kind, _said(told.details))


def _said(details: Mapping[str, EntryFact]) -> dict[str, EntryFact]:
    return {name: value for name, value in details.items() if value is not None}
