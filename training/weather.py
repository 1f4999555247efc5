"""What cheap cameras, night and weather do to a picture: each with the recipe's chance, each within bounds."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.pictures import Floats, Pixels
from training.recipe import Recipe

SIGMA_PX: Final = (0.4, 1.5)
SMEAR_PX: Final = (3, 8)
LOST: Final = (1.3, 2.4)
JPEG_QUALITY: Final = (25, 75)
DARKENED: Final = (1.3, 2.2)
LAMPS: Final = ((1.0, 0.86, 0.62), (1.0, 0.95, 0.85), (0.82, 0.93, 1.0))
GRAIN: Final = (2.0, 9.0)
PATCHES: Final = 3
PATCH_PART: Final = (0.02, 0.07)
COVERED: Final = 0.3


def spoil(pixels: Pixels, boxes: Floats, recipe: Recipe, rng: Generator) -> Pixels:
    """The same picture after some of it.

    Args:
        pixels: `(H, W, 3)` uint8 RGB.
        boxes: `(N, 4)` xyxy in pixels; no painted patch hides more than three tenths of one.
        recipe: the chance of each.
        rng: decides.
    """
    if rng.random() < recipe.erase:
        pixels = painted_over(pixels, boxes, rng)
    for chance, change in _changes(recipe):
        if rng.random() < chance:
            pixels = change(pixels, rng)
    return pixels


def _changes(recipe: Recipe) -> tuple[tuple[float, Callable[[Pixels, Generator], Pixels]], ...]:
    """In the order in which light, lens, sensor and file would do it."""
    return (
        (recipe.night, at_night),
        (recipe.grey, without_colour),
        (recipe.blur, out_of_focus),
        (recipe.motion, smeared),
        (recipe.noise, grainy),
        (recipe.low_res, coarse),
        (recipe.jpeg, compressed),
    )


def out_of_focus(pixels: Pixels, rng: Generator) -> Pixels:
    """A Gaussian of at most a pixel and a half."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), rng.uniform(*SIGMA_PX)), np.uint8)


def smeared(pixels: Pixels, rng: Generator) -> Pixels:
    """As taken from something that moves: a mean along a short line in any direction."""
    length, angle = int(rng.integers(*SMEAR_PX)), rng.uniform(0, np.pi)
    half = length / 2
    kernel = np.zeros((length + 2, length + 2), np.float32)
    middle = (length + 1) / 2
    dx, dy = np.cos(angle) * half, np.sin(angle) * half
    ends = [(round(middle + side * dx), round(middle + side * dy)) for side in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), np.uint8)


def coarse(pixels: Pixels, rng: Generator) -> Pixels:
    """Made smaller and large again."""
    height, width = pixels.shape[:2]
    lost = rng.uniform(*LOST)
    small = cv2.resize(pixels, (round(width / lost), round(height / lost)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def compressed(pixels: Pixels, rng: Generator) -> Pixels:
    """Through a JPEG file of low quality."""
    quality = int(rng.integers(*JPEG_QUALITY))
    packed = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    opened = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return np.ascontiguousarray(opened[..., ::-1] if opened is not None else pixels, dtype=np.uint8)


def at_night(pixels: Pixels, rng: Generator) -> Pixels:
    """Shadows sink, one lamp colours everything, the sensor turns its gain up."""
    lamp = np.array(LAMPS[rng.integers(len(LAMPS))]) * rng.uniform(0.75, 1.0)
    steps = (np.arange(256) / 255) ** rng.uniform(*DARKENED)
    table = (255 * steps[:, None] * lamp).clip(0, 255).astype(np.uint8)  # (256, 3)
    return grainy(np.asarray(cv2.LUT(pixels, table[None]), np.uint8), rng)


def without_colour(pixels: Pixels, rng: Generator) -> Pixels:
    """Grey; every second time bright in the middle and dark at the rim, as under an infrared lamp."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    if rng.random() < 0.5:
        grey = grey * _beam(grey.shape, rng)
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def _beam(shape: tuple[int, ...], rng: Generator) -> Floats:
    rows, columns = (np.linspace(-1, 1, side, dtype=np.float32) for side in shape)
    x, y = rng.uniform(-0.3, 0.3, 2)
    far = (rows[:, None] - y) ** 2 + (columns[None, :] - x) ** 2  # (H, W)
    return np.asarray(rng.uniform(1.0, 1.5) / (1 + rng.uniform(0.4, 1.2) * far), np.float32)


def grainy(pixels: Pixels, rng: Generator) -> Pixels:
    """Gaussian noise of one strength for the picture."""
    sigma = rng.uniform(*GRAIN)
    grain: NDArray[np.float32] = rng.standard_normal(pixels.shape, np.float32)
    return np.asarray((pixels + grain * np.float32(sigma)).clip(0, 255), np.uint8)


def painted_over(pixels: Pixels, boxes: Floats, rng: Generator) -> Pixels:
    """Up to three small patches of one colour each; one that would hide much of a labelled thing is left out."""
    height, width = pixels.shape[:2]
    shown = pixels.copy()
    for _ in range(int(rng.integers(1, PATCHES + 1))):
        w, h = rng.uniform(*PATCH_PART, 2) * (width, height)
        x, y = rng.uniform(0, 1, 2) * (width - w, height - h)
        patch = np.array([x, y, x + w, y + h], np.float32)
        if _hidden(patch, boxes) <= COVERED:
            x0, y0, x1, y1 = (int(v) for v in patch)
            shown[y0:y1, x0:x1] = rng.integers(0, 256, 3)
    return shown


def _hidden(patch: Floats, boxes: Floats) -> float:
    """The largest part of a box that lies under the patch."""
    sides = np.minimum(boxes[:, 2:], patch[2:]) - np.maximum(boxes[:, :2], patch[:2])  # (N, 2)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1).clip(1e-6)
    return float((sides.clip(0).prod(1) / area).max(initial=0.0))
