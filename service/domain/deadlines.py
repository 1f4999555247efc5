"""When a limit ends: urgent hours, working hours, working days, calendar days and minutes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from detector.catalog import Limit

LONGEST_SEARCH_DAYS: Final = 3660


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days on which the weekly rhythm does not hold: holidays, and weekend days worked in exchange."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if both := self.holidays & self.workdays:
            raise ValueError(f"a day is a holiday or a working day, not both: {sorted(both)}")


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a city works: windows of local time, on weekdays (1 = Monday … 7 = Sunday), but for the calendar.

    `day_h` is how many working hours one working day of a limit has.
    """

    timezone: ZoneInfo
    windows: tuple[tuple[time, time], ...] = ((time(8), time(12)), (time(14), time(18)))
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    calendar: Calendar = Calendar()
    day_h: float = 8.0

    def __post_init__(self) -> None:
        edges = [edge for window in self.windows for edge in window]
        if not edges or edges != sorted(set(edges)):
            raise ValueError("working hours are windows in rising order that do not touch")
        if not self.weekdays or not self.weekdays <= set(range(1, 8)):
            raise ValueError(f"weekdays are numbers from 1 to 7, got {sorted(self.weekdays)}")

    def works_on(self, day: date) -> bool:
        """Whether that local day is worked."""
        if day in self.calendar.workdays:
            return True
        return day.isoweekday() in self.weekdays and day not in self.calendar.holidays

    def spans_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Worked spans in UTC from `start` on, the first one cut where `start` lies in it."""
        first = start.astimezone(self.timezone).date()
        for days in range(LONGEST_SEARCH_DAYS):
            day = first + timedelta(days=days)
            if self.works_on(day):
                yield from self._spans_of(day, start)

    def spans_before(self, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Worked spans in UTC that lie before `end`, the latest first and cut where `end` lies in it."""
        last = end.astimezone(self.timezone).date()
        for days in range(LONGEST_SEARCH_DAYS):
            day = last - timedelta(days=days)
            if self.works_on(day):
                for begin, close in reversed(list(self._spans_of(day, datetime.min.replace(tzinfo=UTC)))):
                    if begin < end:
                        yield begin, min(close, end)

    def _spans_of(self, day: date, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        for opens, closes in self.windows:
            begin = datetime.combine(day, opens, self.timezone).astimezone(UTC)
            end = datetime.combine(day, closes, self.timezone).astimezone(UTC)
            if end > start:
                yield max(begin, start), end


def due_at(start: datetime, limit: Limit, hours: WorkingHours) -> datetime:
    """The moment, in UTC, at which a limit that begins at `start` (aware) is over.

    >>> from datetime import datetime
    >>> shanghai = ZoneInfo("Asia/Shanghai")
    >>> friday = datetime(2026, 11, 27, 17, 30, tzinfo=shanghai)
    >>> due_at(friday, Limit(4, "working_hour"), WorkingHours(shanghai)).astimezone(shanghai).strftime("%a %H:%M")
    'Mon 11:30'
    >>> due_at(friday, Limit(2, "urgent_hour"), WorkingHours(shanghai)).astimezone(shanghai).strftime("%a %H:%M")
    'Fri 19:30'
    """
    if start.tzinfo is None:
        raise ValueError("a limit begins at a moment with a time zone")
    start = start.astimezone(UTC)
    match limit.unit:
        case "minute":
            return start + timedelta(minutes=limit.amount)
        case "urgent_hour":
            return start + timedelta(hours=limit.amount)
        case "calendar_day":
            local = start.astimezone(hours.timezone)
            return (local + timedelta(days=limit.amount)).astimezone(UTC)
        case "working_hour":
            return _after_work(start, timedelta(hours=limit.amount), hours)
        case "working_day":
            return _after_work(start, timedelta(hours=limit.amount * hours.day_h), hours)


def due_after_pause(due: datetime, paused_at: datetime, now: datetime, limit: Limit, hours: WorkingHours) -> datetime:
    """The moment at which a limit is over whose clock stood from `paused_at` to `now`; one that was over stays."""
    if due <= paused_at:
        return due
    if limit.unit in ("working_hour", "working_day"):
        return _after_work(now.astimezone(UTC), _work_between(paused_at, due, hours), hours)
    return due + (now - paused_at)


def work_between(start: datetime, end: datetime, hours: WorkingHours) -> timedelta:
    """How much working time lies between two moments, nothing where `end` is not after `start`."""
    return _work_between(start, end, hours)


def moment_before(due: datetime, limit: Limit, hours: WorkingHours) -> datetime:
    """The latest moment, in UTC, from which a limit ends at `due` (aware) or before.

    >>> shanghai = ZoneInfo("Asia/Shanghai")
    >>> monday = datetime(2026, 11, 30, 9, 0, tzinfo=shanghai)
    >>> moment = moment_before(monday, Limit(2, "working_hour"), WorkingHours(shanghai))
    >>> moment.astimezone(shanghai).strftime("%a %H:%M")
    'Fri 17:00'
    """
    due = due.astimezone(UTC)
    if limit.unit in ("minute", "urgent_hour", "calendar_day"):
        return due - (due_at(due, limit, hours) - due)
    work = timedelta(hours=limit.amount * (hours.day_h if limit.unit == "working_day" else 1))
    for begin, end in hours.spans_before(due):
        if work <= end - begin:
            return end - work
        work -= end - begin
    raise ValueError(f"no {work} of work within {LONGEST_SEARCH_DAYS} days before")


def _work_between(start: datetime, end: datetime, hours: WorkingHours) -> timedelta:
    work = timedelta()
    for opens, closes in hours.spans_from(start):
        if opens >= end:
            break
        work += min(closes, end) - opens
    return work


def _after_work(start: datetime, work: timedelta, hours: WorkingHours) -> datetime:
    for begin, end in hours.spans_from(start):
        if work <= end - begin:
            return begin + work
        work -= end - begin
    raise ValueError(f"no end of {work} of work within {LONGEST_SEARCH_DAYS} days")
