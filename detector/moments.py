"""Moments that never go back: what is stamped by a clock that may step, and what is read from stamps that may jump."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

LONGEST_STEP_S: Final = 3600.0
"""Between two pictures of a file; a time lapse needs minutes, a stamp that wrapped or was reset says hours."""

USUAL_STEP_S: Final = 0.04

Now = Callable[[], datetime]


class Steady:
    """A clock whose moments only grow, however the clock behind it is set.

    A step forward is taken over at once. After a step back it runs at half speed until the other has caught up, so
    that nothing is reordered and no duration is more than halved.

    >>> from datetime import UTC
    >>> noon, told = datetime(2026, 5, 4, 12, tzinfo=UTC), iter([0, 10, 20])
    >>> walls = iter([noon, noon - timedelta(hours=1), noon + timedelta(seconds=20)])
    >>> steady = Steady(lambda: next(walls), lambda: next(told))
    >>> [str(steady())[11:19] for _ in range(3)]
    ['12:00:00', '12:00:05', '12:00:20']
    """

    def __init__(self, now: Now, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._monotonic = monotonic
        self._last: tuple[datetime, float] | None = None

    def __call__(self) -> datetime:
        """The present moment, aware as the clock behind it."""
        moment, at_s = self._now(), self._monotonic()
        if self._last is not None:
            told, told_s = self._last
            moment = max(moment, told + timedelta(seconds=(at_s - told_s) / 2))
        self._last = moment, at_s
        return moment


class Position:
    """Seconds since the beginning of a recording whose time stamps may be missing, jump or begin anew.

    >>> position = Position()
    >>> [position(stamp_s) for stamp_s in (5.0, 6.0, 7.0, 90_000.0, 90_001.0, 0.0, None)]
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    >>> position.jumps
    2

    Args:
        slack_s: so much a stamp may go back without being a jump: a live stream sets its clock once it knows better.
    """

    def __init__(self, slack_s: float = 0.0) -> None:
        self.jumps = 0
        self._slack_s = slack_s
        self._at_s = 0.0
        self._step_s = USUAL_STEP_S
        self._stamp_s: float | None = None

    def __call__(self, stamp_s: float | None) -> float:
        """Where a stamp stands; a jump counts as one usual step."""
        if stamp_s is None:
            self._at_s += 0.0 if self._stamp_s is None else self._step_s
            return self._at_s
        if self._stamp_s is not None:
            step_s = stamp_s - self._stamp_s
            if -self._slack_s <= step_s < 0:
                return self._at_s
            if 0 <= step_s <= LONGEST_STEP_S:
                self._step_s = step_s or self._step_s
            else:
                self.jumps += 1
                step_s = self._step_s
            self._at_s += step_s
        self._stamp_s = stamp_s
        return self._at_s
