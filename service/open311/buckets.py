"""How often one address may ask: a bucket each that fills again with time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

MOST_NAMES: Final = 20_000


@dataclass(slots=True)
class Buckets:
    """So many at once, and so many a second after that.

    >>> buckets = Buckets(1, 0.5, lambda: 0.0)
    >>> buckets.wait_s("a"), buckets.wait_s("a"), buckets.wait_s("b")
    (0, 2, 0)
    """

    at_once: int
    each_s: float
    monotonic: Callable[[], float] = time.monotonic
    _kept: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, name: str) -> int:
        """Take one for a name: 0 if it may go on, else how many seconds to wait."""
        with self._guard:
            now = self.monotonic()
            left, since = self._kept.pop(name, (float(self.at_once), now))
            left = min(float(self.at_once), left + (now - since) * self.each_s)
            taken = left >= 1
            self._kept[name] = (left - 1 if taken else left, now)
            if len(self._kept) > MOST_NAMES:
                self._kept.popitem(last=False)
            return 0 if taken else max(1, round((1 - left) / self.each_s))


@dataclass(frozen=True, slots=True)
class Patience:
    """What one address may do: sixty reports at once and one a minute, three hundred looks and five a second."""

    reports: Buckets = field(default_factory=lambda: Buckets(60, 1 / 60))
    looks: Buckets = field(default_factory=lambda: Buckets(300, 5.0))
