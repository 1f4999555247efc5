"""When a ticket came to where it counts: kept with it, so that very many are counted without their histories."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from service.domain.states import State


@dataclass(frozen=True, slots=True)
class Milestones:
    """What the steps of a ticket come to. Moments are aware; None where that has not happened.

    Attributes:
        by_camera: a camera saw it first, so that camera-hours are its base.
        reported_at: when a person reported it or confirmed a camera's candidate.
        dispatched_at: when it first went to a unit.
        handled_at: when work was first handed in; `accepted_at` when the work was handed in that stood.
        paused: how long its clock stood.
    """

    by_camera: bool = False
    nudged_at: datetime | None = None
    reported_at: datetime | None = None
    dispatched_at: datetime | None = None
    handled_at: datetime | None = None
    accepted_at: datetime | None = None
    returns: int = 0
    reworks: int = 0
    paused: timedelta = timedelta(0)

    @property
    def handling(self) -> timedelta | None:
        """From the first dispatch to the work that stood, without pauses; None before that."""
        if self.dispatched_at is None or self.accepted_at is None:
            return None
        return max(timedelta(0), self.accepted_at - self.dispatched_at - self.paused)

    def after(self, was: State | None, to: State, at: datetime, since: datetime) -> "Milestones":
        """What they are after one step more.

        Args:
            was: the state that it left, None where it was opened.
            to: the state that it came to.
            at: when.
            since: when it had come to the state that it left.
        """
        past = replace(self, paused=self.paused + (at - since)) if was is State.SUSPENDED else self
        match to:
            case State.CANDIDATE if was is None:
                return replace(past, by_camera=True)
            case State.NUDGED:
                return replace(past, nudged_at=past.nudged_at or at)
            case State.REPORTED:
                return replace(past, reported_at=past.reported_at or at)
            case State.DISPATCHED:
                return replace(past, dispatched_at=past.dispatched_at or at)
            case State.RETURNED:
                return replace(past, returns=past.returns + 1)
            case State.HANDLED:
                return replace(past, handled_at=past.handled_at or at, accepted_at=at)
            case State.REWORK:
                return replace(past, reworks=past.reworks + 1, accepted_at=None)
            case _:
                return past


NOT_BEGUN: Final = Milestones()
