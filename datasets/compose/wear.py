"""What weather and hands do to paper: fading, folds, stains, tears, tape, residue."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.compose.flyers import Sheet

Plane = NDArray[np.floating[Any]]
TORN, SCRAPED, RESIDUE = 0.34, 0.12, 0.05


def age(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    """The same sheet after some weeks outside; its alpha says where paper is left."""
    pixels = sheet.pixels.astype(np.float32) / 255
    cover: Plane = pixels[..., 3]
    colour = _fade(pixels[..., :3], rng)
    colour *= _folds(cover.shape, rng)[..., None]
    colour = _stain(colour, rng)
    chance = rng.random()
    if chance < SCRAPED:
        colour, cover = _scrape(colour, cover, rng)
    elif chance < SCRAPED + TORN:
        colour, cover = _tear(colour, cover, rng)
    elif chance < SCRAPED + TORN + RESIDUE:
        cover = cover * clouds(cover.shape, 9, rng) * rng.uniform(0.5, 1.0)
        colour = colour * 0.25 + np.float32(rng.uniform(0.65, 0.9)) * 0.75
    elif rng.random() < 0.25:
        colour = _tape(colour, rng)
    worn = np.dstack([colour, cover]).clip(0, 1)
    return replace(sheet, pixels=(worn * 255 + 0.5).astype(np.uint8))


def clouds(shape: tuple[int, ...], cells: int, rng: np.random.Generator) -> Plane:
    """Smooth noise in 0..1 of shape `(H, W)`; `cells` blots along the longer side."""
    height, width = shape[0], shape[1]
    longer = max(height, width)
    grid = rng.random((max(2, cells * height // longer), max(2, cells * width // longer)), np.float32)
    return np.asarray(cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1), np.float32)


def _fade(colour: Plane, rng: np.random.Generator) -> Plane:
    worn = rng.beta(1.0, 3.5) * 0.8
    grey = colour.mean(2, keepdims=True)
    pale = grey * 0.25 + np.array((0.7, 0.7, 0.68), np.float32)
    pulp = np.array(rng.choice(((1, 1, 1), (1, 0.98, 0.92), (0.97, 0.98, 1))), np.float32) * rng.uniform(0.93, 1)
    return np.asarray((colour * (1 - worn) + pale * worn) * pulp, np.float32)


def _folds(shape: tuple[int, ...], rng: np.random.Generator) -> Plane:
    """Brightness of creased paper: soft waves, and a step along each fold."""
    height, width = shape[0], shape[1]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    light = 1 + (clouds(shape, int(rng.integers(3, 9)), rng) - 0.5) * rng.uniform(0.04, 0.28)
    for _ in range(int(rng.integers(0, 4))):
        turn = rng.choice((0, np.pi / 2)) + rng.normal(0, 0.06) if rng.random() < 0.5 else rng.uniform(0, np.pi)
        away = (x - rng.uniform(0.2, 0.8)) * np.cos(turn) + (y - rng.uniform(0.2, 0.8)) * np.sin(turn)
        light += np.sign(away) * np.exp(-np.abs(away) * rng.uniform(3, 25)) * rng.uniform(0.02, 0.13)
    return np.asarray(light, np.float32)


def _stain(colour: Plane, rng: np.random.Generator) -> Plane:
    if rng.random() < 0.4:
        return colour
    runs = clouds((1, colour.shape[1]), 20, rng) * clouds(colour.shape, 6, rng)
    tint = np.array(rng.choice(((0.6, 0.5, 0.36), (0.4, 0.38, 0.35), (0.7, 0.62, 0.5))), np.float32)
    share = (np.clip(runs * 2 - 0.5, 0, 1) * rng.uniform(0.1, 0.6))[..., None]
    return np.asarray(colour * (1 - share) + colour * tint * share, np.float32)


def _tear(colour: Plane, cover: Plane, rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Torn corners and edges: what is missing, and the white fibres along it."""
    height, width = cover.shape
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    rough = (clouds(cover.shape, 7, rng) - 0.5) * 0.35 + (clouds(cover.shape, 30, rng) - 0.5) * 0.1
    left = np.full(cover.shape, 9, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        cx, cy = (
            (rng.choice((0.0, 1.0)), rng.random()) if rng.random() < 0.5 else (rng.random(), rng.choice((0.0, 1.0)))
        )
        left = np.minimum(left, np.hypot(x - cx, y - cy) + rough - rng.uniform(0.1, 0.45))
    return _cut(colour, cover, left)


def _scrape(colour: Plane, cover: Plane, rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Someone pulled it off: scraps stay where the glue was."""
    stretch = rng.choice((1, 1, 4))
    field = clouds((cover.shape[0] * stretch, cover.shape[1]), int(rng.integers(4, 9)), rng)[:: int(stretch)]
    field = field * 0.75 + clouds(cover.shape, 35, rng) * 0.25
    kept = rng.uniform(0.25, 0.75)
    if rng.random() < 0.6:
        colour = colour * 0.2 + np.float32(rng.uniform(0.75, 0.95)) * 0.8
    return _cut(colour, cover, (field - np.quantile(field, 1 - kept)).astype(np.float32))


def _cut(colour: Plane, cover: Plane, left: Plane) -> tuple[Plane, Plane]:
    fibre = np.exp(-np.abs(left) * 45)[..., None] * 0.8
    colour = colour * (1 - fibre) + np.float32(0.93) * fibre
    return np.asarray(colour, np.float32), np.asarray(cover * np.clip(left * 60 + 0.5, 0, 1), np.float32)


def _tape(colour: Plane, rng: np.random.Generator) -> Plane:
    height, width = colour.shape[:2]
    wide, long = int(max(4, width * rng.uniform(0.06, 0.12))), int(max(6, width * rng.uniform(0.2, 0.4)))
    tint = np.array(rng.choice(((0.85, 0.78, 0.55), (0.95, 0.95, 0.95), (0.55, 0.45, 0.3))), np.float32)
    for x in (0, width - long) if rng.random() < 0.6 else (int((width - long) / 2),):
        for y in (0, height - wide):
            part = colour[y : y + wide, x : x + long]
            part[:] = part * 0.45 + tint * 0.55
    return colour
