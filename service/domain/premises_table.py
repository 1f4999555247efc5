"""Read shops and yards from the cells of a table; what of it could not be read is named."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

from detector.catalog import Catalog
from detector.types import GeoPoint
from service.domain.coordinates import System, from_gcj02
from service.domain.policy import HandlingUnit
from service.domain.premises import PremisesKind, wrong_frontage
from service.domain.premises_cells import (
    Corner,
    condition_called,
    corners_in,
    day_in,
    number_in,
    parts_of,
    square_around,
    unit_called,
)
from service.domain.standard import Cell, Table, Unread, cell_name

Column = Literal[
    "id",
    "version",
    "kind",
    "name",
    "address",
    "frontage",
    "lon",
    "lat",
    "width_m",
    "doorstep",
    "unit_id",
    "pledged_on",
    "pledge",
    "score",
    "award",
]
HEADERS: Final[Mapping[Column, tuple[str, ...]]] = MappingProxyType(
    {
        "version": ("version", "版本"),
        "kind": ("kind", "type", "类型", "类别", "性质"),
        "address": ("address", "地址", "门牌"),
        "frontage": ("frontage", "polygon", "boundary", "门前范围", "边界", "范围"),
        "lon": ("lon", "lng", "经度"),
        "lat": ("lat", "纬度"),
        "width_m": ("width", "门面宽", "面宽", "宽度"),
        "doorstep": ("doorstep", "门前三包", "责任内容", "包干"),
        "unit_id": ("unit", "partner", "联包单位", "结对单位", "责任单位"),
        "pledged_on": ("pledged_on", "pledged on", "pledge date", "承诺日期", "签订日期", "签约日期"),
        "pledge": ("pledge", "承诺"),
        "score": ("score", "评分", "得分", "分数"),
        "award": ("award", "荣誉", "称号", "示范"),
        "name": ("name", "名称", "店名", "商户", "单位名", "字号"),
        "id": ("id", "编号"),
    }
)
"""Words in the heads of columns; the first that fits wins, so `承诺日期` stands before `承诺`."""

KINDS: Final[Mapping[str, PremisesKind]] = MappingProxyType(
    {
        **dict.fromkeys(("shop", "store", "商户", "店铺", "商铺", "门店", "沿街商户"), PremisesKind.SHOP),
        **dict.fromkeys(("yard", "compound", "大院", "院落", "小区", "联包帮大院"), PremisesKind.YARD),
    }
)
LONGEST: Final[Mapping[Column, int]] = MappingProxyType({"name": 200, "address": 200, "pledge": 2000, "award": 200})
HEADER_WITHIN: Final = 15
LONGEST_VALUE: Final = 80
USUAL_WIDTH_M: Final = 8.0
WIDTHS_M: Final = (1.0, 500.0)
HIGHEST_SCORE: Final = 100
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would reckon; a text that begins so is written with a quotation mark before it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a table of premises may name."""

    catalog: Catalog
    units: Sequence[HandlingUnit]
    system: System = System.WGS84


@dataclass(frozen=True, slots=True)
class ToldPremises:
    """What one row says; `told` holds the fields of `Premises` that its columns have, an empty cell being None."""

    table: str
    row: int
    name: str
    id: str | None = None
    version: int | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PremisesRead:
    """What was read, and what was not."""

    rows: tuple[ToldPremises, ...]
    unread: tuple[Unread, ...]


