"""Cases over time and over the ground: how many a day, at which hours of the week, and where they lie thick."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from heapq import nsmallest
from math import cos, radians
from typing import Final, NamedTuple

from detector.types import GeoPoint
from service.domain.cases import Period

CELL_M: Final = 60.0
METRES_A_DEGREE: Final = 111_320.0
DAYS_A_WEEK: Final = 7
HOURS_A_DAY: Final = 24


class Dated(NamedTuple):
    """When and where a ticket was reported and closed; `key` is its group, empty for none."""

    key: str
    reported_at: datetime | None
    closed_at: datetime | None
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Course:
    """How many cases of one group were reported and closed on each day of a period."""

    key: str
    reported: tuple[int, ...]
    closed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Thick:
    """How many cases lie around one place: the middle of those in a square of about `CELL_M` metres."""

    place: GeoPoint
    count: int


def courses(dated: Iterable[Dated], period: Period) -> list[Course]:
    """Each group day by day; the largest first, those that belong to none last."""
    days = {day.first: number for number, day in enumerate(period.each_day())}
    reported: dict[str, Counter[int]] = {}
    closed: dict[str, Counter[int]] = {}
    for one in dated:
        for counts, moment in ((reported, one.reported_at), (closed, one.closed_at)):
            number = days.get(moment.astimezone(period.zone).date()) if moment else None
            if number is not None:
                counts.setdefault(one.key, Counter())[number] += 1
    keys = sorted(
        reported.keys() | closed.keys(), key=lambda key: (key == "", -reported.get(key, Counter()).total(), key)
    )
    return [Course(key, _row(reported.get(key), period.days), _row(closed.get(key), period.days)) for key in keys]


def hours(dated: Iterable[Dated], period: Period) -> tuple[tuple[int, ...], ...]:
    """How many were reported in each hour of the week, in the city's time: `(7, 24)`, Monday first."""
    start, end = period.start, period.end
    counts: Counter[tuple[int, int]] = Counter()
    for one in dated:
        if one.reported_at is not None and start <= one.reported_at < end:
            moment = one.reported_at.astimezone(period.zone)
            counts[moment.weekday(), moment.hour] += 1
    return tuple(tuple(counts[day, hour] for hour in range(HOURS_A_DAY)) for day in range(DAYS_A_WEEK))


def thick(dated: Iterable[Dated], period: Period, most: int) -> list[Thick]:
    """Where those reported in the period lie, the thickest first."""
    start, end = period.start, period.end
    cells: dict[tuple[int, int], list[float]] = {}
    for _, reported_at, _, lat, lon in dated:
        if lat is not None and lon is not None and reported_at is not None and start <= reported_at < end:
            sums = cells.setdefault(_cell(lat, lon), [0, 0.0, 0.0])
            sums[0] += 1
            sums[1] += lat
            sums[2] += lon
    found = nsmallest(most, ((-count, lat / count, lon / count) for count, lat, lon in cells.values()))
    return [Thick(GeoPoint(lat, lon), int(-count)) for count, lat, lon in found]


def _cell(lat: float, lon: float) -> tuple[int, int]:
    row = int(lat * METRES_A_DEGREE // CELL_M)
    return row, int(lon * METRES_A_DEGREE * _narrow(row) // CELL_M)


@lru_cache(maxsize=4096)
def _narrow(row: int) -> float:
    """Of a row of squares, so that they stand in line."""
    return cos(radians(row * CELL_M / METRES_A_DEGREE))


def _row(counts: Counter[int] | None, days: int) -> tuple[int, ...]:
    return tuple((counts or Counter())[number] for number in range(days))
