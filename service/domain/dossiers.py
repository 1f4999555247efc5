"""A dossier per phone number on small ads: read, confirmed by two, settled, restored. Nothing is ever dialled."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from service.errors.papers import DossierNotConfirmed, DossierSamePerson, NumberUnreadable

CONFIRMATIONS: Final = 2
"""So many different people look at a number before anything is done about it."""

SHAPES: Final = re.compile(r"1[3-9]\d{9}|0\d{2,3}\d{7,8}|[48]00\d{7}|[2-8]\d{6,7}")
"""A mobile number, one of a land line with or without its area, or a service number."""

PREFIX: Final = re.compile(r"^(?:\+|00)86")
LOOKALIKES: Final = str.maketrans("０１２３４５６７８９OoＯlIＩ", "01234567890" + "0" * 2 + "1" * 3)
BETWEEN: Final = re.compile(r"[\s\-－—–_.·()（）/]")


class DossierState(StrEnum):
    """Where a number stands."""

    DOUBTFUL = "doubtful"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    SETTLED = "settled"
    RESTORED = "restored"


class Word(StrEnum):
    """What people say about a number."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    SETTLE = "settle"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Said:
    """One word of one person; `by` is what a paper shows, `by_id` tells two people apart."""

    word: Word
    by_id: str
    by: str
    at: datetime
    reason: str | None = None


NEXT: Final = MappingProxyType(
    {
        (DossierState.DOUBTFUL, Word.CONFIRM): DossierState.DOUBTFUL,  # until the second person does
        (DossierState.DOUBTFUL, Word.REFUSE): DossierState.REFUSED,
        (DossierState.REFUSED, Word.CONFIRM): DossierState.DOUBTFUL,
        (DossierState.CONFIRMED, Word.REFUSE): DossierState.REFUSED,
        (DossierState.CONFIRMED, Word.SETTLE): DossierState.SETTLED,
        (DossierState.SETTLED, Word.RESTORE): DossierState.RESTORED,
    }
)


def read_number(text: str) -> str:
    """The digits of a phone number as it is written on a wall; NumberUnreadable if it has not the shape of one.

    >>> read_number("１３８-0013 8000"), read_number("(0573) 8888 8888"), read_number("+86 138 0013 80O0")
    ('13800138000', '057388888888', '13800138000')
    """
    plain = PREFIX.sub("", BETWEEN.sub("", text.translate(LOOKALIKES)))
    if not SHAPES.fullmatch(plain):
        raise NumberUnreadable(number=text[:40])
    return plain


def say(state: DossierState, earlier: Sequence[Said], said: Said) -> DossierState:
    """Where a number stands after somebody's word.

    Raises:
        DossierSamePerson: they have confirmed it already.
        DossierNotConfirmed: the table has no such word from where it stands.
    """
    after = NEXT.get((state, said.word))
    if after is None:
        raise DossierNotConfirmed(state=state.value, wanted=said.word.value)
    if said.word is not Word.CONFIRM:
        return after
    people = {one.by_id for one in confirmations(earlier)}
    if said.by_id in people:
        raise DossierSamePerson(by=said.by)
    return DossierState.CONFIRMED if len(people) + 1 >= CONFIRMATIONS else after


def confirmations(words: Sequence[Said]) -> list[Said]:
    """The confirmations that hold: those since the last refusal."""
    refused = max((place for place, one in enumerate(words) if one.word is Word.REFUSE), default=-1)
    return [one for one in words[refused + 1 :] if one.word is Word.CONFIRM]


def again(state: DossierState) -> DossierState:
    """Where a number stands when its ads are seen once more: what was settled or restored is open again.

    >>> again(DossierState.RESTORED).value, again(DossierState.DOUBTFUL).value
    ('confirmed', 'doubtful')
    """
    reopened = (DossierState.SETTLED, DossierState.RESTORED)
    return DossierState.CONFIRMED if state in reopened else state
