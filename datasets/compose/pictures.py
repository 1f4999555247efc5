"""Opens photographs and writes composed pictures."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.errors import PictureMissing

Picture = NDArray[np.uint8]
"""`(H, W, 3)` RGB."""


def open_picture(path: Path) -> Picture:
    """The pixels of a file, `(H, W, 3)` uint8 RGB.

    Raises:
        PictureMissing: there is no such file, or no picture in it.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise PictureMissing(file=path.name)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def save_picture(path: Path, picture: Picture, quality: int) -> None:
    """Write a JPEG of a quality in 1..100, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    good, raw = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not good:
        raise ValueError(f"{path.name} could not be written as JPEG")
    started = path.with_suffix(".part")
    started.write_bytes(raw.tobytes())
    started.replace(path)
