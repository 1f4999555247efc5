"""Why a camera said something or nothing, remembered in stretches of looks and written now and then.

A stretch that says nothing new is written every few minutes; what was said, hidden or gone at once. A crash loses the
last few minutes of "why not", never a reason behind a ticket.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy.exc import DBAPIError

from detector.decisions import SAID, Decision, Thing
from service.errors import ServiceError
from service.store import Store
from service.store.decisions import STANDS_FOR, Stretch

WRITTEN_EVERY_S: Final = 300.0
MOST_WAITING: Final = 500
MOST_BOXES: Final = 8
AT_ONCE: Final = SAID | {"unknown", "gone", "lost"}

Lane = tuple[str | None, str | None]
"""Condition and zone; neither for what is about the frames as a whole."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Journal:
    """The decisions of one camera. Use it under the lock of whoever holds it."""

    camera_id: str
    monotonic_s: Callable[[], float] = time.monotonic
    _running: dict[Lane, Stretch] = field(default_factory=dict)
    _waiting: deque[Stretch] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    _is_urgent: bool = False
    _written_s: float | None = None

    def note(self, at: datetime, decision: Decision, observation_id: str | None = None) -> None:
        """A look decided something; what was said names its observation."""
        self._go_on((decision.condition, decision.zone), at, decision.reason, facts_of(decision), observation_id)

    def skipped(self, at: datetime, reason: str) -> None:
        """A frame was not looked at: `unchanged`, `dropped`, or the code of a camera's trouble."""
        self._go_on((None, None), at, reason, {}, None)

    def write(self, store: Store, *, now: bool = False) -> None:
        """Keep what is due, or all of it; what cannot be kept waits for the next time."""
        passed_s = None if self._written_s is None else self.monotonic_s() - self._written_s
        if now or self._is_urgent or passed_s is None or passed_s >= WRITTEN_EVERY_S:
            write_together([self], store)

    def waiting(self) -> list[Stretch]:
        """All stretches that are new, or may have grown since they were written."""
        return [*self._waiting, *self._running.values()]

    def written(self) -> None:
        """They were kept."""
        self._waiting.clear()
        self._is_urgent, self._written_s = False, self.monotonic_s()

    def _go_on(
        self, lane: Lane, at: datetime, reason: str, facts: Mapping[str, Any], observation_id: str | None
    ) -> None:
        running = self._running.get(lane)
        if running is not None and observation_id is not None and running.observation_id == observation_id:
            return  # the same frame was sent again
        is_same = running is not None and running.reason == reason and running.observation_id is None
        if running is not None and is_same and observation_id is None and at - running.last_at <= STANDS_FOR:
            running.last_at, running.looks, running.facts = max(running.last_at, at), running.looks + 1, facts
            return
        if running is not None:
            self._waiting.append(running)
        self._is_urgent = self._is_urgent or reason in AT_ONCE
        self._running[lane] = Stretch(
            self.camera_id, lane[0], lane[1], reason, at, at, observation_id=observation_id, facts=facts
        )


def write_together(journals: Sequence[Journal], store: Store) -> None:
    """Keep all that waits in one transaction; what cannot be kept waits for the next time."""
    stretches = [stretch for journal in journals for stretch in journal.waiting()]
    if not stretches:
        return
    try:
        with store.write() as rows:
            rows.decisions.write(stretches)
    except (ServiceError, DBAPIError) as error:
        log.warning("why cameras decided as they did is not kept now", cameras=len(journals), exc_info=error)
        return
    for journal in journals:
        journal.written()


def facts_of(decision: Decision) -> dict[str, Any]:
    """What stands behind a decision, small: at most eight boxes, and how many there were."""
    things = sorted(decision.things, key=lambda thing: -(thing.score or 0.0))
    return {
        "n": len(things),
        "is_lasting": decision.is_lasting,
        "things": [_told(thing) for thing in things[:MOST_BOXES]],
    }


def _told(thing: Thing) -> dict[str, Any]:
    told: dict[str, Any] = {
        "reason": thing.reason,
        "kind": thing.kind,
        "xyxy": [round(side, 1) for side in thing.xyxy],
        "score": _rounded(thing.score),
        "median": _rounded(thing.median),
        "opens_at": _rounded(thing.opens_at),
        "hits": thing.hits,
        "missed": thing.missed,
        "lasted_s": round(thing.lasted.total_seconds()),
        "track": thing.track,
        "cause": thing.cause,
    }
    return {name: value for name, value in told.items() if value is not None}


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)
