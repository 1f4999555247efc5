"""F1-profile as a picture: what one photo waits for, one bar an engine, and what is done behind its answer."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks.way import AFTER, STEPS

COLOURS: Final = ("#3a6ea5", "#d08c3f", "#1f7a5c", "#7b5ea7", "#b3412e", "#8a94a0")
NAMES: Final = {"onnxruntime": "ONNX Runtime", "auto": "as chosen"}
LEFT, WIDTH, ROW, BAR = 120, 720, 56, 28
STYLE: Final = (
    "text{font:14px system-ui,sans-serif;fill:#1c2430}text.small{font-size:12px}rect.sheet{fill:#fff}"
    "rect.after{fill:none;stroke:#8a94a0;stroke-dasharray:4 3}"
)


def ways(rounds: Sequence[Mapping[str, Any]]) -> str:
    """An SVG.

    Args:
        rounds: of F1-profile, each with the milliseconds of all steps.

    >>> one = {"engine": "auto", "answer": 60, **dict.fromkeys(STEPS, 10.0), AFTER: 200.0}
    >>> ways([one]).count("<rect")
    14
    """
    scale = (WIDTH - LEFT - 110) / max(sum(one[step] for step in STEPS) for one in rounds)
    bars = "".join(_bar(one, number, scale) for number, one in enumerate(rounds))
    key, foot = _key(ROW * len(rounds) + 30), ROW * len(rounds) + 70
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {foot}" role="img" '
        f'aria-label="Milliseconds of one photo from its first byte to its answer, step by step"><style>{STYLE}</style>'
        f'<rect class="sheet" width="{WIDTH}" height="{foot}"/>{bars}{key}</svg>\n'
    )


def _bar(one: Mapping[str, Any], number: int, scale: float) -> str:
    top, x, parts = 16 + number * ROW, float(LEFT), []
    parts.append(f'<text x="{LEFT - 10}" y="{top + 19}" text-anchor="end">{NAMES[one["engine"]]}</text>')
    for step, colour in zip(STEPS, COLOURS, strict=True):
        wide = one[step] * scale
        parts.append(f'<rect x="{x:.1f}" y="{top}" width="{wide:.1f}" height="{BAR}" fill="{colour}"/>')
        x += wide
    parts.append(f'<text x="{x + 8:.1f}" y="{top + 19}">{one["answer"]:.0f} ms</text>')
    after = min(one[AFTER] * scale, WIDTH - LEFT - 10.0)
    parts.append(f'<rect class="after" x="{LEFT}" y="{top + BAR + 3}" width="{after:.1f}" height="8"/>')
    return "".join(parts)


def _key(top: float) -> str:
    parts, x = [], float(LEFT)
    for step, colour in zip(STEPS, COLOURS, strict=True):
        parts.append(f'<rect x="{x:.1f}" y="{top - 10}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text class="small" x="{x + 14:.1f}" y="{top}">{step}</text>')
        x += 30 + 6.5 * len(step)
    return "".join(parts) + f'<text class="small" x="{LEFT}" y="{top + 22}">dashed: {AFTER}, behind the answer</text>'
