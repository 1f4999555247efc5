"""Hangs large posters in rows, and heaps of small sheets and stickers."""

from collections.abc import Sequence
from random import Random

import numpy as np

from datasets.compose.flyers import Sheet, draw_family, draw_flyer
from datasets.compose.paste import PAPER, PLATE, Quad, Xyxy, paste
from datasets.compose.places import place
from datasets.compose.posters import draw_poster
from datasets.compose.wall import Wall, area, shared
from datasets.compose.wear import age
from datasets.compose.weather import weathered

REAL = 0.35
"""Share of the walls of posters whose first one is real paper, where there is some."""
LEAST_REAL_PX = 110
"""Real paper with fewer pixels a side is too coarse to be a poster."""
POSTER_PART = (0.16, 0.6)
"""How large a poster is in the picture: root of its part of the area, before it gets smaller to find a place."""
POSTER_ROWS = {(1, 1): 34, (2, 1): 22, (1, 2): 8, (3, 1): 14, (4, 1): 6, (2, 2): 8, (3, 2): 4, (4, 2): 3, (5, 2): 1}
SHRINK = 0.82
"""How much smaller the next try is."""
STICKERS = ("emblem", "stripes", "sticker", "card")
MARGIN = 0.6
"""Room round a cluster, in sheets: they hang crooked, and none may leave the place that was looked at."""
LAP = 0.2
"""Which part of a poster its neighbour may hide."""
ONE_BOX_FROM, MOST_SHEETS = 7, 26
"""From so many sheets in one heap on they get one box together, as people label them."""
HIDDEN = 0.7
"""A sheet of a heap of which so much is under another is not boxed."""


def hang_posters(wall: Wall, pens: Random, scraps: Sequence[Sheet], rng: np.random.Generator) -> bool:
    """A poster, or rows of them side by side; False where the wall has no room for one."""
    shares = np.array(list(POSTER_ROWS.values()), np.float64)
    grid = list(POSTER_ROWS)[int(rng.choice(len(shares), p=shares / shares.sum()))]
    large = [sheet for sheet in scraps if min(sheet.pixels.shape[:2]) >= LEAST_REAL_PX]
    prints = [draw_poster(pens) for _ in range(int(rng.integers(1, 4)))]
    if large and rng.random() < REAL:
        prints[0] = large[int(rng.integers(len(large)))]
    shape = float(np.sqrt(prints[0].width_m / prints[0].height_m))
    side = float(np.exp(rng.uniform(*np.log(POSTER_PART)))) * float(np.sqrt(wall.size[0] * wall.size[1]))
    for columns, rows in [grid] * 5 + [(1, 1)] * 4:
        around = place(wall, (side * shape * columns, side / shape * rows), PAPER, rng, in_px=True)
        if around is not None:
            _fill(wall, prints, around, (columns, rows), rng)
            return True
        side *= SHRINK
    return False


def _fill(wall: Wall, prints: Sequence[Sheet], around: Quad, grid: tuple[int, int], rng: np.random.Generator) -> None:
    columns, rows = grid
    step = _step(around, columns, rows)
    gap, loose, mixed = rng.uniform(0.9, 1.0), rng.uniform(0.0, 0.04), rng.random() < 0.5
    heap = _Heap(wall)
    for i in range(columns * rows):
        sheet = weathered(prints[int(rng.integers(len(prints))) if mixed else 0], rng)
        off = rng.normal(0, loose, 2)
        middle = around[0] + (i % columns + 0.5 + off[0], i // columns + 0.5 + off[1]) @ step
        quad = _about(middle, step * 0.5 * gap, rng.normal(0, 0.02))
        if columns * rows == 1 or wall.free(quad, LAP):
            heap.put(sheet, quad, rng)
    heap.label()


def hang_cluster(wall: Wall, pens: Random, stickers: bool, rng: np.random.Generator) -> None:
    """Many small sheets, or stickers, over and beside each other."""
    prints = [
        age(draw_family(pens.choice(STICKERS), pens) if stickers else draw_flyer(pens), rng)
        for _ in range(int(rng.integers(2, 6)))
    ]
    columns, rows = (2, 4) if rng.random() < 0.2 else (int(rng.integers(3, 6)), int(rng.integers(3, 6)))
    cell = np.median([(sheet.width_m, sheet.height_m) for sheet in prints], 0)
    around = place(wall, (cell[0] * (columns + MARGIN), cell[1] * (rows + MARGIN)), PLATE, rng)
    if around is None:
        return
    step = _step(around, columns + MARGIN, rows + MARGIN)
    heap = _Heap(wall)
    for i in rng.permutation(columns * rows)[:MOST_SHEETS]:
        sheet = prints[int(rng.integers(len(prints)))]
        off = np.clip(rng.normal(0, 0.12, 2), -0.3, 0.3) + (1 + MARGIN) / 2
        middle = around[0] + (i % columns + off[0], i // columns + off[1]) @ step
        size = np.clip(np.array((sheet.width_m, sheet.height_m)) / cell, 0.6, 1.4) * 0.5 * rng.uniform(0.9, 1.15)
        quad = _about(middle, step * size[:, None], rng.normal(0, 0.05))
        if wall.free(quad, lap=1.0):
            heap.put(sheet, quad, rng)
    heap.label()


def _step(around: Quad, columns: float, rows: float) -> Quad:
    """One column to the right and one row down, `(2, 2)` pixels."""
    return np.stack([(around[1] - around[0]) / columns, (around[3] - around[0]) / rows])


def _about(middle: Quad, half: Quad, turn: float) -> Quad:
    """Corners `(4, 2)` round a middle; `half` are vectors to the right and to the lower edge."""
    corners = np.array([(-1, -1 - turn), (1, -1 + turn), (1, 1 + turn), (-1, 1 - turn)], np.float32)
    return np.asarray(corners @ half + middle, np.float32)


class _Heap:
    """Sheets that hang together, the later ones over the earlier."""

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        self.boxes: list[Xyxy] = []

    def put(self, sheet: Sheet, quad: Quad, rng: np.random.Generator) -> None:
        box = paste(self.wall.pixels, sheet, quad, PAPER, self.wall.look, rng)
        if box is not None:
            self.boxes.append(box)
            self.wall.taken.append(box)

    def label(self) -> None:
        """One box round all from seven sheets on, else one for each sheet that can still be seen."""
        self.wall.added.extend(("paper_ad", box) for box in boxes_of(self.boxes))


def boxes_of(sheets: Sequence[Xyxy]) -> list[Xyxy]:
    """How a heap is labelled whose sheets were hung in this order."""
    if len(sheets) >= ONE_BOX_FROM:
        edges = np.array(sheets)
        (x0, y0), (x1, y1) = edges[:, :2].min(0).tolist(), edges[:, 2:].max(0).tolist()
        return [(x0, y0, x1, y1)]
    return [
        sheet
        for i, sheet in enumerate(sheets)
        if all(shared(sheet, later) <= HIDDEN * area(sheet) for later in sheets[i + 1 :])
    ]
