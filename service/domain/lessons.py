"""What a reviewed picture teaches a model: the boxes that stand, and the kinds that are surely told in full on it.

A kind that is not told in full is unknown on the picture, never absent: it may be there without a box.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from detector.types import Detection
from service.domain.verdict import Word

NOT_THERE: Final = frozenset({"nothing_there", "looks_alike"})
"""Reasons that say something of the picture. The others say something of the law, the place or the day."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A sighting after the latest word on it.

    Attributes:
        was: the condition before that word.
        detections: all boxes of it that stand, were it not for a word of `false`.
    """

    word: Word
    reason: str | None
    was: str
    condition: str
    detections: tuple[Detection, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """Boxes in pixels of the upright picture, and the kinds of which it has no other box."""

    boxes: tuple[Detection, ...]
    labelled: frozenset[str]


def lesson_of(
    judged: Iterable[Judged], kinds_of: Mapping[str, frozenset[str]], unsaid: Iterable[str] = ()
) -> Lesson | None:
    """What the words on one picture say together; None where they teach nothing.

    Accepted boxes are true, but nobody said that there are no others. Who drew the boxes anew said which there are, and
    who rejected all of them, or named another condition, that there are none.

    Args:
        kinds_of: the kinds that show a condition, by the condition.
        unsaid: kinds that other sightings on the picture show, of which no word is among these.
    """
    boxes: list[Detection] = []
    told, open_ended = set[str](), set(unsaid)
    for one in judged:
        if one.word is Word.FALSE:
            told |= kinds_of.get(one.was, frozenset()) if one.reason in NOT_THERE else frozenset()
            continue
        boxes += one.detections
        if one.word is Word.OTHER_CONDITION and one.was != one.condition:
            told |= kinds_of.get(one.was, frozenset())
        if one.word is Word.OTHER_BOX:
            told |= kinds_of.get(one.condition, frozenset())
        else:
            open_ended |= {box.kind for box in one.detections}
    labelled = frozenset(told - open_ended)
    return Lesson(tuple(boxes), labelled) if boxes or labelled else None
