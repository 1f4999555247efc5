"""A paper as a PDF on A4, with the signs of both languages embedded; laid out here, nothing is fetched."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from PIL import Image as Pillow
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    LongTable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as Grid

from service.reports.charts import drawn_bars
from service.reports.paper import (
    Bars,
    Block,
    Facts,
    Figure,
    Heading,
    Pair,
    Paper,
    Passage,
    PictureOf,
    Plate,
    Shows,
    Signatures,
    shown,
)
from service.reports.paper import Table as PaperTable

MEDIA_TYPE: Final = "application/pdf"
FONTS: Final = Path(__file__).with_name("fonts")
REGULAR: Final = "SW-Regular"
BOLD: Final = "SW-Bold"
MARGIN: Final = 16 * mm
FOOT: Final = 9 * mm
GAP: Final = 8 * mm
SHORT_TABLE: Final = 64.0
"""A table of at most so many millimetres begins on the next page rather than leave its last row there."""

FEWEST_PARTS: Final = 6.0
"""A table of fewer parts of width leaves the rest of the page free, so that its columns stay together."""

PLATE: Final = (86 * mm, 62 * mm)
PLATE_PIXELS: Final = 1000
PLATE_QUALITY: Final = 82
CELL_SIZE: Final = 8.0
CELL_PADDING: Final = 3.0
NUMBER_PADDING: Final = 4.0
"""More room behind a number that stands at the right of its column, before a text at the left of the next."""

INK: Final = colors.HexColor("#1f2933")
FAINT: Final = colors.HexColor("#616e7c")
LINE: Final = colors.HexColor("#cbd2d9")
HEAD: Final = colors.HexColor("#e4edf6")
MARKED: Final = colors.HexColor("#fdecea")
RIGHT: Final = frozenset({Shows.COUNT, Shows.NUMBER, Shows.SHARE})


def as_pdf(paper: Paper, picture_of: PictureOf) -> bytes:
    """The bytes of a PDF; the same paper always gives the same bytes."""
    open_fonts()
    size = landscape(A4) if paper.sideways else A4
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=size,
        title=paper.title,
        author="Streetwarden",
        subject=paper.subtitle,
        lang=paper.language,
        invariant=1,
    )
    frame = Frame(MARGIN, MARGIN, size[0] - 2 * MARGIN, size[1] - 2 * MARGIN, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    width = size[0] - 2 * MARGIN
    document.build(
        [*_title(paper), *_story(paper, width, picture_of)],
        canvasmaker=lambda *given, **named: _Numbered(paper, *given, **named),
    )
    return out.getvalue()


@cache
def open_fonts() -> None:
    """Let reportlab know both fonts."""
    for name, file in ((REGULAR, "NotoSansCJKsc-Regular.ttf"), (BOLD, "NotoSansCJKsc-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / file)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


class _Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas that writes the foot of every page once it knows how many there are."""

    def __init__(self, paper: Paper, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named | {"initialFontName": REGULAR})
        self._paper = paper
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  # the name that reportlab calls
        """Keep a page until all are there."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write the feet, then everything."""
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(REGULAR, 7.5)
            self.setFillColor(FAINT)
            self.drawString(MARGIN, FOOT, self._paper.made)
            told = self._paper.page_of.format(page=number, pages=len(self._pages))
            self.drawRightString(self._pagesize[0] - MARGIN, FOOT, told)
            super().showPage()
        super().save()


def _title(paper: Paper) -> Iterator[Flowable]:
    yield _paragraph(paper.title, 18, bold=True)
    if paper.subtitle:
        yield _paragraph(paper.subtitle, 10, colour=FAINT)
    yield Spacer(1, 4 * mm)


def _story(paper: Paper, width: float, picture_of: PictureOf) -> Iterator[Flowable]:
    """All blocks; a table does not repeat the heading above it, and charts of a wide page stand side by side."""
    heading = paper.title
    for _, blocks in groupby(paper.blocks, lambda block: isinstance(block, Bars)):
        some = list(blocks)
        charts = [block for block in some if isinstance(block, Bars)]
        if paper.sideways and len(charts) > 1:
            yield from _beside(charts, width)
            continue
        for block in some:
            if isinstance(block, PaperTable) and block.title == heading:
                block = replace(block, title="")
            yield from laid_out(block, paper, width, picture_of)
            heading = block.text if isinstance(block, Heading) else ""


