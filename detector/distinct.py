"""From a network's raw answers to the boxes that it means: the best of them, each thing once for a kind.

The ONNX file does the same inside its graph, see `training.export`; here it is arithmetic for engines that stop before.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector import boxes

MOST: Final = 300
"""Boxes that a picture may have, as many as the ONNX file gives."""

OVERLAP: Final = 0.6
"""Of boxes of one kind that overlap by more than this IoU only the best is kept."""

FAR_PX: Final = np.float32(4096)
"""How far the kinds are laid apart, so that only boxes of one kind are rivals."""


def distinct(raw: NDArray[np.float32], least: float) -> NDArray[np.float32]:
    """The boxes that score at least `least`, best first.

    Args:
        raw: `(4 + kinds, A)`: x0, y0, x1, y1 in pixels of the input, then a score in [0, 1] for each kind.
        least: in [0, 1].

    Returns:
        `(N, 6)` x0, y0, x1, y1, score, index of the kind; N is at most 300.

    >>> raw = np.float32([[0, 1, 50], [0, 0, 50], [10, 11, 60], [10, 10, 60], [0.9, 0.8, 0.1], [0, 0.3, 0.7]])
    >>> distinct(raw, 0.25).astype(float).round(2).tolist()
    [[0.0, 0.0, 10.0, 10.0, 0.9, 0.0], [50.0, 50.0, 60.0, 60.0, 0.7, 1.0], [1.0, 0.0, 11.0, 10.0, 0.3, 1.0]]
    """
    scores = raw[4:]  # (kinds, A)
    anchors = np.flatnonzero(scores.max(axis=0) >= least)
    if len(anchors) > MOST:
        best = scores[:, anchors].max(axis=0)
        anchors = anchors[np.argsort(-best, kind="stable")[:MOST]]
    kinds, columns = np.nonzero(scores[:, anchors] >= least)
    said = scores[kinds, anchors[columns]]  # (M,)
    order = np.argsort(-said, kind="stable")[:MOST]
    kinds, columns, said = kinds[order], anchors[columns[order]], said[order]
    found = raw[:4, columns].T  # (N, 4)
    kept = boxes.keep_best(found + kinds[:, None].astype(np.float32) * FAR_PX, said, OVERLAP)
    rows = np.concatenate([found[kept], said[kept, None], kinds[kept, None].astype(np.float32)], axis=1)
    return rows.astype(np.float32)
