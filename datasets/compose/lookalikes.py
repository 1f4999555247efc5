"""Draws what looks like paper ads and is none: labels of bins, shop signs, captions, posters in frames."""

from random import Random

import numpy as np
from PIL import Image, ImageDraw

from datasets.compose.flyers import Rgba, Sheet
from datasets.compose.lettering import fit, pick_face, scripts
from datasets.compose.pictures import Picture
from datasets.compose.posters import draw_poster

BIN_WORDS = {
    "latin": ("RECYCLING", "PAPER", "GLASS", "NO HOT ASH", "WASTE"),
    "greek": ("ΑΝΑΚΥΚΛΩΣΗ", "ΔΗΜΟΣ", "ΧΑΡΤΙ", "ΓΥΑΛΙ"),
    "cyrillic": ("МУСОР", "БУМАГА", "СТЕКЛО"),
    "chinese": ("可回收物", "其他垃圾", "厨余垃圾", "有害垃圾", "垃圾分类", "爱护环境", "请勿乱扔"),
}
SHOPS = {
    "latin": ("BAKERY", "CAFE", "OPTICS", "SHOES", "MARKET"),
    "greek": ("ΦΑΡΜΑΚΕΙΟ", "ΚΑΦΕ", "ΦΟΥΡΝΟΣ", "ΟΠΤΙΚΑ"),
    "cyrillic": ("АПТЕКА", "ХЛЕБ", "ПРОДУКТЫ"),
    "chinese": ("烟酒超市", "小吃店", "美发", "五金建材", "便利店"),
}
CAPTIONS = ("城市管理", "街景照片", "市民投诉", "环境卫生问题", "小区门口", "垃圾满溢", "拍摄时间", "路边随拍")
BIN_COLOURS = ((20, 110, 60), (24, 70, 160), (170, 30, 30), (70, 72, 74), (240, 240, 236), (230, 190, 30))
STRIPS = ((0, 0, 0), (190, 20, 24), (20, 60, 150))
SIGN_COLOURS = ((180, 24, 28), (20, 80, 150), (16, 110, 60), (238, 238, 232), (230, 180, 20), (30, 30, 34))


def bin_label(rng: Random) -> Sheet:
    """The label that a bin carries by right: a mark and a word or two."""
    width_m, height_m = rng.choice(((0.3, 0.2), (0.25, 0.3), (0.4, 0.15), (0.2, 0.2), (0.3, 0.4)))
    image, draw = _plain((width_m, height_m), rng.choice(BIN_COLOURS))
    wide, high = image.size
    ink = _ink(image)
    if high >= wide * 0.6:
        middle, r = (wide / 2, high * 0.36), min(wide, high) * 0.22
        for turn in (0, 120, 240):
            draw.arc(
                (middle[0] - r, middle[1] - r, middle[0] + r, middle[1] + r),
                turn,
                turn + 90,
                fill=ink,
                width=max(4, int(r / 4)),
            )
        _write(draw, BIN_WORDS, (wide * 0.08, high * 0.66, wide * 0.92, high * 0.92), ink, rng)
    else:
        _write(draw, BIN_WORDS, (wide * 0.06, high * 0.15, wide * 0.94, high * 0.85), ink, rng)
    return Sheet(np.array(image), width_m, height_m)


def shop_sign(rng: Random) -> Sheet:
    """The board of a shop: one wide name on a colour, with a frame."""
    width_m, height_m = rng.choice(((1.8, 0.5), (2.4, 0.6), (1.2, 0.4), (0.6, 0.6), (0.45, 1.3)))
    image, draw = _plain((width_m, height_m), rng.choice(SIGN_COLOURS))
    wide, high = image.size
    ink = _ink(image)
    _write(draw, SHOPS, (wide * 0.08, high * 0.14, wide * 0.92, high * 0.86), ink, rng)
    draw.rectangle((0, 0, wide - 1, high - 1), outline=rng.choice(((90, 90, 90), ink)), width=max(3, high // 30))
    return Sheet(np.array(image), width_m, height_m)


def poster_case(rng: Random) -> Sheet:
    """A framed case of the town with a poster or two behind glass: paper where it belongs."""
    many = rng.randint(1, 3)
    prints = [Image.fromarray(draw_poster(rng).pixels).resize((230, 325)) for _ in range(many)]
    image = Image.new("RGBA", (many * 250 + 70, 325 + 100), rng.choice(((120, 124, 126), (60, 64, 66), (30, 70, 50))))
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, image.width - 20, image.height - 20), fill=(216, 214, 206))
    for i, print_ in enumerate(prints):
        image.paste(print_, (40 + i * 250, 50))
    veil = Image.new("RGBA", image.size, (0, 0, 0, 0))
    x = rng.uniform(0, image.width * 0.7)
    ImageDraw.Draw(veil).polygon(((x, 20), (x + 90, 20), (x + 20, 405), (x - 70, 405)), fill=(240, 245, 250, 80))
    image.alpha_composite(veil)
    return Sheet(np.array(image), 0.75 * many + 0.2, 1.27)


def caption(picture: Picture, rng: Random) -> tuple[Rgba, tuple[int, int]]:
    """Words that an editor or a camera wrote on the picture: RGBA and where its top left corner goes."""
    height, width = picture.shape[:2]
    wide, high = int(width * rng.uniform(0.2, 0.6)), int(max(14, height * rng.uniform(0.035, 0.08)))
    image = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    if rng.random() < 0.35:
        draw.rectangle((0, 0, wide, high), fill=(*rng.choice(STRIPS), rng.randint(120, 255)))
    chinese = "chinese" in scripts() and rng.random() < 0.7
    words = "  ".join(rng.sample(CAPTIONS, rng.randint(1, 3))) if chinese else _stamp(rng)
    ink = rng.choice(((255, 255, 255), (255, 235, 40), (255, 60, 40)))
    area = (4.0, high * 0.1, wide - 4.0, high * 0.9)
    name = pick_face("chinese" if chinese else "latin", rng)
    fit(draw, words, (area[0] + 1.5, area[1] + 1.5, area[2] + 1.5, area[3] + 1.5), (10, 10, 10), name)
    fit(draw, words, area, ink, name)
    left = rng.choice((int(width * 0.02), (width - wide) // 2, width - wide - int(width * 0.02)))
    return np.array(image), (left, rng.choice((int(height * 0.02), height - high - int(height * 0.02))))


def _stamp(rng: Random) -> str:
    day = f"20{rng.randint(10, 25)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    return f"{day} {rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"


def _plain(size_m: tuple[float, float], colour: tuple[int, int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    scale = 320 / max(size_m)
    image = Image.new("RGBA", (round(size_m[0] * scale), round(size_m[1] * scale)), (*colour, 255))
    return image, ImageDraw.Draw(image)


def _ink(image: Image.Image) -> tuple[int, int, int]:
    ground = image.getpixel((0, 0))
    light = isinstance(ground, tuple) and sum(ground[:3]) > 460
    return (24, 60, 40) if light else (245, 245, 240)


def _write(draw: ImageDraw.ImageDraw, words: dict[str, tuple[str, ...]], area: tuple[float, float, float, float],
           ink: tuple[int, int, int], rng: Random) -> None:  # fmt: skip
    script = rng.choice([*scripts(), *(["chinese"] * 3 if "chinese" in scripts() else [])])
    fit(draw, rng.choice(words[script]), area, ink, pick_face(script, rng))
