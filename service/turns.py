"""Turns: in the order of asking, and by name, where who wants another thing does not wait."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Queue:
    """Room for one or some, who come in the order in which they asked; Python's locks let whoever is awake go first.

    >>> queue = Queue(2)
    >>> with queue.turn(), queue.turn():
    ...     queue.acquire(0.0)
    False
    """

    def __init__(self, size: int = 1) -> None:
        self._guard = threading.Lock()
        self._free = size
        self._waiting: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many have asked and not been called."""
        return len(self._waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn, and keep it inside the block."""
        self.acquire()
        try:
            yield
        finally:
            self.release()

    def acquire(self, timeout_s: float = -1) -> bool:
        """Wait for the turn, for ever or so long; False if it did not come."""
        with self._guard:
            if self._free:
                self._free -= 1
                return True
            called = threading.Lock()
            called.acquire()
            self._waiting.append(called)
        if called.acquire(timeout=timeout_s):
            return True
        with self._guard:
            if called in self._waiting:
                self._waiting.remove(called)
                return False
        return True  # it was called in the last moment

    def release(self) -> None:
        """Call whoever has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
                return
            self._free += 1


class Turns:
    """One at a time for each name; names in use are remembered, others cost nothing."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._turns: dict[str, tuple[threading.Lock, int]] = {}

    @property
    def names_in_use(self) -> int:
        """How many names somebody has or waits for."""
        return len(self._turns)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Wait until nobody else has this name's turn."""
        with self._guard:
            lock, users = self._turns.get(name, (threading.Lock(), 0))
            self._turns[name] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            self._leave(name)

    def _leave(self, name: str) -> None:
        with self._guard:
            lock, users = self._turns.pop(name)
            if users > 1:
                self._turns[name] = (lock, users - 1)
