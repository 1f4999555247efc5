"""Faces are made unrecognisable before anybody sees a picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detector import boxes, centerface
from detector.model import lean
from detector.types import Image, Xyxy

MIN_SCORE: Final = 0.3
LONGEST_SIDE: Final = 1280
"""Beyond this, a picture is scaled down before faces are looked for: smaller ones are beyond recognition."""

TILE_LONG, TILE_SHORT, TILE_OVERLAP = 672, 416, 64
"""Looked at piece by piece, a picture needs a third of the memory; a face of up to 64 px is whole in one piece."""

MARGIN: Final = 0.3
CELLS: Final = 3
"""Four cells and more still look like a face to the network that found it."""
_STEP: Final = 4  # input pixels per cell of the heatmap
_OVERLAP: Final = 0.3


@dataclass(frozen=True, slots=True)
class _Look:
    """One input of the network: an `(H, W, 3)` picture, and where it lies in the whole one."""

    image: Image
    left: float
    top: float
    scale: float


class Faces:
    """Finds and hides faces with CenterFace. Any thread may call it."""

    def __init__(self, session: ort.InferenceSession) -> None:
        self._session = session

    def find(self, image: Image, *, min_score: float = MIN_SCORE) -> Xyxy:
        """Where faces are on an `(H, W, 3)` uint8 RGB picture; `(N, 4)` in its pixels, best first."""
        looks = list(_looks(image))
        found = [self._look(look, min_score, is_last=look is looks[-1]) for look in looks]
        every = np.concatenate([each[0] for each in found])  # (N, 4)
        scores = np.concatenate([each[1] for each in found])  # (N,)
        height, width = image.shape[:2]
        return boxes.clip(every[boxes.keep_best(every, scores, _OVERLAP)], width, height)

    def blur(self, image: Image, *, min_score: float = MIN_SCORE) -> Image:
        """A copy of the picture on which no face can be recognised."""
        return hide(image, self.find(image, min_score=min_score))

    def _look(self, look: _Look, min_score: float, *, is_last: bool) -> tuple[Xyxy, NDArray[np.float32]]:
        """Boxes in pixels of the whole picture, and their scores; the last look gives its working memory back."""
        pixels = np.ascontiguousarray(look.image.transpose(2, 0, 1)[None], np.float32)  # (1, 3, H, W)
        wanted = [centerface.HEATMAP, centerface.SIZE, centerface.OFFSET]
        heat, size, offset = self._session.run(wanted, {centerface.INPUT: pixels}, _given_back() if is_last else None)
        found, scores = _decode(heat[0, 0], size[0], offset[0], min_score)
        return (found / look.scale + np.array([look.left, look.top] * 2, np.float32)).astype(np.float32), scores


def _given_back() -> ort.RunOptions:
    """For a run whose working memory goes back at once: the next picture may be a giant that needs the room."""
    options = ort.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def open_faces(*, threads: int = 1) -> Faces:
    """Load CenterFace from its package.

    Raises:
        NoEngine, HashMismatch: see `detector.centerface.read_centerface`.
    """
    content = centerface.read_centerface()
    return Faces(ort.InferenceSession(content, lean(threads), providers=["CPUExecutionProvider"]))


def hide(image: Image, faces: Xyxy) -> Image:
    """A copy on which each box and a margin around it is a mosaic of 3 by 3 averaged colours.

    The averages are all that is left: no filter brings a face back from them.
    """
    hidden = image.copy()
    height, width = image.shape[:2]
    for x0, y0, x1, y1 in boxes.clip(boxes.grow(faces, MARGIN), width, height):
        left, top, right, bottom = int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))
        if left < right and top < bottom:
            region = hidden[top:bottom, left:right]
            cells = (min(CELLS, right - left), min(CELLS, bottom - top))
            averages = cv2.resize(region, cells, interpolation=cv2.INTER_AREA)
            region[:] = cv2.resize(averages, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    return hidden


def _decode(
    heat: NDArray[np.float32], size: NDArray[np.float32], offset: NDArray[np.float32], min_score: float
) -> tuple[Xyxy, NDArray[np.float32]]:
    """Boxes in pixels of the input from the three maps.

    Args:
        heat: `(h, w)`, how sure a face's centre is in a cell of 4x4 pixels.
        size: `(2, h, w)`, log of height and width in cells.
        offset: `(2, h, w)`, where in its cell the centre is, y and x.
        min_score: from which heat a cell counts.
    """
    rows, columns = np.nonzero(heat >= min_score)
    tall, wide = np.exp(size[:, rows, columns]) * _STEP  # (N,) each
    centre_y = (rows + offset[0, rows, columns] + 0.5) * _STEP
    centre_x = (columns + offset[1, rows, columns] + 0.5) * _STEP
    found = np.stack(
        [centre_x - wide / 2, centre_y - tall / 2, centre_x + wide / 2, centre_y + tall / 2], axis=1
    )  # (N, 4)
    return found.astype(np.float32), heat[rows, columns]


def _looks(image: Image) -> Iterator[_Look]:
    """The whole picture small, for large faces, then its pieces, for small ones."""
    height, width = image.shape[:2]
    yield _scaled(image, min(1.0, TILE_LONG / max(width, height)))
    if max(width, height) <= TILE_LONG:
        return
    whole = _scaled(image, min(1.0, LONGEST_SIDE / max(width, height)))
    tile_width, tile_height = (TILE_LONG, TILE_SHORT) if width >= height else (TILE_SHORT, TILE_LONG)
    inner_height, inner_width = whole.image.shape[:2]
    for top in _starts(inner_height, tile_height):
        for left in _starts(inner_width, tile_width):
            piece = whole.image[top : top + tile_height, left : left + tile_width]
            yield _Look(_padded(piece), left / whole.scale, top / whole.scale, whole.scale)


def _starts(length: int, tile: int) -> list[int]:
    """Where tiles begin that cover a length with at least the overlap.

    >>> _starts(1280, 672), _starts(300, 416)
    ([0, 608], [0])
    """
    if length <= tile:
        return [0]
    count = -(-(length - TILE_OVERLAP) // (tile - TILE_OVERLAP))
    return [round(i * (length - tile) / (count - 1)) for i in range(count)]


def _scaled(image: Image, scale: float) -> _Look:
    height, width = image.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = image if scale == 1 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return _Look(_padded(np.asarray(small, np.uint8)), 0, 0, scale)


def _padded(image: Image) -> Image:
    """Black to the right and below, up to multiples of the stride."""
    height, width = image.shape[:2]
    bottom, right = -height % boxes.STRIDE, -width % boxes.STRIDE
    return np.pad(image, ((0, bottom), (0, right), (0, 0))) if bottom or right else image
