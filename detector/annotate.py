"""Boxes and their names drawn onto a picture, in Chinese or English."""

from functools import cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from detector.catalog import Catalog
from detector.types import Detection, Detections, Image

Language = Literal["zh", "en"]

FONT: Final = Path(__file__).with_name("fonts") / "NotoSansCJKsc-Bold-subset.otf"
NO_CONDITION: Final = "#6b7280"
_NO_GLYPH: Final = "\uffff"
_SMALLEST_TEXT: Final = 12


def annotate(image: Image, detections: Detections, catalog: Catalog, language: Language = "zh") -> Image:
    """A copy of an `(H, W, 3)` picture with every box in its condition's colour, named, the best on top."""
    picture = Pictures.fromarray(image)
    draw = ImageDraw.Draw(picture)
    longest = max(picture.size)
    font = _font(max(_SMALLEST_TEXT, longest // 60))
    for detection in reversed(list(detections)):
        colour = colour_of(detection, catalog)
        draw.rectangle(detection.box.xyxy, outline=colour, width=max(2, longest // 400))
        _label(draw, detection, name_of(detection.kind, catalog, language), colour, font)
    return np.asarray(picture)


def name_of(kind: str, catalog: Catalog, language: Language) -> str:
    """What people call a kind; English where the picture's font lacks a sign of the Chinese name.

    >>> from detector.catalog import load_catalog
    >>> name_of("litter", load_catalog(), "zh"), name_of("litter", load_catalog(), "en")
    ('散落垃圾', 'Litter')
    """
    name = catalog.kind(kind).name
    return name.zh if language == "zh" and can_write(name.zh) else name.en


def colour_of(detection: Detection, catalog: Catalog) -> str:
    """That of the condition, gray where there is none."""
    return catalog.condition(detection.condition).colour if detection.condition else NO_CONDITION


@cache
def can_write(text: str) -> bool:
    """Whether the font has every sign; it holds those of the catalog and some more.

    >>> can_write("飞线充电 0.9"), can_write("龘")
    (True, False)
    """
    font = _font(_SMALLEST_TEXT)
    missing = bytes(font.getmask(_NO_GLYPH))
    return all(sign == " " or bytes(font.getmask(sign)) != missing for sign in text)


def _label(
    draw: ImageDraw.ImageDraw, detection: Detection, name: str, colour: str, font: ImageFont.FreeTypeFont
) -> None:
    """Above the box, or inside it where the picture ends; never outside the picture."""
    text = f"{name} {detection.score:.2f}"
    _, _, width, height = draw.textbbox((0, 0), text, font=font)
    margin = font.size // 5
    width, height = width + 2 * margin, height + 2 * margin
    x = max(0, min(detection.box.x0, draw.im.size[0] - width))
    y = detection.box.y0 - height if detection.box.y0 >= height else detection.box.y0
    draw.rectangle((x, y, x + width, y + height), fill=colour)
    draw.text((x + margin, y + margin), text, fill="white", font=font)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)
