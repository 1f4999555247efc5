"""A paper before it is a file: its blocks as values, the same for a sheet and for a page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from service.reports.words import Language

PictureOf = Callable[[str], bytes | None]
"""The JPEG of a picture as people may see it, None where it cannot be had now."""


class Shows(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    MOMENT = "moment"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is read in its own way, whatever its column is."""

    value: float | None
    shows: Shows


Cell = str | int | float | date | datetime | Figure | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; widths are parts of the page's width."""

    title: str
    width: float = 1.0
    shows: Shows = Shows.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; `marked` are the numbers of rows that want attention, `emphasised` of those that add up."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str | None = None
    marked: frozenset[int] = frozenset()
    emphasised: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, side by side."""

    pairs: tuple[tuple[str, str], ...]
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """Running text; small for notes."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a part."""

    text: str
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart: for each label a bar of every series."""

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture with what stands below it; `missing` is said where there is none."""

    caption: str
    picture: str | None
    missing: str


@dataclass(frozen=True, slots=True)
class Pair:
    """What was and what is, side by side, under one line."""

    title: str
    before: Plate
    after: Plate


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign and to date on."""

    labels: tuple[str, ...]


Block = Table | Facts | Passage | Heading | Bars | Pair | Signatures


@dataclass(frozen=True, slots=True)
class Annex:
    """What goes with an official letter, on a page of its own."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Official:
    """A letter between offices in the form of GB/T 9704-2012, 10.1 信函格式.

    Attributes:
        office: who writes 发文机关.
        number: 发文字号.
        to: 主送机关.
        body: paragraphs.
        dated: 成文日期, over which the seal is set.
        remark: 附注, in brackets under the date.
        annex: the words before the numbers of annexes.
    """

    office: str
    number: str
    to: str
    body: tuple[str, ...]
    dated: str
    remark: str
    annex: str
    annexes: tuple[Annex, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper in one language.

    Attributes:
        name: of its file, without an ending.
        sideways: its tables are wide.
        made_at: aware; shown in the city's zone.
        page_of: the words for the foot of a page, with `{page}` and `{pages}`.
        made: the words for when and by whom it was made.
        official: its form as a page, where that is not the usual one; sheets show the blocks.
    """

    name: str
    title: str
    language: Language
    zone: ZoneInfo
    made_at: datetime
    page_of: str
    made: str
    subtitle: str = ""
    blocks: tuple[Block, ...] = field(default=())
    sideways: bool = False
    official: Official | None = None

    @property
    def rows(self) -> int:
        """How many rows its tables have."""
        return sum(len(block.rows) for block in self.blocks if isinstance(block, Table))

    @property
    def pairs(self) -> int:
        """How many pairs of pictures it has."""
        return sum(isinstance(block, Pair) for block in self.blocks)

    @property
    def pictures(self) -> tuple[str, ...]:
        """The ids of all pictures in it."""
        plates = [plate for block in self.blocks if isinstance(block, Pair) for plate in (block.before, block.after)]
        return tuple(plate.picture for plate in plates if plate.picture is not None)


def shown(cell: Cell, shows: Shows, zone: ZoneInfo) -> str:
    """A cell as text.

    >>> shown(0.9512, Shows.SHARE, ZoneInfo("Asia/Shanghai")), shown(None, Shows.COUNT, ZoneInfo("Asia/Shanghai"))
    ('95.1 %', '—')
    """
    if isinstance(cell, Figure):
        return shown(cell.value, cell.shows, zone)
    if cell is None or cell == "":
        return "—"
    if isinstance(cell, datetime):
        return cell.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return cell
    if shows is Shows.SHARE:
        return f"{100 * cell:.1f} %"
    return f"{cell:.1f}" if shows is Shows.NUMBER else f"{cell:g}"
