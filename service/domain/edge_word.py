"""What a small computer at the edge says of itself: what it saw, what waits, what was lost, what is wrong. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from service.domain.camera_stream import TOLD_FOR, Note

CAMERA_OFF: Final = "camera.off"
"""The code of a camera that the city itself switched off: no trouble, and nobody watches."""

EDGE_SILENT: Final = "edge.silent"
"""The code of a computer that is not heard any more."""

SAYS_EVERY_S: Final = 60.0
SILENT_AFTER: Final = timedelta(minutes=4)
"""Four words that did not come: a mobile network may lose one or two."""

CLOCK_OFF_S: Final = 5.0
"""From so much on, what it saw is told at the wrong moment."""

MOST_A_SECOND: Final = 200
"""More frames than any camera sends: what is told beyond them is no count of frames."""

COUNTED_FOR: Final = timedelta(days=1)
"""What came before the last word, or since it, is counted for no longer."""

WAITING_LONG: Final = 50
"""Sightings in the spool that are more than a moment's: its network is slow, or was away."""


@dataclass(frozen=True, slots=True)
class EdgeWord:
    """What it said last; counts since its spool was made, or since it was started.

    Attributes:
        frames, faulty, looked, said: what became of the camera's frames since it was started.
        waiting, bytes: what lies in its spool.
        taken, posted, refused, dropped: what became of all that ever lay there.
        camera: the code of what is wrong with the camera, None where nothing is, `CAMERA_OFF`.
        trouble: the code of why posting does not get on.
        clock_off_s: how far its clock is before the service's.
        dropped_at: when `dropped` was last seen to have grown, None where it never did.
    """

    frames: int = 0
    faulty: int = 0
    looked: int = 0
    said: int = 0
    waiting: int = 0
    bytes: int = 0
    taken: int = 0
    posted: int = 0
    refused: int = 0
    dropped: int = 0
    camera: str | None = None
    trouble: str | None = None
    clock_off_s: float | None = None
    dropped_at: datetime | None = None

    def after(self, before: "EdgeWord | None", at: datetime) -> "EdgeWord":
        """The same with what only two words together tell: when it last lost something.

        >>> noon = datetime(2026, 5, 4, 12)
        >>> EdgeWord(dropped=2).after(EdgeWord(), noon).dropped_at == noon
        True
        """
        grew = self.dropped > (before.dropped if before else 0)
        return replace(self, dropped_at=at if grew else before.dropped_at if before else None)

    def counted_after(self, before: "EdgeWord | None", passed: timedelta = COUNTED_FOR) -> dict[str, int]:
        """What became of frames since, by the names of a camera's hours; those with findings are counted as they come.

        Args:
            before: the last word; None if there was none.
            passed: since that was heard; no more is counted than can have come.

        >>> EdgeWord(frames=20, faulty=2, looked=5, said=1).counted_after(EdgeWord(frames=10, faulty=2, looked=3))
        {'frames': 9, 'faulty': 0, 'unchanged': 8, 'looked': 1}
        >>> EdgeWord(frames=2_000_000_000).counted_after(EdgeWord(), timedelta(minutes=1))["frames"]
        12000
        """
        most = int(MOST_A_SECOND * min(passed, COUNTED_FOR).total_seconds())
        if before is None or self.frames < before.frames:
            before = EdgeWord()  # it was started anew, and counts from none
        frames, faulty = self.frames - before.frames, self.faulty - before.faulty
        looked, said = self.looked - before.looked, self.said - before.said
        told = {
            "frames": frames - said,
            "faulty": faulty,
            "unchanged": frames - faulty - looked,
            "looked": looked - said,
        }
        return {name: max(0, min(count, most)) for name, count in told.items()}

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it."""
        return asdict(self) | {"dropped_at": self.dropped_at.isoformat() if self.dropped_at else None}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "EdgeWord":
        """What `as_json` gave; TypeError, KeyError or ValueError for anything else."""
        at = told["dropped_at"]
        return cls(**{**told, "dropped_at": None if at is None else datetime.fromisoformat(at)})


def edge_notes(word: EdgeWord | None, now: datetime) -> tuple[Note, ...]:
    """What a person should know of a computer at the edge by its last word."""
    return tuple(_notes(word, now)) if word is not None else ()


def _notes(word: EdgeWord, now: datetime) -> Iterator[Note]:
    if word.dropped_at is not None and now - word.dropped_at <= TOLD_FOR:
        yield Note("edge.spool_full", {"count": word.dropped})
    if word.refused:
        yield Note("edge.refused", {"count": word.refused})
    if word.clock_off_s is not None and abs(word.clock_off_s) >= CLOCK_OFF_S:
        yield Note("edge.clock_off", {"seconds": word.clock_off_s})
    if word.waiting >= WAITING_LONG:
        yield Note("edge.waiting", {"count": word.waiting})
