"""What the audit trail says of a ticket and of a line of its history, so that neither can be edited behind its back.

The names below are part of every hash that was ever kept: never take one away or add one; a new kind of seal gets a
name of its own in the facts.
"""

from collections.abc import Mapping
from typing import Any, Final

from service.domain.audit import AuditLine, digest
from service.domain.ticket import Change, HistoryEntry, Ticket

OPENED: Final = "ticket.opened"
MOVED: Final = "ticket.moved"
NOTED: Final = "ticket.noted"
ENTRIES: Final = (OPENED, MOVED, NOTED)
EXHIBITED: Final = "ticket.evidence"
KEPT: Final = "evidence.kept"
EXPIRED: Final = "evidence.expired"

_OF_TICKETS: Final = (
    *("id", "number", "version", "state", "resolution", "condition", "code_table", "code", "unit_id"),
    *("opened_at", "filed_at", "due_at", "review_at", "ended_at", "recurrence_of", "merged_into"),
    *("overdue_at", "urged_at", "supervised_at", "extensions", "legal_hold", "co_units"),
)
_OF_ENTRIES: Final = ("ticket_id", "version", "at", "actor", "to", "reason", "policy_sha256", "facts")


def line_of(change: Change) -> AuditLine:
    """The line of the trail for one line of history."""
    entry = change.entry
    action = OPENED if entry.was is None else NOTED if entry.was == entry.to else MOVED
    facts = {
        "version": entry.version,
        "from": entry.was.value if entry.was else None,
        "to": entry.to.value,
        "entry_sha256": entry_sha256(entry),
        "ticket_sha256": ticket_sha256(change.ticket),
    }
    return AuditLine(entry.at, entry.actor, action, entry.ticket_id, entry.reason, facts)


def entry_sha256(entry: HistoryEntry) -> str:
    """The hash of a line of history."""
    return entry_row_sha256({name: getattr(entry, name) for name in _OF_ENTRIES} | {"from": entry.was})


def entry_row_sha256(row: Mapping[str, Any]) -> str:
    """The same of a row, whatever it may hold."""
    return digest({name: row[name] for name in (*_OF_ENTRIES, "from")})


def ticket_sha256(ticket: Ticket) -> str:
    """The hash of what only a step may change about a ticket; sightings come and go without one."""
    told: dict[str, Any] = {name: getattr(ticket, name) for name in _OF_TICKETS}
    lat, lon = (ticket.place.lat, ticket.place.lon) if ticket.place else (None, None)
    return ticket_row_sha256(told | {"lat": lat, "lon": lon})


def ticket_row_sha256(row: Mapping[str, Any]) -> str:
    """The same of a row, whatever it may hold."""
    return digest({name: row[name] for name in (*_OF_TICKETS, "lat", "lon")})
