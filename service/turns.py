"""Turns by name: who wants the same thing waits, who wants another does not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


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
