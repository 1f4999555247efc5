"""F1 as a picture: one bar a side, CPU milliseconds per photo, with every round as a tick."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Final

SIDES: Final = {
    "ours_ms": "streetwarden",
    "ultralytics_ms": "predict, same pixels",
    "untouched_ms": "predict, untouched",
}
COLOURS: Final = {"ours_ms": "#1f7a5c", "ultralytics_ms": "#8a94a0", "untouched_ms": "#b9c0c8"}
LEFT, WIDTH, ROW, BAR = 170, 620, 44, 24
STYLE: Final = "text{font:14px system-ui,sans-serif;fill:#1c2430}rect.sheet{fill:#fff}line{stroke:#1c2430;opacity:.45}"


def bars(rounds: Sequence[Mapping[str, float]]) -> str:
    """An SVG.

    Args:
        rounds: of F1, each with the milliseconds of all sides.

    >>> bars([{"ours_ms": 19, "ultralytics_ms": 27, "untouched_ms": 50}]).count("<rect")
    4
    """
    longest = max(cost for one in rounds for cost in one.values())
    scale = (WIDTH - LEFT - 90) / longest
    height = ROW * len(SIDES) + 20
    parts = [_bar(side, number, [one[side] for one in rounds], scale) for number, side in enumerate(SIDES)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="CPU milliseconds per 1080p photo"><style>{STYLE}</style>'
        f'<rect class="sheet" width="{WIDTH}" height="{height}"/>{"".join(parts)}</svg>\n'
    )


def _bar(side: str, number: int, costs: Sequence[float], scale: float) -> str:
    top, middle = 14 + number * ROW, statistics.median(costs)
    ticks = "".join(
        f'<line x1="{LEFT + cost * scale:.1f}" x2="{LEFT + cost * scale:.1f}" y1="{top}" y2="{top + BAR}"/>'
        for cost in costs
    )
    end = LEFT + max(costs) * scale + 8
    return (
        f'<text x="{LEFT - 10}" y="{top + 17}" text-anchor="end">{SIDES[side]}</text>'
        f'<rect x="{LEFT}" y="{top}" width="{middle * scale:.1f}" height="{BAR}" fill="{COLOURS[side]}"/>{ticks}'
        f'<text x="{end:.1f}" y="{top + 17}">{middle:.1f} ms</text>'
    )
