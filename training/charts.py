"""Curves and bars as SVG text, drawn without any library, so that whoever evaluates needs none."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

COLOURS: Final = ("#0b6e4f", "#b3261e", "#1f4e9c", "#b26a00", "#6a3d9a", "#4d4d4d", "#00838f", "#8d6e63")
WIDTH: Final = 640
HEIGHT: Final = 430
LEFT: Final = 56
RIGHT: Final = 176
TOP: Final = 58
BOTTOM: Final = 48
TICKS: Final = 5
STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#1c2430}.title{font-weight:600;font-size:15px}"
    ".sheet{fill:#fff}.grid{stroke:#dfe3e8}.plain{stroke:#8a94a0;stroke-dasharray:4 4}"
    "polyline{fill:none;stroke-width:2}"
)

Point = tuple[float, float]
"""x and y, each 0..1."""


def curves(title: str, axes: tuple[str, str], lines: Mapping[str, Sequence[Point]], *, diagonal: bool = False) -> str:
    """Lines in a unit square.

    Args:
        title: over the chart.
        axes: names of x and y.
        lines: points by name; a single point is a dot.
        diagonal: whether to show where x equals y.

    >>> curves("t", ("x", "y"), {"a": [(0, 0), (1, 1)]}).count("<polyline")
    1
    """
    drawn = [_grid(axes)]
    if diagonal:
        drawn.append(f'<line class="plain" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>')
    for number, (name, points) in enumerate(lines.items()):
        drawn.append(_line(points, COLOURS[number % len(COLOURS)]))
        drawn.append(_named(name, number))
    return _sheet(title, drawn)


def bars(title: str, axes: tuple[str, str], groups: Mapping[str, Mapping[str, float | None]]) -> str:
    """Bars of 0..1 in groups: first the group under the axis, then the bars in it, which all groups share.

    Args:
        title: over the chart.
        axes: names of x and y.
        groups: by name, bars by name; None leaves a gap.
    """
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    drawn = [_grid(axes, across=False)]
    room = (WIDTH - LEFT - RIGHT) / max(len(groups), 1)
    wide = room * 0.8 / max(len(names), 1)
    for place, (group, values) in enumerate(groups.items()):
        start = LEFT + room * (place + 0.1)
        drawn.append(f'<text x="{start + room * 0.4:.0f}" y="{_y(0) + 18}" text-anchor="middle">{escape(group)}</text>')
        for number, name in enumerate(names):
            value = values.get(name)
            if value is not None:
                drawn.append(_bar(start + wide * number, wide, value, COLOURS[number % len(COLOURS)]))
    drawn += [_named(name, number) for number, name in enumerate(names)]
    return _sheet(title, drawn)


def _x(value: float) -> int:
    return round(LEFT + value * (WIDTH - LEFT - RIGHT))


def _y(value: float) -> int:
    return round(HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM))


def _grid(axes: tuple[str, str], *, across: bool = True) -> str:
    parts = []
    for number in range(TICKS + 1):
        value = number / TICKS
        parts.append(f'<line class="grid" x1="{_x(0)}" y1="{_y(value)}" x2="{_x(1)}" y2="{_y(value)}"/>')
        parts.append(f'<text x="{_x(0) - 8}" y="{_y(value) + 4}" text-anchor="end">{value:.1f}</text>')
        if across:
            parts.append(f'<line class="grid" x1="{_x(value)}" y1="{_y(0)}" x2="{_x(value)}" y2="{_y(1)}"/>')
            parts.append(f'<text x="{_x(value)}" y="{_y(0) + 18}" text-anchor="middle">{value:.1f}</text>')
    parts.append(f'<text x="{_x(0.5)}" y="{HEIGHT - 10}" text-anchor="middle">{escape(axes[0])}</text>')
    parts.append(f'<text x="{_x(0) - 8}" y="{TOP - 12}">{escape(axes[1])}</text>')
    return "".join(parts)


def _line(points: Sequence[Point], colour: str) -> str:
    path = " ".join(f"{_x(x)},{_y(y)}" for x, y in points)
    dots = "".join(f'<circle cx="{_x(x)}" cy="{_y(y)}" r="3" fill="{colour}"/>' for x, y in points)
    return f'<polyline stroke="{colour}" points="{path}"/>' + (dots if len(points) <= TICKS * 2 else "")


def _bar(left: float, wide: float, value: float, colour: str) -> str:
    top = _y(value)
    return f'<rect x="{left:.1f}" y="{top}" width="{wide * 0.9:.1f}" height="{_y(0) - top}" fill="{colour}"/>'


def _named(name: str, number: int) -> str:
    top = TOP + 20 * number
    colour = COLOURS[number % len(COLOURS)]
    square = f'<rect x="{_x(1) + 16}" y="{top}" width="12" height="12" fill="{colour}"/>'
    return square + f'<text x="{_x(1) + 34}" y="{top + 11}">{escape(name)}</text>'


def _sheet(title: str, drawn: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}"><style>{STYLE}</style><rect class="sheet" width="{WIDTH}" height="{HEIGHT}"/>'
        f'<text class="title" x="{_x(0) - 8}" y="20">{escape(title)}</text>{"".join(drawn)}</svg>\n'
    )
