"""Decides what hangs where on one photograph, and hangs it."""

from collections.abc import Sequence
from random import Random

import numpy as np

from datasets.compose.flyers import Sheet, draw_family, draw_flyer
from datasets.compose.legal import draw_legal
from datasets.compose.lookalikes import bin_label, caption, poster_case, shop_sign
from datasets.compose.paste import PAINT, PAPER, PLATE, Quad, Stuff, Xyxy, measure, paste
from datasets.compose.pictures import Picture
from datasets.compose.posters import draw_poster
from datasets.compose.stencils import draw_stencil
from datasets.compose.surfaces import WORST, Ground, cost, surfaces
from datasets.compose.wall import Wall
from datasets.compose.wear import age
from datasets.compose.weather import weathered
from datasets.records import Label

COUNTS = {0: 6, 1: 30, 2: 24, 3: 16, 4: 10, 5: 7, 6: 5}
"""How often a picture gets so many single sheets: a little more than real walls have."""
CLUSTER, STICKERS, POSTERS, NONE = 0.1, 0.05, 0.5, 0.08
"""Shares of pictures with heaps of sheets, heaps of stickers, large posters, no paper; the rest get single sheets."""
REPEATED, LEGAL, STENCIL, REAL = 0.28, 0.25, 0.16, 0.35
BIN_LABEL, SHOP_SIGN, CASE, CAPTION = 0.45, 0.1, 0.08, 0.14
POSTER_PART = (0.16, 0.6)
"""How large a poster is in the picture: root of its part of the area, before it gets smaller to find a place."""
POSTER_WORST = 1.3
"""Posters hang across joints, boxes and old paint too: the ground may be less even."""
POSTER_ROWS = {(1, 1): 34, (2, 1): 22, (1, 2): 8, (3, 1): 14, (4, 1): 6, (2, 2): 8, (3, 2): 4, (4, 2): 3, (5, 2): 1}
LEAST_REAL_PX = 110
"""Real paper with fewer pixels a side is too coarse to be a poster."""
LAP = 0.2
"""Which part of a poster its neighbour may hide."""
CLUSTER_SHEETS = (7, 26)
"""From so many sheets in one heap on they get one box together, as people label them."""
ON_BINS = 0.3
"""Of the places on bins only so many are tried: bins carry lawful labels more often than ads."""
TRIES = 36


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
    if rng.random() < CAPTION:
        _write(wall, rng)
    return wall.pixels, (*labels, *(_label(kind, box, size) for kind, box in wall.added))


def _hang_all(wall: Wall, labelled: frozenset[str], scraps: Sequence[Sheet], rng: np.random.Generator) -> None:
    pens = Random(int(rng.integers(2**32)))  # noqa: S311 - it decides what is drawn, it guards nothing
    for _ in range(2):
        if rng.random() < LEGAL:
            _hang(wall, draw_legal(pens), PLATE, None, rng)
    for draw, chance in ((shop_sign, SHOP_SIGN), (poster_case, CASE)):
        if rng.random() < chance:
            _hang(wall, draw(pens), PLATE, None, rng)
    _mark_bins(wall, pens, rng)
    if "spray_mark" in labelled and rng.random() < STENCIL:
        _hang(wall, draw_stencil(pens, rng), PAINT, "spray_mark", rng)
    if "paper_ad" not in labelled:
        return
    chance = rng.random()
    if chance < NONE:
        return
    if chance < NONE + CLUSTER + STICKERS:
        _hang_cluster(wall, pens, chance > NONE + CLUSTER, rng)
        return
    if chance < NONE + CLUSTER + STICKERS + POSTERS:
        if _hang_posters(wall, pens, scraps, rng) and rng.random() < 0.6:
            return
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
    quad = _place(wall, (sheet.width_m, sheet.height_m), stuff, rng)
    if quad is None or not wall.put(sheet, quad, stuff, kind, rng):
        return None
    return quad


