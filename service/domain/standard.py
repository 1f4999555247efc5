"""Read a city's standard for filing, handling and closing (立案、处置和结案标准) from the cells of a table."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from detector.catalog import Catalog, Condition, Limit, LimitUnit
from service.domain.policy import HandlingUnit

Column = Literal["code", "name", "filed_when", "unit", "limit", "closed_when"]
Cell = str | int | float | date | None

HEADERS: Final[Mapping[Column, tuple[str, ...]]] = MappingProxyType(
    {
        "code": ("代码", "编码", "编号", "code"),
        "filed_when": ("立案条件", "立案标准", "立案规范", "filedwhen", "filingcondition"),
        "closed_when": ("结案条件", "结案标准", "结案规范", "closedwhen", "closingcondition"),
        "limit": ("处置时限", "处理时限", "办理时限", "时限", "limit"),
        "unit": ("责任单位", "处置单位", "责任部门", "处置部门", "主管部门", "责任主体", "unit", "owner"),
        "name": ("小类名称", "事件名称", "问题名称", "名称", "小类", "问题类别", "condition", "name"),
    }
)
NEEDED: Final[frozenset[Column]] = frozenset({"name", "limit"})
HEADER_WITHIN: Final = 15
LARGER: Final = ("大类", "中类")
"""Heads of columns that name groups of conditions."""

UNITS: Final[tuple[tuple[str, LimitUnit], ...]] = (
    (r"紧急\s*(?:工作)?\s*(?:小时|时)|urgent\s*(?:working\s*)?(?:hours?|h)", "urgent_hour"),
    (r"工作\s*(?:小时|时)|working\s*(?:hours?|h)", "working_hour"),
    (r"工作\s*(?:日|天)|working\s*days?", "working_day"),
    (r"自然\s*(?:日|天)|日历\s*(?:日|天)|calendar\s*days?", "calendar_day"),
    (r"分钟|minutes?|min", "minute"),
)
AMOUNT: Final = r"(\d+(?:\.\d+)?|[半一二两三四五六七八九十]+)"
DIGITS: Final = {name: number for number, name in enumerate("一二三四五六七八九", 1)} | {"两": 2}
HOURS: Final[Mapping[str, float]] = {
    "minute": 1 / 60,
    "urgent_hour": 1,
    "working_hour": 3,
    "working_day": 24,
    "calendar_day": 24,
}
"""About how long a unit lasts on the wall, to tell which of two limits is the stricter one."""

LONGEST_VALUE: Final = 80


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its cells, and the ranges that are merged, each as (first row, first column, last row, last column).

    Rows and columns count from 1, as people read them.
    """

    name: str
    cells: Mapping[tuple[int, int], Cell]
    merged: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def rows(self) -> int:
        """The number of the last row."""
        return max((row for row, _ in self.cells), default=0)

    @property
    def columns(self) -> int:
        """The number of the last column."""
        return max((column for _, column in self.cells), default=0)


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell that could not be read, or only with a guess.

    Attributes:
        problem: a code: no_amount, unit_unclear, unit_unknown, merged_across, several_limits, code_was_a_date,
            name_differs, empty.
        was_used: what was made of it stands among the rows; else it was left out.
    """

    table: str
    cell: str
    problem: str
    value: str | None
    was_used: bool = False


@dataclass(frozen=True, slots=True)
class StandardRow:
    """What a standard says about one condition; None where it says nothing that could be read.

    Attributes:
        row: in the sheet.
        found_by: name, text (the filing condition names it) or code.
    """

    table: str
    row: int
    condition: str
    found_by: Literal["name", "text", "code"]
    limit: Limit | None = None
    unit: str | None = None
    filed_when: str | None = None
    closed_when: str | None = None


@dataclass(frozen=True, slots=True)
class Standard:
    """What was read of a standard, and what was not. `others` counts rows about things that the catalog lacks."""

    rows: tuple[StandardRow, ...]
    unread: tuple[Unread, ...]
    others: int


@dataclass(slots=True)
class Reading:
    """What reading one sheet needs to know and has found."""

    table: Table
    columns: Mapping[Column, int]
    header_unit: LimitUnit | None
    unread: list[Unread] = field(default_factory=list)

    def value(self, row: int, column: Column) -> Cell:
        """The cell in a row, or that of the merged range over several rows that it lies in."""
        at = self.columns.get(column)
        if at is None:
            return None
        for top, left, bottom, right in self.table.merged:
            if top <= row <= bottom and left <= at <= right:
                return self._merged(column, (top, left, bottom, right))
        return self.table.cells.get((row, at))

    def is_merged(self, row: int, column: Column) -> bool:
        """Whether the cell lies in a merged range."""
        at = self.columns[column]
        return any(top <= row <= bottom and left <= at <= right for top, left, bottom, right in self.table.merged)

    def text(self, row: int, column: Column) -> str | None:
        """The cell as a text without white space around, None where there is none."""
        value = self.value(row, column)
        return None if value is None else str(value).strip() or None

    def note(self, row: int, column: Column, problem: str, value: object = None, *, was_used: bool = False) -> None:
        """Keep what could not be read."""
        told = None if value is None else str(value)[:LONGEST_VALUE]
        cell = cell_name(row, self.columns[column])
        self.unread.append(Unread(self.table.name, cell, problem, told, was_used))

    def _merged(self, column: Column, spread: tuple[int, int, int, int]) -> Cell:
        top, left, _, right = spread
        value = self.table.cells.get((top, left))
        others = [name for name, at in self.columns.items() if left <= at <= right and name != column]
        if others and column in ("limit", "unit", "filed_when", "closed_when"):
            told = None if value is None else str(value)[:LONGEST_VALUE]
            self.unread.append(Unread(self.table.name, cell_name(top, left), "merged_across", told))
            return None
        return value


def read_standard(
    tables: Iterable[Table], catalog: Catalog, units: Sequence[HandlingUnit], code_table: str
) -> Standard:
    """What a city's standard says about the conditions of the catalog.

    Args:
        tables: the sheets of a workbook.
        catalog: whose conditions are looked for, by name and by code.
        units: who may be responsible, by id or name.
        code_table: the table of the standard's codes.
    """
    rows: list[StandardRow] = []
    unread: list[Unread] = []
    others = 0
    for table in tables:
        found = _header(table)
        if found is None:
            continue
        first, reading = found
        for row in range(first, table.rows + 1):
            read = _row(reading, row, catalog, units, code_table)
            others += read is None and reading.text(row, "name") is not None
            rows += [read] if read else []
        unread += reading.unread
    chosen, doubts = _one_a_condition(rows)
    return Standard(chosen, tuple(dict.fromkeys([*unread, *doubts])), others)


def read_limit(text: str, unit: LimitUnit | None = None) -> Limit | str:
    """A limit in words, or the code of what is unclear; `unit` is that of the column's head, for a number alone.

    >>> read_limit("4个工作时"), read_limit("2紧急工作时").unit, read_limit("两小时")
    (Limit(amount=4.0, unit='working_hour'), 'urgent_hour', 'unit_unclear')
    """
    words = text.strip().lower()
    for pattern, name in UNITS:
        if found := re.search(rf"{AMOUNT}\s*个?\s*(?:{pattern})", words):
            return _limited(found.group(1), name)
    found = re.search(AMOUNT, words)
    if found is None:
        return "no_amount"
    if unit is not None and re.fullmatch(AMOUNT, words):
        return _limited(found.group(1), unit)
    return "unit_unclear"


def _limited(amount: str, unit: LimitUnit) -> Limit | str:
    number = _number(amount)
    return Limit(number, unit) if number > 0 else "no_amount"


def cell_name(row: int, column: int) -> str:
    """A cell as people name it.

    >>> cell_name(3, 1), cell_name(3, 28)
    ('A3', 'AB3')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def _header(table: Table) -> tuple[int, Reading] | None:
    """The row after the heads of the columns, and what each column is."""
    for row in range(1, min(table.rows, HEADER_WITHIN) + 1):
        columns: dict[Column, int] = {}
        for at in range(1, table.columns + 1):
            kind = _kind_of(table.cells.get((row, at)))
            if kind is not None and kind not in columns:
                columns[kind] = at
        if columns.keys() >= NEEDED:
            head = str(table.cells.get((row, columns["limit"])))
            unit = next((name for pattern, name in UNITS if re.search(pattern, head.lower())), None)
            return row + 1, Reading(table, columns, unit)
    return None


