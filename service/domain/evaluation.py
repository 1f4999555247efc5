"""Read an evaluation table 测评表 from the cells of a sheet: its items, and what of it could not be read."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from detector.catalog import Catalog
from service.domain.standard import Table, Unread, cell_name

Column = Literal["number", "text", "points", "conditions", "pairs"]

HEADERS: Final[Mapping[Column, tuple[str, ...]]] = MappingProxyType(
    {
        "conditions": ("问题类别", "对应问题", "案件类别", "conditions", "condition"),
        "pairs": ("对比组数", "照片组数", "组数", "pairs"),
        "points": ("分值", "分数", "满分", "points", "score"),
        "text": (
            "测评内容",
            "测评标准",
            "测评项目",
            "考评内容",
            "检查内容",
            "内容",
            "标准",
            "content",
            "criterion",
            "text",
        ),
        "number": ("序号", "编号", "项目", "item", "number", "no."),
    }
)
ALIASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "illegal_ad": ("小广告", "牛皮癣", "乱张贴", "乱涂写"),
        "out_of_store": ("出店经营", "越门经营", "店外", "占道经营"),
        "litter": ("垃圾",),
        "flying_wire": ("飞线",),
        "street_drying": ("晾挂", "晾晒"),
        "private_wiring": ("私拉",),
    }
)
"""How tables call conditions beside the catalog's names; only for items that name no condition in a column."""

HEADER_WITHIN: Final = 15
MOST_ITEMS: Final = 500
USUAL_PAIRS: Final = 2
MOST_PAIRS: Final = 20
NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
BETWEEN: Final = re.compile(r"[、,，;；/|\n]+")
LONGEST_VALUE: Final = 80


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an evaluation.

    Attributes:
        conditions: of the tickets that show it; none where no ticket can.
        pairs: how many pairs of before and after are wanted.
    """

    number: str
    text: str
    points: float | None
    conditions: tuple[str, ...]
    pairs: int


@dataclass(frozen=True, slots=True)
class EvaluationRead:
    """What was read, and what was not."""

    items: tuple[Item, ...]
    unread: tuple[Unread, ...]


def read_evaluation(tables: Iterable[Table], catalog: Catalog) -> EvaluationRead:
    """The items of all sheets that have a head with the content of items; the first number of a name wins."""
    items: dict[str, Item] = {}
    unread: list[Unread] = []
    for table in tables:
        found = _header(table)
        if found is None:
            continue
        first, columns = found
        for row in range(first + 1, table.rows + 1):
            item = _item(_Row(table, row, columns, unread), catalog, len(items) + 1)
            if item is None:
                continue
            if item.number in items or len(items) >= MOST_ITEMS:
                problem = "number_twice" if item.number in items else "too_many"
                unread.append(Unread(table.name, cell_name(row, columns["text"]), problem, item.number))
                continue
            items[item.number] = item
    return EvaluationRead(tuple(items.values()), tuple(unread))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a sheet, its cells by what their columns say, and where to note what cannot be read."""

    table: Table
    row: int
    columns: Mapping[Column, int]
    unread: list[Unread]

    def text(self, column: Column) -> str | None:
        """A cell as text; of a merged range over several rows, that of the range."""
        at = self.columns.get(column)
        if at is None:
            return None
        value = self.table.cells.get((self.row, at))
        for top, left, bottom, right in self.table.merged:
            if top <= self.row <= bottom and left <= at <= right:
                value = self.table.cells.get((top, left))
        return None if value is None else str(value).strip() or None

    def note(self, column: Column, problem: str, value: str) -> None:
        """Keep what could not be read."""
        cell = cell_name(self.row, self.columns[column])
        self.unread.append(Unread(self.table.name, cell, problem, value[:LONGEST_VALUE], was_used=True))


def _header(table: Table) -> tuple[int, Mapping[Column, int]] | None:
    """The row of the heads and the columns below them, None in a sheet without items."""
    for row in range(1, min(HEADER_WITHIN, table.rows) + 1):
        columns: dict[Column, int] = {}
        for at in range(1, table.columns + 1):
            head = str(table.cells.get((row, at)) or "").strip().lower()
            name = next((name for name, words in HEADERS.items() if any(word in head for word in words)), None)
            if head and name is not None and name not in columns:
                columns[name] = at
        if "text" in columns and len(columns) > 1:
            return row, columns
    return None


def _item(row: _Row, catalog: Catalog, place: int) -> Item | None:
    text = row.text("text")
    if text is None:
        return None
    number = row.text("number") or str(place)
    points = row.text("points")
    return Item(
        number=number.removesuffix(".0"),
        text=text,
        points=_points(row, points) if points else None,
        conditions=_conditions(row, text, catalog),
        pairs=_pairs(row, row.text("pairs")),
    )


def _points(row: _Row, told: str) -> float | None:
    found = NUMBER.search(told)
    if found is None:
        row.note("points", "no_amount", told)
        return None
    return float(found[0])


def _pairs(row: _Row, told: str | None) -> int:
    if told is None:
        return USUAL_PAIRS
    found = NUMBER.search(told)
    if found is None or not 0 < float(found[0]) <= MOST_PAIRS:
        row.note("pairs", "no_amount", told)
        return USUAL_PAIRS
    return int(float(found[0]))


def _conditions(row: _Row, text: str, catalog: Catalog) -> tuple[str, ...]:
    told = row.text("conditions")
    if told is None:
        return _named_in(text, catalog)
    found: list[str] = []
    for name in (part.strip() for part in BETWEEN.split(told)):
        known = [
            one.id for one in catalog.conditions if name.lower() in (one.id, one.name.zh.lower(), one.name.en.lower())
        ]
        if name and not known:
            row.note("conditions", "condition_unknown", name)
        found += known
    return tuple(dict.fromkeys(found))


def _named_in(text: str, catalog: Catalog) -> tuple[str, ...]:
    def names(condition: str, zh: str, en: str) -> Sequence[str]:
        return (zh, en.lower(), *ALIASES.get(condition, ()))

    said = text.lower()
    return tuple(
        one.id for one in catalog.conditions if any(name in said for name in names(one.id, one.name.zh, one.name.en))
    )