def _place(
    wall: Wall, size: tuple[float, float], stuff: Stuff, rng: np.random.Generator, in_px: bool = False
) -> Quad | None:
    """The best of a few free places for something of a size in metres (or pixels); None where none will do."""
    spread = 1.0 if in_px else rng.lognormal(0, 0.3)
    best, least = None, POSTER_WORST if in_px else WORST
    for _ in range(TRIES * 2 if in_px else TRIES):
        surface = wall.surfaces[int(rng.integers(len(wall.surfaces)))]
        if not surface.fixed and (stuff is not PAPER or rng.random() > ON_BINS):
            continue
        x0, y0, x1, y1 = surface.area
        wider = (0.8 * (x1 - x0), 0.5 * (y1 - y0)) if in_px and surface.fixed else (0.0, 0.0)
        middle = (float(rng.uniform(x0 - wider[0], x1 + wider[0])), float(rng.uniform(y0 - wider[1], y1 + 0.4 * wider[1])))
        scale = spread / (surface.px_per_m if in_px else 1.0)
        askew = float(rng.normal(0, 0.015)) if in_px else _askew(stuff, rng)
        quad = surface.quad(middle, (size[0] * scale, size[1] * scale), askew)
        if not wall.free(quad):
            continue
        price = cost(wall.ground, surface, quad) + rng.exponential(0.12)
        if price < least:
            best, least = quad, price
    return best


def _askew(stuff: Stuff, rng: np.random.Generator) -> float:
    if stuff is PLATE:
        return float(rng.normal(0, 0.01))
    return float(rng.normal(0, 0.04) if rng.random() < 0.8 else rng.uniform(-0.3, 0.3))


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


def _hang_posters(wall: Wall, pens: Random, scraps: Sequence[Sheet], rng: np.random.Generator) -> bool:
    """A poster, or rows of them edge to edge: a box each up to six, one box from seven on."""
    shares = np.array(list(POSTER_ROWS.values()), np.float64)
    grid = list(POSTER_ROWS)[int(rng.choice(len(shares), p=shares / shares.sum()))]
    large = [sheet for sheet in scraps if min(sheet.pixels.shape[:2]) >= LEAST_REAL_PX]
    real = len(large) > 0 and rng.random() < REAL
    designs = [
        large[int(rng.integers(len(large)))] if real and i == 0 else draw_poster(pens)
        for i in range(int(rng.integers(1, 4)))
    ]
    shape = designs[0].width_m / designs[0].height_m
    side = float(np.exp(rng.uniform(*np.log(POSTER_PART)))) * float(np.sqrt(wall.size[0] * wall.size[1]))
    for attempt in range(9):
        columns, rows = grid if attempt < 5 else (1, 1)
        around = _place(wall, (side * np.sqrt(shape) * columns, side / np.sqrt(shape) * rows), PAPER, rng, in_px=True)
        if around is not None:
            _fill(wall, designs, around, (columns, rows), real, rng)
            return True
        side *= 1.0 if attempt == 4 else 0.82
    return False


