"""Can this camera be trusted right now? A dark, frozen or turned picture is a fault of the camera, no "all clear".

A fault is about one frame, which is then not analysed. Whether it lasts long enough to be an event, others decide.
"""

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.echoes import Echoes
from detector.gate import thumbnail
from detector.types import Frame, Image
from detector.view import View

Fault = Literal["dark", "covered", "blurred", "frozen", "looped", "moved"]
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)

DARK_BELOW: Final = 18.0
"""Gray levels, of 255, that 95 of 100 cells stay under: nothing can be recognised."""

FLAT_BELOW: Final = 6.0
"""Standard deviation of gray levels of a picture with something in front of the lens."""

COVERED_SHARE: Final = 0.85
"""Of 16x9 tiles, so many without an edge are a hand, a bag or spray; of 120 street pictures none had half as many."""

NO_EDGE: Final = 20
"""Gray levels between neighbours at 320 pixels width; a lit street has more in nearly every tile."""

NOTHING: Final = 8
"""The same of a picture that is out of focus: less is no street at all."""

LIT_FROM: Final = 60.0
"""Gray levels that 5 of 100 cells reach; by night even a good picture has dark tiles."""

SHARP_WIDTH: Final = 320
BLURRED_BELOW: Final = 12.0
"""Variance of the Laplacian at 320 pixels width."""

TILES_X, TILES_Y = 16, 9
REPEATED_SHARE: Final = 0.9
"""Of the tiles, so many bit by bit the same are a repeated picture: the clock that is written into it may run on."""

LEAST_WIDTH: Final = 160
"""Pixels; of a smaller picture nothing can be said."""

_STRIDE: Final = 7


@dataclass(slots=True)
class Health:
    """Watches one camera's frames.

    Attributes:
        view: what it looks at; None for a camera that moves: it has no view to leave.
        echoes: what it has shown; None where the sender chooses what to send, and may choose a picture twice.
    """

    view: View | None = None
    echoes: Echoes | None = None
    _last: NDArray[np.uint8] | None = field(default=None, repr=False)

    def check(self, frame: Frame) -> Fault | None:
        """The fault that keeps the frame from being analysed, None where there is none.

        A frame that repeats the one before is `frozen` at once, those that repeat older ones for minutes are `looped`:
        a live sensor's noise never gives a picture twice.
        """
        if frame.image.shape[1] < LEAST_WIDTH:
            return None
        repeated = self._repeated(frame)
        return fault_of(frame.image) or repeated or self._turned(frame)

    def _repeated(self, frame: Frame) -> Fault | None:
        sample = np.ascontiguousarray(frame.image[_STRIDE // 2 :: _STRIDE, _STRIDE // 2 :: _STRIDE, 1])
        last, self._last = self._last, sample
        if last is not None and last.shape == sample.shape and same_tiles(last, sample) >= REPEATED_SHARE:
            return "frozen"
        clock_s = frame.taken_at.timestamp() if frame.clock_s is None else frame.clock_s
        return "looped" if self.echoes is not None and self.echoes.goes_round(sample, clock_s) else None

    def _turned(self, frame: Frame) -> Fault | None:
        return "moved" if self.view is not None and not self.view.holds(frame) else None


def fault_of(image: Image) -> Fault | None:
    """What is wrong with an `(H, W, 3)` picture by itself.

    >>> fault_of(np.zeros((90, 160, 3), np.uint8))
    'dark'
    """
    thumb = thumbnail(image)
    brightest = float(np.percentile(thumb, 95))
    if brightest < DARK_BELOW:
        return "dark"
    small = _at_common_width(image)
    is_blurred = float(cv2.Laplacian(small, cv2.CV_32F).var()) < BLURRED_BELOW
    edgeless = _edgeless(small, NOTHING if is_blurred else NO_EDGE)
    if float(thumb.std()) < FLAT_BELOW or (edgeless >= COVERED_SHARE and brightest >= LIT_FROM):
        return "covered"
    return "blurred" if is_blurred else None


def same_tiles(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    """The share of 16x9 tiles in which two `(h, w)` pictures are the same bit by bit.

    >>> a = np.zeros((90, 160), np.uint8)
    >>> b = a.copy(); b[0, 0] = 1
    >>> round(same_tiles(a, b), 3)
    0.993
    """
    return 1.0 - float(_tiles((before != after).astype(np.uint8)).mean())


def _edgeless(small: NDArray[np.uint8], below: int) -> float:
    """The share of tiles whose strongest edge stays below so many gray levels."""
    edges = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return float((_tiles(np.asarray(edges, np.uint8)) < below).mean())


def _tiles(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The greatest of each of 16x9 tiles, fewer where the `(h, w)` picture is smaller: `(9, 16)`."""
    height, width = values.shape
    rows = np.unique(np.linspace(0, height, TILES_Y, endpoint=False).astype(int))
    columns = np.unique(np.linspace(0, width, TILES_X, endpoint=False).astype(int))
    return np.asarray(np.maximum.reduceat(np.maximum.reduceat(values, rows, axis=0), columns, axis=1), np.uint8)


def _at_common_width(image: Image) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    size = SHARP_WIDTH, max(1, round(height * SHARP_WIDTH / width))
    return np.asarray(cv2.resize(image[..., 1], size, interpolation=cv2.INTER_AREA), np.uint8)
