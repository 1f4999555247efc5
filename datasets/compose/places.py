"""Looks for a place on a wall: of a few random ones, the one most like the bare wall."""

import numpy as np

from datasets.compose.paste import PAPER, PLATE, Quad, Stuff
from datasets.compose.surfaces import WORST, Surface, cost
from datasets.compose.wall import Wall

ON_BINS = 0.3
"""Of the places on bins only so many are tried: bins carry lawful labels more often than ads."""
TRIES = 36
POSTER_WORST = 1.15
"""Posters hang across joints, boxes and old paint too: the ground may be less even."""
FAR, FOOT = (0.8, 0.5), 0.2
"""How far beyond a surface posters are tried, to each side and upwards; how far below it their feet may reach."""


def place(
    wall: Wall, size: tuple[float, float], stuff: Stuff, rng: np.random.Generator, in_px: bool = False
) -> Quad | None:
    """Corners of the best free place of a few, `(4, 2)` pixels; None where none will do.

    Args:
        wall: where to look.
        size: width and height in metres; the wall's scale is not known well, so it varies.
        stuff: paper, paint or a plate; plates hang straight and never on bins.
        rng: decides which places are looked at.
        in_px: the size is in pixels, exact, and the thing is a poster: it may lie further from what is known.
    """
    spread = 1.0 if in_px else rng.lognormal(0, 0.3)
    best, least = None, POSTER_WORST if in_px else WORST
    for _ in range(TRIES * 2 if in_px else TRIES):
        surface = wall.surfaces[int(rng.integers(len(wall.surfaces)))]
        if not surface.fixed and (stuff is not PAPER or rng.random() > ON_BINS):
            continue
        scale = spread / (surface.px_per_m if in_px else 1.0)
        askew = float(rng.normal(0, 0.015)) if in_px else _askew(stuff, rng)
        quad = surface.quad(_middle(surface, in_px, rng), (size[0] * scale, size[1] * scale), askew)
        if not wall.free(quad) or (in_px and _sunk(surface, quad)):
            continue
        price = cost(wall.ground, surface, quad) + rng.exponential(0.12)
        if price < least:
            best, least = quad, price
    return best


def _middle(surface: Surface, far: bool, rng: np.random.Generator) -> tuple[float, float]:
    x0, y0, x1, y1 = surface.area
    wide, high = (FAR[0] * (x1 - x0), FAR[1] * (y1 - y0)) if far and surface.fixed else (0.0, 0.0)
    return float(rng.uniform(x0 - wide, x1 + wide)), float(rng.uniform(y0 - high, y1))


def _sunk(surface: Surface, quad: Quad) -> bool:
    """Does a large thing reach below the known wall, where the pavement may be?"""
    _, top, _, bottom = surface.area
    return float(quad[:, 1].max()) > bottom + FOOT * (bottom - top)


def _askew(stuff: Stuff, rng: np.random.Generator) -> float:
    if stuff is PLATE:
        return float(rng.normal(0, 0.01))
    return float(rng.normal(0, 0.04) if rng.random() < 0.8 else rng.uniform(-0.3, 0.3))
