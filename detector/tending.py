"""Keeps work on a thread of its own going: begun anew after it died, given up after it died too often."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

LONGEST_PAUSE_S: Final = 60.0


@dataclass(slots=True, eq=False)
class Tended:
    """Work on a thread, looked after by whoever calls `look` again and again.

    What it dies of is printed by the thread, as Python does it; none of it is caught here for good.

    Attributes:
        name: of the thread.
        work: returns when it is done, and soon after it was stopped.
        progress: grows while the work gets on; deaths are counted from none again once it did.
        most_deaths: in a row; then it is given up. None: never.
        deaths: in a row.
        died_of: the last of them, None while it lives.
    """

    name: str
    work: Callable[[], object]
    progress: Callable[[], int] = lambda: 0
    most_deaths: int | None = None
    pause_s: float = 1.0
    deaths: int = 0
    died_of: Exception | None = None
    _is_done: bool = False
    _begun_with: int = 0
    _again_at_s: float | None = None
    _thread: threading.Thread = field(default_factory=threading.Thread)

    def begin(self) -> None:
        """Begin, or begin anew."""
        self.died_of, self._again_at_s, self._begun_with = None, None, self.progress()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def look(self, now_s: float) -> None:
        """Begin anew what has died, once its pause is over; longer with every death.

        Args:
            now_s: on a clock that never steps.
        """
        if self.is_alive or self._is_done or self.is_given_up:
            return
        if self._again_at_s is None:
            self.deaths = 1 if self.progress() != self._begun_with else self.deaths + 1
            self._again_at_s = now_s + min(LONGEST_PAUSE_S, self.pause_s * 2.0 ** (self.deaths - 1))
        elif now_s >= self._again_at_s:
            self.begin()

    @property
    def is_alive(self) -> bool:
        """Whether its thread is."""
        return self._thread.is_alive()

    @property
    def is_given_up(self) -> bool:
        """It has died too often."""
        return self.most_deaths is not None and self.deaths >= self.most_deaths and not self.is_alive

    @property
    def is_done(self) -> bool:
        """It has come to its own end."""
        return self._is_done

    def join(self, timeout_s: float) -> None:
        """Wait for its thread, but not for long."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            self.work()
        except Exception as error:
            self.died_of = error  # whoever looks after it has to know, whatever it was
            raise
        self._is_done = True
