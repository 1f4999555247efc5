"""A soak as a picture: memory, descriptors and threads over time, and the line whose slope is promised to be flat."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from benchmarks.plots import GREEN, GREY, RED, STYLE, WIDTH

LEFT, RIGHT, TOP, LOW = 76, 536, 30, 230
COUNTS_TOP, COUNTS_LOW, HEIGHT = 270, 340, 390
STEPS: Final = (5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 1000.0)
MOST_LEVELS: Final = 4
WARM_SHARE: Final = 0.35
BLOCKS: Final = 8
Point = tuple[float, float]


def soak(rounds: Sequence[Mapping[str, Any]]) -> str:
    """An SVG of what a soak saw.

    Args:
        rounds: those of K5, in their order: seconds `s`, `pss_mb` and the least since the last one, `fds`, `threads`.

    >>> one = {"pss_mb": 207.0, "least_mb": 200.0, "fds": 22, "threads": 20}
    >>> picture = soak([one | {"s": 10 * number} for number in range(60)])
    >>> picture.count("<polyline"), picture.count("<circle")
    (4, 8)
    """
    minutes = np.array([one["s"] / 60 for one in rounds])
    memory = np.array([one["pss_mb"] for one in rounds])
    lowest = np.array([one.get("least_mb", one["pss_mb"]) for one in rounds])
    width = max(float(minutes[-1]), 1e-6)
    least, most, step = _about(lowest.min(), memory.max())

    def at(x: float, y: float) -> Point:
        return LEFT + (RIGHT - LEFT) * x / width, LOW - (LOW - TOP) * (y - least) / (most - least)

    parts = [_level(at(0, value)[1], f"{value:g} MB") for value in np.arange(least, most + 1, step)]
    parts.append(_line([at(x, y) for x, y in zip(minutes, memory, strict=True)], GREEN))
    if len(rounds) >= 2 * BLOCKS:
        parts += _floor(minutes, lowest, at)
    parts += _counts(rounds, minutes, width)
    warm_x, _ = at(float(minutes[int(len(minutes) * WARM_SHARE)]), 0)
    parts.append(f'<line x1="{warm_x:.1f}" x2="{warm_x:.1f}" y1="{TOP}" y2="{COUNTS_LOW}" stroke-dasharray="2 4"/>')
    parts.append(f'<text class="small" x="{warm_x + 4:.1f}" y="{TOP - 8}">warm from here on</text>')
    for minute in np.linspace(0, width, 6):
        x, _ = at(float(minute), 0)
        parts.append(
            f'<text class="small" x="{x:.1f}" y="{COUNTS_LOW + 20}" text-anchor="middle">{round(minute, 1):g}</text>'
        )
    parts.append(
        f'<text class="small" x="{(LEFT + RIGHT) / 2}" y="{COUNTS_LOW + 40}" text-anchor="middle">minutes</text>'
    )
    label = "Memory, descriptors and threads of the service while it works without a pause"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        f'<style>{STYLE}</style><rect class="sheet" width="{WIDTH}" height="{HEIGHT}"/>{"".join(parts)}</svg>\n'
    )


def _floor(minutes: Any, lowest: Any, at: Any) -> list[str]:
    """The least of each stretch after the warm-up, and the line through them."""
    from_here = int(len(minutes) * WARM_SHARE)
    x = np.array([part.mean() for part in np.array_split(minutes[from_here:], BLOCKS)])
    y = np.array([part.min() for part in np.array_split(lowest[from_here:], BLOCKS)])
    slope, foot = np.polyfit(x, y, 1)
    dots = [f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="3.5" fill="{RED}"/>' for cx, cy in map(at, x, y)]
    ends = [at(float(one), float(foot + slope * one)) for one in (x[0], x[-1])]
    word = f'<text class="small" x="{ends[1][0] + 8:.1f}" y="{ends[1][1] + 4:.1f}">least</text>'
    return [*dots, _line(ends, RED), word]


def _counts(rounds: Sequence[Mapping[str, Any]], minutes: Any, width: float) -> list[str]:
    """Descriptors and threads, from nought."""
    most = max(max(one["fds"], one["threads"]) for one in rounds)
    parts = []
    for key, word, colour in (("fds", "descriptors", GREY), ("threads", "threads", GREEN)):
        points = [
            (LEFT + (RIGHT - LEFT) * x / width, COUNTS_LOW - (COUNTS_LOW - COUNTS_TOP) * one[key] / most)
            for x, one in zip(minutes, rounds, strict=True)
        ]
        parts.append(_line(points, colour))
        name = f"{rounds[-1][key]} {word}"
        parts.append(f'<text class="small" x="{RIGHT + 6}" y="{points[-1][1] + 4:.1f}">{name}</text>')
    return parts


def _about(least: float, most: float) -> tuple[float, float, float]:
    """Round numbers around both, and a step that leads from one to the other in a few.

    >>> _about(163.2, 258.0)
    (150.0, 275.0, 25.0)
    """
    step = next(one for one in STEPS if (most - least) / one <= MOST_LEVELS)
    low, high = step * np.floor(least / step), step * np.ceil(most / step)
    return float(low), float(max(high, low + step)), step


def _line(points: Sequence[Point], colour: str) -> str:
    told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{told}" stroke="{colour}"/>'


def _level(y: float, word: str) -> str:
    return (
        f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}" style="stroke:{GREY}" stroke-dasharray="4 4"/>'
        f'<text class="small" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{word}</text>'
    )
