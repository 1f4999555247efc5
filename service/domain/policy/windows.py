"""When and where a row of a policy holds: weekly windows that may pass midnight, and areas of the city."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from detector.types import GeoPoint
from service.domain.geometry import covers, distance_m

Window = tuple[time, time]
ALL_DAYS: Final = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Weekly:
    """Windows of local time on weekdays (1 = Monday … 7 = Sunday); one that closes before it opens ends next day.

    >>> from datetime import datetime, time
    >>> market = Weekly(frozenset({5}), ((time(18), time(2)),))
    >>> market.holds_at(datetime(2026, 11, 28, 1, 30)), market.holds_at(datetime(2026, 11, 27, 1, 30))
    (True, False)
    """

    weekdays: frozenset[int] = ALL_DAYS
    windows: tuple[Window, ...] = ()

    def holds_at(self, local: datetime) -> bool:
        """Whether a moment of local time lies in it; without windows, the whole day does."""
        return self.day_of(local) is not None

    def day_of(self, local: datetime) -> date | None:
        """The day whose window a moment of local time lies in, None if it lies in none."""
        clock, today = local.time(), local.date()
        yesterday = today - timedelta(days=1)
        if not self.windows and today.isoweekday() in self.weekdays:
            return today
        for opens, closes in self.windows:
            passes_midnight = closes <= opens
            if today.isoweekday() in self.weekdays and opens <= clock and (passes_midnight or clock < closes):
                return today
            if passes_midnight and yesterday.isoweekday() in self.weekdays and clock < closes:
                return yesterday
        return None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is seen: a place, the camera, the ids of the duty grids around it and of their streets."""

    place: GeoPoint | None = None
    camera: str | None = None
    grids: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the city. What names nothing is the whole of it; else it is what lies in any of what it names.

    Attributes:
        grids: ids of duty grids.
        streets: ids of streets, each of which is all of its duty grids.
        cameras: ids of cameras.
        polygon: a ring of (lon, lat), WGS-84.
        centre: of a circle of `radius_m`.
    """

    grids: frozenset[str] = frozenset()
    cameras: frozenset[str] = frozenset()
    polygon: tuple[tuple[float, float], ...] = ()
    centre: GeoPoint | None = None
    radius_m: float = 0.0
    streets: frozenset[str] = frozenset()

    @property
    def is_everywhere(self) -> bool:
        """Whether it names nothing."""
        return not (self.grids or self.streets or self.cameras or self.polygon or self.centre)

    def holds(self, spot: Spot) -> bool:
        """Whether a spot lies in it."""
        if self.is_everywhere or self.grids & spot.grids or self.streets & spot.streets:
            return True
        if spot.camera in self.cameras:
            return True
        if spot.place is None:
            return False
        if self.centre is not None and distance_m(self.centre, spot.place) <= self.radius_m:
            return True
        return bool(self.polygon) and covers({"coordinates": [self.polygon]}, spot.place)


def overlapping(windows: Sequence[Window]) -> bool:
    """Whether two windows of one day share a moment; what passes midnight is reckoned to its end.

    >>> overlapping([(time(8), time(12)), (time(11), time(13))])
    True
    """
    spans: list[tuple[int, int]] = []
    for opens, closes in windows:
        begin, end = _minutes(opens), _minutes(closes)
        spans += [(begin, end)] if begin < end else [(begin, 24 * 60), (0, end)]
    spans.sort()
    return any(earlier[1] > later[0] for earlier, later in pairwise(spans))


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