def _chart(bars: Bars, width: float) -> list[Flowable]:
    return [_paragraph(bars.title, 10.5, bold=True), drawn_bars(bars, width, REGULAR)]


def _beside(charts: Sequence[Bars], width: float) -> Iterator[Flowable]:
    wide = (width - GAP * (len(charts) - 1)) / len(charts)
    cells: list[Any] = [cell for chart in charts for cell in (_chart(chart, wide), "")][:-1]
    widths = [GAP if at % 2 else wide for at in range(len(cells))]
    yield Grid([cells], colWidths=widths, style=[("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(0)])
    yield Spacer(1, 4 * mm)


def laid_out(block: Block, paper: Paper, width: float, picture_of: PictureOf) -> list[Flowable]:
    """A block on a page of that width, points."""
    match block:
        case Heading():
            first = [PageBreak()] if block.new_page else [CondPageBreak(30 * mm), Spacer(1, 3 * mm)]
            return [*first, _paragraph(block.text, 13, bold=True), Spacer(1, 2 * mm)]
        case Passage():
            style = _paragraph(block.text, 8 if block.small else 10.5, colour=FAINT if block.small else INK)
            return [style, Spacer(1, 2 * mm)]
        case Facts():
            return [_facts(block, width), Spacer(1, 4 * mm)]
        case Bars():
            return [KeepTogether(_chart(block, width)), Spacer(1, 4 * mm)]
        case PaperTable():
            return _table(block, paper, width)
        case Pair():
            return [KeepTogether(_pair(block, width, picture_of))]
        case Signatures():
            return [Spacer(1, 12 * mm), _signatures(block, width)]


def _facts(facts: Facts, width: float) -> Flowable:
    rows = [[_paragraph(name, 9, colour=FAINT), _paragraph(value, 9)] for name, value in facts.pairs]
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), *_padding(2.5)]
    grid = Grid(rows, colWidths=[width * 0.24, width * 0.76], style=style)
    return KeepTogether([_paragraph(facts.title, 10.5, bold=True), grid]) if facts.title else grid


def _table(table: PaperTable, paper: Paper, width: float) -> list[Flowable]:
    parts = max(FEWEST_PARTS, sum(column.width for column in table.columns))
    widths = [width * column.width / parts for column in table.columns]
    right = _numbers_in(table)
    head = [
        _fitted(column.title, wide, bold=True, right=at in right)
        for at, (column, wide) in enumerate(zip(table.columns, widths, strict=True))
    ]
    rows = [
        [
            _fitted(shown(cell, column.shows, paper.zone), wide, bold=number in table.emphasised, right=at in right)
            for at, (cell, column, wide) in enumerate(zip(row, table.columns, widths, strict=True))
        ]
        for number, row in enumerate(table.rows)
    ]
    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, CELL_SIZE, CELL_SIZE * 1.25),
        ("FONT", (0, 0), (-1, 0), BOLD, CELL_SIZE, CELL_SIZE * 1.25),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("BACKGROUND", (0, 0), (-1, 0), HEAD),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        *_padding(CELL_PADDING),
        *(("ALIGN", (at, 0), (at, -1), "RIGHT") for at in sorted(right)),
        *(("RIGHTPADDING", (at, 0), (at, -1), CELL_PADDING + NUMBER_PADDING) for at in sorted(right)),
        *(("BACKGROUND", (0, at + 1), (-1, at + 1), MARKED) for at in sorted(table.marked)),
        *(("FONTNAME", (0, at + 1), (-1, at + 1), BOLD) for at in sorted(table.emphasised)),
    ]
    laid: list[Flowable] = [CondPageBreak(min(28 + 6 * len(rows), SHORT_TABLE) * mm)]
    if table.title:
        laid += [_paragraph(table.title, 10.5, bold=True), Spacer(1, 1 * mm)]
    if rows:
        laid.append(LongTable([head, *rows], colWidths=widths, repeatRows=1, style=style, hAlign="LEFT"))
    if table.note:
        laid += [Spacer(1, 1 * mm), _paragraph(table.note, 7.5, colour=FAINT)]
    return [*laid, Spacer(1, 5 * mm)]


