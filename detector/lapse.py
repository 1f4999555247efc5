"""How long it is from one frame to a later one, without keeping the frames."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from detector.types import Frame


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a frame was taken: by the calendar, and by a clock that never steps where the source has one."""

    taken_at: datetime
    clock_s: float | None = None

    @classmethod
    def of(cls, frame: Frame) -> Self:
        """The stamp of a frame."""
        return cls(frame.taken_at, frame.clock_s)

    def since(self, earlier: "Stamp") -> float:
        """Seconds that have passed since an earlier stamp; negative only where a calendar stepped back.

        >>> from datetime import UTC
        >>> noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
        >>> Stamp(noon.replace(hour=11), 70.0).since(Stamp(noon, 60.0))
        10.0
        """
        if self.clock_s is not None and earlier.clock_s is not None:
            return self.clock_s - earlier.clock_s
        return (self.taken_at - earlier.taken_at).total_seconds()
