"""A sheet of drawn ads and look-alikes for people to judge: `python -m datasets.compose.specimens FILE.png`."""

import sys
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

from datasets.compose.flyers import FAMILIES, Sheet, draw_family
from datasets.compose.legal import draw_legal
from datasets.compose.lookalikes import bin_label, poster_case, shop_sign
from datasets.compose.posters import draw_poster
from datasets.compose.stencils import draw_stencil
from datasets.compose.wear import age
from datasets.compose.weather import weathered

CELL_PX, EACH = 112, 5
WALL = (150, 146, 138)


def specimens(seed: int) -> Image.Image:
    """Each family of ads new and worn, then stencils, lawful things, posters new and worn, look-alikes; RGB."""
    rng, pens = np.random.default_rng(seed), Random(seed)  # noqa: S311 - it decides what is drawn
    rows = [[draw_family(family, pens) for _ in range(2)] for family in FAMILIES]
    rows = [
        [*new, *(age(draw_family(family, pens), rng) for _ in range(EACH - 2))]
        for family, new in zip(FAMILIES, rows, strict=True)
    ]
    rows += [
        [draw_stencil(pens, rng) for _ in range(EACH)],
        [draw_legal(pens) for _ in range(EACH)],
        [draw_legal(pens) for _ in range(EACH)],
        [draw_poster(pens) for _ in range(EACH)],
        [weathered(draw_poster(pens), rng) for _ in range(EACH)],
        [weathered(draw_poster(pens), rng) for _ in range(EACH)],
        [bin_label(pens), bin_label(pens), shop_sign(pens), shop_sign(pens), poster_case(pens)],
    ]
    half = (len(rows) + 1) // 2
    page = Image.new("RGB", (2 * EACH * CELL_PX, half * CELL_PX), WALL)
    for i, row in enumerate(rows):
        for j, sheet in enumerate(row):
            _put(page, sheet, ((i // half) * EACH + j, i % half))
    return page


def _put(page: Image.Image, sheet: Sheet, cell: tuple[int, int]) -> None:
    small = Image.fromarray(sheet.pixels)
    small.thumbnail((CELL_PX - 10, CELL_PX - 10), Image.Resampling.LANCZOS)
    at = tuple(cell[i] * CELL_PX + (CELL_PX - small.size[i]) // 2 for i in (0, 1))
    page.paste(small, (at[0], at[1]), small)


if __name__ == "__main__":
    specimens(1).quantize(200).save(Path(sys.argv[1]), optimize=True)
