"""A reviewer's word on an observation, and what it asks of the ticket behind it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from detector.types import Box, Detection
from service.domain.observation import Sighting
from service.domain.states import State
from service.domain.ticket import Ticket
from service.errors import ConditionUnknown, VerdictBoxMissing, VerdictConditionMissing, VerdictReasonMissing

DRAWN_BY_HAND: Final = 1.0
"""The score of a box that a person drew."""

NOT_FILED_YET: Final = frozenset({State.CANDIDATE, State.NUDGED, State.REPORTED, State.VERIFYING})


class Word(StrEnum):
    """What a reviewer can say about an observation."""

    TRUE = "true"
    FALSE = "false"
    OTHER_CONDITION = "other_condition"
    OTHER_BOX = "other_box"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A word, with the reason, the condition or the box that it needs."""

    word: Word
    reason: str | None = None
    condition: str | None = None
    box: Box | None = None

    def __post_init__(self) -> None:
        if self.word == Word.FALSE and not (self.reason and self.reason.strip()):
            raise VerdictReasonMissing(verdict=self.word.value)
        if self.word == Word.OTHER_CONDITION and not self.condition:
            raise VerdictConditionMissing(verdict=self.word.value)
        if self.word == Word.OTHER_BOX and self.box is None:
            raise VerdictBoxMissing(verdict=self.word.value)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What follows from a verdict.

    Attributes:
        seen: the observation as it stands now.
        to: where its ticket goes, None if it stays.
        reason: what the ticket's history is told.
        renames_ticket: the ticket takes the observation's new condition.
        leaves_ticket: the observation is looked up anew, since its ticket is about something else.
    """

    seen: Sighting
    to: State | None = None
    reason: str | None = None
    renames_ticket: bool = False
    leaves_ticket: bool = False


def decide(
    verdict: Verdict, seen: Sighting, ticket: Ticket | None, *, stands_alone: bool, conditions: Collection[str]
) -> Ruling:
    """What a verdict does to an observation and to its ticket.

    Args:
        verdict: the reviewer's word.
        seen: the observation.
        ticket: the one that it belongs to, None where it has none.
        stands_alone: no other observation of that ticket stands (was not judged false).
        conditions: ids of the catalog; ConditionUnknown for another one.
    """
    match verdict.word:
        case Word.TRUE:
            return Ruling(seen, to=_if_candidate(ticket, State.REPORTED))
        case Word.FALSE:
            to = _if_candidate(ticket, State.DISMISSED) if stands_alone else None
            return Ruling(seen, to=to, reason=verdict.reason)
        case Word.OTHER_BOX:
            return Ruling(_redrawn(seen, verdict.box), to=_if_candidate(ticket, State.REPORTED))
        case Word.OTHER_CONDITION:
            return _renamed(verdict.condition or "", seen, ticket, stands_alone, conditions)


def _renamed(
    condition: str, seen: Sighting, ticket: Ticket | None, stands_alone: bool, conditions: Collection[str]
) -> Ruling:
    if condition not in conditions:
        raise ConditionUnknown(condition=condition)
    boxes = tuple(replace(box, condition=condition, kind=condition) for box in seen.detections)
    renamed = replace(seen, condition=condition, detections=boxes)
    if ticket is None or condition == seen.condition:
        return Ruling(renamed, to=_if_candidate(ticket, State.REPORTED))
    if stands_alone and ticket.state in NOT_FILED_YET:
        return Ruling(renamed, to=_if_candidate(ticket, State.REPORTED), renames_ticket=True)
    return Ruling(renamed, leaves_ticket=True)


def _redrawn(seen: Sighting, box: Box | None) -> Sighting:
    if box is None:
        return seen
    kind = seen.detections[0].kind if seen.detections else seen.condition
    return replace(seen, detections=(Detection(kind, seen.condition, DRAWN_BY_HAND, box),))


def _if_candidate(ticket: Ticket | None, to: State) -> State | None:
    return to if ticket is not None and ticket.state == State.CANDIDATE else None
