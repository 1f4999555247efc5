"""Finds number plates, to hide them; nothing here can read one.

The network is ours: `weights/plates.toml` says what it learned from. It gives two boxes a cell on three scales, as
offsets from squares; the scales and squares are those of `training.plates.net`.
"""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detector.onnx_engine import giving_back, lean
from detector.pieces import Found, Piece, best_scored, pieces
from detector.types import Image, Xyxy
from detector.weights import Card, open_card

CARD: Final = Path(__file__).resolve().parent.parent / "weights" / "plates.toml"
KIND: Final = "plate"
LARGEST_SCALE: Final = 2.0
"""A small picture is enlarged so far: its plates are the smallest that can still be read."""

STEPS: Final = (8, 16, 32)
SIZES: Final = ((24, 48), (96, 192), (384, 768))
_MEAN: Final = np.array([104, 117, 123], np.float32)[:, None, None]  # blue, green, red
_CENTRE, _SIDE = np.float32(0.1), np.float32(0.2)
_OVERLAP: Final = 0.4
_MOST_SIDES: Final = 4.0


class Plates:
    """Finds number plates. Any thread may call it."""

    def __init__(self, session: ort.InferenceSession, min_score: float) -> None:
        self._session = session
        self._min_score = min_score

    def find(self, image: Image, *, min_score: float | None = None) -> Xyxy:
        """Where plates are on an `(H, W, 3)` uint8 RGB picture; `(N, 4)` in its pixels, best first."""
        return self.scored(image, self._min_score if min_score is None else min_score)[0]

    def scored(self, image: Image, min_score: float) -> Found:
        """The same with `(N,)` scores in [0, 1]; a higher threshold would find the best of them."""
        found = [self._look(piece, min_score) for piece in pieces(image, largest_scale=LARGEST_SCALE)]
        return best_scored(found, _OVERLAP, image)

    def _look(self, piece: Piece, min_score: float) -> Found:
        pixels = piece.image[:, :, ::-1].transpose(2, 0, 1) - _MEAN  # (3, H, W)
        offsets, scores = self._session.run(None, {"pictures": pixels[None]}, giving_back(piece.is_last))
        found, sure = _decode(offsets[0], scores[0], _starts(*piece.image.shape[:2]), min_score)
        return piece.in_whole(found), sure


def open_plates(card: Card | None = None, *, threads: int = 1) -> Plates:
    """Load the network of a card, the shipped one by default.

    Raises:
        UnreadableCard, HashMismatch, NoEngine: the card or its file is not what it should be.
    """
    card = card or open_card(CARD)
    session = ort.InferenceSession(card.read("onnxruntime"), lean(threads), providers=["CPUExecutionProvider"])
    return Plates(session, card.thresholds[KIND])


def _decode(
    offsets: NDArray[np.float32], scores: NDArray[np.float32], starts: NDArray[np.float32], min_score: float
) -> Found:
    """Boxes in pixels of the input.

    Args:
        offsets: `(N, 4)`, how far from its square's centre, in tenths of its side, and five times the logarithm of how
            much wider and taller.
        scores: `(N,)` in [0, 1].
        starts: `(N, 4)`, centre and sides of the squares.
        min_score: from which score a box counts.
    """
    good = scores >= min_score
    square, moved = starts[good], offsets[good]
    centre = square[:, :2] + moved[:, :2] * _CENTRE * square[:, 2:]
    half = square[:, 2:] * np.exp(np.clip(moved[:, 2:] * _SIDE, -_MOST_SIDES, _MOST_SIDES)) / 2
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32), scores[good]


@cache
def _starts(height: int, width: int) -> NDArray[np.float32]:
    """`(N, 4)` centre x, centre y, side, side: the squares from which the boxes of an `(H, W)` input start.

    >>> _starts(64, 64).shape, _starts(64, 64)[0].tolist()
    ((168, 4), [4.0, 4.0, 24.0, 24.0])
    """
    rows = []
    for step, sizes in zip(STEPS, SIZES, strict=True):
        ys, xs = (np.arange(-(-side // step)) * step + step / 2 for side in (height, width))
        y, x, side = np.meshgrid(ys, xs, np.array(sizes, float), indexing="ij")
        rows.append(np.stack([x, y, side, side], -1).reshape(-1, 4))
    return np.concatenate(rows).astype(np.float32)
