"""A paper as a workbook: a cover, then a sheet for each table, with real numbers, dates and charts."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from service.reports.paper import Bars, Block, Cell, Column, Facts, Figure, Pair, Paper, Passage, Shows, Table

if TYPE_CHECKING:
    from openpyxl.styles import NamedStyle
    from openpyxl.workbook import Workbook

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL: Final = 32_000
LONGEST_TITLE: Final = 31
SIGNS_A_PART: Final = 14.0
TITLE_HEIGHT: Final = 28
A4: Final = 9
"""What a workbook calls that size of paper."""

HEAD: Final = "DCE6F1"
MARKED: Final = "FDE9E7"
FONT: Final = "Noto Sans CJK SC"
FORMATS: Final = {
    Shows.SHARE: "0.0%",
    Shows.NUMBER: "0.0",
    Shows.COUNT: "0",
    Shows.MOMENT: "yyyy-mm-dd hh:mm",
    Shows.DAY: "yyyy-mm-dd",
    Shows.TEXT: "@",
}
FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot say."""

NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks; `name` is that of its style in the workbook."""

    bold: bool = False
    size: int = 10
    fill: str | None = None
    wraps: bool = False
    shows: Shows = Shows.TEXT

    @property
    def name(self) -> str:
        """The same look has the same name."""
        parts = (
            "bold" if self.bold else "plain",
            str(self.size),
            self.fill or "clear",
            "wraps" if self.wraps else "line",
        )
        return " ".join((*parts, self.shows.value))


def as_xlsx(paper: Paper) -> bytes:
    """The bytes of a workbook. Text stays text, whatever it begins with: nobody's note becomes a formula."""
    from openpyxl import Workbook  # many services never write one

    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = paper.title, "Streetwarden"
    book.properties.created = book.properties.modified = paper.made_at.replace(tzinfo=None)
    _cover(book, paper)
    taken = {paper.title[:LONGEST_TITLE]}
    for block in paper.blocks:
        if isinstance(block, Table):
            _sheet(book, block, paper, _title(block.title, taken))
        elif isinstance(block, Bars):
            _chart(book, block, _title(block.title, taken))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cover(book: "Workbook", paper: Paper) -> None:
    sheet = book.create_sheet(_title(paper.title, set()))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 90
    sheet.row_dimensions[1].height = TITLE_HEIGHT
    _set_up(sheet)
    sheet.append([_cell(sheet, paper.title, Look(bold=True, size=16))])
    for line in (paper.subtitle, paper.made):
        sheet.append([_cell(sheet, line, Look())])
    for block in paper.blocks:
        for row in _cover_rows(block):
            is_pair = len(row) > 1
            cells = [_cell(sheet, text, Look(is_pair and place == 0, wraps=is_pair)) for place, text in enumerate(row)]
            sheet.append(cells)


def _cover_rows(block: Block) -> Iterable[tuple[str, ...]]:
    """What of a block stands on the cover; tables and charts have sheets of their own."""
    match block:
        case Facts():
            return ((), *((name, value) for name, value in block.pairs))
        case Passage():
            return ((block.text,),)
        case Pair():
            return ((block.title, f"{block.before.caption} → {block.after.caption}"),)
        case Table() if block.note:
            return ((block.title, block.note),)
        case _:
            return ()


def _set_up(sheet: Any) -> None:
    """Printed sideways, as wide as the page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _sheet(book: "Workbook", table: Table, paper: Paper, title: str) -> None:
    sheet = book.create_sheet(title)
    for number, column in enumerate(table.columns):
        sheet.column_dimensions[_letter(number)].width = max(8.0, column.width * SIGNS_A_PART)
    _set_up(sheet)
    sheet.print_title_rows = "1:1"
    sheet.freeze_panes = "A2"
    if table.rows:
        sheet.auto_filter.ref = f"A1:{_letter(len(table.columns) - 1)}{len(table.rows) + 1}"
    sheet.append([_cell(sheet, column.title, Look(bold=True, fill=HEAD, wraps=True)) for column in table.columns])
    for number, row in enumerate(table.rows):
        fill = MARKED if number in table.marked else None
        bold = number in table.emphasised
        cells = zip(row, table.columns, strict=True)
        sheet.append([_value(sheet, cell, column, paper, bold=bold, fill=fill) for cell, column in cells])


def _value(sheet: Any, cell: Cell, column: Column, paper: Paper, *, bold: bool, fill: str | None) -> Any:
    value, shows = (cell.value, cell.shows) if isinstance(cell, Figure) else (cell, column.shows)
    told = value.astimezone(paper.zone).replace(tzinfo=None) if isinstance(value, datetime) else value
    return _cell(sheet, told, Look(bold, fill=fill, wraps=isinstance(told, str), shows=shows))


def _cell(sheet: Any, value: str | int | float | date | None, look: Look) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=FORBIDDEN.sub("�", value)[:LONGEST_CELL] if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    if look.name not in sheet.parent.named_styles:
        sheet.parent.add_named_style(_style(look))
    cell.style = look.name  # by name: a style of its own for every cell takes five times as long
    return cell


def _style(look: Look) -> "NamedStyle":
    from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill

    style = NamedStyle(look.name, number_format=FORMATS[look.shows])
    style.font = Font(name=FONT, bold=look.bold, size=look.size)
    style.alignment = Alignment(vertical="top", wrap_text=look.wraps)
    if look.fill is not None:
        style.fill = PatternFill("solid", fgColor=look.fill)
    return style


def _chart(book: "Workbook", bars: Bars, title: str) -> None:
    from openpyxl.chart import BarChart, Reference

    sheet = book.create_sheet(title)
    _set_up(sheet)
    sheet.append([_cell(sheet, "", Look()), *(_cell(sheet, name, Look(bold=True)) for name, _ in bars.series)])
    for number, label in enumerate(bars.labels):
        sheet.append(
            [
                _cell(sheet, label, Look()),
                *(_cell(sheet, values[number], Look(shows=Shows.COUNT)) for _, values in bars.series),
            ]
        )
    chart = BarChart()
    chart.title, chart.height, chart.width = bars.title, 9, 20
    last_row, last_column = len(bars.labels) + 1, len(bars.series) + 1
    chart.add_data(Reference(sheet, min_col=2, max_col=last_column, min_row=1, max_row=last_row), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last_row))
    chart.x_axis.delete = chart.y_axis.delete = False  # some readers draw no axis unless it is said
    sheet.add_chart(chart, f"{_letter(last_column + 1)}2")


def _title(wanted: str, taken: set[str]) -> str:
    """A sheet's title that no other sheet has, in signs that a workbook takes."""
    plain = NOT_IN_TITLES.sub(" ", FORBIDDEN.sub("", wanted)).strip() or "-"
    title, number = plain[:LONGEST_TITLE], 2
    while title.lower() in {other.lower() for other in taken}:
        tail = f" {number}"
        title, number = plain[: LONGEST_TITLE - len(tail)] + tail, number + 1
    taken.add(title)
    return title


def _letter(number: int) -> str:
    """The letter of a column, 0 is A.

    >>> _letter(0), _letter(27)
    ('A', 'AB')
    """
    return _letter(number // 26 - 1) + chr(65 + number % 26) if number >= 26 else chr(65 + number)
