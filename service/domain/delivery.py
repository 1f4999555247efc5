"""What becomes of a message that was sent to somebody: taken, tried again later, or given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 180, 600, 1800, 3600))
"""How long nothing is sent after the first failure in a row, the second, …; the last one stays."""

GIVE_UP_AFTER: Final = timedelta(days=3)
LONGEST_WISH: Final = timedelta(hours=6)
SPREAD: Final = 0.2
GONE: Final = 410
TOO_MANY: Final = 429
TIMED_OUT: Final = 408


class Standing(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Fate(StrEnum):
    """What an attempt means: `REFUSED` is about this message, `FAILED` about the whole receiver."""

    TAKEN = "taken"
    REFUSED = "refused"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: a status, or the code of why it came to nothing.

    Attributes:
        status: of HTTP; beside a code, the reason that a broker gave.
        took_ms: from dialling to the end of the answer's head.
        retry_after: what the receiver asked for.
        refuses_message: the code is about this message; other messages may be taken.
    """

    at: datetime
    status: int | None
    code: str | None
    took_ms: int
    retry_after: timedelta | None = None
    refuses_message: bool = False

    @property
    def fate(self) -> Fate:
        """What the answer means.

        >>> Attempt(datetime.min, 204, None, 3).fate.value, Attempt(datetime.min, 302, None, 3).fate.value
        ('taken', 'failed')
        """
        if self.code is not None:
            return Fate.REFUSED if self.refuses_message else Fate.FAILED
        if self.status is None or self.status >= 500 or self.status in (TOO_MANY, TIMED_OUT):
            return Fate.FAILED
        if 200 <= self.status < 300:
            return Fate.TAKEN
        if self.status == GONE:
            return Fate.GONE
        return Fate.REFUSED if 400 <= self.status < 500 else Fate.FAILED  # nobody is followed to another address


def pause_after(failures: int, chance: float, wish: timedelta | None = None) -> timedelta:
    """How long to wait after so many failures in a row, a little different for everybody; at least as asked for.

    Args:
        failures: 1 or more.
        chance: in [0, 1).
        wish: what the receiver asked for.

    >>> pause_after(1, 0.5), pause_after(99, 0.5)
    (datetime.timedelta(seconds=5), datetime.timedelta(seconds=3600))
    """
    usual = PAUSES[min(failures, len(PAUSES)) - 1] * (1 + SPREAD * (2 * chance - 1))
    return max(usual, min(wish, LONGEST_WISH)) if wish else usual


def is_given_up(created_at: datetime, now: datetime) -> bool:
    """Whether a message that failed once more has been tried long enough."""
    return now - created_at >= GIVE_UP_AFTER
