"""Decides what hangs where on one photograph, and hangs it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import numpy as np

from datasets.compose.flyers import Sheet, draw_flyer
from datasets.compose.legal import draw_legal
from datasets.compose.paste import PAINT, PAPER, PLATE, Look, Quad, Stuff, Xyxy, measure, paste
from datasets.compose.pictures import Picture
from datasets.compose.stencils import draw_stencil
from datasets.compose.surfaces import WORST, Ground, Surface, cost, surfaces
from datasets.compose.wear import age
from datasets.records import Label

COUNTS = {0: 6, 1: 30, 2: 24, 3: 16, 4: 10, 5: 7, 6: 5}
"""How often a picture gets so many single sheets: a little more than real walls have."""
CLUSTER, REPEATED, LEGAL, STENCIL, REAL = 0.09, 0.28, 0.25, 0.16, 0.35
CLUSTER_SHEETS = (7, 26)
"""From so many sheets in one heap on they get one box together, as people label them."""
ON_BINS = 0.3
"""Of the places on bins only so many are tried: bins carry lawful labels more often than ads."""
TRIES = 36
HIDDEN_PART = 0.3
"""At most this part of a labelled thing may vanish behind a sheet."""
SINGLE = ("paper_ad",)
"""Kinds that nothing may touch: two of them in one place would be one box or two."""


@dataclass(slots=True, eq=False)
class Wall:
    """A photograph under work: its pixels change, and boxes are added."""

    pixels: Picture
    look: Look
    ground: Ground
    surfaces: Sequence[Surface]
    known: Sequence[tuple[str, Xyxy]]
    added: list[tuple[str, Xyxy]] = field(default_factory=list)
    taken: list[Xyxy] = field(default_factory=list)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def free(self, quad: Quad) -> bool:
        """Is a place inside the picture, off what was hung before, and off most of every labelled thing?"""
        box = (float(quad[:, 0].min()), float(quad[:, 1].min()), float(quad[:, 0].max()), float(quad[:, 1].max()))
        if box[0] < 1 or box[1] < 1 or box[2] > self.size[0] - 1 or box[3] > self.size[1] - 1:
            return False
        if any(_shared(box, other) > 0 for other in self.taken):
            return False
        return all(
            _shared(box, other) <= (0 if kind in SINGLE else HIDDEN_PART * _area(other)) for kind, other in self.known
        )

    def put(self, sheet: Sheet, quad: Quad, stuff: Stuff, kind: str | None, rng: np.random.Generator) -> bool:
        """Hang a sheet at a place that is free; False where too little of it would be seen."""
        box = paste(self.pixels, sheet, quad, stuff, self.look, rng)
        if box is None:
            return False
        self.taken.append(box)
        if kind is not None:
            self.added.append((kind, box))
        return True


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
    return wall.pixels, (*labels, *(_label(kind, box, size) for kind, box in wall.added))


def _hang_all(wall: Wall, labelled: frozenset[str], scraps: Sequence[Sheet], rng: np.random.Generator) -> None:
    pens = Random(int(rng.integers(2**32)))  # noqa: S311 - it decides what is drawn, it guards nothing
    for _ in range(2):
        if rng.random() < LEGAL:
            _hang(wall, draw_legal(pens), PLATE, None, rng)
    if "spray_mark" in labelled and rng.random() < STENCIL:
        _hang(wall, draw_stencil(pens, rng), PAINT, "spray_mark", rng)
    if "paper_ad" not in labelled:
        return
    if rng.random() < CLUSTER:
        _hang_cluster(wall, pens, rng)
        return
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


def _place(wall: Wall, size_m: tuple[float, float], stuff: Stuff, rng: np.random.Generator) -> Quad | None:
    scale = rng.lognormal(0, 0.3)
    best, least = None, WORST
    for _ in range(TRIES):
        surface = wall.surfaces[int(rng.integers(len(wall.surfaces)))]
        if not surface.fixed and (stuff is not PAPER or rng.random() > ON_BINS):
            continue
        x0, y0, x1, y1 = surface.area
        middle = (float(rng.uniform(x0, x1)), float(rng.uniform(y0, y1)))
        quad = surface.quad(middle, (size_m[0] * scale, size_m[1] * scale), _askew(stuff, rng))
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


def _hang_cluster(wall: Wall, pens: Random, rng: np.random.Generator) -> None:
    """Many sheets over and beside each other: one box round them all."""
    designs = [age(draw_flyer(pens), rng) for _ in range(int(rng.integers(2, 6)))]
    columns, rows = (2, 4) if rng.random() < 0.2 else (int(rng.integers(3, 6)), int(rng.integers(3, 6)))
    many = min(columns * rows, CLUSTER_SHEETS[1])
    cell = (float(np.median([d.width_m for d in designs])), float(np.median([d.height_m for d in designs])))
    outer = _place(wall, (cell[0] * columns, cell[1] * rows), PLATE, rng)
    if outer is None:
        return
    right, down = (outer[1] - outer[0]) / columns, (outer[3] - outer[0]) / rows
    boxes = []
    for i in rng.permutation(columns * rows)[:many]:
        sheet = designs[int(rng.integers(len(designs)))]
        at = (
            outer[0]
            + right * (i % columns + 0.5 + rng.normal(0, 0.12))
            + down * (i // columns + 0.5 + rng.normal(0, 0.12))
        )
        half = (
            np.stack([right * sheet.width_m / cell[0], down * sheet.height_m / cell[1]]) * 0.5 * rng.uniform(0.9, 1.15)
        )
        turn = rng.normal(0, 0.05)
        corners = np.array([(-1, -1 - turn), (1, -1 + turn), (1, 1 + turn), (-1, 1 - turn)], np.float32)
        box = paste(wall.pixels, sheet, np.asarray(corners @ half + at, np.float32), PAPER, wall.look, rng)
        boxes += [box] if box else []
    if len(boxes) >= CLUSTER_SHEETS[0]:
        x0, y0 = (min(box[i] for box in boxes) for i in (0, 1))
        x1, y1 = (max(box[i] for box in boxes) for i in (2, 3))
        wall.added.append(("paper_ad", (x0, y0, x1, y1)))
        return
    wall.added.extend(("paper_ad", box) for box in boxes)


def _pixels(label: Label, size: tuple[int, int]) -> Xyxy:
    x0, y0, x1, y1 = label.xyxy
    return x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1]


def _label(kind: str, box: Xyxy, size: tuple[int, int]) -> Label:
    x0, y0, x1, y1 = (v / size[i % 2] for i, v in enumerate(box))
    return Label(kind, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0)


def _area(box: Xyxy) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _shared(a: Xyxy, b: Xyxy) -> float:
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0
