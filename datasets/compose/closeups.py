"""Steps nearer: a part of a photograph, and what is labelled in it."""

from collections.abc import Sequence

import numpy as np

from datasets.compose.pictures import Picture
from datasets.compose.surfaces import MARKS, Ground, bare
from datasets.records import Label

Part = tuple[Picture, tuple[Label, ...]]
LEAST_PX, TRIES = 300, 14
PARTS = (0.4, 0.72)
LEAST_SEEN = 0.6
"""A labelled thing is in the part with at least so much of it, or not at all."""
FILLS = (0.4, 0.85)
"""How much of a close-up one sheet takes up: root of its part of the area."""
LEAST_SHEET_PX = 90
"""Root of the area of a sheet that is worth a close-up: a smaller one would be all blur."""


def nearer(photo: Picture, labels: Sequence[Label], rng: np.random.Generator) -> Part | None:
    """A part of the photograph round a wall, and its labels; None where every part would cut something in two."""
    height, width = photo.shape[:2]
    middles = [(label.x, label.y) for label in labels if label.kind in MARKS]
    if not middles:
        boxes = bare(Ground(photo), (width, height), labels)
        middles = [((x0 + x1) / 2 / width, (y0 + y1) / 2 / height) for x0, y0, x1, y1 in boxes]
    for _ in range(TRIES if middles else 0):
        part = rng.uniform(*PARTS)
        if min(width, height) * part < LEAST_PX:
            part = min(1.0, LEAST_PX / min(width, height))
        found = _part(photo, labels, middles[int(rng.integers(len(middles)))], part, rng)
        if found is not None:
            return found
    return None


def close(picture: Picture, labels: Sequence[Label], of: Sequence[Label], rng: np.random.Generator) -> Part | None:
    """A close-up of one of some labelled things that fills most of it; None where none is sharp enough for that.

    Args:
        picture: `(H, W, 3)`.
        labels: all that is boxed on it.
        of: the things to choose from.
        rng: decides which one, and how near.
    """
    whole = float(np.sqrt(picture.shape[0] * picture.shape[1]))
    sharp = [label for label in of if np.sqrt(label.w * label.h) * whole >= LEAST_SHEET_PX]
    for _ in range(TRIES if sharp else 0):
        label = sharp[int(rng.integers(len(sharp)))]
        part = float(np.sqrt(label.w * label.h)) / rng.uniform(*FILLS)
        part = max(part, 0.9 * max(label.w, label.h))
        found = _part(picture, labels, (label.x, label.y), part, rng) if part < 1 else None
        if found is not None:
            return found
    return None


def _part(
    picture: Picture, labels: Sequence[Label], middle: tuple[float, float], part: float, rng: np.random.Generator
) -> Part | None:
    """Such a part of both sides of the picture, about a middle; None where it would cut a labelled thing in two."""
    height, width = picture.shape[:2]
    left = float(np.clip(middle[0] + rng.normal(0, 0.25) * part - part / 2, 0, 1 - part))
    top = float(np.clip(middle[1] + rng.normal(0, 0.2) * part - part / 2, 0, 1 - part))
    x0, y0, x1, y1 = (round(v) for v in (left * width, top * height, (left + part) * width, (top + part) * height))
    area = (x0 / width, y0 / height, x1 / width, y1 / height)
    kept = [_inside(label, area) for label in labels]
    if "cut" in kept:
        return None
    return np.ascontiguousarray(picture[y0:y1, x0:x1]), tuple(label for label in kept if isinstance(label, Label))


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
