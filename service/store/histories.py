"""Lines of tickets' histories as rows."""

from service.domain.states import State
from service.domain.ticket import HistoryEntry
from service.store.places import Row


def entry_columns(entry: HistoryEntry) -> dict[str, object]:
    """The row of a line of history."""
    plain = ("ticket_id", "version", "at", "actor", "reason", "policy_sha256")
    return {
        **{name: getattr(entry, name) for name in plain},
        "from": entry.was.value if entry.was else None,
        "to": entry.to.value,
        "facts": dict(entry.facts),
    }


def entry_in(row: Row) -> HistoryEntry:
    """The line in a row of `history`."""
    return HistoryEntry(
        ticket_id=row["ticket_id"],
        version=row["version"],
        at=row["at"],
        actor=row["actor"],
        was=State(row["from"]) if row["from"] else None,
        to=State(row["to"]),
        reason=row["reason"],
        policy_sha256=row["policy_sha256"],
        facts=row["facts"],
    )
