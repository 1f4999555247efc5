"""Draws small ads as they come from the printer: sheets, posters, stickers, cards, tear-off strips."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from datasets.compose.lettering import WORDS, Colour, fit, number, pick_face, scripts

Rgba = NDArray[np.uint8]
LONG_SIDE_PX = 320

WHITES = ((250, 249, 244), (255, 255, 255), (240, 240, 236), (246, 241, 226), (236, 240, 246))
PAPERS = (
    (255, 232, 60), (255, 214, 40), (250, 170, 50), (246, 150, 165), (190, 230, 120), (140, 205, 240), (240, 110, 60),
    (255, 243, 160), (235, 90, 90), (200, 180, 230),
)  # fmt: skip
INKS = ((20, 20, 22), (20, 20, 22), (185, 22, 22), (24, 30, 120), (70, 30, 110), (16, 90, 60))
DARKS = ((60, 36, 92), (22, 44, 110), (20, 82, 62), (22, 22, 24), (130, 22, 32), (14, 70, 110), (80, 50, 30))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A print: `(H, W, 4)` uint8 RGBA, and how large it is in metres."""

    pixels: Rgba
    width_m: float
    height_m: float


@dataclass(frozen=True, slots=True)
class Blank:
    """Paper under the pen: where drawing happens, its size in pixels, the script and the random source."""

    image: Image.Image
    draw: ImageDraw.ImageDraw
    width: int
    height: int
    script: str
    rng: Random

    def words(self, most: int = 1) -> str:
        return " ".join(self.rng.sample(WORDS[self.script], self.rng.randint(1, most)))

    def row(self, words: str, top: float, bottom: float, ink: Colour, margin: float = 0.05) -> None:
        """Words across the sheet between two heights, all in parts of the sheet."""
        area = (self.width * margin, self.height * top, self.width * (1 - margin), self.height * bottom)
        fit(self.draw, words, area, ink, pick_face(self.script, self.rng))

    def small_print(self, top: float, bottom: float, ink: Colour, left: float = 0.08, right: float = 0.92) -> None:
        """Lines of small words that fill an area given in parts of the sheet."""
        step = self.rng.uniform(0.035, 0.06)
        y = top
        while y + step <= bottom:
            end = right if self.rng.random() < 0.7 else left + (right - left) * self.rng.uniform(0.4, 0.9)
            area = (self.width * left, self.height * y, self.width * end, self.height * (y + step * 0.72))
            fit(self.draw, self.words(4).lower(), area, ink, pick_face(self.script, self.rng))
            y += step

    def photo(self, part: tuple[float, float, float, float]) -> None:
        """Something that is a photograph from afar in an area given in parts of the sheet."""
        _photo(self, part)


def draw_flyer(rng: Random) -> Sheet:
    """A new print of a random family, of all the scripts that this machine has letters for."""
    family = rng.choices(list(FAMILIES), [entry.weight for entry in FAMILIES.values()])[0]
    return draw_family(family, rng)


def draw_family(family: str, rng: Random) -> Sheet:
    """A new print of one family; the families are the keys of `FAMILIES`."""
    entry = FAMILIES[family]
    size_m = rng.choice(entry.sizes_m)
    blank = blank_of(size_m, LONG_SIDE_PX, rng)
    entry.draw(blank)
    return Sheet(np.array(blank.image), *size_m)


def blank_of(size_m: tuple[float, float], long_side_px: int, rng: Random) -> Blank:
    """White paper of a size in metres, `long_side_px` pixels on its longer side."""
    scale = long_side_px / max(size_m)
    width, height = max(24, round(size_m[0] * scale)), max(24, round(size_m[1] * scale))
    image = Image.new("RGBA", (width, height), (*rng.choice(WHITES), 255))
    return Blank(image, ImageDraw.Draw(image), width, height, _script(rng), rng)


def _script(rng: Random) -> str:
    weight = {"latin": 2, "greek": 3, "cyrillic": 1, "chinese": 5}
    known = scripts()
    return rng.choices(known, [weight[script] for script in known])[0]


