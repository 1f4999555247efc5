"""Pure geometry on `(N, 4)` boxes, and the letterbox between a picture and the model's input."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.types import Xyxy

STRIDE: Final = 32

SQUEEZED: Final = 1 / 64
"""A side that exceeds a multiple of the stride by no more than this share of itself is scaled down to that multiple.

A 16:9 picture is so: 576 by 320 instead of 576 by 324 saves a row of padding, a twelfth of what there is to look at.
"""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How a picture lies in a model's input: scaled, then padded at all sides to multiples of the stride.

    Attributes:
        width: pixels of the input.
        height: pixels of the input.
        inner_width: pixels of the picture inside it.
        inner_height: pixels of the picture inside it.
        left: padding before the picture.
        top: padding above the picture.
        scale_x: input pixels per picture pixel.
        scale_y: input pixels per picture pixel; differs from `scale_x` by rounding and squeezing only.
    """

    width: int
    height: int
    inner_width: int
    inner_height: int
    left: int
    top: int
    scale_x: float
    scale_y: float


def letterbox(width: int, height: int, longest_side: int) -> Letterbox:
    """The smallest input that holds a `(width, height)` picture scaled to `longest_side`, or squeezed by a hair.

    >>> box = letterbox(1920, 1080, 640)
    >>> (box.width, box.height), (box.inner_width, box.inner_height), (box.left, box.top)
    ((640, 384), (640, 360), (0, 12))
    >>> box = letterbox(1920, 1080, 576)
    >>> (box.width, box.height), (box.inner_width, box.inner_height), (box.left, box.top)
    ((576, 320), (576, 320), (0, 0))
    """
    scale = longest_side / max(width, height)
    inner_width, inner_height = (_squeezed(max(1, round(side * scale))) for side in (width, height))
    outer_width, outer_height = (-(-side // STRIDE) * STRIDE for side in (inner_width, inner_height))
    return Letterbox(
        width=outer_width,
        height=outer_height,
        inner_width=inner_width,
        inner_height=inner_height,
        left=(outer_width - inner_width) // 2,
        top=(outer_height - inner_height) // 2,
        scale_x=inner_width / width,
        scale_y=inner_height / height,
    )


def _squeezed(side: int) -> int:
    over = side % STRIDE
    return side - over if over <= SQUEEZED * side and side > STRIDE else side


def to_input(boxes: Xyxy, at: Letterbox) -> Xyxy:
    """From pixels of the picture to pixels of the input; `(N, 4)` both."""
    return (boxes * _scales(at) + _offsets(at)).astype(np.float32)


def from_input(boxes: Xyxy, at: Letterbox) -> Xyxy:
    """From pixels of the input to pixels of the picture; `(N, 4)` both, not clipped.

    >>> at = letterbox(1920, 1080, 640)
    >>> from_input(np.float32([[0, 12, 640, 372]]), at).tolist()
    [[0.0, 0.0, 1920.0, 1080.0]]
    """
    return ((boxes - _offsets(at)) / _scales(at)).astype(np.float32)


def clip(boxes: Xyxy, width: float, height: float) -> Xyxy:
    """Cut `(N, 4)` boxes at the edges of a picture; what lies outside becomes empty.

    >>> clip(np.float32([[-5, 2, 30, 8]]), 20, 10).tolist()
    [[0.0, 2.0, 20.0, 8.0]]
    """
    return np.clip(boxes, 0, np.array([width, height, width, height], np.float32))


def grow(boxes: Xyxy, by: float) -> Xyxy:
    """Push every side of `(N, 4)` boxes out by a share of the box's own size.

    >>> grow(np.float32([[10, 10, 20, 30]]), 0.1).tolist()
    [[9.0, 8.0, 21.0, 32.0]]
    """
    margin = (boxes[:, 2:] - boxes[:, :2]) * by  # (N, 2)
    return np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1).astype(np.float32)


def area(boxes: Xyxy) -> NDArray[np.float32]:
    """Square pixels of `(N, 4)` boxes; `(N,)`, 0 for empty ones.

    >>> area(np.float32([[0, 0, 2, 3], [5, 5, 4, 9]])).tolist()
    [6.0, 0.0]
    """
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)  # (N, 2)
    product: NDArray[np.float32] = sides[:, 0] * sides[:, 1]
    return product.astype(np.float32)


def iou(a: Xyxy, b: Xyxy) -> NDArray[np.float32]:
    """How much every box of `a` overlaps every box of `b`.

    Args:
        a: `(N, 4)` xyxy, pixels.
        b: `(M, 4)` xyxy, pixels.

    Returns:
        `(N, M)`, each value in [0, 1].

    >>> overlap = iou(np.float32([[0, 0, 10, 10]]), np.float32([[5, 0, 15, 10]]))
    >>> overlap.shape, round(float(overlap[0, 0]), 2)
    ((1, 1), 0.33)
    """
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])  # (N, M, 2)
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])  # (N, M, 2)
    shared = np.maximum(bottom_right - top_left, 0).prod(axis=2)  # (N, M)
    union = area(a)[:, None] + area(b)[None, :] - shared  # (N, M)
    overlap: NDArray[np.float32] = shared / np.maximum(union, np.finfo(np.float32).tiny)
    return overlap.astype(np.float32)


def keep_best(boxes: Xyxy, scores: NDArray[np.float32], overlap: float) -> NDArray[np.intp]:
    """The best of every heap of overlapping boxes (greedy non-maximum suppression), best first.

    Args:
        boxes: `(N, 4)`.
        scores: `(N,)`.
        overlap: boxes that overlap a better one by more than this IoU are dropped.

    Returns:
        Indices into `boxes`.

    >>> three = np.float32([[0, 0, 10, 10], [1, 0, 11, 10], [50, 50, 60, 60]])
    >>> keep_best(three, np.float32([0.5, 0.9, 0.7]), 0.3).tolist()
    [1, 2]
    """
    left = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(int(best))
        left = left[iou(boxes[best : best + 1], boxes[left])[0] <= overlap]
    return np.array(kept, np.intp)


def _scales(at: Letterbox) -> NDArray[np.float32]:
    return np.array([at.scale_x, at.scale_y, at.scale_x, at.scale_y], np.float32)


def _offsets(at: Letterbox) -> NDArray[np.float32]:
    return np.array([at.left, at.top, at.left, at.top], np.float32)