def _kind_of(head: Cell) -> Column | None:
    if not isinstance(head, str):
        return None
    words = re.sub(r"[\s_、/]", "", head).lower()
    if words.startswith(LARGER):
        return None
    return next((kind for kind, heads in HEADERS.items() if any(one in words for one in heads)), None)


def _row(
    reading: Reading, row: int, catalog: Catalog, units: Sequence[HandlingUnit], code_table: str
) -> StandardRow | None:
    found = _condition_of(reading, row, catalog, code_table)
    if found is None:
        return None
    condition, found_by = found
    return StandardRow(
        table=reading.table.name,
        row=row,
        condition=condition.id,
        found_by=found_by,
        limit=_limit(reading, row),
        unit=_unit(reading, row, units),
        filed_when=reading.text(row, "filed_when"),
        closed_when=reading.text(row, "closed_when"),
    )


def _condition_of(
    reading: Reading, row: int, catalog: Catalog, code_table: str
) -> tuple[Condition, Literal["name", "text", "code"]] | None:
    name, filed_when = _plain(reading.text(row, "name")), _plain(reading.text(row, "filed_when"))
    for condition in catalog.conditions:
        if any(called in name for called in _called(condition)):
            return condition, "name"
    for condition in catalog.conditions:
        if any(called in filed_when for called in _called(condition)):
            return condition, "text"
    code = _code(reading, row)
    for condition in catalog.conditions:
        if code and condition.codes.get(code_table) == code:
            return condition, "code"
    return None


