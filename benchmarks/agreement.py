"""Whether two sides found the same boxes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from detector.boxes import iou
from detector.types import Xyxy

SAME_IOU: Final = 0.9
DOUBTFUL: Final = 0.05
"""Boxes within this much of the score floor may be on one side only: a rounding decides there."""

Boxes = Mapping[str, Sequence[Sequence[Any]]]


def agreement(ours: Boxes, theirs: Boxes, floor: float) -> tuple[int, int]:
    """How many of the boxes clearly above the floor have a partner of the same kind at IoU 0.9 on the other side.

    Args:
        ours: picture name to rows of kind, score, x0, y0, x1, y1.
        theirs: the same.
        floor: the score from which both sides give boxes.

    Returns:
        Boxes with a partner and boxes in all, both sides counted.

    >>> row = ["litter", 0.9, 0, 0, 10, 10]
    >>> agreement({"a.jpg": [row]}, {"a.jpg": [row, ["litter", 0.26, 50, 50, 60, 60]]}, 0.25)
    (2, 2)
    """
    pairs = [(ours[name], theirs[name]) for name in ours] + [(theirs[name], ours[name]) for name in ours]
    clear = [(row, others) for rows, others in pairs for row in rows if row[1] >= floor + DOUBTFUL]
    return sum(_has_partner(row, others) for row, others in clear), len(clear)


def _has_partner(row: Sequence[Any], others: Sequence[Sequence[Any]]) -> bool:
    same = [other[2:] for other in others if other[0] == row[0]]
    return bool(same) and float(iou(_boxes([row[2:]]), _boxes(same)).max()) >= SAME_IOU


def _boxes(rows: Sequence[Sequence[float]]) -> Xyxy:
    return np.array(rows, np.float32)
