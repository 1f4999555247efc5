"""What happens to a ticket without moving it: dated facts, who may note them, when, and what each has to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from service.domain.co_units import Answer
from service.domain.states import DESK, FIELD, STANDINGS, Role, State, Timer

EntryFact = str | int | float | bool | None


class FactKind(StrEnum):
    """What has happened."""

    OVERDUE = "overdue"
    URGED = "urged"
    SUPERVISED = "supervised"
    EXTENDED = "extended"
    LEGAL_HOLD = "legal_hold"
    HOLD_LIFTED = "hold_lifted"
    DISSUADED = "dissuaded"
    TRANSFERRED = "transferred"
    CO_UNIT_ASKED = "co_unit_asked"
    CO_UNIT_ANSWERED = "co_unit_answered"
    CO_UNIT_RELEASED = "co_unit_released"
    MERGED_IN = "merged_in"
    MERGE_UNDONE = "merge_undone"
    LOOKED_BACK = "looked_back"
    FIELD_LOOKED = "field_looked"


class FactNeed(StrEnum):
    """What a fact has to say; the name of the field that says it."""

    REASON = "reason"
    WHO = "who"
    RESULT = "result"
    UNIT = "unit"
    REFERENCE = "reference"
    UNTIL = "until"


class Found(StrEnum):
    """What a look-back found."""

    CLEAN = "clean"
    BACK = "back"
    NOBODY_LOOKED = "nobody_looked"


class Seen(StrEnum):
    """What an inspector saw who was sent to look: the problem, none of it, or nothing that could be judged."""

    THERE = "there"
    GONE = "gone"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class FactRow:
    """One kind of fact: noted by whom, of a ticket in which states, saying what.

    Attributes:
        roles: nobody where the service alone notes it.
        may_say: fields that it may have beside those.
        results: all that a person may say as its result; empty where words of their own are wanted.
        by_service: the service notes it by itself, on the clock.
    """

    kind: FactKind
    roles: frozenset[Role]
    states: frozenset[State]
    needs: tuple[FactNeed, ...] = ()
    may_say: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    by_service: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated fact of a ticket, as it is kept.

    Attributes:
        version: of the ticket with the line of history that says the same.
        at: when it happened; `noted_at` is when somebody said so.
        key: what the one who noted it calls it, so that a second try notes nothing; None where it has no name.
    """

    id: str
    ticket_id: str
    version: int
    kind: FactKind
    at: datetime
    noted_at: datetime
    by: str
    reason: str | None = None
    details: Mapping[str, EntryFact] = field(default_factory=lambda: MappingProxyType({}))
    key: str | None = None


def _with_timers(*timers: Timer) -> frozenset[State]:
    return frozenset(state for state, standing in STANDINGS.items() if standing.timer in timers)


OPEN: Final = frozenset(state for state, standing in STANDINGS.items() if standing.is_open)
LIMITED: Final = _with_timers(Timer.DISPATCH, Timer.HANDLING)
"""Where the limit runs: from filing until the work is handed in, but not while it is suspended."""
TIMED: Final = _with_timers(Timer.FILING, Timer.DISPATCH, Timer.HANDLING, Timer.CHECK)
AT_WORK: Final = LIMITED | _with_timers(Timer.PAUSED, Timer.CHECK)
ALL: Final = frozenset(State)
CHIEF: Final = frozenset({Role.CHIEF})
HOLDERS: Final = frozenset({Role.ADMIN, Role.CHIEF})
NOBODY: Final[frozenset[Role]] = frozenset()
ANSWERS: Final = tuple(answer.value for answer in Answer)
SEEN: Final = (Found.CLEAN.value, Found.BACK.value)
ON_THE_SPOT: Final = tuple(seen.value for seen in Seen)
VISITED: Final = frozenset({State.VERIFYING, State.HANDLED, State.CHECKING})
"""Where a ticket waits for somebody to go there."""

FACTS: Final = (
    FactRow(FactKind.OVERDUE, NOBODY, LIMITED, (), ("due_at",), by_service=True),
    FactRow(FactKind.URGED, DESK, TIMED | _with_timers(Timer.PAUSED), (), ("medium", "timer"), by_service=True),
    FactRow(FactKind.SUPERVISED, DESK, TIMED, (), ("number",), by_service=True),
    FactRow(FactKind.EXTENDED, CHIEF, LIMITED, (FactNeed.REASON, FactNeed.UNTIL), ("form",)),
    FactRow(FactKind.LEGAL_HOLD, HOLDERS, ALL, (FactNeed.REASON,)),
    FactRow(FactKind.HOLD_LIFTED, HOLDERS, ALL, (FactNeed.REASON,)),
    FactRow(FactKind.DISSUADED, FIELD | {Role.UNIT}, OPEN, (FactNeed.WHO, FactNeed.RESULT)),
    FactRow(FactKind.TRANSFERRED, DESK, AT_WORK | {State.CLOSED}, (FactNeed.UNIT, FactNeed.REFERENCE), ("outcome",)),
    FactRow(FactKind.CO_UNIT_ASKED, DESK, AT_WORK, (FactNeed.UNIT,), ("task",)),
    FactRow(FactKind.CO_UNIT_ANSWERED, DESK | {Role.UNIT}, AT_WORK, (FactNeed.UNIT, FactNeed.RESULT), (), ANSWERS),
    FactRow(FactKind.CO_UNIT_RELEASED, DESK, AT_WORK, (FactNeed.UNIT, FactNeed.REASON)),
    FactRow(FactKind.MERGED_IN, NOBODY, OPEN),
    FactRow(FactKind.MERGE_UNDONE, NOBODY, ALL),
    FactRow(FactKind.LOOKED_BACK, FIELD, frozenset({State.CLOSED}), (FactNeed.RESULT,), (), SEEN, by_service=True),
    FactRow(FactKind.FIELD_LOOKED, FIELD, VISITED, (FactNeed.RESULT,), (), ON_THE_SPOT),
)

FACT_ROWS: Final = MappingProxyType({row.kind: row for row in FACTS})
