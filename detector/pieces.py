"""A picture as a finder of small things looks at it: whole and small, then larger and piece by piece.

Piece by piece it needs a third of the memory, and a giant costs no more than a photo.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detector import boxes
from detector.types import Image, Xyxy

LONGEST_SIDE: Final = 1280
"""Beyond this, a picture is scaled down: what is smaller then is beyond recognition."""

TILE_LONG, TILE_SHORT, TILE_OVERLAP = 672, 416, 64
"""What is up to 64 pixels long is whole in one piece."""

Found = tuple[Xyxy, NDArray[np.float32]]
"""`(N, 4)` boxes and `(N,)` scores."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One input of a network: an `(H, W, 3)` picture, and where it lies in the whole one."""

    image: Image
    left: float
    top: float
    scale: float
    is_last: bool = False

    def in_whole(self, found: Xyxy) -> Xyxy:
        """`(N, 4)` boxes in pixels of the whole picture."""
        return (found / self.scale + np.array([self.left, self.top] * 2, np.float32)).astype(np.float32)


def pieces(image: Image, *, largest_scale: float = 1.0) -> Iterator[Piece]:
    """The whole of an `(H, W, 3)` picture small, for what is large, then its pieces, for what is small.

    Args:
        image: uint8.
        largest_scale: how much a small picture may be enlarged on its way to `LONGEST_SIDE`.
    """
    height, width = image.shape[:2]
    fine = min(largest_scale, LONGEST_SIDE / max(width, height))
    coarse = min(fine, TILE_LONG / max(width, height))
    yield _scaled(image, coarse, is_last=coarse == fine)
    if coarse == fine:
        return
    whole = _scaled(image, fine).image
    tile_width, tile_height = (TILE_LONG, TILE_SHORT) if width >= height else (TILE_SHORT, TILE_LONG)
    tops, lefts = (_starts(side, tile) for side, tile in zip(whole.shape[:2], (tile_height, tile_width), strict=True))
    for top in tops:
        for left in lefts:
            piece = whole[top : top + tile_height, left : left + tile_width]
            is_last = (top, left) == (tops[-1], lefts[-1])
            yield Piece(_padded(piece), left / fine, top / fine, fine, is_last)


def best(found: list[Found], overlap: float, image: Image) -> Xyxy:
    """What was found in the pieces of one picture, `(N, 4)` in its pixels, each thing once, best first."""
    return best_scored(found, overlap, image)[0]


def best_scored(found: list[Found], overlap: float, image: Image) -> Found:
    """The same with `(N,)` scores."""
    every = np.concatenate([each[0] for each in found])  # (N, 4)
    scores = np.concatenate([each[1] for each in found])  # (N,)
    height, width = image.shape[:2]
    rows = boxes.keep_best(every, scores, overlap)
    return boxes.clip(every[rows], width, height), scores[rows]


def _starts(length: int, tile: int) -> list[int]:
    """Where tiles begin that cover a length with at least the overlap.

    >>> _starts(1280, 672), _starts(300, 416)
    ([0, 608], [0])
    """
    if length <= tile:
        return [0]
    count = -(-(length - TILE_OVERLAP) // (tile - TILE_OVERLAP))
    return [round(i * (length - tile) / (count - 1)) for i in range(count)]


def _scaled(image: Image, scale: float, *, is_last: bool = False) -> Piece:
    height, width = image.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    sized = image if scale == 1 else cv2.resize(image, size, interpolation=how)
    return Piece(_padded(np.asarray(sized, np.uint8)), 0, 0, scale, is_last)


def _padded(image: Image) -> Image:
    """Black to the right and below, up to multiples of the stride."""
    height, width = image.shape[:2]
    bottom, right = -height % boxes.STRIDE, -width % boxes.STRIDE
    return np.pad(image, ((0, bottom), (0, right), (0, 0))) if bottom or right else image
