"""What was looked at of a recording and is not kept yet, and which of its files have come to their end with it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from detector.ride import Line
from service.domain.uploads import UploadedFile
from service.sent import Shown

LONGEST_S: Final = 5.0
"""Nobody who follows a recording waits longer to see how far it is."""


@dataclass(slots=True)
class Batch:
    """Frames in their order; a file ends after the last of its own.

    Attributes:
        at_once: how many sightings are kept together.
        seq: the number of the next file.
        frames: those that wait.
    """

    at_once: int
    seq: int
    monotonic_s: Callable[[], float] = time.monotonic
    frames: list[Shown] = field(default_factory=list)
    _ended: list[tuple[Line, int]] = field(default_factory=list)
    _told: int = 0
    _looked: int = 0
    _seen: int = 0
    _since_s: float = 0.0

    def __post_init__(self) -> None:
        self._since_s = self.monotonic_s()

    @property
    def is_due(self) -> bool:
        """Whether it is large, or old, enough to be kept."""
        if not self.frames and not self._ended:
            return False
        is_old = self.monotonic_s() - self._since_s >= LONGEST_S
        return is_old or sum(len(frame.seen) for frame in self.frames) >= self.at_once

    def ended(self, lines: Sequence[Line]) -> None:
        """Whatever of these is new has come to its end with the frames so far."""
        self._ended += [(line, len(self.frames)) for line in lines[self._told :]]
        self._told = len(lines)

    def kept(self, sightings: Sequence[int]) -> list[UploadedFile]:
        """Begin anew, since the frames are kept, each with so many sightings; the files that have ended with them."""
        files, begin = [], 0
        for line, end in self._ended:
            files.append(_file(self.seq, line, self._looked + end - begin, self._seen + sum(sightings[begin:end])))
            self.seq, begin = self.seq + 1, end
            self._looked = self._seen = 0
        self._looked += len(sightings) - begin
        self._seen += sum(sightings[begin:])
        self.frames.clear()
        self._ended.clear()
        self._since_s = self.monotonic_s()
        return files


def _file(seq: int, line: Line, looked: int, seen: int) -> UploadedFile:
    return UploadedFile(
        seq=seq,
        file=line.file,
        outcome=line.outcome,
        code=line.code,
        frames=line.frames,
        placed=line.placed,
        looked=looked,
        seen=seen,
        without=line.without,
        offset_hint_s=line.offset_hint_s,
    )
