"""Steps nearer: a part of a photograph, and what is labelled in it."""

from collections.abc import Sequence

import numpy as np

from datasets.compose.pictures import Picture
from datasets.compose.surfaces import MARKS, Ground, bare
from datasets.records import Label

LEAST_PX, TRIES = 300, 14
PARTS = (0.4, 0.72)
LEAST_SEEN = 0.6
"""A labelled thing is in the part with at least so much of it, or not at all."""


def nearer(
    photo: Picture, labels: Sequence[Label], rng: np.random.Generator
) -> tuple[Picture, tuple[Label, ...]] | None:
    """A part of the photograph round a wall, and its labels; None where every part would cut something in two."""
    height, width = photo.shape[:2]
    middles = [(label.x, label.y) for label in labels if label.kind in MARKS]
    if not middles:
        boxes = bare(Ground(photo), (width, height), labels)
        middles = [((x0 + x1) / 2 / width, (y0 + y1) / 2 / height) for x0, y0, x1, y1 in boxes]
    if not middles:
        return None
    for _ in range(TRIES):
        part = rng.uniform(*PARTS)
        if min(width, height) * part < LEAST_PX:
            part = min(1.0, LEAST_PX / min(width, height))
        x, y = middles[int(rng.integers(len(middles)))]
        left = float(np.clip(x + rng.normal(0, 0.25) * part - part / 2, 0, 1 - part))
        top = float(np.clip(y + rng.normal(0, 0.2) * part - part / 2, 0, 1 - part))
        px = (round(left * width), round(top * height), round((left + part) * width), round((top + part) * height))
        area = (px[0] / width, px[1] / height, px[2] / width, px[3] / height)
        kept = [_inside(label, area) for label in labels]
        if "cut" not in kept:
            found = tuple(label for label in kept if isinstance(label, Label))
            return np.ascontiguousarray(photo[px[1] : px[3], px[0] : px[2]]), found
    return None


def _inside(label: Label, area: tuple[float, float, float, float]) -> Label | str | None:
    """The label as the part shows it; None where it is outside, "cut" where too much of it is."""
    a, b = label.xyxy, area
    x0, y0, x1, y1 = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    if x1 <= x0 or y1 <= y0:
        return None
    if (x1 - x0) * (y1 - y0) < LEAST_SEEN * label.w * label.h:
        return "cut"
    wide, high = b[2] - b[0], b[3] - b[1]
    middle = ((x0 + x1) / 2 - b[0]) / wide, ((y0 + y1) / 2 - b[1]) / high
    return Label(label.kind, *middle, (x1 - x0) / wide, (y1 - y0) / high)
