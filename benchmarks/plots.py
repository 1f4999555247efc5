"""Two pictures of figures: what a photo costs each server, and how long looks take as cameras are added."""

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any, Final

SERVERS: Final = {
    "openvino": "ours, OpenVINO",
    "int8": "ours, eight bits",
    "ours": "ours, float32",
    "litserve": "LitServe",
    "bentoml": "BentoML",
    "ray": "Ray Serve",
}
OURS: Final = ("openvino", "int8", "ours")
GREEN, GREY, RED = "#1f7a5c", "#8a94a0", "#b3412e"
LEFT, WIDTH, ROW, BAR = 130, 640, 44, 24
TOP, LOW, FOOT = 26, 250, 46
LATE_S: Final = 5.0
STYLE: Final = (
    "text{font:14px system-ui,sans-serif;fill:#1c2430}text.small{font-size:12px;fill:#5a6472}rect.sheet{fill:#fff}"
    "line{stroke:#1c2430;opacity:.45}polyline{fill:none;stroke-width:2.5}"
)


def servers(rows: Sequence[Mapping[str, Any]]) -> str:
    """CPU milliseconds of every server for a photo, as an SVG; each round a tick, memory beside it.

    Args:
        rows: those of F2, each with rounds of one of our engines and of one rival; a side's first row counts.

    >>> one = {"cpu_ms": 40.0, "pss_mb": 160.0}
    >>> servers([{"id": "F2-ray", "rounds": [{"ours": one, "ray": one}]}]).count("<rect")
    3
    """
    told: dict[str, list[Mapping[str, float]]] = {}
    for row in rows:
        for side in row["rounds"][0]:
            told.setdefault(side, [one[side] for one in row["rounds"]])
    sides = [side for side in SERVERS if side in told]
    scale = (WIDTH - LEFT - 150) / max(one["cpu_ms"] for side in sides for one in told[side])
    bars = "".join(_bar(side, number, told[side], scale) for number, side in enumerate(sides))
    return _sheet(ROW * len(sides) + 20, "CPU milliseconds per 1080p photo over HTTP", bars)


def city(steps: Sequence[Mapping[str, Any]]) -> str:
    """How long a look takes as cameras are added, as an SVG.

    Args:
        steps: those of F15: cameras, and p50 and p99 in seconds.

    >>> one = {"cameras": 100, "p50_s": 0.1, "p99_s": 1.0}
    >>> city([one, one | {"cameras": 200}]).count("<polyline")
    2
    """
    low, high = math.log2(steps[0]["cameras"]), math.log2(steps[-1]["cameras"])
    xs = [LEFT + (WIDTH - LEFT - 90) * (math.log2(one["cameras"]) - low) / max(high - low, 1) for one in steps]
    parts = [_level(LATE_S, "next keyframe", RED)]
    for key, colour in (("p99_s", RED), ("p50_s", GREEN)):
        points = " ".join(f"{x:.1f},{_y(one[key]):.1f}" for x, one in zip(xs, steps, strict=True))
        parts.append(f'<polyline points="{points}" stroke="{colour}"/>')
        parts.append(f'<text x="{xs[-1] + 8:.1f}" y="{_y(steps[-1][key]) + 5:.1f}">{key[:3]}</text>')
    for x, one in zip(xs, steps, strict=True):
        parts.append(f'<text class="small" x="{x:.1f}" y="{LOW + 20}" text-anchor="middle">{one["cameras"]}</text>')
    parts += [_level(value, f"{value:g} s", GREY) for value in (0.1, 1.0, 10.0)]
    parts.append(f'<text class="small" x="{WIDTH / 2}" y="{LOW + 38}" text-anchor="middle">cameras</text>')
    return _sheet(LOW + FOOT, "Seconds from a keyframe to what came of its look, by number of cameras", "".join(parts))


def _y(seconds: float) -> float:
    """On a scale from 10 ms to 100 s, each power of ten as high as the next."""
    return LOW - (LOW - TOP) * (math.log10(min(100.0, max(0.01, seconds))) + 2) / 4


def _level(seconds: float, word: str, colour: str) -> str:
    y = _y(seconds)
    dashed = f'style="stroke:{colour}" stroke-dasharray="4 4"'
    return (
        f'<line x1="{LEFT}" x2="{WIDTH - 90}" y1="{y:.1f}" y2="{y:.1f}" {dashed}/>'
        f'<text class="small" x="{LEFT - 10}" y="{y + 4:.1f}" text-anchor="end">{word}</text>'
    )


def _bar(side: str, number: int, told: Sequence[Mapping[str, float]], scale: float) -> str:
    top, costs = 14 + number * ROW, [one["cpu_ms"] for one in told]
    middle, memory = statistics.median(costs), statistics.median(one["pss_mb"] for one in told)
    ticks = "".join(
        f'<line x1="{LEFT + cost * scale:.1f}" x2="{LEFT + cost * scale:.1f}" y1="{top}" y2="{top + BAR}"/>'
        for cost in costs
    )
    end, colour = LEFT + max(costs) * scale + 8, GREEN if side in OURS else GREY
    return (
        f'<text x="{LEFT - 10}" y="{top + 17}" text-anchor="end">{SERVERS[side]}</text>'
        f'<rect x="{LEFT}" y="{top}" width="{middle * scale:.1f}" height="{BAR}" fill="{colour}"/>{ticks}'
        f'<text x="{end:.1f}" y="{top + 17}">{middle:.1f} ms, {memory:.0f} MB</text>'
    )


def _sheet(height: float, label: str, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">'
        f'<style>{STYLE}</style><rect class="sheet" width="{WIDTH}" height="{height}"/>{inside}</svg>\n'
    )