def _numbers_in(table: PaperTable) -> frozenset[int]:
    """Which columns stand at the right: those of numbers, also of numbers that are each read in their own way."""
    return frozenset(
        at
        for at, column in enumerate(table.columns)
        if column.shows in RIGHT or any(isinstance(row[at], Figure) for row in table.rows)
    )


def _fitted(text: str, width: float, *, bold: bool, right: bool) -> str | Flowable:
    """A cell: plain text where it fits on one line, which is quick, else a paragraph that wraps."""
    font = _font(text, bold=bold)
    room = width - 2 * CELL_PADDING - (NUMBER_PADDING if right else 0)
    is_plain = font == (BOLD if bold else REGULAR) and "\n" not in text
    if is_plain and pdfmetrics.stringWidth(text, font, CELL_SIZE) <= room:
        return text
    return _paragraph(text, CELL_SIZE, bold=bold, right=right)


def _pair(pair: Pair, width: float, picture_of: PictureOf) -> list[Flowable]:
    plates = (pair.before, pair.after)
    pictures = [_plate(plate, picture_of) for plate in plates]
    captions = [_paragraph(plate.caption, 8, colour=FAINT) for plate in plates]
    style = [("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("ALIGN", (0, 0), (-1, -1), "CENTER"), *_padding(2)]
    grid = Grid([pictures, captions], colWidths=[width / 2] * 2, style=style)
    return [_paragraph(pair.title, 9.5, bold=True), grid, Spacer(1, 3 * mm)]


def _plate(plate: Plate, picture_of: PictureOf) -> Flowable:
    jpeg = picture_of(plate.picture) if plate.picture else None
    if jpeg is None:
        style = [("BOX", (0, 0), (-1, -1), 0.8, LINE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *_padding(4)]
        return Grid([[_paragraph(plate.missing, 9, colour=FAINT)]], [PLATE[0]], [PLATE[1]], style=style)
    small, (width, height) = _small(jpeg)
    scale = min(PLATE[0] / width, PLATE[1] / height)
    return Image(io.BytesIO(small), width * scale, height * scale)


def _small(jpeg: bytes) -> tuple[bytes, tuple[int, int]]:
    """A picture in the pixels that a page can show."""
    with Pillow.open(io.BytesIO(jpeg)) as picture:
        picture.draft("RGB", (PLATE_PIXELS, PLATE_PIXELS))
        image = picture.convert("RGB")
    image.thumbnail((PLATE_PIXELS, PLATE_PIXELS))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=PLATE_QUALITY)
    return out.getvalue(), image.size


def _signatures(block: Signatures, width: float) -> Flowable:
    cells: list[Any] = [cell for label in block.labels for cell in (_paragraph(label, 9, colour=FAINT), "")][:-1]
    style = [("LINEABOVE", (at, 0), (at, 0), 0.6, INK) for at in range(0, len(cells), 2)]
    wide = (width - GAP * (len(block.labels) - 1)) / len(block.labels)
    widths = [GAP if at % 2 else wide for at in range(len(cells))]
    return Grid([cells], colWidths=widths, style=[("FONT", (0, 0), (-1, -1), REGULAR), *style, *_padding(4)])


def _padding(points: float) -> list[tuple[Any, ...]]:
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    return [(side, (0, 0), (-1, -1), points) for side in sides]


def _paragraph(text: str, size: float, *, bold: bool = False, right: bool = False, colour: Any = INK) -> Paragraph:
    style = ParagraphStyle(
        "plain",
        fontName=_font(text, bold=bold),
        fontSize=size,
        leading=size * 1.45,
        textColor=colour,
        alignment=TA_RIGHT if right else TA_LEFT,
        wordWrap="CJK" if _is_chinese(text) else None,
    )
    return Paragraph(escaped(text), style)


def escaped(text: str) -> str:
    """Text as reportlab reads it."""
    return escape(text).replace("\n", "<br/>")


def _font(text: str, *, bold: bool) -> str:
    """The bold font has fewer signs: a text with a rare one is set in the regular one."""
    if not bold:
        return REGULAR
    signs = pdfmetrics.getFont(BOLD).face.charToGlyph
    return BOLD if all(ord(sign) in signs or sign == "\n" for sign in text) else REGULAR


def _is_chinese(text: str) -> bool:
    return any("\u2e80" <= sign <= "\uffef" for sign in text)
