"""Draws what hangs on walls by right and is no ad: number plates, street signs, notice boards, vents, boxes."""

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from datasets.compose.flyers import Sheet
from datasets.compose.lettering import Colour, fit, pick_face, scripts

ENAMELS = ((20, 50, 130), (18, 70, 150), (16, 90, 60), (140, 24, 28), (235, 235, 230))
METALS = ((150, 150, 148), (178, 176, 170), (120, 122, 124), (92, 96, 92), (196, 192, 180))
STREETS = {
    "latin": ("STATION ROAD", "MILL LANE", "PARK STREET", "NO PARKING"),
    "greek": ("ΟΔΟΣ ΑΘΗΝΑΣ", "ΜΥΛΟΥ", "ΠΑΡΚΟΥ", "ΕΞΟΔΟΣ"),
    "cyrillic": ("УЛ. МИРА", "САДОВАЯ", "ВХОД", "ПАРКОВАЯ"),
    "chinese": ("和平路", "人民路", "消防栓", "出口", "幸福里", "禁止停车", "配电箱"),
}


def draw_legal(rng: Random) -> Sheet:
    """A new legal thing of a random kind."""
    width_m, height_m, draw = rng.choice(KINDS)
    scale = 260 / max(width_m, height_m)
    image = Image.new("RGBA", (max(24, round(width_m * scale)), max(24, round(height_m * scale))), (0, 0, 0, 0))
    draw(image, ImageDraw.Draw(image), rng)
    return Sheet(np.array(image), width_m, height_m)