def _ground(blank: Blank, colours: tuple[Colour, ...]) -> Colour:
    colour = blank.rng.choice(colours)
    blank.draw.rectangle((0, 0, blank.width, blank.height), fill=colour)
    return colour


def _sticker(blank: Blank) -> None:
    """The locksmith's label: a small heading over a number that fills the rest."""
    rng = blank.rng
    _ground(blank, WHITES + ((PAPERS[0],) if rng.random() < 0.3 else ()))
    heading, big = rng.choice(INKS), rng.choice(INKS)
    blank.row(blank.words(2), 0.06, 0.34, heading)
    blank.row(number(rng), 0.36, rng.choice((0.8, 0.95)), big)
    if rng.random() < 0.4:
        blank.draw.rectangle((2, 2, blank.width - 3, blank.height - 3), outline=big, width=rng.randint(2, 6))


def _notice(blank: Blank) -> None:
    """A page from an office printer: a title, lines, sometimes a photo and a number."""
    rng = blank.rng
    _ground(blank, WHITES + (PAPERS if rng.random() < 0.15 else ()))
    ink = rng.choice(INKS[:2] if rng.random() < 0.8 else INKS)
    blank.row(blank.words(2), 0.06, rng.uniform(0.13, 0.2), ink, 0.1)
    end = rng.choice((0.45, 0.7, 0.92))
    blank.small_print(0.25, end, ink)
    if end < 0.5:
        _photo(blank, (0.2, 0.5, 0.8, 0.8))
    if end < 0.9:
        blank.row(number(rng), 0.83, 0.94, rng.choice(INKS))


def _handbill(blank: Blank) -> None:
    """Coloured paper with a large heading and a number."""
    rng = blank.rng
    _ground(blank, PAPERS)
    ink = rng.choice(INKS)
    blank.row(blank.words(), 0.06, 0.3, ink)
    blank.row(blank.words(), 0.33, 0.48, rng.choice(INKS))
    blank.small_print(0.52, 0.74, INKS[0], 0.12, 0.88)
    blank.row(number(rng), 0.76, 0.94, ink)


def _to_let(blank: Blank) -> None:
    """The printed board for rooms: one large word, a line to write on."""
    rng = blank.rng
    ground = _ground(blank, (*WHITES[:2], PAPERS[0], PAPERS[1], PAPERS[7], PAPERS[2]))
    ink = rng.choice(((200, 24, 24), (200, 24, 24), (20, 20, 22), (24, 40, 140)))
    blank.row(blank.words(), 0.1, rng.uniform(0.5, 0.62), ink)
    blank.row(number(rng) if rng.random() < 0.7 else blank.words(3), 0.68, 0.9, rng.choice((ink, (30, 40, 130))))
    if rng.random() < 0.3 and ground not in WHITES:
        blank.draw.rectangle((0, 0, blank.width, blank.height * 0.06), fill=ink)


def _dark_label(blank: Blank) -> None:
    """White words on a dark ground, as lessons and offices print them."""
    rng = blank.rng
    _ground(blank, DARKS)
    light = rng.choice(WHITES + PAPERS[:2])
    blank.row(blank.words(2), 0.1, 0.34, light)
    blank.small_print(0.4, 0.66, light, 0.12, 0.88)
    blank.row(number(rng), 0.7, 0.9, light)


def _poster(blank: Blank) -> None:
    """Pictures, bands of colour and a date."""
    rng = blank.rng
    _ground(blank, WHITES * 2 + PAPERS + DARKS)
    cut = rng.uniform(0.25, 0.6)
    top = rng.random() < 0.5
    _photo(blank, (0, 0 if top else 1 - cut, 1, cut if top else 1))
    for _ in range(rng.randint(1, 3)):
        y = rng.uniform(0, 0.9)
        area = (0, blank.height * y, blank.width, blank.height * (y + rng.uniform(0.05, 0.16)))
        blank.draw.rectangle(area, fill=rng.choice(PAPERS + DARKS + WHITES))
    y = cut if top else 0.05
    ink = rng.choice(INKS + WHITES[:2] * 2)
    for _ in range(rng.randint(1, 3)):
        blank.row(blank.words(2), y + 0.02, y + 0.14, ink)
        y += 0.14
    blank.small_print(y + 0.03, min(0.95, y + 0.25), ink)