def read_premises(tables: Iterable[Table], known: Known) -> PremisesRead:
    """The premises on all sheets that have a head with names. A row that lacks a name or has a wrong frontage is left
    out; another cell that cannot be read is left as it is kept.
    """
    rows: list[ToldPremises] = []
    unread: list[Unread] = []
    for table in tables:
        found = _header(table)
        if found is None:
            continue
        first, columns = found
        cells = _spread(table, set(columns.values()))
        for at in range(first + 1, table.rows + 1):
            row = _Row(table, cells, at, columns, unread)
            if any(row.cell(column) is not None for column in columns):
                rows += _told(row, known)
    return PremisesRead(tuple(rows), tuple(unread))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a sheet, its cells by what their columns say, and where to note what cannot be read."""

    table: Table
    cells: Mapping[tuple[int, int], Cell]
    row: int
    columns: Mapping[Column, int]
    unread: list[Unread]

    def cell(self, column: Column) -> Cell:
        """A cell, of a range merged over several rows that of the range; None where it is blank."""
        at = self.columns.get(column)
        if at is None:
            return None
        value = self.cells.get((self.row, at))
        return None if value is None or not str(value).strip() else value

    def text(self, column: Column) -> str | None:
        """A cell as text, without the point of a whole number and the mark that keeps a text from being a formula."""
        value = self.cell(column)
        if value is None:
            return None
        text = str(value).strip()
        if isinstance(value, float):
            return text.removesuffix(".0")
        return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text

    def note(self, column: Column, problem: str, value: object, *, was_used: bool = True) -> None:
        """Keep what could not be read; `was_used` where its row stands all the same."""
        cell = cell_name(self.row, self.columns[column])
        self.unread.append(Unread(self.table.name, cell, problem, str(value)[:LONGEST_VALUE], was_used))


def _spread(table: Table, columns: Collection[int]) -> Mapping[tuple[int, int], Cell]:
    """The cells, of a merged range each that of the range; looked up once, for a sheet may have thousands of ranges."""
    cells = dict(table.cells)
    for top, left, bottom, right in table.merged:
        value = table.cells.get((top, left))
        within = [column for column in columns if left <= column <= right]
        cells.update({(row, column): value for row in range(top, bottom + 1) for column in within})
    return cells


def _header(table: Table) -> tuple[int, Mapping[Column, int]] | None:
    """The row of the heads and the columns below them, None in a sheet without premises."""
    for row in range(1, min(HEADER_WITHIN, table.rows) + 1):
        columns: dict[Column, int] = {}
        for at in range(1, table.columns + 1):
            head = str(table.cells.get((row, at)) or "").strip().lower()
            name = next((name for name, words in HEADERS.items() if any(_says(head, word) for word in words)), None)
            if head and name is not None and name not in columns:
                columns[name] = at
        if "name" in columns and len(columns) > 1:
            return row, columns
    return None


def _says(head: str, word: str) -> bool:
    return head == word if word == "id" else word in head


def _told(row: _Row, known: Known) -> Iterator[ToldPremises]:
    name = row.text("name")
    if name is None or len(name) > LONGEST["name"]:
        row.note("name", "too_long" if name else "empty", name or "", was_used=False)
        return
    told = {**_frontage(row, known.system), **_words(row), **_kind(row), **_names(row, known), **_amounts(row)}
    if "frontage" in told and told["frontage"] is None:
        return
    version = number_in(row.text("version") or "")
    yield ToldPremises(row.table.name, row.row, name, row.text("id"), None if version is None else int(version), told)


def _frontage(row: _Row, system: System) -> dict[str, Any]:
    """The frontage of a row: None where it is wrong, nothing where there is none."""
    column, ring = _ring(row)
    if column is None:
        return {}
    if ring is None:
        row.note(column, "frontage_unclear", row.text(column), was_used=False)
        return {"frontage": None}
    placed = tuple(_on_wgs84(corner, system) for corner in ring)
    if (problem := wrong_frontage(placed)) is not None:
        row.note(column, problem, row.text(column), was_used=False)
        return {"frontage": None}
    return {"frontage": placed}


def _ring(row: _Row) -> tuple[Column | None, list[Corner] | None]:
    """The column that says where it is, and the ring that it says, None for one that cannot be read."""
    if (drawn := row.text("frontage")) is not None:
        return "frontage", corners_in(drawn)
    if row.cell("lon") is None and row.cell("lat") is None:
        return None, None
    column: Column = "lon" if "lon" in row.columns else "lat"
    lon, lat = number_in(row.cell("lon")), number_in(row.cell("lat"))
    if lon is None or lat is None or abs(lat) > 90 or abs(lon) > 180:
        return column, None
    return column, square_around((lon, lat), _width_m(row, column))


def _width_m(row: _Row, beside: Column) -> float:
    told = row.cell("width_m")
    width = None if told is None else number_in(told)
    if width is not None and WIDTHS_M[0] <= width <= WIDTHS_M[1]:
        return width
    if told is None:
        row.note(beside, "width_assumed", f"{USUAL_WIDTH_M:g} m")
    else:
        row.note("width_m", "no_amount", told)
    return USUAL_WIDTH_M


def _on_wgs84(corner: Corner, system: System) -> Corner:
    if system is not System.GCJ02:
        return corner
    place = from_gcj02(GeoPoint(corner[1], corner[0]))
    return round(place.lon, 7), round(place.lat, 7)


def _words(row: _Row) -> dict[str, Any]:
    told: dict[str, Any] = {}
    columns: tuple[Column, ...] = ("address", "pledge", "award")
    for column in columns:
        if column not in row.columns:
            continue
        text = row.text(column)
        if text is not None and len(text) > LONGEST[column]:
            row.note(column, "too_long", text)
            continue
        told[column] = text
    return told


def _kind(row: _Row) -> dict[str, Any]:
    text = row.text("kind")
    if text is None:
        return {}
    kind = KINDS.get(text.lower())
    if kind is None:
        row.note("kind", "kind_unknown", text)
        return {}
    return {"kind": kind}


def _names(row: _Row, known: Known) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if "doorstep" in row.columns:
        names = {name: condition_called(name, known.catalog) for name in parts_of(row.text("doorstep") or "")}
        for name in (name for name, found in names.items() if found is None):
            row.note("doorstep", "condition_unknown", name)
        if not names or any(names.values()):
            told["doorstep"] = frozenset(found for found in names.values() if found is not None)
    if "unit_id" in row.columns:
        text = row.text("unit_id")
        unit = unit_called(text, known.units) if text else None
        if text and unit is None:
            row.note("unit_id", "unit_unknown", text)
        else:
            told["unit_id"] = unit
    return told


def _amounts(row: _Row) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if "score" in row.columns:
        value = row.cell("score")
        score = None if value is None else number_in(value)
        if value is not None and (score is None or not 0 <= score <= HIGHEST_SCORE):
            row.note("score", "no_score", value)
        else:
            told["score"] = None if score is None else round(score)
    if "pledged_on" in row.columns:
        value = row.cell("pledged_on")
        day = None if value is None else day_in(value)
        if value is not None and day is None:
            row.note("pledged_on", "no_day", value)
        else:
            told["pledged_on"] = day
    return told
