"""Room for a few at once: whoever finds none is refused at once, and told when those before him will be through."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from service.errors import Busy

SHORTEST_WAIT_S: Final = 1
LONGEST_WAIT_S: Final = 30
NEWEST_COUNTS: Final = 0.2
"""How much the last stay says about the next one."""

ARRIVING_S: Final = 2.0
"""For so long a place is kept for somebody whose picture is still on its way; who sends drop by drop keeps none."""

_arrival: ContextVar[object] = ContextVar("arrival", default=None)


class Slots:
    """So many may stay at once.

    >>> slots = Slots(1)
    >>> with slots.one():
    ...     slots.are_taken
    True
    """

    def __init__(self, size: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._monotonic = monotonic
        self._guard = threading.Lock()
        self._inside = 0
        self._arriving: dict[object, float] = {}
        self._stay_s = 0.0

    @property
    def are_taken(self) -> bool:
        """Whether somebody who comes now is refused."""
        with self._guard:
            return self._are_taken()

    @property
    def retry_after_s(self) -> int:
        """When all who are inside now will have left, as long as they stayed lately."""
        return min(LONGEST_WAIT_S, max(SHORTEST_WAIT_S, math.ceil(self._stay_s)))

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """Keep a place for what this request brings; Busy if there is none. `one` inside of it takes that place."""
        mine = object()
        with self._guard:
            self._refuse_if_taken()
            self._arriving[mine] = self._monotonic()
        token = _arrival.set(mine)
        try:
            yield
        finally:
            _arrival.reset(token)
            with self._guard:
                self._arriving.pop(mine, None)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Stay inside; Busy at once if there is no room."""
        with self._guard:
            if self._arriving.pop(_arrival.get(), None) is None:
                self._refuse_if_taken()
            self._inside += 1
        came_s = self._monotonic()
        try:
            yield
        finally:
            stayed_s = self._monotonic() - came_s
            with self._guard:
                self._inside -= 1
                self._stay_s += NEWEST_COUNTS * (stayed_s - self._stay_s)

    def _refuse_if_taken(self) -> None:
        if self._are_taken():
            raise Busy(retry_after_s=self.retry_after_s)

    def _are_taken(self) -> bool:
        late_s = self._monotonic() - ARRIVING_S
        while self._arriving and next(iter(self._arriving.values())) < late_s:
            del self._arriving[next(iter(self._arriving))]
        return self._inside + len(self._arriving) >= self._size