def _tear_off(blank: Blank) -> None:
    """A notice whose foot is cut into strips with the number on each; some strips are gone."""
    rng = blank.rng
    _ground(blank, WHITES + (PAPERS if rng.random() < 0.3 else ()))
    blank.row(blank.words(2), 0.04, 0.16, rng.choice(INKS))
    blank.small_print(0.2, 0.6, INKS[0])
    pixels = np.array(blank.image)
    strips, foot = rng.randint(6, 11), int(blank.height * 0.7)
    each = blank.width / strips
    for strip in range(strips):
        x0, x1 = int(strip * each), int((strip + 1) * each)
        _strip(pixels, blank, (x0, foot, x1), gone=rng.random() < 0.35)
    blank.image.paste(Image.fromarray(pixels))


def _strip(pixels: Rgba, blank: Blank, at: tuple[int, int, int], gone: bool) -> None:
    x0, foot, x1 = at
    if gone:
        pixels[foot + blank.rng.randint(0, 8) :, x0:x1, 3] = 0
        return
    label = Image.new("RGB", (blank.height - foot, max(8, x1 - x0)), tuple(int(c) for c in pixels[foot, x0, :3]))
    fit(ImageDraw.Draw(label), number(blank.rng), (4, 2, label.width - 4, label.height - 2), (30, 30, 34), "")
    turned = np.rot90(np.array(label))
    pixels[foot:, x0 : x0 + turned.shape[1], :3] = turned[:, : pixels.shape[1] - x0]
    lift = blank.rng.randint(0, max(1, (x1 - x0) // 4))
    pixels[foot:, x0 : x0 + lift + 1, 3] = 0
    pixels[foot:, x0:x1, :3] = (pixels[foot:, x0:x1, :3] * blank.rng.uniform(0.8, 1)).astype(np.uint8)


def _emblem(blank: Blank) -> None:
    """A round or square sticker of a club that does not exist."""
    rng = blank.rng
    colour, second = rng.choice(DARKS + PAPERS), rng.choice(WHITES + PAPERS)
    if rng.random() < 0.5:
        blank.image.paste((0, 0, 0, 0), (0, 0, blank.width, blank.height))
        blank.draw.ellipse((0, 0, blank.width - 1, blank.height - 1), fill=second)
        blank.draw.ellipse((10, 10, blank.width - 11, blank.height - 11), fill=colour)
    else:
        _ground(blank, (colour,))
        blank.draw.rectangle((8, 8, blank.width - 9, blank.height - 9), outline=second, width=8)
    sides = rng.randint(3, 7)
    centre = (blank.width / 2, blank.height * 0.42, blank.width * rng.uniform(0.14, 0.24))
    blank.draw.regular_polygon(centre, sides, rotation=rng.randint(0, 90), fill=second)
    blank.row(blank.words(), 0.64, 0.8, second, 0.22)


def _card(blank: Blank) -> None:
    """The small card pushed into door gaps and pasted on stairs."""
    rng = blank.rng
    _ground(blank, WHITES + PAPERS + DARKS[:2])
    if rng.random() < 0.5:
        _photo(blank, (0, 0, rng.uniform(0.25, 0.4), 1))
    blank.row(blank.words(), 0.08, 0.42, rng.choice(INKS), 0.2)
    blank.row(number(rng), 0.5, 0.85, rng.choice(INKS), 0.15)


def _square_code(blank: Blank) -> None:
    """A sheet with a square of black and white cells that no reader can read."""
    rng = blank.rng
    _ground(blank, WHITES + PAPERS)
    blank.row(blank.words(), 0.04, 0.2, rng.choice(INKS))
    side = int(min(blank.width * 0.75, blank.height * 0.55))
    cells = np.random.default_rng(rng.getrandbits(32)).integers(0, 2, (25, 25)).astype(np.uint8) * 225 + 20
    code = Image.fromarray(np.asarray(cells, np.uint8)).resize((side, side), Image.Resampling.NEAREST)
    blank.image.paste(code.convert("RGBA"), ((blank.width - side) // 2, int(blank.height * 0.23)))
    blank.row(blank.words(2), 0.82, 0.95, rng.choice(INKS))


def _stripes(blank: Blank) -> None:
    """Bands of two or three colours with a word across, as campaign stickers have them."""
    rng = blank.rng
    bands = [rng.choice(PAPERS + WHITES + DARKS) for _ in range(rng.randint(2, 3))]
    for i, colour in enumerate(bands):
        x = blank.width * i / len(bands)
        blank.draw.rectangle((x, 0, blank.width, blank.height), fill=colour)
    blank.row(blank.words(), 0.3, 0.7, rng.choice(INKS + WHITES[:2]))


def _photo(blank: Blank, part: tuple[float, float, float, float]) -> None:
    """Something that is a photograph from afar: soft blots of colour; `part` in parts of the sheet."""
    x0, x1 = int(part[0] * blank.width), int(part[2] * blank.width)
    y0, y1 = int(part[1] * blank.height), int(part[3] * blank.height)
    fields = np.random.default_rng(blank.rng.getrandbits(32))
    size = (max(2, x1 - x0), max(2, y1 - y0))
    light = _blots(fields, int(fields.integers(2, 5)), size) * 0.75 + _blots(fields, 14, size) * 0.25
    light = np.clip((light - 0.5) * fields.uniform(1.5, 3) + 0.5, 0, 1)[..., None]
    dark, bright = (np.array(blank.rng.choice(choice), np.float32) for choice in (DARKS, PAPERS + WHITES * 2))
    mixed = dark * (1 - light) + bright * light
    middle, half = (
        (size[0] * fields.uniform(0.3, 0.7), size[1] * fields.uniform(0.4, 0.7)),
        size[0] * fields.uniform(0.1, 0.3),
    )
    figure = tuple(int(c) for c in fields.choice(np.array(DARKS + PAPERS + WHITES)))
    at = (round(middle[0]), round(middle[1]))
    cv2.ellipse(mixed, at, (round(half) + 1, round(half * fields.uniform(0.8, 2)) + 1), 0, 0, 360, figure, -1)
    blank.image.paste(Image.fromarray(mixed.clip(0, 255).astype(np.uint8)), (x0, y0))


def _blots(fields: np.random.Generator, cells: int, size: tuple[int, int]) -> NDArray[np.float32]:
    grid = fields.random((cells, cells), np.float32)
    return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC), np.float32)


@dataclass(frozen=True, slots=True)
class _Family:
    draw: Callable[[Blank], None]
    weight: float
    sizes_m: tuple[tuple[float, float], ...]


A5, A4, A3, A2 = (0.148, 0.21), (0.21, 0.297), (0.297, 0.42), (0.42, 0.594)
FAMILIES = {
    "sticker": _Family(_sticker, 18, ((0.16, 0.07), (0.2, 0.08), (0.1, 0.06), (0.3, 0.12))),
    "notice": _Family(_notice, 20, (A4, A4, A5, (0.297, 0.21), (0.12, 0.32))),
    "handbill": _Family(_handbill, 11, (A5, A4, (0.21, 0.148), (0.3, 0.15))),
    "to_let": _Family(_to_let, 11, ((0.35, 0.25), (0.48, 0.33), (0.35, 0.12), (0.25, 0.09))),
    "dark_label": _Family(_dark_label, 5, ((0.16, 0.1), A5, (0.21, 0.148))),
    "poster": _Family(_poster, 10, (A3, A2, A4, (0.5, 0.7), (0.25, 0.7))),
    "tear_off": _Family(_tear_off, 9, (A4, A5, (0.21, 0.24))),
    "emblem": _Family(_emblem, 5, ((0.1, 0.1), (0.08, 0.08), (0.14, 0.14))),
    "card": _Family(_card, 5, ((0.09, 0.054), (0.12, 0.08))),
    "square_code": _Family(_square_code, 4, (A5, A4, (0.12, 0.15))),
    "stripes": _Family(_stripes, 3, ((0.1, 0.07), (0.12, 0.12), (0.06, 0.16), (0.2, 0.06))),
}  # fmt: skip
