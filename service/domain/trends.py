"""Cases over time and over the ground: how many a day, at which hours of the week, and where they lie thick."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from math import cos, radians
from typing import Final, NamedTuple

from detector.types import GeoPoint
from service.domain.cases import Period

CELL_M: Final = 60.0
METRES_A_DEGREE: Final = 111_320.0
DAYS_A_WEEK: Final = 7
HOURS_A_DAY: Final = 24
QUARTER_S: Final = 900
"""Since 2012 every clock on earth stands whole quarters of an hour away from UTC, and changes at one."""


class Dated(NamedTuple):
    """When and where a ticket was reported and closed; moments are whole seconds since 1970, UTC.

    Attributes:
        key: its group, empty for none.
    """

    key: str
    reported_s: int | None
    closed_s: int | None
    lat: float | None
    lon: float | None


class Slot(NamedTuple):
    """Where a quarter of an hour lies in a period and in a week, by the city's clock; `day` is None outside of it."""

    day: int | None
    weekday: int
    hour: int


class Slots(dict[int, Slot]):
    """Slots by the quarters of an hour since 1970, each looked up once: a place in a calendar takes its time."""

    def __init__(self, period: Period) -> None:
        super().__init__()
        self._zone = period.zone
        self._days = {day.first: number for number, day in enumerate(period.each_day())}

    def __missing__(self, quarter: int) -> Slot:
        local = datetime.fromtimestamp(quarter * QUARTER_S, self._zone)
        slot = self[quarter] = Slot(self._days.get(local.date()), local.weekday(), local.hour)
        return slot


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


@dataclass(frozen=True, slots=True)
class Trends:
    """What was reported and closed in a period.

    Attributes:
        courses: each group day by day; the largest first, those that belong to none last.
        hours: how many were reported in each hour of the week, in the city's time: `(7, 24)`, Monday first.
        thick: where those reported lie, the thickest first.
    """

    courses: list[Course]
    hours: tuple[tuple[int, ...], ...]
    thick: list[Thick]


def trends(dated: Iterable[Dated], period: Period, most: int) -> Trends:
    """Count day by day, by the hours of the week, and over the ground, there the `most` thickest places."""
    slots, cells = Slots(period), Cells()
    reported, closed = Days(period.days), Days(period.days)
    week = [[0] * HOURS_A_DAY for _ in range(DAYS_A_WEEK)]
    for key, reported_s, closed_s, lat, lon in dated:
        if closed_s is not None and (day := slots[closed_s // QUARTER_S].day) is not None:
            closed[key][day] += 1
        if reported_s is None:
            continue
        day, weekday, hour = slots[reported_s // QUARTER_S]
        if day is None:
            continue
        reported[key][day] += 1
        week[weekday][hour] += 1
        if lat is not None and lon is not None:
            cells.add(lat, lon)
    return Trends(_courses(reported, closed), tuple(map(tuple, week)), cells.thickest(most))


class Days(dict[str, list[int]]):
    """How many on each day of a period, by group."""

    def __init__(self, days: int) -> None:
        super().__init__()
        self._days = days

    def __missing__(self, key: str) -> list[int]:
        none = self[key] = [0] * self._days
        return none


class Cells:
    """Squares of about `CELL_M` metres, and the sums of the places that lie in each."""

    def __init__(self) -> None:
        self._sums: dict[tuple[int, int], list[float]] = {}
        self._narrow: dict[int, float] = {}

    def add(self, lat: float, lon: float) -> None:
        """Count a place; those of one row of squares are as narrow as its latitude asks, so that they stand in line."""
        row = int(lat * METRES_A_DEGREE // CELL_M)
        narrow = self._narrow.get(row)
        if narrow is None:
            narrow = self._narrow[row] = cos(radians(row * CELL_M / METRES_A_DEGREE))
        cell = row, int(lon * METRES_A_DEGREE * narrow // CELL_M)
        sums = self._sums.get(cell)
        if sums is None:
            self._sums[cell] = [1, lat, lon]
            return
        sums[0] += 1
        sums[1] += lat
        sums[2] += lon

    def thickest(self, most: int) -> list[Thick]:
        """Those of most places, and the middle of these."""
        found = nsmallest(most, ((-count, lat / count, lon / count) for count, lat, lon in self._sums.values()))
        return [Thick(GeoPoint(lat, lon), int(-count)) for count, lat, lon in found]


def _courses(reported: Days, closed: Days) -> list[Course]:
    keys = sorted(reported.keys() | closed.keys(), key=lambda key: (key == "", -sum(reported[key]), key))
    return [Course(key, tuple(reported[key]), tuple(closed[key])) for key in keys]
