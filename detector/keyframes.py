"""How far apart a stream's keyframes are, whether they are enough, and how it goes. Pure: seconds in, a word out."""

from collections import deque
from statistics import median
from typing import Final

REMEMBERED: Final = 5
MOST_COUNTED: Final = 100
"""Pictures after which those a second are reckoned, where no keyframe comes."""

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


class Pace:
    """How many pictures a second a stream has, and how far its keyframes are apart, by the moments that it is told.

    >>> pace = Pace()
    >>> for number in range(76):
    ...     pace.see(number / 25, is_keyframe=number % 25 == 0)
    >>> pace.keyframes_s, pace.a_second
    (1.0, 25.0)
    """

    def __init__(self) -> None:
        self._intervals: deque[float] = deque(maxlen=REMEMBERED)
        self._rates: deque[float] = deque(maxlen=REMEMBERED)
        self._keyframe_s: float | None = None
        self._counted_s: float | None = None
        self._count = 0

    @property
    def keyframes_s(self) -> float | None:
        """The median of the last intervals; None before there are two keyframes."""
        return median(self._intervals) if self._intervals else None

    @property
    def a_second(self) -> float | None:
        """Pictures a second, the median of the last stretches."""
        return median(self._rates) if self._rates else None

    def see(self, at_s: float, *, is_keyframe: bool) -> None:
        """A picture is stamped with a second that never goes back."""
        self._count += 1
        if self._counted_s is None:
            self._counted_s, self._count = at_s, 0
        elif (is_keyframe or self._count >= MOST_COUNTED) and at_s > self._counted_s:
            self._rates.append(self._count / (at_s - self._counted_s))
            self._counted_s, self._count = at_s, 0
        if not is_keyframe:
            return
        if self._keyframe_s is not None and at_s > self._keyframe_s:
            self._intervals.append(at_s - self._keyframe_s)
        self._keyframe_s = at_s

    def rest(self) -> None:
        """Pictures are left out from here on."""
        self._keyframe_s = self._counted_s = None
