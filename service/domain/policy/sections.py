"""One table of a document while it is read: every value is checked, every problem kept with its line."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Final

from detector.catalog import LIMIT_UNITS, Limit, Name
from service.domain.policy.problems import Path, Problem, line_of, shown
from service.domain.policy.windows import ALL_DAYS, Weekly, Window, overlapping

LONGEST_VALUE: Final = 60
LONGEST_ID: Final = 64
LARGEST_AMOUNT: Final = 10_000
A_SAFE_LIMIT: Final = Limit(1, "working_day")


@dataclass(slots=True)
class Notes:
    """What has been found wrong so far, and where the keys stand."""

    lines: Mapping[Path, int]
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, problem: str, value: object = None, wanted: str | None = None) -> None:
        """Keep one problem."""
        told = None if value is None else str(value)[:LONGEST_VALUE]
        self.problems.append(Problem(line_of(path, self.lines), shown(path), problem, told, wanted))


class Section:
    """A table. Each getter answers something that can be worked with, also where the document is wrong."""

    def __init__(self, told: object, path: Path, notes: Notes) -> None:
        self.path = path
        self.notes = notes
        self._asked: set[str] = set()
        self._told: Mapping[str, Any] = told if isinstance(told, dict) else {}
        if not isinstance(told, dict):
            notes.add(path, "wrong_type", told, "a table")

    def has(self, key: str) -> bool:
        """Whether a key that may be absent is there."""
        self._asked.add(key)
        return key in self._told

    def wrong(self, key: str, problem: str, value: object = None, wanted: str | None = None) -> None:
        """Keep a problem of one key."""
        self.notes.add((*self.path, key), problem, value, wanted)

    def end(self) -> None:
        """Every key that nobody asked for is one that nobody knows."""
        for key in sorted(set(self._told) - self._asked):
            self.wrong(key, "unknown_key", wanted=", ".join(sorted(self._asked)))

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """A number from `low` to `high`."""
        value = self._get(key, default)
        if value is None:
            return low
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(key, "wrong_type", value, "a number")
            return low
        if not low <= value <= high:
            self.wrong(key, "out_of_bounds", value, f"{low:g} to {high:g}")
            return low
        return float(value)

    def numbers(self, key: str, low: float, high: float) -> tuple[float, ...]:
        """Numbers from `low` to `high`, each once, in rising order."""
        found = self._list(key)
        good = [value for value in found if type(value) in (int, float) and low <= value <= high]
        if len(good) < len(found):
            self.wrong(key, "out_of_bounds", found, f"numbers from {low:g} to {high:g}")
        if len(set(good)) < len(good):
            self.wrong(key, "twice", found)
        return tuple(sorted(float(value) for value in good))

    def count(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from `low` to `high`."""
        value = self.number(key, low, high, default)
        if value != int(value):
            self.wrong(key, "wrong_type", value, "a whole number")
        return int(value)

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._get(key)
        if value is not None and not isinstance(value, bool):
            self.wrong(key, "wrong_type", value, "true or false")
        return value is True

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self._get(key, default)
        if value is not None and not (isinstance(value, str) and value.strip() and "\0" not in value):
            self.wrong(key, "wrong_type", value, "a text")
        return value if isinstance(value, str) else ""

    def ident(self) -> str:
        """The key `id`: a short name that no other row of the list has."""
        value = self.text("id")
        if len(value) > LONGEST_ID:
            self.wrong("id", "out_of_bounds", value, f"at most {LONGEST_ID} signs")
        return value

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One of the texts that are allowed."""
        choices = sorted(allowed)
        value = self.text(key, default)
        if value and value not in choices:
            self.wrong(key, "unknown_value", value, ", ".join(choices))
            return choices[0] if choices else value
        return value

    def some_of(self, key: str, allowed: Iterable[str] | None) -> frozenset[str]:
        """A list of texts, each of them allowed; None allows every text."""
        choices = None if allowed is None else frozenset(allowed)
        found = [self._word(key, value, choices) for value in self._list(key)]
        return frozenset(word for word in found if word is not None)

    def name(self, key: str) -> Name | None:
        """A name in both languages, None where the key is absent; one text stands for both."""
        if not self.has(key):
            return None
        if isinstance(self._told[key], str):
            both = self.text(key)
            return Name(both, both)
        with_both = self.section(key)
        name = Name(with_both.text("en"), with_both.text("zh"))
        with_both.end()
        return name

    def limit(self, key: str) -> Limit | None:
        """An amount and its unit, None where the key is absent."""
        if not self.has(key):
            return None
        row = self.section(key)
        amount = row.number("amount", 0.01, LARGEST_AMOUNT)
        unit = row.one_of("unit", LIMIT_UNITS)
        row.end()
        return Limit(amount, unit) if amount > 0 and unit in LIMIT_UNITS else A_SAFE_LIMIT  # type: ignore[arg-type]  # checked in this line

    def days(self, key: str) -> frozenset[date]:
        """Dates, each once."""
        found = self._list(key)
        for value in found:
            if type(value) is not date:
                self.wrong(key, "wrong_type", value, "dates like 2027-01-01, without quotes")
        days = [value for value in found if type(value) is date]
        for day in sorted({day for day in days if days.count(day) > 1}):
            self.wrong(key, "twice", day)
        return frozenset(days)

    def day(self, key: str) -> date | None:
        """A date, None where the key is absent."""
        value = self._get(key, optional=True)
        if value is not None and type(value) is not date:
            self.wrong(key, "wrong_type", value, "a date like 2027-01-01, without quotes")
        return value if type(value) is date else None

    def weekdays(self) -> frozenset[int]:
        """Numbers from 1 (Monday) to 7; absent: every day."""
        found = self._list("weekdays")
        good = [value for value in found if type(value) is int and 1 <= value <= 7]
        if len(good) < len(found):
            self.wrong("weekdays", "out_of_bounds", found, "numbers from 1 (Monday) to 7")
        if len(set(good)) < len(good):
            self.wrong("weekdays", "twice", found)
        return frozenset(good) or ALL_DAYS

    def windows(self, key: str = "windows", *, within_a_day: bool = False) -> tuple[Window, ...]:
        """Pairs of clock times that do not overlap; one that closes before it opens passes midnight, if it may."""
        read = [self._window(key, value) for value in self._list(key)]
        windows = tuple(sorted(window for window in read if window is not None))
        for opens, closes in windows:
            if opens == closes or (within_a_day and closes < opens):
                self.wrong(key, "backwards", f"{opens:%H:%M}-{closes:%H:%M}", "the opening before the close")
        if overlapping(windows):
            self.wrong(key, "overlap", ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in windows))
        return windows

    def weekly(self) -> Weekly:
        """The keys `weekdays` and `windows` together."""
        return Weekly(self.weekdays(), self.windows())

    def section(self, key: str) -> "Section":
        """The table under a key, an empty one where the key is absent."""
        return Section(self._get(key, {}), (*self.path, key), self.notes)

    def rows(self, key: str) -> Iterator["Section"]:
        """The tables of a list."""
        for number, row in enumerate(self._list(key)):
            yield Section(row, (*self.path, key, number), self.notes)

    def names(self) -> list[str]:
        """The keys, which stand for things that the document names itself."""
        self._asked |= set(self._told)
        return list(self._told)

    def polygon(self, key: str) -> tuple[tuple[float, float], ...]:
        """A closed ring of [lon, lat]."""
        points = self._list(key)
        if not points:
            return ()
        if len(points) < 4 or not all(_is_point(point) for point in points) or points[0] != points[-1]:
            self.wrong(key, "wrong_type", wanted="at least four [lon, lat], the last one the same as the first")
            return ()
        return tuple((float(lon), float(lat)) for lon, lat in points)

    def _get(self, key: str, default: Any = None, *, optional: bool = False) -> Any:
        self._asked.add(key)
        if key not in self._told and default is None and not optional:
            self.notes.add((*self.path, key), "missing")
        return self._told.get(key, default)

    def _list(self, key: str) -> list[Any]:
        value = self._get(key, [])
        if not isinstance(value, list):
            self.wrong(key, "wrong_type", value, "a list")
            return []
        return value

    def _word(self, key: str, value: object, choices: frozenset[str] | None) -> str | None:
        if not isinstance(value, str) or not value:
            self.wrong(key, "wrong_type", value, "texts")
            return None
        if choices is not None and value not in choices:
            self.wrong(key, "unknown_value", value, ", ".join(sorted(choices)))
            return None
        return value

    def _window(self, key: str, value: object) -> Window | None:
        wanted = 'pairs like ["08:00", "12:00"]'
        if not (isinstance(value, list) and len(value) == 2 and all(isinstance(edge, str) for edge in value)):
            self.wrong(key, "wrong_type", value, wanted)
            return None
        try:
            opens, closes = (time.fromisoformat(edge) for edge in value)
        except ValueError:
            self.wrong(key, "wrong_type", value, wanted)
            return None
        return opens, closes


def once(rows: Iterable[tuple[Section, str]]) -> None:
    """Keep a problem for every id that stands twice."""
    seen: set[str] = set()
    for row, name in rows:
        if name in seen:
            row.wrong("id", "twice", name)
        seen.add(name)


def _is_point(point: object) -> bool:
    if not isinstance(point, list) or len(point) != 2:
        return False
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in point):
        return False
    return bool(-180 <= point[0] <= 180 and -90 <= point[1] <= 90)
