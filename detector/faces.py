"""Finds faces with CenterFace."""

from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detector import centerface
from detector.onnx_engine import giving_back, lean
from detector.pieces import Found, Piece, best, pieces
from detector.types import Image, Xyxy

MIN_SCORE: Final = 0.3
LARGEST_SCALE: Final = 2.0
"""A small picture is enlarged so far: of faces 8 to 16 pixels wide the network overlooks one in seven as they are."""

_STEP: Final = 4  # input pixels per cell of the heatmap
_OVERLAP: Final = 0.3


class Faces:
    """Finds faces. Any thread may call it."""

    def __init__(self, session: ort.InferenceSession) -> None:
        self._session = session

    def find(self, image: Image, *, min_score: float = MIN_SCORE) -> Xyxy:
        """Where faces are on an `(H, W, 3)` uint8 RGB picture; `(N, 4)` in its pixels, best first."""
        return best(
            [self._look(piece, min_score) for piece in pieces(image, largest_scale=LARGEST_SCALE)], _OVERLAP, image
        )

    def _look(self, piece: Piece, min_score: float) -> Found:
        pixels = np.ascontiguousarray(piece.image.transpose(2, 0, 1)[None], np.float32)  # (1, 3, H, W)
        wanted = [centerface.HEATMAP, centerface.SIZE, centerface.OFFSET]
        heat, size, offset = self._session.run(wanted, {centerface.INPUT: pixels}, giving_back(piece.is_last))
        found, scores = _decode(heat[0, 0], size[0], offset[0], min_score)
        return piece.in_whole(found), scores


def open_faces(*, threads: int = 1) -> Faces:
    """Load CenterFace from its package.

    Raises:
        NoEngine, HashMismatch: see `detector.centerface.read_centerface`.
    """
    content = centerface.read_centerface()
    return Faces(ort.InferenceSession(content, lean(threads), providers=["CPUExecutionProvider"]))


def _decode(
    heat: NDArray[np.float32], size: NDArray[np.float32], offset: NDArray[np.float32], min_score: float
) -> Found:
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
