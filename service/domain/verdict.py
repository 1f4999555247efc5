"""A reviewer's word on an observation, and what it asks of the ticket behind it."""

from collections.abc import Collection, Sequence
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

UNMOVED_PX: Final = 0.5
"""Boxes travel in hundredths and come back in tenths of a pixel."""

NOT_FILED_YET: Final = frozenset({State.CANDIDATE, State.NUDGED, State.REPORTED, State.VERIFYING})


class Word(StrEnum):
    """What a reviewer can say about an observation."""

    TRUE = "true"
    FALSE = "false"
    OTHER_CONDITION = "other_condition"
    OTHER_BOX = "other_box"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A word, with the reason, the condition or the boxes that it needs.

    `same_as` is the open ticket that it is the same problem as: this one's ticket is merged into it.
    Boxes are all that stand on the picture afterwards; what a reviewer left as it was keeps its kind and score.
    """

    word: Word
    reason: str | None = None
    condition: str | None = None
    boxes: tuple[Box, ...] = ()
    same_as: str | None = None

    def __post_init__(self) -> None:
        if self.word == Word.FALSE and not (self.reason and self.reason.strip()):
            raise VerdictReasonMissing(verdict=self.word.value)
        if self.word == Word.OTHER_CONDITION and not self.condition:
            raise VerdictConditionMissing(verdict=self.word.value)
        if self.word == Word.OTHER_BOX and not self.boxes:
            raise VerdictBoxMissing(verdict=self.word.value)

    def on(self, condition: str) -> "Verdict":
        """The same word about a sighting of that condition: new boxes and another condition are another condition.

        >>> Verdict(Word.OTHER_BOX, condition="litter", boxes=(Box(0, 0, 9, 9),)).on("flying_wire").word.value
        'other_condition'
        """
        renames = self.word == Word.OTHER_BOX and self.condition not in (None, condition)
        return replace(self, word=Word.OTHER_CONDITION) if renames else self


def said_of(verdict: Verdict, was: str, now: str) -> Verdict:
    """A word on a sighting that was of one condition, as it has to be said where it is of another one by now.

    >>> said_of(Verdict(Word.TRUE), "litter", "flying_wire").condition
    'litter'
    """
    return verdict if was == now or verdict.word != Word.TRUE else Verdict(Word.OTHER_CONDITION, condition=was)


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
            return Ruling(redrawn(seen, verdict.boxes), to=_if_candidate(ticket, State.REPORTED))
        case Word.OTHER_CONDITION:
            drawn = redrawn(seen, verdict.boxes)
            return _renamed(verdict.condition or "", drawn, ticket, stands_alone, conditions)


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


def redrawn(seen: Sighting, boxes: Sequence[Box]) -> Sighting:
    """The sighting with these boxes, best first; none leave it as it is.

    A box that nobody moved keeps its kind and score, another one takes the kind of the box that it was.
    """
    if not boxes:
        return seen
    drawn = sorted((_drawn(box, seen) for box in boxes), key=lambda one: -one.score)
    return replace(seen, detections=tuple(drawn))


def _drawn(box: Box, seen: Sighting) -> Detection:
    nearest = min(seen.detections, key=lambda one: _apart(one.box, box), default=None)
    if nearest is not None and _apart(nearest.box, box) < UNMOVED_PX:
        return nearest
    return Detection(nearest.kind if nearest else seen.condition, seen.condition, DRAWN_BY_HAND, box)


def _apart(one: Box, other: Box) -> float:
    """How far the sides of two boxes are from each other at most, pixels."""
    return max(abs(a - b) for a, b in zip(one.xyxy, other.xyxy, strict=True))


def _if_candidate(ticket: Ticket | None, to: State) -> State | None:
    return to if ticket is not None and ticket.state == State.CANDIDATE else None
