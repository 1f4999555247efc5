"""A plate as pixels: one pixel a millimetre, then as old and dirty as plates are."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from datasets.compose.lettering import NOTO, face, installed
from datasets.plates.layouts import CITIES, LAYOUTS, LETTERS, PROVINCES, Layout, Row

Pixels = NDArray[np.uint8]
_FACES = ("DejaVuSansCondensed-Bold.ttf", "DejaVuSans-Bold.ttf", "Inter-ExtraBold.otf", "NotoSansCJK-Bold.ttc")
_DRAWN_PX = 120
_CORNER_MM, _FRAME_MM, _DOT_MM = 10, 4, 5


def draw_plate(rng: np.random.Generator) -> Pixels:
    """Any plate, `(H, W, 3)` uint8 RGB, with a number that chance wrote."""
    shares = np.array([layout.share for layout in LAYOUTS])
    return age(draw(LAYOUTS[int(rng.choice(len(LAYOUTS), p=shares / shares.sum()))], rng), rng)


def draw(layout: Layout, rng: np.random.Generator) -> Pixels:
    """A plate of one kind, as it leaves the factory."""
    width, height = (round(side) for side in layout.size)
    down = np.linspace(0, 1, height)[:, None, None]
    ground = np.array(layout.ground[0]) * (1 - down) + np.array(layout.ground[1]) * down  # (H, 1, 3)
    plate = Image.fromarray(np.broadcast_to(ground, (height, width, 3)).astype(np.uint8))
    pen = ImageDraw.Draw(plate)
    pen.rounded_rectangle((4, 4, width - 5, height - 5), _CORNER_MM, outline=layout.ink, width=_FRAME_MM)
    if layout.strip:
        pen.rectangle((0, 0, 48, height), fill=layout.strip)
    font = str(rng.choice(_FACES))
    for row in layout.rows:
        _write(plate, row, layout, font, rng)
    return np.asarray(plate)


def age(plate: Pixels, rng: np.random.Generator) -> Pixels:
    """The same with dirt, fading, screws and uneven light."""
    height, width = plate.shape[:2]
    worn = plate.astype(np.float32)
    worn = worn * rng.uniform(0.75, 1) + rng.uniform(0, 40)
    blots = cv2.resize(rng.normal(0, 1, (4, 9)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    dirt = np.clip(blots - rng.uniform(0.3, 2), 0, 1)[..., None] * rng.uniform(0, 0.7)
    worn = worn * (1 - dirt) + np.array([110, 100, 85], np.float32) * dirt
    left, right = rng.uniform(0.8, 1.15, 2)
    slope = np.linspace(left, right, width)[None, :, None]
    aged: Pixels = np.clip(worn * slope, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        for x in (width * 0.15, width * 0.85):
            cv2.circle(aged, (round(x), round(height * 0.1)), 5, (120, 120, 120), -1)
    return aged


def _write(plate: Image.Image, row: Row, layout: Layout, font: str, rng: np.random.Generator) -> None:
    at = row.left
    for index, sort in enumerate(row.signs):
        ink = layout.first_ink if layout.first_ink and row is layout.rows[0] and index == 0 else layout.ink
        for sign in _sign(sort, rng):
            mask = _glyph(sign, font, (round(row.size[0]), round(row.size[1])))
            plate.paste(Image.new("RGB", mask.size, ink), (round(at), round(row.top)), mask)
            at += row.size[0] + row.gap
        if index == row.wide_after:
            if row.has_dot:
                x, y = at - row.gap + row.wide_gap / 2, row.top + row.size[1] / 2
                ImageDraw.Draw(plate).ellipse((x - _DOT_MM, y - _DOT_MM, x + _DOT_MM, y + _DOT_MM), fill=layout.ink)
            at += row.wide_gap - row.gap


def _sign(sort: str, rng: np.random.Generator) -> str:
    pools = {"P": PROVINCES, "L": LETTERS, "N": "0123456789", "D": "0123456789" * 2 + LETTERS}
    if sort == "C":
        return str(rng.choice(CITIES))
    return str(rng.choice(list(pools[sort]))) if sort in pools else sort


@cache
def _glyph(sign: str, font: str, size: tuple[int, int]) -> Image.Image:
    """A sign as a mask that fills `(width, height)`; thin signs keep their shape."""
    name = NOTO[0] if ord(sign) > 0x2E80 or font not in installed() else font
    drawn = face(name if name in installed() else "", _DRAWN_PX)
    box = drawn.getbbox(sign)
    mask = Image.new("L", (max(1, round(box[2] - box[0])), max(1, round(box[3] - box[1]))))
    ImageDraw.Draw(mask).text((-box[0], -box[1]), sign, font=drawn, fill=255)
    if mask.width < mask.height * 0.3 or sign == "-":
        thin = mask.resize((max(3, round(size[0] * 0.3)), size[1] if sign != "-" else max(3, size[1] // 8)))
        whole = Image.new("L", size)
        whole.paste(thin, ((size[0] - thin.width) // 2, (size[1] - thin.height) // 2))
        return whole
    return mask.resize(size, Image.Resampling.BILINEAR)
