"""Draws large posters: concerts, parties, assemblies, plays; headlines, halftones, figures that are nobody."""

from collections.abc import Callable
from random import Random

import cv2
import numpy as np
from PIL import Image

from datasets.compose.flyers import DARKS, INKS, PAPERS, WHITES, Blank, Rgba, Sheet, blank_of

LONG_SIDE_PX = 620
SIZES_M = ((0.42, 0.594), (0.42, 0.594), (0.5, 0.7), (0.5, 0.7), (0.594, 0.841), (0.35, 0.5), (0.7, 0.5), (0.3, 0.84))
LOUD = ((196, 24, 28), (216, 40, 30), (16, 16, 18), (16, 16, 18), (240, 200, 20), (20, 60, 140), (90, 20, 80))


def draw_poster(rng: Random) -> Sheet:
    """A new poster of a random kind, A3 to A1."""
    width_m, height_m = rng.choice(SIZES_M)
    blank = blank_of((width_m, height_m), LONG_SIDE_PX, rng)
    rng.choices([draw for draw, _ in KINDS], [weight for _, weight in KINDS])[0](blank)
    return Sheet(np.array(blank.image), width_m, height_m)


def _fill(blank: Blank, colour: tuple[int, int, int], top: float = 0.0, bottom: float = 1.0) -> None:
    area = (0, blank.height * top, blank.width, blank.height * bottom)
    blank.draw.rectangle(area, fill=colour)


def _headlines(blank: Blank) -> None:
    """An assembly's call: rows of large words on one loud colour, a band, small print at the foot."""
    rng = blank.rng
    ground = rng.choice(LOUD + WHITES * 2)
    _fill(blank, ground)
    light = sum(ground) > 380
    ink = rng.choice(((18, 18, 20), (196, 24, 28)) if light else WHITES[:2] + PAPERS[:2])
    y = rng.uniform(0.03, 0.1)
    for _ in range(rng.randint(2, 5)):
        high = rng.uniform(0.08, 0.17)
        blank.row(blank.words(), y, y + high, ink)
        y += high + 0.02
    if rng.random() < 0.5:
        _fill(blank, rng.choice(LOUD), y, y + 0.1)
        blank.row(blank.words(2), y + 0.01, y + 0.09, rng.choice(WHITES))
        y += 0.12
    blank.small_print(y, 0.94, ink)


def _text_wall(blank: Blank) -> None:
    """A proclamation: one headline, then columns of words no one reads."""
    rng = blank.rng
    dark = rng.random() < 0.4
    _fill(blank, rng.choice(DARKS + LOUD[2:4] if dark else WHITES + PAPERS[7:8]))
    ink = rng.choice(WHITES) if dark else INKS[0]
    blank.row(blank.words(2), 0.04, 0.14, rng.choice((ink, (196, 24, 28))))
    columns = rng.randint(1, 3)
    for i in range(columns):
        each = 0.88 / columns
        blank.small_print(0.18, rng.uniform(0.75, 0.93), ink, 0.06 + i * each, 0.06 + (i + 0.92) * each)


def _figure(blank: Blank) -> None:
    """A head and shoulders cut out of flat colour: nobody; words above and below."""
    rng = blank.rng
    back, body = rng.choice(PAPERS + WHITES + DARKS), rng.choice(DARKS + LOUD)
    _fill(blank, back)
    if rng.random() < 0.5:
        _rays(blank, rng.choice(PAPERS + LOUD))
    for _ in range(rng.choice((1, 1, 2, 3))):
        _bust(blank, body, rng.uniform(0.25, 0.75), rng.uniform(0.2, 0.42))
    if rng.random() < 0.5:
        blank.image.paste(Image.fromarray(halftone(np.array(blank.image), rng)))
    cut = rng.uniform(0.66, 0.8)
    _fill(blank, rng.choice(LOUD), cut)
    blank.row(blank.words(2), cut + 0.02, cut + 0.13, rng.choice(WHITES + PAPERS[:2]))
    blank.small_print(cut + 0.15, 0.97, rng.choice(WHITES))
    if rng.random() < 0.6:
        blank.row(blank.words(), 0.02, 0.14, rng.choice((body, *LOUD)))


