"""How many threads a step should use on a machine that others use, too."""

from collections.abc import Callable
from statistics import median
from typing import Final

import torch

TRIED_STEPS: Final = 5
KEPT_STEPS: Final = 60


class Pace:
    """Tries one thread and all of them for a few steps each, keeps the faster for a while, tries again.

    Two threads on a core and a half wait for each other at every layer and can be slower than one thread.

    Args:
        most: how many threads may be used.
        set_threads: makes the choice hold.
    """

    def __init__(self, most: int, set_threads: Callable[[int], None] = torch.set_num_threads) -> None:
        self._choices = sorted({1, most})
        self._set = set_threads
        self._spent: dict[int, list[float]] = {}
        self._left = 0
        self.threads = most
        self._try_again()

    def _try_again(self) -> None:
        self._spent = {threads: [] for threads in self._choices}
        self._left = KEPT_STEPS if len(self._choices) > 1 else 2**62
        self._use(self._choices[-1])

    def _use(self, threads: int) -> None:
        self.threads = threads
        self._set(threads)

    def took(self, seconds: float, pixels: int) -> None:
        """Tell how long a step over so many pixels took; may change the number of threads for the next."""
        spent = self._spent[self.threads]
        if len(spent) < TRIED_STEPS:
            spent.append(seconds / pixels)
            self._use(self._next())
            return
        self._left -= 1
        if self._left <= 0:
            self._try_again()

    def _next(self) -> int:
        untried = [threads for threads in self._choices if len(self._spent[threads]) < TRIED_STEPS]
        return untried[-1] if untried else min(self._choices, key=lambda threads: median(self._spent[threads]))