def _fill(wall: Wall, designs: Sequence[Sheet], around: Quad, grid: tuple[int, int], real: bool,
          rng: np.random.Generator) -> None:  # fmt: skip
    columns, rows = grid
    right, down = (around[1] - around[0]) / columns, (around[3] - around[0]) / rows
    gap, loose = rng.uniform(0.9, 1.0), rng.uniform(0.0, 0.04)
    mixed, boxes = rng.random() < 0.5, []
    for i in range(columns * rows):
        which = int(rng.integers(len(designs))) if mixed else 0
        sheet = designs[which] if real and which == 0 and rng.random() < 0.6 else weathered(designs[which], rng)
        at = around[0] + right * (i % columns + 0.5) + down * (i // columns + 0.5)
        at = at + (right + down) * rng.normal(0, loose, 2)
        turn = rng.normal(0, 0.02)
        corners = np.array([(-1, -1 - turn), (1, -1 + turn), (1, 1 + turn), (-1, 1 - turn)], np.float32)
        quad = np.asarray(corners @ (np.stack([right, down]) * 0.5 * gap) + at, np.float32)
        if columns * rows > 1 and not wall.free(quad, LAP):
            continue
        box = paste(wall.pixels, sheet, quad, PAPER, wall.look, rng)
        boxes += [box] if box else []
        wall.taken += [box] if box else []
    _box_all(wall, boxes)


def _hang_cluster(wall: Wall, pens: Random, stickers: bool, rng: np.random.Generator) -> None:
    """Many sheets over and beside each other: one box round them all."""
    families = ("emblem", "stripes", "sticker", "card")
    designs = [
        age(draw_family(pens.choice(families), pens) if stickers else draw_flyer(pens), rng)
        for _ in range(int(rng.integers(2, 6)))
    ]
    columns, rows = (2, 4) if rng.random() < 0.2 else (int(rng.integers(3, 6)), int(rng.integers(3, 6)))
    many = min(columns * rows, CLUSTER_SHEETS[1])
    cell = (float(np.median([d.width_m for d in designs])), float(np.median([d.height_m for d in designs])))
    around = _place(wall, (cell[0] * (columns + 0.6), cell[1] * (rows + 0.6)), PLATE, rng)
    if around is None:
        return
    step = (around[1] - around[0]) / (columns + 0.6), (around[3] - around[0]) / (rows + 0.6)
    right, down = step
    boxes = []
    for i in rng.permutation(columns * rows)[:many]:
        sheet = designs[int(rng.integers(len(designs)))]
        away = np.clip(rng.normal(0, 0.12, 2), -0.3, 0.3)
        at = around[0] + right * (i % columns + 0.8 + away[0]) + down * (i // columns + 0.8 + away[1])
        wide, high = (float(np.clip(v, 0.6, 1.4)) for v in (sheet.width_m / cell[0], sheet.height_m / cell[1]))
        half = np.stack([right * wide, down * high]) * 0.5 * rng.uniform(0.9, 1.15)
        turn = rng.normal(0, 0.05)
        corners = np.array([(-1, -1 - turn), (1, -1 + turn), (1, 1 + turn), (-1, 1 - turn)], np.float32)
        quad = np.asarray(corners @ half + at, np.float32)
        if not wall.free(quad, 1.0):
            continue
        box = paste(wall.pixels, sheet, quad, PAPER, wall.look, rng)
        boxes += [box] if box else []
    wall.taken += boxes
    _box_all(wall, boxes)


def _box_all(wall: Wall, boxes: Sequence[Xyxy]) -> None:
    """Label the sheets of a heap: one box round all from seven on, else one each."""
    if len(boxes) >= CLUSTER_SHEETS[0]:
        x0, y0 = (min(box[i] for box in boxes) for i in (0, 1))
        x1, y1 = (max(box[i] for box in boxes) for i in (2, 3))
        wall.added.append(("paper_ad", (x0, y0, x1, y1)))
        return
    wall.added.extend(("paper_ad", box) for box in boxes)


def _mark_bins(wall: Wall, pens: Random, rng: np.random.Generator) -> None:
    """The labels that bins carry by right: nothing is boxed."""
    for surface in wall.surfaces:
        if surface.fixed or rng.random() > BIN_LABEL:
            continue
        sheet = bin_label(pens)
        x0, y0, x1, y1 = surface.area
        fit = min((x1 - x0) / sheet.width_m, (y1 - y0) / sheet.height_m) * rng.uniform(0.4, 0.9) / surface.px_per_m
        quad = surface.quad(((x0 + x1) / 2, (y0 + y1) / 2), (sheet.width_m * fit, sheet.height_m * fit), 0.0)
        if wall.free(quad):
            wall.put(sheet, quad, PLATE, None, rng)


def _write(wall: Wall, rng: np.random.Generator) -> None:
    """A caption over the finished picture, off every ad: nothing is boxed."""
    words, (x, y) = caption(wall.pixels, Random(int(rng.integers(2**32))))  # noqa: S311 - it decides what is drawn
    high, wide = words.shape[:2]
    quad = np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)], np.float32)
    if x < 0 or y < 0 or not wall.free(quad):
        return
    part = wall.pixels[y : y + high, x : x + wide]
    cover = words[..., 3:].astype(np.float32) / 255
    part[:] = (part * (1 - cover) + words[..., :3] * cover + 0.5).astype(np.uint8)


def _pixels(label: Label, size: tuple[int, int]) -> Xyxy:
    x0, y0, x1, y1 = label.xyxy
    return x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1]


def _label(kind: str, box: Xyxy, size: tuple[int, int]) -> Label:
    x0, y0, x1, y1 = (v / size[i % 2] for i, v in enumerate(box))
    return Label(kind, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0)
