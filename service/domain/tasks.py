"""What inspectors are to look at: before filing (核实) and after handling (核查), each with its clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from service.domain.clocks import stage_due_at
from service.domain.policy import Policy
from service.domain.states import State
from service.domain.ticket import Ticket


class TaskKind(StrEnum):
    """Cities swap the two Chinese words; the codes stay."""

    FIELD_VERIFY = "field_verify"
    FIELD_CHECK = "field_check"


KINDS: Final[Mapping[State, TaskKind]] = MappingProxyType(
    {
        State.VERIFYING: TaskKind.FIELD_VERIFY,
        State.HANDLED: TaskKind.FIELD_CHECK,
        State.CHECKING: TaskKind.FIELD_CHECK,
    }
)
"""The states in which a ticket waits for somebody to go there."""


@dataclass(frozen=True, slots=True)
class Task:
    """One look that is due; `due_at` is None where the policy sets no limit for the stage."""

    kind: TaskKind
    ticket: Ticket
    since: datetime
    due_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.due_at is not None and self.due_at < now


class Ended(StrEnum):
    """How somebody came to hold a task no longer."""

    DONE = "done"
    GIVEN_BACK = "given_back"
    PASSED_ON = "passed_on"


@dataclass(frozen=True, slots=True)
class Holding:
    """Whose a task is, or was. Times are aware.

    Attributes:
        by: who gave it; the holder's own name where the holder took it.
        due_at: by when the holder is to have been there, None where nobody said and the policy sets no limit.
        ended_by: who did the look, gave it back or passed it on.
    """

    id: str
    ticket_id: str
    kind: TaskKind
    holder_id: str
    holder: str
    by: str
    at: datetime
    due_at: datetime | None = None
    note: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_how: Ended | None = None
    ended_why: str | None = None

    def is_late(self, now: datetime) -> bool:
        """Whether it is still held, or was ended, after its time."""
        return self.due_at is not None and self.due_at < (self.ended_at or now)

    def outlives(self, state: State) -> bool:
        """Whether a ticket in that state still waits for the same look."""
        return KINDS.get(state) is self.kind


def states_of(kind: TaskKind | None) -> frozenset[State]:
    """The states that make tasks of a kind, or of any."""
    return frozenset(state for state, made in KINDS.items() if kind in (None, made))


def task_of(ticket: Ticket, policy: Policy) -> Task | None:
    """The look that a ticket waits for as it stands, None if for none."""
    kind = KINDS.get(ticket.state)
    return None if kind is None else Task(kind, ticket, ticket.changed_at, stage_due_at(ticket, policy))
