"""Can this camera be trusted right now? A dark or frozen picture is a fault of the camera, never an "all clear"."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import cv2
import numpy as np

from detector.gate import thumbnail
from detector.types import Frame, Image

Fault = Literal["dark", "covered", "blurred", "frozen"]

DARK_BELOW: Final = 18.0
"""Gray levels, of 255, that 95 of 100 cells stay under: nothing can be recognised."""

FLAT_BELOW: Final = 6.0
"""Standard deviation of gray levels of a picture with something in front of the lens."""

SHARP_WIDTH: Final = 320
BLURRED_BELOW: Final = 12.0
"""Variance of the Laplacian at 320 pixels width."""


@dataclass(slots=True)
class Health:
    """Watches one camera's frames; `frozen_after` is how long a live sensor's noise may stay away."""

    frozen_after: timedelta = timedelta(seconds=60)
    _last: bytes | None = None
    _since: datetime | None = None

    def check(self, frame: Frame) -> Fault | None:
        """The fault that keeps the frame from being analysed, None where there is none."""
        digest = frame.image[::7, ::7].tobytes()
        if digest != self._last:
            self._last, self._since = digest, frame.taken_at
        elif self._since and frame.taken_at - self._since >= self.frozen_after:
            return "frozen"
        return fault_of(frame.image)


def fault_of(image: Image) -> Fault | None:
    """What is wrong with an `(H, W, 3)` picture by itself.

    >>> fault_of(np.zeros((90, 160, 3), np.uint8))
    'dark'
    """
    thumb = thumbnail(image)
    if np.percentile(thumb, 95) < DARK_BELOW:
        return "dark"
    if float(thumb.std()) < FLAT_BELOW:
        return "covered"
    return "blurred" if sharpness(image) < BLURRED_BELOW else None


def sharpness(image: Image) -> float:
    """Variance of the Laplacian at one common width, so that resolutions compare."""
    height, width = image.shape[:2]
    size = SHARP_WIDTH, max(1, round(height * SHARP_WIDTH / width))
    small = cv2.resize(image[..., 1], size, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_32F).var())
