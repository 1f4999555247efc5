"""Average precision of small, medium and large things, by COCO's areas and COCO's way of leaving the others out.

COCO calls a thing small under 32 x 32 px and large over 96 x 96 px, in pictures whose longest side is 640 px. Pictures
here have many sizes, so areas are taken in the picture as it would be with a longest side of 640 px.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.boxes import iou
from detector.types import Xyxy
from training.average_precision import MOST_PER_PICTURE, OVERLAPS, ROUNDING, Seen, area_of

LONGEST_PX: Final = 640
EDGES: Final[Mapping[str, tuple[float, float]]] = {
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, float("inf")),
}


@dataclass(frozen=True, slots=True)
class Sized:
    """One kind and one size: how many labelled boxes, and their average precision at an overlap of 0.5."""

    boxes: int
    ap50: float | None


def by_size(seen: Sequence[Seen], sizes: Sequence[tuple[int, int]]) -> Mapping[str, Sized]:
    """AP50 by size.

    Args:
        seen: pictures, boxes in parts of each.
        sizes: width and height of each picture in pixels, at any scale.
    """
    areas = [(_areas(one.found, size), _areas(one.there, size)) for one, size in zip(seen, sizes, strict=True)]
    return {name: _sized(seen, areas, edges) for name, edges in EDGES.items()}


def _areas(boxes: Xyxy, size: tuple[int, int]) -> NDArray[np.float64]:
    """`(N,)` square pixels in the picture at a longest side of 640 px.

    >>> _areas(np.float32([[0, 0, 0.1, 0.1]]), (1280, 640)).round().tolist()
    [2048.0]
    """
    scale = LONGEST_PX / max(size)
    sides: NDArray[np.float64] = (boxes[:, 2:] - boxes[:, :2]).astype(np.float64) * np.array(size) * scale
    return sides[:, 0] * sides[:, 1]


def _sized(
    seen: Sequence[Seen], areas: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]], edges: tuple[float, float]
) -> Sized:
    scores, hits, wanted = [np.zeros(0, np.float32)], [np.zeros(0, bool)], 0
    for one, (found, there) in zip(seen, areas, strict=True):
        inside = (there >= edges[0]) & (there < edges[1])
        hit, counted = _matched(one, inside, (found >= edges[0]) & (found < edges[1]))
        scores.append(one.scores[:MOST_PER_PICTURE][counted])
        hits.append(hit[counted])
        wanted += int(inside.sum())
    order = np.argsort(-np.concatenate(scores), kind="stable")
    return Sized(wanted, area_of(np.concatenate(hits)[order], wanted) if wanted else None)


def _matched(
    one: Seen, inside: NDArray[np.bool_], fitting: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which boxes `(N,)` hit a label of this size, and which count at all.

    A box that covers only a label of another size, or covers none and is of another size itself, does not count.
    """
    most = min(len(one.found), MOST_PER_PICTURE)
    hits, counted = np.zeros(most, bool), fitting[:most].copy()
    if not most or not len(one.there):
        return hits, counted
    overlap = iou(one.found[:most], one.there).astype(np.float64)  # (N, M)
    overlap[overlap < OVERLAPS[0] - ROUNDING] = -1.0
    for index in np.flatnonzero(overlap.max(1) > 0):
        offers = np.where(inside, overlap[index], -1.0)
        offers = offers if offers.max() > 0 else overlap[index]
        chosen = int(offers.argmax())
        if offers[chosen] > 0:
            hits[index] = counted[index] = inside[chosen]
            overlap[:, chosen] = -1.0
    return hits, counted