def _called(condition: Condition) -> Iterator[str]:
    yield _plain(condition.name.zh)
    yield _plain(condition.name.en)


def _plain(text: str | None) -> str:
    return re.sub(r"[\s\-—()()、,,]", "", text or "").lower()


def _code(reading: Reading, row: int) -> str | None:
    """A code; a spreadsheet that took 02-01 for a date is put right."""
    value = reading.value(row, "code")
    if isinstance(value, date):
        code = f"{value.month:02d}-{value.day:02d}"
        reading.note(row, "code", "code_was_a_date", code, was_used=True)
        return code
    return None if value is None else str(value).strip()


def _limit(reading: Reading, row: int) -> Limit | None:
    text = reading.text(row, "limit")
    if text is None:
        if not reading.is_merged(row, "limit"):
            reading.note(row, "limit", "empty")
        return None
    limit = read_limit(text, reading.header_unit)
    if isinstance(limit, str):
        reading.note(row, "limit", limit, text)
        return None
    return limit


def _unit(reading: Reading, row: int, units: Sequence[HandlingUnit]) -> str | None:
    text = reading.text(row, "unit")
    if text is None:
        return None
    for unit in units:
        if text.lower() in (unit.id.lower(), unit.name.zh.lower(), unit.name.en.lower()):
            return unit.id
    reading.note(row, "unit", "unit_unknown", text)
    return None


def _one_a_condition(rows: Iterable[StandardRow]) -> tuple[tuple[StandardRow, ...], list[Unread]]:
    """The row that counts for each condition: found by its name rather than by its code, then the strictest limit."""
    ranks = {"name": 0, "text": 1, "code": 2}
    by_condition: dict[str, list[StandardRow]] = {}
    for row in rows:
        by_condition.setdefault(row.condition, []).append(row)
    chosen, doubts = [], []
    for found in by_condition.values():
        best = min(ranks[row.found_by] for row in found)
        alike = sorted((row for row in found if ranks[row.found_by] == best), key=_strictness)
        chosen.append(alike[0])
        limits = {row.limit for row in alike if row.limit is not None}
        if len(limits) > 1:
            told = ", ".join(f"{row.row}: {row.limit.amount:g} {row.limit.unit}" for row in alike if row.limit)
            doubts.append(Unread(alike[0].table, f"{alike[0].row}", "several_limits", told[:LONGEST_VALUE], True))
        if alike[0].found_by == "code":
            doubts.append(Unread(alike[0].table, f"{alike[0].row}", "name_differs", alike[0].filed_when, True))
    return tuple(sorted(chosen, key=lambda row: (row.table, row.row))), doubts


def _strictness(row: StandardRow) -> tuple[bool, float, int]:
    if row.limit is None:
        return True, 0.0, row.row
    return False, row.limit.amount * HOURS[row.limit.unit], row.row


def _number(text: str) -> float:
    if text[0].isdigit():
        return float(text)
    if text == "半":
        return 0.5
    tens, ten, ones = text.partition("十")
    if not ten:
        return float(DIGITS.get(text[-1], 0)) or 1.0
    return float((DIGITS.get(tens, 1) if tens else 1) * 10 + (DIGITS.get(ones, 0) if ones else 0))
