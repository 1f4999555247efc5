"""Bars drawn as vectors, for a page."""

import math
from collections.abc import Sequence
from typing import Final

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics

from service.reports.paper import Bars

HEIGHT: Final = 150.0
LEFT: Final = 34.0
BELOW: Final = 30.0
ABOVE: Final = 22.0
STEPS: Final = 4
SIZE: Final = 7.5
FEW: Final = 7
BETWEEN: Final = 6.0
COLOURS: Final = tuple(colors.HexColor(code) for code in ("#2f6fab", "#8fb8de", "#d97706", "#059669"))
LINE: Final = colors.HexColor("#dfe3e8")
INK: Final = colors.HexColor("#3e4c59")


def drawn_bars(bars: Bars, width: float, font: str) -> Drawing:
    """Bars in groups, one group a label, with the value above each bar where there is one and room for it."""
    drawing = Drawing(width, HEIGHT)
    top = _round_up(max((value for _, values in bars.series for value in values), default=0.0))
    tall = HEIGHT - BELOW - ABOVE
    for step in range(STEPS + 1):
        y = BELOW + tall * step / STEPS
        drawing.add(Line(LEFT, y, width, y, strokeColor=LINE, strokeWidth=0.5))
        drawing.add(_text(LEFT - 4, y - 2.5, f"{top * step / STEPS:g}", font, "end"))
    group = (width - LEFT) / max(1, len(bars.labels))
    wide = group * 0.72 / max(1, len(bars.series))
    step = _label_every(bars.labels, font, group)
    for place, label in enumerate(bars.labels):
        x = LEFT + group * (place + 0.14)
        for number, (_, values) in enumerate(bars.series):
            high = tall * values[place] / top
            drawing.add(
                Rect(x + wide * number, BELOW, wide * 0.92, high, fillColor=COLOURS[number % 4], strokeColor=None)
            )
            if wide > 12 and values[place]:
                middle = x + wide * (number + 0.46)
                drawing.add(_text(middle, BELOW + high + 2, f"{values[place]:g}", font, "middle"))
        if place % step == 0:
            told = _cut(label, font, group * step)
            drawing.add(_text(LEFT + group * (place + 0.5), BELOW - 11, told, font, "middle"))
    _add_legend(drawing, bars, font)
    return drawing


def _add_legend(drawing: Drawing, bars: Bars, font: str) -> None:
    x = LEFT
    for number, (name, _) in enumerate(bars.series):
        drawing.add(Rect(x, 4, 8, 8, fillColor=COLOURS[number % 4], strokeColor=None))
        drawing.add(_text(x + 12, 5, name, font, "start"))
        x += 24 + pdfmetrics.stringWidth(name, font, SIZE)


def _text(x: float, y: float, told: str, font: str, anchor: str) -> String:
    return String(x, y, told, fontName=font, fontSize=SIZE, fillColor=INK, textAnchor=anchor)


def _label_every(labels: Sequence[str], font: str, group: float) -> int:
    """Each label is said where there are few, every second or third of many where they would run into each other."""
    if len(labels) <= FEW:
        return 1
    widest: float = max(pdfmetrics.stringWidth(label, font, SIZE) for label in labels) + BETWEEN
    return max(1, math.ceil(widest / group))


def _cut(label: str, font: str, width: float) -> str:
    while len(label) > 1 and pdfmetrics.stringWidth(label, font, SIZE) > width:
        label = label[:-2] + "…"
    return label


def _round_up(value: float) -> float:
    """The next round number that four steps divide well, never 0.

    >>> _round_up(0), _round_up(7), _round_up(41), _round_up(900)
    (4.0, 8.0, 80.0, 2000.0)
    """
    size = 4.0
    while size < value:
        size *= 2 if str(size)[0] != "8" else 2.5
    return size