def _plate(image: Image.Image, draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """Enamel with a house number or the name of a street."""
    ground = rng.choice(ENAMELS)
    ink: Colour = (245, 245, 245) if ground != ENAMELS[-1] else rng.choice(ENAMELS[:4])
    corner = rng.choice((2, 14))
    draw.rounded_rectangle((0, 0, image.width - 1, image.height - 1), corner, fill=ground)
    draw.rounded_rectangle((7, 7, image.width - 8, image.height - 8), corner, outline=ink, width=4)
    script = rng.choice(scripts())
    words = rng.choice(STREETS[script]) if image.width > image.height * 1.8 else str(rng.randint(1, 399))
    fit(draw, words, (22, image.height * 0.18, image.width - 22, image.height * 0.84), ink, pick_face(script, rng))
    _screws(image, draw)


def _board(image: Image.Image, draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """A notice board: a deep metal frame, glass with a reflection, papers inside."""
    frame = rng.choice(METALS)
    draw.rectangle((0, 0, image.width, image.height), fill=frame)
    edge = max(9, image.width // rng.randint(14, 22))
    inner = (edge, edge, image.width - edge, image.height - edge)
    draw.rectangle(inner, fill=rng.choice(((60, 86, 70), (70, 74, 90), (150, 140, 120), (40, 44, 52))))
    for _ in range(rng.randint(2, 6)):
        x, y = rng.uniform(edge, image.width * 0.7), rng.uniform(edge, image.height * 0.6)
        end = (min(inner[2] - 4, x + image.width * 0.22), min(inner[3] - 4, y + image.height * 0.3))
        draw.rectangle((x, y, *end), fill=rng.choice(((220, 218, 210), (205, 205, 195), (180, 190, 200))))
    glass = Image.new("RGBA", image.size, (0, 0, 0, 0))
    lean = image.width * rng.uniform(0.2, 0.5)
    x = rng.uniform(0, image.width * 0.6)
    band = ((x, edge), (x + lean, edge), (x + lean * 0.4, inner[3]), (x - lean * 0.6, inner[3]))
    ImageDraw.Draw(glass).polygon(band, fill=(235, 240, 245, rng.randint(40, 110)))
    image.alpha_composite(glass.filter(ImageFilter.GaussianBlur(2)))
    draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=tuple(c // 2 for c in frame), width=3)
    draw.line((0, image.height - 2, image.width, image.height - 2), fill=(50, 50, 50), width=4)


def _vent(image: Image.Image, draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """A grille of slats."""
    metal = rng.choice((*METALS, (225, 222, 214)))
    draw.rectangle((0, 0, image.width, image.height), fill=metal)
    step = rng.randint(16, 30)
    for y in range(step, image.height - step // 2, step):
        draw.rectangle((14, y, image.width - 14, y + step // 3), fill=tuple(c // 3 for c in metal))
        draw.line(
            (14, y + step // 2, image.width - 14, y + step // 2), fill=tuple(min(255, c + 30) for c in metal), width=3
        )
    draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=tuple(c * 2 // 3 for c in metal), width=5)


def _switch_box(image: Image.Image, draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """A meter or switch box: a blank lid, a rim, hinges, a lock, sometimes a warning triangle."""
    metal = rng.choice((*METALS, (200, 198, 188), (86, 104, 92)))
    draw.rectangle((0, 0, image.width, image.height), fill=metal)
    draw.rectangle((6, 6, image.width - 7, image.height - 7), outline=tuple(int(c * 0.62) for c in metal), width=4)
    draw.line((3, 3, image.width - 3, 3), fill=tuple(min(255, c + 36) for c in metal), width=4)
    draw.ellipse((image.width - 34, image.height / 2 - 8, image.width - 18, image.height / 2 + 8), fill=(40, 40, 40))
    for y in (0.2, 0.75):
        draw.rectangle((0, image.height * y, 9, image.height * (y + 0.08)), fill=tuple(c // 2 for c in metal))
    if rng.random() < 0.4:
        x, y, r = image.width * 0.5, image.height * 0.35, image.width * 0.13
        draw.polygon(
            ((x, y - r), (x + r, y + r * 0.8), (x - r, y + r * 0.8)), fill=(240, 200, 30), outline=(20, 20, 20)
        )


def _tiles(image: Image.Image, draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """A patch of wall tiles."""
    base = rng.choice(((225, 222, 215), (190, 170, 140), (150, 100, 80), (200, 205, 208)))
    draw.rectangle((0, 0, image.width, image.height), fill=tuple(int(c * 0.72) for c in base))
    side = rng.choice((44, 66))
    for y in range(2, image.height, side):
        for x in range(2, image.width, side):
            tone = rng.uniform(0.9, 1.04)
            draw.rectangle((x, y, x + side - 5, y + side - 5), fill=tuple(min(255, int(c * tone)) for c in base))


def _bells(image: Image.Image, draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """A panel of door bells with a loudspeaker."""
    metal = rng.choice((*METALS[:3], (176, 150, 90), (34, 34, 36)))
    draw.rounded_rectangle((0, 0, image.width - 1, image.height - 1), 8, fill=metal)
    for row in range(3):
        draw.line((image.width * 0.2, 18 + row * 9, image.width * 0.8, 18 + row * 9), fill=(20, 20, 20), width=3)
    y = 60.0
    while y < image.height - 24:
        draw.rectangle((image.width * 0.12, y, image.width * 0.62, y + 14), fill=(215, 212, 196))
        draw.ellipse((image.width * 0.7, y, image.width * 0.7 + 15, y + 15), fill=(40, 40, 42))
        y += 25
    draw.rounded_rectangle((1, 1, image.width - 2, image.height - 2), 8, outline=tuple(c // 2 for c in metal), width=3)


def _screws(image: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    for x in (16, image.width - 16):
        for y in (16, image.height - 16):
            draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill=(110, 108, 100), outline=(50, 50, 50))


KINDS: tuple[tuple[float, float, Callable[[Image.Image, ImageDraw.ImageDraw, Random], None]], ...] = (
    (0.16, 0.13, _plate), (0.5, 0.22, _plate), (0.45, 0.16, _plate), (0.2, 0.2, _plate),
    (1.2, 0.85, _board), (0.7, 0.95, _board), (0.3, 0.2, _vent), (0.2, 0.2, _vent), (0.35, 0.45, _switch_box),
    (0.28, 0.2, _switch_box), (0.5, 0.4, _tiles), (0.13, 0.32, _bells),
)  # fmt: skip
