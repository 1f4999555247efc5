"""Pictures made small with boxes and captions on them, for reports, sheets and guides."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from datasets.records import Label
from detector.annotate import FONT
from detector.types import Image

PALETTE: Final = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#7f7f7f")
WRONG: Final = "#d50032"
TEXT_PX: Final = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to draw, in its colour, with a caption or none."""

    label: Label
    colour: str
    text: str = ""


def colour_of(kind: str, kinds: Sequence[str]) -> str:
    """One of eight colours that the colour-blind can tell apart, by the kind's place."""
    return PALETTE[kinds.index(kind) % len(PALETTE)] if kind in kinds else PALETTE[-1]


def opened(path: Path) -> Image | None:
    """An `(H, W, 3)` RGB picture, upright; None where there is none to see."""
    data = path.read_bytes() if path.is_file() else b""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    return None if pixels is None else np.asarray(pixels[..., ::-1], np.uint8)


def drawn(image: Image, marks: Sequence[Mark], longest: int) -> Image:
    """A copy no longer than `longest` pixels with the boxes on it, largest first, so that small ones stay in sight."""
    height, width = image.shape[:2]
    scale = min(1.0, longest / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    picture = Pictures.fromarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
    draw = ImageDraw.Draw(picture)
    for mark in sorted(marks, key=lambda mark: -mark.label.w * mark.label.h):
        x0, y0, x1, y1 = (side * size[axis % 2] for axis, side in enumerate(mark.label.xyxy))
        x0, x1 = min(x0, size[0] - 1), min(max(x0, x1), size[0] - 1)
        y0, y1 = min(y0, size[1] - 1), min(max(y0, y1), size[1] - 1)
        draw.rectangle((x0, y0, x1, y1), outline=mark.colour, width=max(2, longest // 220))
        if mark.text:
            caption(draw, (x0, y0), mark.text, mark.colour)
    return np.asarray(picture)


def caption(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, colour: str) -> None:
    """White words on a plate, its lower left corner at `at`, moved so that it stays in the picture."""
    font = ImageFont.truetype(FONT, TEXT_PX)
    _, _, right, bottom = draw.textbbox((0, 0), text, font=font)
    width, height = draw.im.size
    x = max(0, min(at[0], width - right - 4))
    y = max(0, min(at[1] - bottom - 4, height - bottom - 4))
    draw.rectangle((x, y, x + right + 4, y + bottom + 4), fill=colour)
    draw.text((x + 2, y + 1), text, fill="white" if _dark(colour) else "black", font=font)


def _dark(colour: str) -> bool:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return 0.3 * red + 0.59 * green + 0.11 * blue < 150


def jpeg(image: Image, quality: int = 80) -> bytes:
    """The picture as JPEG."""
    return bytes(cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1])
