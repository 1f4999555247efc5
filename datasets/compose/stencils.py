"""Numbers and offers stamped or sprayed through a stencil: paint, not paper."""

from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from datasets.compose.flyers import Sheet
from datasets.compose.lettering import WORDS, fit, number, pick_face, scripts
from datasets.compose.wear import clouds

INKS = ((24, 24, 26), (24, 24, 26), (150, 26, 24), (26, 38, 128), (20, 84, 60))


def draw_stencil(rng: Random, fields: np.random.Generator) -> Sheet:
    """Ink without ground, RGBA; one or two lines."""
    two = rng.random() < 0.6
    width_m, height_m = rng.choice(((0.45, 0.2), (0.6, 0.24), (0.3, 0.13)) if two else ((0.5, 0.12), (0.35, 0.09)))
    width, height = 360, round(360 * height_m / width_m)
    mask = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(mask)
    script = "chinese" if "chinese" in scripts() else rng.choice(scripts())
    cut = 0.48 if two else 0.0
    if two:
        fit(draw, rng.choice(WORDS[script]), (8, 4, width - 8, height * cut), (255, 255, 255), pick_face(script, rng))
    fit(draw, number(rng), (8, height * cut + 4, width - 8, height - 6), (255, 255, 255), pick_face(script, rng))
    sharp = mask.getchannel("A").filter(ImageFilter.GaussianBlur(rng.uniform(0.8, 2.2)))
    mist = sharp.filter(ImageFilter.GaussianBlur(9))
    cover = np.maximum(np.asarray(sharp, np.float32), np.asarray(mist, np.float32) * rng.uniform(0, 0.45)) / 255
    cover *= np.clip(clouds(cover.shape, 12, fields) * 1.8, 0.35, 1) * rng.uniform(0.6, 0.95)
    ink = np.broadcast_to(np.array(rng.choice(INKS), np.float32), (height, width, 3))
    return Sheet(np.dstack([ink, cover * 255]).astype(np.uint8), width_m, height_m)
