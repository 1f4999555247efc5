"""Faces and number plates are made unrecognisable before anybody sees a picture."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from detector import boxes
from detector.faces import Faces, open_faces
from detector.plates import Plates, open_plates
from detector.types import Image, Xyxy

FACE_MARGIN: Final = 0.5
"""Of a face's size: a profile is found by its front alone."""

PLATE_MARGIN: Final = 0.25
CELLS: Final = 3
"""Four cells and more still look like a face to the network that found it."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """Hides what points to a person. Any thread may call it."""

    faces: Faces
    plates: Plates

    def blur(self, image: Image) -> Image:
        """A copy of an `(H, W, 3)` uint8 RGB picture on which no face and no number plate can be recognised."""
        return hide(image, self.boxes(image))

    def boxes(self, image: Image) -> Xyxy:
        """What is hidden: `(N, 4)`, margins included, in pixels of the picture."""
        faces, plates = self.faces.find(image), self.plates.find(image)
        return np.concatenate([boxes.grow(faces, FACE_MARGIN), boxes.grow(plates, PLATE_MARGIN)])


def open_privacy(*, threads: int = 1) -> Privacy:
    """Load both networks.

    Raises:
        NoEngine, HashMismatch, UnreadableCard: see `detector.faces.open_faces` and `detector.plates.open_plates`.
    """
    return Privacy(open_faces(threads=threads), open_plates(threads=threads))


def hide(image: Image, hidden: Xyxy) -> Image:
    """A copy on which each box is a mosaic of 3 by 3 averaged colours.

    The averages are all that is left: no filter brings a face or a number back from them.
    """
    shown = image.copy()
    height, width = image.shape[:2]
    for x0, y0, x1, y1 in boxes.clip(hidden, width, height):
        left, top, right, bottom = int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))
        if left < right and top < bottom:
            region = shown[top:bottom, left:right]
            cells = (min(CELLS, right - left), min(CELLS, bottom - top))
            averages = cv2.resize(region, cells, interpolation=cv2.INTER_AREA)
            region[:] = cv2.resize(averages, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    return shown
