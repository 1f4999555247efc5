"""How far apart the keyframes of a stream are, and whether they are enough. Pure: seconds come in, a word goes out."""

from collections import deque
from statistics import median
from typing import Final

REMEMBERED: Final = 5
SURE_AFTER: Final = 2
"""So many short intervals in a row show that keyframes are enough again."""


class Cadence:
    """Watches the packets of one stream.

    >>> cadence = Cadence(enough_s=10)
    >>> for at_s in range(12):
    ...     cadence.see(at_s, is_keyframe=at_s % 4 == 0)
    >>> cadence.interval_s, cadence.everything
    (4.0, False)
    >>> for at_s in range(12, 30):
    ...     cadence.see(at_s, is_keyframe=at_s == 12)
    >>> cadence.everything
    True
    """

    def __init__(self, enough_s: float) -> None:
        self.everything = False
        self._enough_s = enough_s
        self._intervals: deque[float] = deque(maxlen=REMEMBERED)
        self._last_s: float | None = None
        self._after_keyframe = False

    @property
    def interval_s(self) -> float | None:
        """The median of the last intervals; None before there are two keyframes."""
        return median(self._intervals) if self._intervals else None

    @property
    def after_keyframe(self) -> bool:
        """A keyframe was seen and nothing was left out since."""
        return self._after_keyframe

    def see(self, at_s: float, *, is_keyframe: bool) -> None:
        """A packet came at a second that never goes back."""
        if self._last_s is None:
            self._last_s = at_s
        waited_s = at_s - self._last_s
        if is_keyframe:
            if self._after_keyframe:
                self._intervals.append(waited_s)
            self._last_s, self._after_keyframe = at_s, True
            lately = list(self._intervals)[-SURE_AFTER:]
            if self.everything and len(lately) == SURE_AFTER and max(lately) <= self._enough_s:
                self.everything = False
        elif waited_s > self._enough_s:
            self.everything = True

    def rest(self) -> None:
        """Packets are left out from here on: what comes next says nothing about the interval."""
        self._last_s, self._after_keyframe = None, False
