"""The picture that may leave: blurred, and encoded anew."""

import io
from collections.abc import Callable
from typing import Final

from PIL import Image as Pillow

from detector.types import Image

JPEG_QUALITY: Final = 86
SERVED_TYPE: Final = "image/jpeg"

Blur = Callable[[Image], Image]
"""Takes `(H, W, 3)` uint8 RGB, gives the same with faces and number plates made unrecognisable."""


def served_jpeg(image: Image, blur: Blur) -> bytes:
    """The picture that may be shown: blurred, encoded anew, so that nothing of the original's metadata is left.

    Args:
        image: `(H, W, 3)` uint8 RGB, upright.
        blur: makes faces and number plates unrecognisable.
    """
    out = io.BytesIO()
    Pillow.fromarray(blur(image)).save(out, format="JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
