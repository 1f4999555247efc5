"""Decides what hangs where on one photograph, and hangs it."""

from collections.abc import Sequence
from random import Random

import numpy as np

from datasets.compose.flyers import Sheet, draw_flyer
from datasets.compose.heaps import hang_cluster, hang_posters
from datasets.compose.lawful import hang_lawful, write_caption
from datasets.compose.paste import PAINT, PAPER, Quad, Stuff, Xyxy, measure
from datasets.compose.pictures import Picture
from datasets.compose.places import place
from datasets.compose.stencils import draw_stencil
from datasets.compose.surfaces import WORST, Ground, cost, surfaces
from datasets.compose.wall import Wall
from datasets.compose.wear import age
from datasets.records import Label

COUNTS = {0: 6, 1: 30, 2: 24, 3: 16, 4: 10, 5: 7, 6: 5}
"""How often a picture gets so many single sheets: a little more than real walls have."""
SORTS = {"none": 0.08, "cluster": 0.1, "stickers": 0.05, "posters": 0.5, "singles": 0.27}
"""Shares of pictures by the paper they get."""
ALSO_SINGLES = 0.4
"""Share of the walls of posters that get single sheets too."""
REPEATED, STENCIL, REAL = 0.28, 0.16, 0.35


def compose(
    photo: Picture, labels: Sequence[Label], labelled: frozenset[str], scraps: Sequence[Sheet], rng: np.random.Generator
) -> tuple[Picture, tuple[Label, ...]]:
    """A photograph with paper on its walls, and the labels of everything on it.

    Args:
        photo: `(H, W, 3)` uint8 RGB; stays as it is.
        labels: what is boxed on it.
        labelled: kinds whose every instance is boxed; nothing of another kind is added.
        scraps: real paper to use among the drawn one.
        rng: decides everything.

    Returns:
        A new picture of the same size, and the old labels followed by the new ones.
    """
    ground = Ground(photo)
    size = (photo.shape[1], photo.shape[0])
    known = [(label.kind, _pixels(label, size)) for label in labels]
    wall = Wall(photo.copy(), measure(photo, rng), ground, list(surfaces(ground, size, labels)), known)
    if wall.surfaces:
        _hang_all(wall, labelled, scraps, rng)
    write_caption(wall, rng)
    return wall.pixels, (*labels, *(_label(kind, box, size) for kind, box in wall.added))


def _hang_all(wall: Wall, labelled: frozenset[str], scraps: Sequence[Sheet], rng: np.random.Generator) -> None:
    pens = Random(int(rng.integers(2**32)))  # noqa: S311 - it decides what is drawn, it guards nothing
    hang_lawful(wall, pens, rng)
    if "spray_mark" in labelled and rng.random() < STENCIL:
        _hang(wall, draw_stencil(pens, rng), PAINT, "spray_mark", rng)
    if "paper_ad" in labelled:
        _hang_paper(wall, pens, scraps, rng)


def _hang_paper(wall: Wall, pens: Random, scraps: Sequence[Sheet], rng: np.random.Generator) -> None:
    sort = list(SORTS)[int(rng.choice(len(SORTS), p=list(SORTS.values())))]
    if sort in {"cluster", "stickers"}:
        hang_cluster(wall, pens, sort == "stickers", rng)
    hung = sort == "posters" and hang_posters(wall, pens, scraps, rng)
    if sort == "singles" or (sort == "posters" and (not hung or rng.random() < ALSO_SINGLES)):
        _hang_singles(wall, pens, scraps, rng)


def _hang_singles(wall: Wall, pens: Random, scraps: Sequence[Sheet], rng: np.random.Generator) -> None:
    shares = np.array(list(COUNTS.values()), np.float64)
    left = int(rng.choice(list(COUNTS), p=shares / shares.sum()))
    while left > 0:
        real = len(scraps) > 0 and rng.random() < REAL
        sheet = scraps[int(rng.integers(len(scraps)))] if real else age(draw_flyer(pens), rng)
        quad = _hang(wall, sheet, PAPER, "paper_ad", rng)
        left -= 1
        if quad is not None and left > 0 and rng.random() < REPEATED:
            left -= _repeat(wall, sheet, quad, left, rng)


def _hang(wall: Wall, sheet: Sheet, stuff: Stuff, kind: str | None, rng: np.random.Generator) -> Quad | None:
    """Hang a sheet in the best place of a few; None where none will do."""
    quad = place(wall, (sheet.width_m, sheet.height_m), stuff, rng)
    if quad is None or not wall.put(sheet, quad, stuff, kind, rng):
        return None
    return quad


def _repeat(wall: Wall, sheet: Sheet, first: Quad, most: int, rng: np.random.Generator) -> int:
    """The same sheet again beside or below the first, as fly-posters do it; how many more hang."""
    edge = first[1] - first[0] if rng.random() < 0.5 else first[3] - first[0]
    step = edge * rng.uniform(1.05, 1.5)
    hung = 0
    for i in range(1, int(rng.integers(1, 4)) + 1):
        quad = np.asarray(first + step * i + rng.normal(0, 0.03 * np.linalg.norm(edge), 2), np.float32)
        if hung >= most or not wall.free(quad):
            break
        alike = min(cost(wall.ground, surface, quad) for surface in wall.surfaces) < WORST
        if not alike or not wall.put(sheet, quad, PAPER, "paper_ad", rng):
            break
        hung += 1
    return hung


def _pixels(label: Label, size: tuple[int, int]) -> Xyxy:
    x0, y0, x1, y1 = label.xyxy
    return x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1]


def _label(kind: str, box: Xyxy, size: tuple[int, int]) -> Label:
    x0, y0, x1, y1 = (v / size[i % 2] for i, v in enumerate(box))
    return Label(kind, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0)
