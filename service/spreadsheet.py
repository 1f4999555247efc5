"""Open somebody's spreadsheet (xlsx, CSV) within bounds and hand out its cells; nothing in it is run or followed."""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from service.domain.standard import Cell, Table
from service.errors.policies import StandardTooLarge, StandardUnreadable

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

LARGEST_FILE: Final = 8 * 1024 * 1024
LARGEST_UNPACKED: Final = 24 * 1024 * 1024
MOST_PARTS: Final = 500
MOST_SHEETS: Final = 30
MOST_ROWS: Final = 3000
MOST_COLUMNS: Final = 60
MOST_MERGED: Final = 5000
MOST_TAGS: Final = 1_000_000
"""Of all parts together: 10,000 rows of 40 cells and their values."""

MOST_SPREAD: Final = 600_000
"""Cells of all merged or linked ranges, which the reader makes one by one: 10,000 rows of 60 columns."""

LEAST_SPREAD: Final = 30
"""As so many cells even a small range counts, so that there are not too many of them."""

SPREADING: Final = frozenset({"mergeCell", "hyperlink"})
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    RuntimeError,
    EOFError,
    OSError,
)
"""What the readers of zip and xlsx raise for files that somebody has bent."""

FORBIDDEN: Final = (b"<!DOCTYPE", b"<!ENTITY")
ZIP: Final = b"PK"
OLD_XLS: Final = b"\xd0\xcf\x11\xe0"
CHARSETS: Final = ("utf-8-sig", "gb18030")
"""What spreadsheets write CSV in: UTF-8, and in China what their system speaks."""


def read_sheet(data: bytes, most_rows: int) -> list[Table]:
    """All sheets of an xlsx file, or the one of a CSV file, with at most so many rows each.

    Raises:
        StandardTooLarge: more bytes, sheets, rows or columns.
        StandardUnreadable: neither of the two.
    """
    if data.startswith(ZIP):
        return read_tables(data, most_rows)
    if data.startswith(OLD_XLS):
        raise StandardUnreadable(problem="old_xls")
    if len(data) > LARGEST_FILE:
        raise StandardTooLarge(bytes=len(data), most=LARGEST_FILE)
    return [_csv_table(_decoded(data), most_rows)]


def read_tables(data: bytes, most_rows: int = MOST_ROWS) -> list[Table]:
    """All sheets of an xlsx file, their cells as values.

    Raises:
        StandardTooLarge: more bytes, sheets, rows or columns than a standard has.
        StandardUnreadable: no xlsx file.
    """
    from openpyxl import load_workbook  # it is large, and few requests need it
    from openpyxl.utils.exceptions import InvalidFileException

    unpacked = _unpacked(data)
    try:
        book = load_workbook(unpacked, data_only=True, keep_links=False)
    except (InvalidFileException, *BROKEN) as error:
        raise StandardUnreadable(problem=type(error).__name__) from error
    if len(book.worksheets) > MOST_SHEETS:
        raise StandardTooLarge(sheets=len(book.worksheets), most=MOST_SHEETS)
    return [_table(sheet, most_rows) for sheet in book.worksheets]


def _decoded(data: bytes) -> str:
    charsets = ("utf-16",) if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else CHARSETS
    for charset in charsets:
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise StandardUnreadable(problem="not_text")


def _csv_table(text: str, most_rows: int) -> Table:
    """The cells of a CSV file, whose columns are divided by what its first line has most of."""
    head = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    cells: dict[tuple[int, int], Cell] = {}
    try:
        for at, row in enumerate(rows, 1):
            if at > most_rows or len(row) > MOST_COLUMNS:
                raise StandardTooLarge(rows=at, columns=len(row), most=most_rows)
            cells |= {(at, column): value for column, value in enumerate(row, 1) if value != ""}
    except csv.Error as error:
        raise StandardUnreadable(problem="not_csv") from error
    return Table("CSV", cells)


def _unpacked(data: bytes) -> io.BytesIO:
    """The same file with its parts stored as they are, so that what the reader reads cannot swell any more.

    What the list of contents says of sizes may be a lie, which readers of zip files find out after unpacking.
    """
    if len(data) > LARGEST_FILE:
        raise StandardTooLarge(bytes=len(data), most=LARGEST_FILE)
    stored, extent = io.BytesIO(), _Extent()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(stored, "w") as plain:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise StandardTooLarge(bytes=sum(part.file_size for part in parts), most=LARGEST_UNPACKED)
            for part in parts:
                with packed.open(part) as opened:
                    xml = opened.read(part.file_size + 1)  # a number: without one, it unpacks what there is
                if part.filename.endswith((".xml", ".rels")) and _has_declarations(xml):
                    raise StandardUnreadable(problem="declarations")
                extent.add(xml)
                plain.writestr(part.filename, xml)
    except BROKEN as error:
        raise StandardUnreadable(problem="not_xlsx") from error
    stored.seek(0)
    return stored


class _Extent:
    """How much the reader would make of a file's parts; StandardTooLarge once it is more than any table has."""

    def __init__(self) -> None:
        self._tags = self._spread = 0

    def add(self, part: bytes) -> None:
        """Count what a part holds; what is no XML is not read as a sheet either."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._count
        with suppress(expat.ExpatError):
            parser.Parse(part, True)

    def _count(self, name: str, attributes: Mapping[str, str]) -> None:
        self._tags += 1
        if name.rpartition(" ")[2] in SPREADING:
            self._spread += max(LEAST_SPREAD, _cells_in(attributes.get("ref", "")))
        if self._tags > MOST_TAGS or self._spread > MOST_SPREAD:
            raise StandardTooLarge(tags=self._tags, spread=self._spread, most=MOST_TAGS)


def _cells_in(span: str) -> int:
    """How many cells a range has; none where the reader, too, will say that it is no range."""
    from openpyxl.utils.cell import range_boundaries

    try:
        left, top, right, bottom = range_boundaries(span.rpartition("!")[2])
    except ValueError:
        return 0
    columns, rows = (right or LAST_COLUMN) - (left or 1) + 1, (bottom or LAST_ROW) - (top or 1) + 1
    return max(0, columns) * max(0, rows)


def _has_declarations(xml: bytes) -> bool:
    """Whether a part declares entities, also in UTF-16, which is how they are hidden."""
    flat = xml.replace(b"\0", b"")
    return any(word in flat for word in FORBIDDEN)


def _table(sheet: "Worksheet", most_rows: int) -> Table:
    if sheet.max_row > most_rows or sheet.max_column > MOST_COLUMNS or len(sheet.merged_cells.ranges) > MOST_MERGED:
        raise StandardTooLarge(rows=sheet.max_row, columns=sheet.max_column, most=most_rows)
    return Table(
        name=sheet.title,
        cells=dict(_cells(sheet)),
        merged=tuple((span.min_row, span.min_col, span.max_row, span.max_col) for span in sheet.merged_cells.ranges),
    )


def _cells(sheet: "Worksheet") -> Iterator[tuple[tuple[int, int], Cell]]:
    for row in sheet.iter_rows():
        for cell in row:
            value = cell.value
            if value is None or value == "":
                continue
            yield (cell.row, cell.column), value if isinstance(value, str | int | float) else _other(value)


def _other(value: object) -> Cell:
    """A date stays one, since a code may have been taken for it; everything else is its text."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else str(value)
