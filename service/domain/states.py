"""The states of a ticket and the moves between them, as tables that the page is sent as they are."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """Where a ticket stands."""

    CANDIDATE = "candidate"
    DISMISSED = "dismissed"
    NUDGED = "nudged"
    SELF_CORRECTED = "self_corrected"
    REPORTED = "reported"
    VERIFYING = "verifying"
    FILED = "filed"
    NOT_FILED = "not_filed"
    MERGED = "merged"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    IN_PROGRESS = "in_progress"
    SUSPENDED = "suspended"
    HANDLED = "handled"
    CHECKING = "checking"
    REWORK = "rework"
    CLOSED = "closed"


class Role(StrEnum):
    """What an account or a key may do."""

    ADMIN = "admin"
    OPS = "ops"
    CHIEF = "chief"
    UNIT = "unit"
    INSPECTOR = "inspector"
    CAMERA = "camera"
    VIEWER = "viewer"


class Resolution(StrEnum):
    """How a closed ticket ended; closed is never shown as fixed."""

    FIXED = "fixed"
    SELF_CORRECTED = "self_corrected"
    NOT_REPRODUCIBLE = "not_reproducible"
    NOT_OURS = "not_ours"
    DUPLICATE = "duplicate"
    FORCED = "forced"


class Need(StrEnum):
    """What a move asks for beside the will to make it."""

    REASON = "reason"
    RESOLUTION = "resolution"
    UNIT = "unit"
    AFTER_PHOTO = "after_photo"
    REVIEW_DATE = "review_date"
    MERGE_TARGET = "merge_target"


class Override(StrEnum):
    """A check that the duty chief may set aside, with a reason."""

    AFTER_PHOTO_PLACE = "after_photo_place"


class Stage(StrEnum):
    """The stage of the closed loop 环节."""

    BEFORE = "before"
    COLLECTION = "collection"
    FILING = "filing"
    DISPATCH = "dispatch"
    HANDLING = "handling"
    FEEDBACK = "feedback"
    CHECK = "check"
    CLOSING = "closing"
    ENDED = "ended"


class Timer(StrEnum):
    """Which clock runs."""

    NONE = "none"
    FILING = "filing"
    DISPATCH = "dispatch"
    HANDLING = "handling"
    PAUSED = "paused"
    CHECK = "check"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a state means to others.

    Attributes:
        stage: of the closed loop.
        open311: what a citizen is told: open, closed, or None where it is not exposed.
        timer: the clock that runs.
        is_open: a new sighting of the same problem belongs to a ticket in this state.
    """

    stage: Stage
    open311: str | None
    timer: Timer
    is_open: bool


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed step: from where, to where, by whom, with what."""

    was: State
    to: State
    roles: frozenset[Role]
    needs: tuple[Need, ...] = ()


STANDINGS: Final = MappingProxyType(
    {
        State.CANDIDATE: Standing(Stage.BEFORE, None, Timer.NONE, is_open=True),
        State.DISMISSED: Standing(Stage.ENDED, None, Timer.STOPPED, is_open=False),
        State.NUDGED: Standing(Stage.BEFORE, None, Timer.NONE, is_open=True),
        State.SELF_CORRECTED: Standing(Stage.ENDED, "closed", Timer.STOPPED, is_open=False),
        State.REPORTED: Standing(Stage.COLLECTION, "open", Timer.FILING, is_open=True),
        State.VERIFYING: Standing(Stage.COLLECTION, "open", Timer.FILING, is_open=True),
        State.FILED: Standing(Stage.FILING, "open", Timer.DISPATCH, is_open=True),
        State.NOT_FILED: Standing(Stage.ENDED, "closed", Timer.STOPPED, is_open=False),
        State.MERGED: Standing(Stage.ENDED, "closed", Timer.STOPPED, is_open=False),
        State.DISPATCHED: Standing(Stage.DISPATCH, "open", Timer.DISPATCH, is_open=True),
        State.RETURNED: Standing(Stage.DISPATCH, "open", Timer.DISPATCH, is_open=True),
        State.IN_PROGRESS: Standing(Stage.HANDLING, "open", Timer.HANDLING, is_open=True),
        State.SUSPENDED: Standing(Stage.HANDLING, "open", Timer.PAUSED, is_open=True),
        State.HANDLED: Standing(Stage.FEEDBACK, "open", Timer.CHECK, is_open=True),
        State.CHECKING: Standing(Stage.CHECK, "open", Timer.CHECK, is_open=True),
        State.REWORK: Standing(Stage.HANDLING, "open", Timer.HANDLING, is_open=True),
        State.CLOSED: Standing(Stage.CLOSING, "closed", Timer.STOPPED, is_open=False),
    }
)

OPEN_STATES: Final = frozenset(state for state, standing in STANDINGS.items() if standing.is_open)

DESK: Final = frozenset({Role.ADMIN, Role.OPS, Role.CHIEF})
FIELD: Final = DESK | {Role.INSPECTOR}
CREW: Final = DESK | {Role.UNIT}

MOVES: Final = (
    Move(State.CANDIDATE, State.REPORTED, DESK),
    Move(State.CANDIDATE, State.DISMISSED, DESK, (Need.REASON,)),
    Move(State.CANDIDATE, State.NUDGED, DESK),
    Move(State.NUDGED, State.SELF_CORRECTED, FIELD),
    Move(State.NUDGED, State.REPORTED, FIELD),
    Move(State.REPORTED, State.VERIFYING, FIELD),
    Move(State.REPORTED, State.FILED, DESK),  # open where the policy asks for no field verification
    Move(State.VERIFYING, State.FILED, DESK),
    Move(State.VERIFYING, State.NOT_FILED, DESK, (Need.REASON,)),
    Move(State.VERIFYING, State.MERGED, DESK, (Need.MERGE_TARGET,)),
    Move(State.FILED, State.DISPATCHED, DESK, (Need.UNIT,)),
    Move(State.DISPATCHED, State.RETURNED, CREW, (Need.REASON,)),
    Move(State.DISPATCHED, State.IN_PROGRESS, CREW),
    Move(State.RETURNED, State.DISPATCHED, DESK, (Need.UNIT,)),
    Move(State.IN_PROGRESS, State.SUSPENDED, DESK, (Need.REASON, Need.REVIEW_DATE)),
    Move(State.IN_PROGRESS, State.HANDLED, CREW),
    Move(State.SUSPENDED, State.IN_PROGRESS, DESK),
    Move(State.HANDLED, State.CHECKING, FIELD),
    Move(State.CHECKING, State.CLOSED, DESK, (Need.RESOLUTION, Need.AFTER_PHOTO)),
    Move(State.CHECKING, State.REWORK, FIELD, (Need.REASON,)),
    Move(State.REWORK, State.IN_PROGRESS, CREW),
)

UNDO_MERGE: Final = Move(State.MERGED, State.VERIFYING, DESK, (Need.REASON,))
"""Takes a merge back; no step of the table, since it is done to two tickets at once."""

_BY_STEP: Final = MappingProxyType({(row.was, row.to): row for row in MOVES})


def moves_from(state: State, *, field_verification: bool) -> tuple[Move, ...]:
    """All steps that leave a state, in the order of the table.

    >>> [move.to.value for move in moves_from(State.REPORTED, field_verification=True)]
    ['verifying']
    """
    return tuple(
        row
        for row in MOVES
        if row.was == state and not (field_verification and (row.was, row.to) == (State.REPORTED, State.FILED))
    )


def find_move(was: State, to: State, *, field_verification: bool) -> Move | None:
    """The row of the table for one step, None where the table has none."""
    row = _BY_STEP.get((was, to))
    return row if row in moves_from(was, field_verification=field_verification) else None
