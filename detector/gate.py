"""Has anything changed since the last look that was analysed? Most frames of a street are the frame before."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.types import Frame, Image

THUMB_WIDTH, THUMB_HEIGHT = 64, 36
_MARGIN: Final = 12

Thumb = NDArray[np.uint8]
"""`(36, 64)` uint8, gray."""


@dataclass(frozen=True, slots=True)
class Gating:
    """When a frame is worth a look.

    Attributes:
        changed_cells: of 64x36 cells, the share that must differ.
        cell_difference: gray levels, of 255, from which a cell differs; daylight drifts by less.
        look_every: a look is forced after this time, changed or not.
    """

    changed_cells: float = 0.004
    cell_difference: int = _MARGIN
    look_every: timedelta = timedelta(minutes=1)


@dataclass(slots=True)
class Gate:
    """Remembers the last analysed look of one camera."""

    gating: Gating = field(default_factory=Gating)
    _thumb: Thumb | None = None
    _looked_at: datetime | None = None

    def admit(self, frame: Frame) -> bool:
        """Whether the frame is to be analysed; if so, it becomes the one to compare with.

        A clock that steps back forces a look rather than none.
        """
        thumb = thumbnail(frame.image)
        if not (self._due(frame.taken_at) or self._changed(thumb)):
            return False
        self._thumb, self._looked_at = thumb, frame.taken_at
        return True

    def _due(self, at: datetime) -> bool:
        if self._looked_at is None:
            return True
        return not timedelta(0) <= at - self._looked_at < self.gating.look_every

    def _changed(self, thumb: Thumb) -> bool:
        return self._thumb is None or difference(self._thumb, thumb, self.gating.cell_difference) >= (
            self.gating.changed_cells
        )


def thumbnail(image: Image) -> Thumb:
    """`(36, 64)` gray cells of an `(H, W, 3)` picture.

    Only two rows and columns a cell are read, so that a frame costs a tenth of a millisecond whatever its size.
    """
    height, width = image.shape[:2]
    step_y, step_x = max(1, height // (2 * THUMB_HEIGHT)), max(1, width // (2 * THUMB_WIDTH))
    green = np.ascontiguousarray(image[step_y // 2 :: step_y, step_x // 2 :: step_x, 1])
    return np.asarray(cv2.resize(green, (THUMB_WIDTH, THUMB_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def difference(before: Thumb, after: Thumb, cell_difference: int = _MARGIN) -> float:
    """The share of cells that differ, when the change of the whole picture's light is taken out; in [0, 1].

    >>> night = np.full((36, 64), 40, np.uint8)
    >>> difference(night, night + 30)
    0.0
    """
    change = after.astype(np.int16) - before
    return float(np.mean(np.abs(change - np.int16(np.median(change))) >= cell_difference))