def _bust(blank: Blank, colour: tuple[int, int, int], x: float, size: float) -> None:
    half, middle, y = blank.width * size, blank.width * x, blank.height * 0.42
    head = half * 0.5
    blank.draw.ellipse((middle - head, y - head * 1.3, middle + head, y + head * 1.3), fill=colour)
    blank.draw.rectangle((middle - head * 0.4, y, middle + head * 0.4, y + head * 2), fill=colour)
    foot = y + head * 1.6
    blank.draw.ellipse((middle - half, foot, middle + half, foot + half * 2.5), fill=colour)
    lit = tuple(min(255, c + 70) for c in colour)
    blank.draw.chord((middle - head, y - head * 1.3, middle + head, y + head * 1.3), 100, 250, fill=lit)


def _rays(blank: Blank, colour: tuple[int, int, int]) -> None:
    middle, far = (blank.width / 2, blank.height * 0.5), blank.height * 1.5
    many = blank.rng.randint(8, 16)
    for i in range(many):
        a, b = 2 * np.pi * i / many, 2 * np.pi * (i + 0.5) / many
        ends = [(middle[0] + far * np.cos(t), middle[1] + far * np.sin(t)) for t in (a, b)]
        blank.draw.polygon((middle, *ends), fill=colour)


def _concert(blank: Blank) -> None:
    """Something like a photograph over the whole sheet, in two inks, with a name and a list."""
    rng = blank.rng
    blank.photo((0, 0, 1, 1))
    for _ in range(rng.randint(2, 6)):
        x, y, r = (
            rng.uniform(0, blank.width),
            rng.uniform(0.2, 0.7) * blank.height,
            rng.uniform(0.05, 0.3) * blank.width,
        )
        colour = rng.choice(DARKS + PAPERS + LOUD)
        blank.draw.regular_polygon((x, y, r), rng.randint(3, 6), rotation=rng.randint(0, 90), fill=colour)
    if rng.random() < 0.6:
        blank.image.paste(Image.fromarray(halftone(np.array(blank.image), rng)))
    ink = rng.choice(WHITES + PAPERS[:2] + INKS[:2])
    y = rng.choice((0.04, 0.6))
    blank.row(blank.words(), y, y + 0.16, ink)
    blank.row(blank.words(2), y + 0.18, y + 0.25, ink)
    blank.small_print(y + 0.27, y + 0.38, ink)


def _bands(blank: Blank) -> None:
    """A play or a fair: a picture above, plain paper with lines below."""
    rng = blank.rng
    _fill(blank, rng.choice(WHITES + PAPERS))
    cut = rng.uniform(0.35, 0.6)
    blank.photo((0.05, 0.04, 0.95, cut))
    ink = rng.choice(INKS)
    blank.row(blank.words(2), cut + 0.03, cut + 0.16, ink)
    blank.small_print(cut + 0.2, 0.86, ink)
    _fill(blank, rng.choice(LOUD), 0.9)
    blank.row(blank.words(2), 0.91, 0.99, rng.choice(WHITES))


def halftone(picture: Rgba, rng: Random) -> Rgba:
    """The picture `(H, W, 4)` as dots of one ink on one paper."""
    grey = cv2.cvtColor(picture[..., :3], cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]].astype(np.float32)
    pitch = rng.uniform(4, 11)
    dots = (np.sin((x + y) * np.pi / pitch) * np.sin((x - y) * np.pi / pitch) + 1) / 2
    inked = np.clip((dots - grey) * 6 + 0.5, 0, 1)[..., None]
    ink, paper = (np.array(rng.choice(colours), np.float32) for colours in (LOUD + INKS, WHITES + PAPERS))
    done = picture.copy()
    done[..., :3] = (ink * inked + paper * (1 - inked)).astype(np.uint8)
    return done


KINDS: tuple[tuple[Callable[[Blank], None], float], ...] = (
    (_headlines, 6), (_text_wall, 3), (_figure, 4), (_concert, 4), (_bands, 3),
)  # fmt: skip
