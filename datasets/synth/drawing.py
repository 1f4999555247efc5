"""How printed things are drawn: Chinese text that fits a box, wear, patches of noise, smooth strokes.

Needs a CJK font: Debian `fonts-noto-cjk`. No phone number here can exist: each has a 0 in its fourth digit and is one
digit short.
"""

from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FONTS = tuple(
    Path("/usr/share/fonts/opentype/noto") / name
    for name in ("NotoSansCJK-Bold.ttc", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Regular.ttc")
)
_SIMPLIFIED = 2  # the face of Simplified Chinese inside each collection


def phone(rng: Random) -> str:
    """A phone number that cannot exist.

    >>> phone(Random(1))[3]
    '0'
    """
    return f"1{rng.choice('3578')}{rng.randint(0, 9)}0" + "".join(rng.choice("0123456789") for _ in range(6))


def write(
    draw: ImageDraw.ImageDraw, words: str, box: tuple[float, float, float, float], fill: object, font: Path = FONTS[0]
) -> None:
    """Write words as large as fits into the middle of a box (x0, y0, x1, y1) in pixels, at least eight high."""
    x0, y0, x1, y1 = box
    size = max(8, int(y1 - y0))
    while True:
        face = _face(font, size)
        left, top, right, bottom = draw.textbbox((0, 0), words, font=face)
        if size <= 8 or (right - left <= x1 - x0 and bottom - top <= y1 - y0):
            break
        size = int(size * 0.93)
    at = ((x0 + x1 - left - right) / 2, (y0 + y1 - top - bottom) / 2)
    draw.text(at, words, font=face, fill=fill)  # type: ignore[arg-type]  # PIL takes every form of a colour


def _face(font: Path, size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font, or the letters that come with Pillow where it is not installed: the renderer itself insists on it."""
    if not font.exists():
        return ImageFont.load_default(size_px)
    return ImageFont.truetype(str(font), size_px, index=_SIMPLIFIED)


def age(picture: Image.Image, rng: Random, fade: float, tear: bool = True) -> Image.Image:
    """Fade a print toward the colour of dust, blotch it, and sometimes tear its edge off; `fade` is the most, 0..1."""
    width, height = picture.size
    pixels = np.array(picture, np.float32)
    worn = rng.uniform(0.3, 1) * fade
    pixels[..., :3] = pixels[..., :3] * (1 - worn) + np.array((196, 188, 170), np.float32) * worn
    pixels[..., :3] *= (0.84 + 0.22 * patches(rng, width, height, 14))[..., None]
    if tear and rng.random() < 0.35:
        y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
        edge = np.minimum.reduce([x, 1 - x, y, 1 - y])
        pixels[..., 3] *= (patches(rng, width, height, 6) * 0.32 + edge) > rng.uniform(0.06, 0.14)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def patches(rng: Random, width: int, height: int, cells: int) -> NDArray[np.float32]:
    """Smooth noise in 0..1, `(height, width)`, with `cells` bumps across."""
    grid = np.random.default_rng(rng.getrandbits(32)).random((max(2, min(cells, height)), cells)).astype(np.float32)
    small = Image.fromarray((grid * 255).astype(np.uint8))
    large = small.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(np.asarray(large, np.float32) / 255, np.float32)


def smooth(points: list[tuple[float, float]], rounds: int = 3) -> list[tuple[float, float]]:
    """Points of a line with its corners cut, `rounds` times."""
    for _ in range(rounds):
        cut = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            cut += [(ax * 0.75 + bx * 0.25, ay * 0.75 + by * 0.25), (ax * 0.25 + bx * 0.75, ay * 0.25 + by * 0.75)]
        points = [*cut, points[-1]]
    return points
