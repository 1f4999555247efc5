"""Hangs what looks like an ad and is there by right; nothing of it is boxed."""

from random import Random

import numpy as np

from datasets.compose.legal import draw_legal
from datasets.compose.lookalikes import bin_label, caption, poster_case, shop_sign
from datasets.compose.paste import PLATE
from datasets.compose.places import place
from datasets.compose.wall import Wall

BIN_LABEL, SHOP_SIGN, CASE, CAPTION = 0.45, 0.1, 0.08, 0.14
"""Chance of a label on each bin, of a sign, of a case with posters, of words written over the picture."""
OTHER, MOST_OTHER = 0.25, 2
"""Chance of each plate, vent, box or board, and how many are tried."""


def hang_lawful(wall: Wall, pens: Random, rng: np.random.Generator) -> None:
    """Plates, boards, signs and cases on the wall, labels on the bins."""
    chances = ((draw_legal, OTHER),) * MOST_OTHER + ((shop_sign, SHOP_SIGN), (poster_case, CASE))
    for draw, chance in chances:
        if rng.random() < chance:
            sheet = draw(pens)
            quad = place(wall, (sheet.width_m, sheet.height_m), PLATE, rng)
            if quad is not None:
                wall.put(sheet, quad, PLATE, None, rng)
    _mark_bins(wall, pens, rng)


def _mark_bins(wall: Wall, pens: Random, rng: np.random.Generator) -> None:
    for surface in wall.surfaces:
        if surface.fixed or rng.random() > BIN_LABEL:
            continue
        sheet = bin_label(pens)
        x0, y0, x1, y1 = surface.area
        fit = min((x1 - x0) / sheet.width_m, (y1 - y0) / sheet.height_m) * rng.uniform(0.4, 0.9) / surface.px_per_m
        quad = surface.quad(((x0 + x1) / 2, (y0 + y1) / 2), (sheet.width_m * fit, sheet.height_m * fit), 0.0)
        if wall.free(quad):
            wall.put(sheet, quad, PLATE, None, rng)


def write_caption(wall: Wall, rng: np.random.Generator) -> None:
    """A caption over the finished picture, off every ad, now and then."""
    if rng.random() > CAPTION:
        return
    words, (x, y) = caption(wall.pixels, Random(int(rng.integers(2**32))))  # noqa: S311 - it decides what is drawn
    high, wide = words.shape[:2]
    quad = np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)], np.float32)
    if x < 0 or y < 0 or not wall.free(quad):
        return
    part = wall.pixels[y : y + high, x : x + wide]
    cover = words[..., 3:].astype(np.float32) / 255
    part[:] = (part * (1 - cover) + words[..., :3] * cover + 0.5).astype(np.uint8)
