"""Tickets as rows."""

from datetime import timedelta
from typing import Final

from service.domain.milestones import Milestones
from service.domain.states import Resolution, State
from service.domain.ticket import Ticket
from service.store.cells import cell_of
from service.store.places import Row, place_columns, place_in

_NAMES: Final = ("id", "number", "version", "condition", "code_table", "code", "fixed_camera_id", "zone", "unit_id")
_MOMENTS: Final = ("opened_at", "last_seen", "changed_at", "filed_at", "due_at", "review_at", "ended_at")
_MARKS: Final = ("overdue_at", "urged_at", "supervised_at", "extensions", "legal_hold")
_PLAIN: Final = (*_NAMES, *_MOMENTS, *_MARKS, "recurrence_of", "merged_into", "policy_sha256")
_REACHED: Final = (
    *("by_camera", "nudged_at", "reported_at", "dispatched_at", "handled_at", "accepted_at"),
    *("returns", "reworks"),
)


def ticket_columns(ticket: Ticket) -> dict[str, object]:
    """The row of a ticket."""
    return {
        **{name: getattr(ticket, name) for name in _PLAIN},
        "state": ticket.state.value,
        "resolution": ticket.resolution.value if ticket.resolution else None,
        "co_units": list(ticket.co_units),
        **place_columns(ticket.place, ticket.place_source),
        "cell": cell_of(ticket.place) if ticket.place else None,
        **milestone_columns(ticket.milestones),
    }


def ticket_in(row: Row) -> Ticket:
    """The ticket in a row of `tickets`."""
    return Ticket(
        **{name: row[name] for name in _PLAIN},
        state=State(row["state"]),
        resolution=Resolution(row["resolution"]) if row["resolution"] else None,
        co_units=tuple(row["co_units"]),
        place=place_in(row),
        place_source=row["place_source"],
        milestones=_milestones_in(row),
    )


def milestone_columns(reached: Milestones) -> dict[str, object]:
    """What a row keeps of what a history comes to."""
    handling = reached.handling
    return {
        **{name: getattr(reached, name) for name in _REACHED},
        "paused_s": reached.paused.total_seconds(),
        "handling_s": handling.total_seconds() if handling is not None else None,
    }


def _milestones_in(row: Row) -> Milestones:
    return Milestones(**{name: row[name] for name in _REACHED}, paused=timedelta(seconds=row["paused_s"]))
