"""Training examples: pictures placed, cropped, mirrored and coloured at random, four of them on one canvas."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.pictures import Floats, Picture, Pixels
from training.recipe import Recipe

GREY = (114, 114, 114)
LEAST_VISIBLE = 0.25
LEAST_PX = 3.0
WHOLE = 0.9
PARTLY = 1.5


@dataclass(frozen=True, slots=True)
class Region:
    """Where on the canvas a picture goes, in pixels; `filled` wants no grey beside it."""

    x0: int
    y0: int
    x1: int
    y1: int
    filled: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """What a step sees of one canvas.

    Attributes:
        pixels: `(S, S, 3)` uint8 RGB.
        boxes: `(N, 4)` xyxy in pixels.
        kinds: `(N,)` kind indices.
        centre: `(2,)` x and y of the point where the four quarters meet, pixels.
        labelled: `(4, nc)` which kinds are labelled in the quarter at the top left, top right, bottom left and right.
    """

    pixels: Pixels
    boxes: Floats
    kinds: NDArray[np.int64]
    centre: Floats
    labelled: Floats


def single(source: Picture, size: int, recipe: Recipe, rng: Generator) -> Example:
    """One picture on a square canvas; its four quarters know the same."""
    shown = place(source, Region(0, 0, size, size), recipe, rng)
    centre = np.array([size / 2, size / 2], np.float32)
    return Example(shown.pixels, shown.boxes, shown.kinds, centre, np.tile(source.labelled, (4, 1)))


def mosaic(four: Sequence[Picture], size: int, recipe: Recipe, rng: Generator) -> Example:
    """Four pictures round a random point of a square canvas.

    They may be labelled for different kinds: each quarter keeps its own mask, so that what is unknown on one picture
    is not taught from another.
    """
    cx, cy = (int(v) for v in rng.uniform(0.3 * size, 0.7 * size, 2))
    corners = ((0, 0, cx, cy), (cx, 0, size, cy), (0, cy, cx, size), (cx, cy, size, size))
    regions = [Region(*corner, filled=True) for corner in corners]
    canvas = np.empty((size, size, 3), np.uint8)
    placed = [place(source, at, recipe, rng) for source, at in zip(four, regions, strict=True)]
    for shown, at in zip(placed, regions, strict=True):
        canvas[at.y0 : at.y1, at.x0 : at.x1] = shown.pixels
    boxes = [p.boxes + _four(at.x0, at.y0) for p, at in zip(placed, regions, strict=True)]
    kinds = np.concatenate([p.kinds for p in placed])
    labelled = np.stack([source.labelled for source in four])
    return Example(canvas, np.concatenate(boxes), kinds, np.array([cx, cy], np.float32), labelled)


def place(source: Picture, region: Region, recipe: Recipe, rng: Generator) -> Picture:
    """Show `source` in a window of the region's size, at a random scale, proportion and position.

    Now and then a piece of it is shown large, round one of its labelled things, of which no more is cut than a picture
    that fits its window would lose. Boxes are cut at the window; one that keeps less than a quarter of its
    area or three pixels goes. Something thin in a quarter of a mosaic is looked at in its own size at least, since a
    cord of two pixels would become less than one: see `_own_size`.
    """
    width, height = region.x1 - region.x0, region.y1 - region.y0
    tall, wide = source.pixels.shape[:2]
    near, thin = rng.random() < recipe.close, source.thin_boxes if region.filled else source.boxes[:0]
    aim = _aim(thin if len(thin) else source.boxes, rng) if near or len(thin) else None
    zoom = np.exp(
        rng.uniform(0.0 if near else -np.log(recipe.zoom), np.log(recipe.close_zoom if near else recipe.zoom))
    )
    stretch = np.sqrt(np.exp(rng.uniform(-np.log(recipe.aspect), np.log(recipe.aspect))))
    choose = max if region.filled else min
    fit = choose(width / (wide * stretch), height / (tall / stretch)) * zoom
    if aim is not None and near:
        fit = min(fit, WHOLE * width / (aim[2] * stretch), WHOLE * height / (aim[3] / stretch))
    if aim is not None and len(thin):
        fit = max(fit, _own_size(aim, (width, height), stretch))
    sx, sy = fit * stretch, fit / stretch
    tx = _offset(width, wide * sx, rng, None if aim is None else aim[0] * sx)
    ty = _offset(height, tall * sy, rng, None if aim is None else aim[1] * sy)
    mirrored = rng.random() < recipe.flip
    if mirrored:
        sx, tx = -sx, width - tx
    boxes = source.boxes * _four(sx, sy) + _four(tx, ty)  # (N, 4)
    boxes = boxes[:, [2, 1, 0, 3]] if mirrored else boxes
    kept, boxes = _visible(boxes, width, height)
    pixels = _warped(source.pixels, (sx, sy, tx, ty), (width, height))
    return replace(source, pixels=pixels, boxes=boxes[kept], kinds=source.kinds[kept])


def _warped(pixels: Pixels, at: tuple[float, float, float, float], size: tuple[int, int]) -> Pixels:
    """The picture scaled and moved; what would shrink to less than half is halved first, so that nothing flickers."""
    sx, sy, tx, ty = at
    while max(abs(sx), abs(sy)) < 0.5:
        tall, wide = pixels.shape[:2]
        half = max(wide // 2, 1), max(tall // 2, 1)
        pixels = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_AREA), np.uint8)
        sx, sy = sx * wide / half[0], sy * tall / half[1]
    tx, ty = tx + (sx - 1) / 2, ty + (sy - 1) / 2  # OpenCV counts from the middle of the first pixel
    matrix = np.array([[sx, 0, tx], [0, sy, ty]], np.float32)
    return np.asarray(cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderValue=GREY), np.uint8)


def _four(x: float, y: float) -> Floats:
    return np.array([x, y, x, y], np.float32)


def _aim(boxes: Floats, rng: Generator) -> Floats | None:
    """Centre and size of one of the boxes, `(4,)` pixels; None where there is none."""
    if not len(boxes):
        return None
    box = boxes[rng.integers(len(boxes))]
    return np.concatenate([(box[:2] + box[2:]) / 2, box[2:] - box[:2]])


def _own_size(aim: Floats, window: tuple[int, int], stretch: float) -> float:
    """The scale at which neither side shrinks, or less where the thing is over half as long again as the window.

    Of such a thing too little of the box would be left to keep it, and a cord in plain sight would count as none.
    """
    width, height = window
    parts = PARTLY * width / (aim[2] * stretch), PARTLY * height / (aim[3] / stretch)
    return float(min(max(stretch, 1 / stretch), *parts))


def _offset(window: float, length: float, rng: Generator, aim: float | None) -> float:
    """Where a picture of this length begins so that it covers the window, or lies in it if it is shorter.

    With an aim, a point of the picture in pixels of the window, that point comes into the middle half of the window
    as far as the picture's ends allow.
    """
    low, high = min(window - length, 0.0), max(window - length, 0.0)
    if aim is None:
        return float(rng.uniform(low, high))
    return float(np.clip(rng.uniform(0.25, 0.75) * window - aim, low, high))


def _visible(boxes: Floats, width: int, height: int) -> tuple[NDArray[np.bool_], Floats]:
    cut = boxes.clip(0, _four(width, height))
    sides, was = cut[:, 2:] - cut[:, :2], boxes[:, 2:] - boxes[:, :2]
    share = sides.prod(1) / was.prod(1).clip(1e-6)
    return (share >= LEAST_VISIBLE) & (sides.min(1, initial=1e9) >= LEAST_PX), cut


def recolour(pixels: Pixels, recipe: Recipe, rng: Generator) -> Pixels:
    """Turn the hue and scale saturation and brightness by one random factor each."""
    gains = 1 + rng.uniform(-1, 1, 3) * (recipe.hue, recipe.saturation, recipe.value)
    steps = np.arange(256, dtype=np.float64)
    tables = np.stack([(steps * gains[0]) % 180, (steps * gains[1]).clip(0, 255), (steps * gains[2]).clip(0, 255)], -1)
    hsv = cv2.LUT(cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV), tables[None].astype(np.uint8))
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.uint8)
