"""A letter between Chinese offices on A4, measured as GB/T 9704-2012 has it: 7.1 the page, 7.2 and 7.3 the parts,
10.1 信函格式 the head; the embedded signs stand for the 小标宋 and 仿宋 that the standard names.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)

from service.reports.paper import Official, Paper, PictureOf, Table
from service.reports.pdf import BOLD, REGULAR, escaped, laid_out, open_fonts

WIDTH, HEIGHT = A4
LEFT: Final = 28 * mm
CORE: Final = (156 * mm, 225 * mm)
ABOVE: Final = 37 * mm
SIGN: Final = 16.0
"""Of size 3 三号, points; a line of the text has 28 of them and a page 22 lines."""

LINE: Final = CORE[1] / 22
TITLE: Final = 22.0
HEAD: Final = 34.0
HEAD_BELOW_TOP: Final = 30 * mm
RULE_BELOW_HEAD: Final = 4 * mm
RULE_ABOVE_BOTTOM: Final = 20 * mm
RULE: Final = 170 * mm
THICK, THIN, BETWEEN = 1.6, 0.6, 2.2
PAGE_NUMBER: Final = 14.0
PAGE_NUMBER_BELOW: Final = 7 * mm
CLOSING, OPENING = "，。；：、？！）》〕”’", "（《〔“‘"
PIECES: Final = re.compile(f"[{OPENING}]*(?:[!-~]+|.)[{CLOSING}]*", re.DOTALL)
"""What stays on one line: a sign or a number with the signs that open before it and close behind it."""

RED: Final = colors.HexColor("#d00000")
BLACK: Final = colors.black
FIRST, LATER = "first", "later"


def official_pdf(paper: Paper, official: Official, picture_of: PictureOf) -> bytes:
    """The bytes of a PDF: the letter, then each annex on a page of its own."""
    open_fonts()
    out = io.BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, title=paper.title, author=official.office, subject=official.number, lang="zh", invariant=1
    )
    rule_y = _rule_y()
    below = RULE_ABOVE_BOTTOM + 8 * mm
    first = Frame(LEFT, below, CORE[0], rule_y - 4 * mm - below, 0, 0, 0, 0)
    later = Frame(LEFT, HEIGHT - ABOVE - CORE[1], *CORE, 0, 0, 0, 0)
    document.addPageTemplates(
        [
            PageTemplate(FIRST, [first], onPage=lambda canvas, _: _draw_head(canvas, official)),
            PageTemplate(LATER, [later], onPage=lambda canvas, _: _draw_number(canvas)),
        ]
    )
    document.build(
        [*_letter(paper, official), *_annexes(paper, official, picture_of)],
        canvasmaker=lambda *given, **named: Canvas(*given, **named | {"initialFontName": REGULAR}),
    )
    return out.getvalue()


def _rule_y() -> float:
    return float(HEIGHT - HEAD_BELOW_TOP - HEAD - RULE_BELOW_HEAD)


def _draw_head(canvas: Any, official: Official) -> None:
    """The office in red, the double rules below it and above the bottom edge; the first page has no number."""
    canvas.setFillColor(RED)
    room = CORE[0] / pdfmetrics.stringWidth(official.office, BOLD, 1)
    size = min(HEAD, room)
    canvas.setFont(BOLD, size)
    canvas.drawCentredString(WIDTH / 2, HEIGHT - HEAD_BELOW_TOP - size * 0.88, official.office)
    canvas.setStrokeColor(RED)
    _draw_rules(canvas, _rule_y(), THICK, THIN)
    _draw_rules(canvas, RULE_ABOVE_BOTTOM, THIN, THICK)


def _draw_rules(canvas: Any, y: float, upper: float, lower: float) -> None:
    x = (WIDTH - RULE) / 2
    for width, at in ((upper, y), (lower, y - BETWEEN)):
        canvas.setLineWidth(width)
        canvas.line(x, at, x + RULE, at)


def _draw_number(canvas: Any) -> None:
    """Outside, odd ones at the right and even ones at the left, a sign from the edge of the text."""
    canvas.setFont(REGULAR, PAGE_NUMBER)
    canvas.setFillColor(BLACK)
    y, page = HEIGHT - ABOVE - CORE[1] - PAGE_NUMBER_BELOW - PAGE_NUMBER, canvas.getPageNumber()
    if page % 2:
        canvas.drawRightString(LEFT + CORE[0] - SIGN, y, f"— {page} —")
    else:
        canvas.drawString(LEFT + SIGN, y, f"— {page} —")


def _letter(paper: Paper, official: Official) -> Iterator[Flowable]:
    yield NextPageTemplate(LATER)
    yield _text(official.number, alignment=TA_RIGHT)
    yield Spacer(1, LINE)
    yield _text(paper.title, TITLE, alignment=TA_CENTER, fontName=BOLD)
    yield Spacer(1, LINE)
    yield _text(official.to)
    yield from (_text(broken(paragraph), firstLineIndent=2 * SIGN) for paragraph in official.body)
    yield Spacer(1, LINE)
    for number, annex in enumerate(official.annexes, 1):
        word = f"{official.annex}：" if number == 1 else ""
        indent = 2 if number == 1 else 5
        yield _text(f"{word}{number}. {annex.title}", leftIndent=indent * SIGN)
    yield KeepTogether([Spacer(1, 2 * LINE), *_signed(official)])


def _signed(official: Official) -> Iterator[Flowable]:
    """The date four signs from the right edge, the office centred over it: where the seal is set across both."""
    dated = pdfmetrics.stringWidth(official.dated, REGULAR, SIGN)
    office = pdfmetrics.stringWidth(official.office, REGULAR, SIGN)
    over = max(0.0, (office - dated) / 2)
    right = max(4 * SIGN, over)
    yield _text(official.office, alignment=TA_RIGHT, rightIndent=right - (office - dated) / 2)
    yield _text(official.dated, alignment=TA_RIGHT, rightIndent=right)
    yield Spacer(1, LINE / 2)
    yield _text(official.remark, leftIndent=2 * SIGN)


def _annexes(paper: Paper, official: Official, picture_of: PictureOf) -> Iterator[Flowable]:
    for number, annex in enumerate(official.annexes, 1):
        yield PageBreak()
        yield _text(f"{official.annex}{number}", fontName=BOLD)
        yield Spacer(1, LINE)
        yield _text(annex.title, TITLE, alignment=TA_CENTER, fontName=BOLD)
        yield Spacer(1, LINE / 2)
        for block in annex.blocks:
            if isinstance(block, Table) and block.title == annex.title:
                block = replace(block, title="")  # it stands above already
            yield from laid_out(block, paper, CORE[0], picture_of)


def broken(words: str) -> str:
    """A paragraph of the text in lines: no line begins with a closing sign, ends with an opening one or cuts a number.

    >>> open_fonts()
    >>> any(line[0] in CLOSING for line in broken("督办，" * 30).splitlines())
    False
    """
    lines: list[str] = []
    line = ""
    for piece in PIECES.findall(words):
        room = CORE[0] - (0 if lines else 2 * SIGN)
        if line and pdfmetrics.stringWidth(line + piece, REGULAR, SIGN) > room:
            lines.append(line)
            line = ""
        line += piece
    return "\n".join([*lines, line])


def _text(words: str, size: float = SIGN, **more: Any) -> Paragraph:
    """A paragraph; `more` are attributes of its style."""
    leading = LINE if size == SIGN else 1.5 * size
    usual = {"fontName": REGULAR, "fontSize": size, "leading": leading, "textColor": BLACK, "wordWrap": "CJK"}
    return Paragraph(escaped(words), ParagraphStyle("official", **usual | more))
