"""Units that help a lead unit with a ticket, each with its own word on what it did."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Answer(StrEnum):
    """What a co-unit says about its part."""

    DONE = "done"
    NOT_OURS = "not_ours"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True)
class CoUnit:
    """A unit that was asked to help.

    Attributes:
        task: what it was asked for.
        answer: its feedback, None as long as it is silent.
        remark: what it says beside it.
        released_at: when it was let go; the row stays.
    """

    unit_id: str
    asked_at: datetime
    asked_by: str
    task: str | None = None
    answer: Answer | None = None
    remark: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    released_at: datetime | None = None

    @property
    def is_silent(self) -> bool:
        """Whether its word is still awaited."""
        return self.answer is None and self.released_at is None
