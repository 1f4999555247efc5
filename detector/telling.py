"""Tells the service once a minute how this computer is: by it, a full spool, a blind camera and silence are noticed."""

import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from detector.calling import call

TELLS_EVERY_S: Final = 60.0
LOOKS_EVERY_S: Final = 5.0
"""So soon it tells that something has become another: a camera that went dark, a network that is back."""

TIMEOUT_S: Final = 5.0
TOLD: Final = 204
UNKNOWN: Final = frozenset({404, 405})
"""An older service, which knows no such address: it is told nothing, and nothing is wrong."""


@dataclass(slots=True, eq=False)
class Teller:
    """Tells what `word` says to `url` with a camera's key.

    Attributes:
        word: the fields of `PUT /api/cameras/ID/edge`.
        trouble: why the last word was not taken, None if it was.
        looks_every_s: how often it sees whether there is something to tell.
    """

    url: str
    key: str = field(repr=False)
    word: Callable[[], Mapping[str, Any]]
    trouble: str | None = None
    looks_every_s: float = LOOKS_EVERY_S
    _last: tuple[float, tuple[Any, ...]] | None = None

    def run(self, stop: threading.Event) -> None:
        """Tell until stopped."""
        while not stop.wait(self.looks_every_s * random.uniform(0.8, 1.2)):  # noqa: S311  # no secret
            word = self.word()
            if self._is_due(word, time.monotonic()):
                self.tell(word)

    def tell(self, word: Mapping[str, Any]) -> None:
        """Tell once."""
        self._last = time.monotonic(), _urgent(word)
        try:
            answer = call(self.url, self.key, json.dumps(word).encode(), _JSON, TIMEOUT_S, method="PUT")
        except (OSError, http.client.HTTPException):
            self.trouble = "service.unreachable"
            return
        is_well = answer.status == TOLD or answer.status in UNKNOWN
        self.trouble = None if is_well else f"service.answered_{answer.status}"

    def _is_due(self, word: Mapping[str, Any], now_s: float) -> bool:
        if self._last is None:
            return True
        told_s, urgent = self._last
        return now_s - told_s >= TELLS_EVERY_S or urgent != _urgent(word)


_JSON: Final = {"Content-Type": "application/json"}


def _urgent(word: Mapping[str, Any]) -> tuple[Any, ...]:
    """What is told at once when it changes; a spool that drops does so for each sighting, and is told by the minute."""
    return word.get("camera"), word.get("trouble")
