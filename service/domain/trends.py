"""Cases over time and over the ground: how many a day, at which hours of the week, and where they lie thick."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Final

from detector.types import GeoPoint
from service.domain.cases import Case, Period

CELL_M: Final = 60.0
METRES_A_DEGREE: Final = 111_320.0
DAYS_A_WEEK: Final = 7
HOURS_A_DAY: Final = 24


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


def courses(cases: Sequence[Case], period: Period, key_of: Callable[[Case], str]) -> list[Course]:
    """Each group day by day; the largest first, those that belong to none last."""
    days = {day.first: number for number, day in enumerate(period.each_day())}
    reported: dict[str, Counter[int]] = {}
    closed: dict[str, Counter[int]] = {}
    for case in cases:
        key = key_of(case)
        for counts, moment in ((reported, case.reported_at), (closed, case.closed_at)):
            number = days.get(moment.astimezone(period.zone).date()) if moment else None
            if number is not None:
                counts.setdefault(key, Counter())[number] += 1
    keys = sorted(
        reported.keys() | closed.keys(), key=lambda key: (key == "", -reported.get(key, Counter()).total(), key)
    )
    return [Course(key, _row(reported.get(key), period.days), _row(closed.get(key), period.days)) for key in keys]


def hours(cases: Iterable[Case], period: Period) -> tuple[tuple[int, ...], ...]:
    """How many were reported in each hour of the week, in the city's time: `(7, 24)`, Monday first."""
    counts: Counter[tuple[int, int]] = Counter()
    for case in cases:
        if case.reported_at is not None and period.holds(case.reported_at):
            moment = case.reported_at.astimezone(period.zone)
            counts[moment.weekday(), moment.hour] += 1
    return tuple(tuple(counts[day, hour] for hour in range(HOURS_A_DAY)) for day in range(DAYS_A_WEEK))


def thick(cases: Iterable[Case], period: Period, most: int) -> list[Thick]:
    """Where reported cases lie, the thickest first."""
    cells: dict[tuple[int, int], list[GeoPoint]] = {}
    for case in cases:
        place = case.ticket.place
        if place is not None and period.holds(case.reported_at):
            cells.setdefault(_cell(place), []).append(place)
    found = [Thick(_middle(places), len(places)) for places in cells.values()]
    return sorted(found, key=lambda one: (-one.count, one.place.lat, one.place.lon))[:most]


def _cell(place: GeoPoint) -> tuple[int, int]:
    row = int(place.lat * METRES_A_DEGREE // CELL_M)
    narrow = cos(radians(row * CELL_M / METRES_A_DEGREE))  # of the row, so that its squares stand in line
    return row, int(place.lon * METRES_A_DEGREE * narrow // CELL_M)


def _middle(places: Sequence[GeoPoint]) -> GeoPoint:
    return GeoPoint(sum(one.lat for one in places) / len(places), sum(one.lon for one in places) / len(places))


def _row(counts: Counter[int] | None, days: int) -> tuple[int, ...]:
    return tuple((counts or Counter())[number] for number in range(days))
