"""Prints of what is inside shops: produce from photographs where they are at hand, clothes, cabinets, tools, counters.

Photographs: `data/blocks/goods` of the shared folder (Grocery Store Dataset, MIT licence); without them fruit is drawn.
"""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from datasets.synth.drawing import FONTS, write

PHOTOS = 40  # variants of `crop`

_SIDE = 360
_FRUIT = ("#b3201a", "#d9791a", "#7ea02c", "#d8b52a", "#6d2a4a", "#c9402a", "#2f5a1e")
_DISHES = ("牛肉面", "炒饭", "水饺", "豆浆", "凉皮", "小笼包")
_CLOTH = ("#1d1d22", "#e8e6e0", "#b8323a", "#2b4a7a", "#d9b44a", "#6f8f6a", "#c98aa0", "#7a5a48", "#9aa4ae", "#35563f")


def goods_folder() -> Path:
    """Where photographs of goods lie, if anywhere."""
    return Path(os.environ.get("STREETWARDEN_SHARED", "../shared")) / "data" / "blocks" / "goods"


def _crop(variant: str, rng: Random) -> Image.Image:
    """A square of produce: out of a photograph, or drawn."""
    files = sorted(goods_folder().glob("*.webp"))
    if not files:
        return _drawn_produce(rng)
    with Image.open(files[int(variant) * 37 % len(files)]) as photo:
        picture = photo.convert("RGBA")
    side = int(min(picture.size) * rng.uniform(0.6, 0.95))
    x, y = ((edge - side) // 2 for edge in picture.size)
    return picture.crop((x, y, x + side, y + side)).resize((_SIDE, _SIDE))


def _drawn_produce(rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (_SIDE, _SIDE), "#2a2018")
    draw = ImageDraw.Draw(picture)
    colour, radius = rng.choice(_FRUIT), rng.uniform(18, 40)
    for _ in range(int(9 * (_SIDE / radius / 2) ** 2)):
        x, y = rng.uniform(0, _SIDE), rng.uniform(0, _SIDE)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour, outline="#2a1a10")
        draw.ellipse((x - radius * 0.5, y - radius * 0.6, x - radius * 0.1, y - radius * 0.2), fill="#f2e2c2")
    return picture.filter(ImageFilter.GaussianBlur(1.5))


def _interior(variant: str, rng: Random) -> Image.Image:
    """The back of a shop: which one is the first word of the variant."""
    return _BACKS[variant.partition("-")[0]](rng)


def _produce_back(rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (960, 720), "#3a342c")
    for column in range(4):
        for row in range(3):
            square = _crop(str(rng.randrange(PHOTOS)), rng).resize((226, 180))
            picture.paste(square, (column * 240 + 7, row * 235 + 40))
    return picture


def _clothes_back(rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (960, 720), rng.choice(["#e8e4da", "#d8d0c4", "#f0eeea", "#5a5248"]))
    draw = ImageDraw.Draw(picture)
    for row in range(2):
        top = 70 + row * 330
        draw.line((20, top, 940, top), fill="#8a8a8a", width=6)
        x = 30.0
        while x < 910:
            wide, long = rng.uniform(12, 40), rng.uniform(160, 270)
            draw.polygon(((x, top + 30), (x + wide / 2, top), (x + wide, top + 30), (x + wide * 1.1, top + long),
                          (x - wide * 0.1, top + long)), fill=rng.choice(_CLOTH))  # fmt: skip
            x += wide + rng.uniform(0, 6)
    return picture.filter(ImageFilter.GaussianBlur(1.2))


def _eatery_back(rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (960, 720), rng.choice(["#e4ddcc", "#d8d8d4", "#c8b89a", "#b8c4c0"]))
    draw = ImageDraw.Draw(picture)
    for i in range(rng.randint(2, 4)):
        board = (40 + i * 230, 60, 240 + i * 230, 300)
        draw.rectangle(board, fill=rng.choice(["#b8161c", "#2b2b2b", "#f4e8c8"]))
        for line in range(5):
            x, y = 55 + i * 230, 80 + line * 42
            write(draw, rng.choice(_DISHES), (x, y, x + 165, y + 30), "#d8a02a", FONTS[2])
    draw.rectangle((0, 430, 960, 720), fill=rng.choice(["#7a5a3a", "#8a8f93", "#a3322a"]))
    draw.rectangle((0, 425, 960, 445), fill="#d8d4c8")
    return picture.filter(ImageFilter.GaussianBlur(1.0))


def _cabinet_back(rng: Random) -> Image.Image:
    """White cabinets of small boxes: a pharmacy, phones, tobacco."""
    picture = Image.new("RGBA", (960, 720), "#e4e6e4")
    draw = ImageDraw.Draw(picture)
    for row in range(7):
        foot = 95 + row * 98
        x = 12.0
        while x < 935:
            wide, high = rng.uniform(14, 44), rng.uniform(28, 70)
            draw.rectangle(
                (x, foot - high, x + wide, foot), fill=rng.choice([*_CLOTH, "#f4f4f0", "#f4f4f0", "#4aa08a"])
            )
            x += wide + rng.uniform(0, 8)
        draw.rectangle((0, foot, 960, foot + 9), fill="#b4b8ba")
    return picture.filter(ImageFilter.GaussianBlur(1.2))


def _tools_back(rng: Random) -> Image.Image:
    """A board of hooks with tools, coils and taps, dark below."""
    picture = Image.new("RGBA", (960, 720), rng.choice(["#6a665e", "#8a8478", "#4a4c50"]))
    draw = ImageDraw.Draw(picture)
    for _ in range(260):
        x, y = rng.uniform(0, 950), rng.uniform(20, 690)
        wide, high = rng.choice([(8, 60), (30, 30), (16, 44), (44, 20), (26, 26)])
        colour = rng.choice(["#b3261e", "#c8cacc", "#1b2c5a", "#d8a02a", "#2b2b2b", "#e4e2da", "#1f7a3f"])
        shape = draw.ellipse if wide == high else draw.rectangle
        shape((x, y, x + wide, y + high), fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(1.4))


_BACKS: dict[str, Callable[[Random], Image.Image]] = {
    "produce": _produce_back, "clothes": _clothes_back, "eatery": _eatery_back, "cabinet": _cabinet_back,
    "tools": _tools_back,
}  # fmt: skip
BACK_OF = {
    "greengrocer": "produce", "clothes": "clothes", "eatery": "eatery", "hardware": "tools", "repairs": "tools",
    "grocer": "cabinet",
}  # fmt: skip

DRAWERS: dict[str, Callable[[str, Random], Image.Image]] = {"crop": _crop, "interior": _interior}
