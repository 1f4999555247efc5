"""Training batches: pictures placed, cropped, mirrored and coloured at random, four of them at a time."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.random import Generator

from training.loss import Batch
from training.pictures import Floats, Picture, Pixels
from training.recipe import Recipe

GREY = (114, 114, 114)
LEAST_VISIBLE = 0.25
LEAST_PX = 3.0


@dataclass(frozen=True, slots=True)
class Region:
    """Where on the canvas a picture goes, in pixels; `filled` wants no grey beside it."""

    x0: int
    y0: int
    x1: int
    y1: int
    filled: bool = False


def place(source: Picture, region: Region, recipe: Recipe, rng: Generator) -> Picture:
    """Show `source` in a window of the region's size, at a random scale, proportion and position.

    Boxes are cut at the window; one that keeps less than a quarter of its area or three pixels goes.
    """
    width, height = region.x1 - region.x0, region.y1 - region.y0
    tall, wide = source.pixels.shape[:2]
    zoom = np.exp(rng.uniform(-np.log(recipe.zoom), np.log(recipe.zoom)))
    stretch = np.sqrt(np.exp(rng.uniform(-np.log(recipe.aspect), np.log(recipe.aspect))))
    choose = max if region.filled else min
    fit = choose(width / (wide * stretch), height / (tall / stretch)) * zoom
    sx, sy = fit * stretch, fit / stretch
    tx, ty = _offset(width - wide * sx, rng), _offset(height - tall * sy, rng)
    mirrored = rng.random() < recipe.flip
    if mirrored:
        sx, tx = -sx, width - tx
    matrix = np.array([[sx, 0, tx], [0, sy, ty]], np.float32)
    pixels = cv2.warpAffine(source.pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=GREY)
    boxes = source.boxes * _four(sx, sy) + _four(tx, ty)  # (N, 4)
    boxes = boxes[:, [2, 1, 0, 3]] if mirrored else boxes
    kept, boxes = _visible(boxes, width, height)
    return Picture(np.asarray(pixels, np.uint8), boxes[kept], source.kinds[kept], source.labelled)


def _four(x: float, y: float) -> Floats:
    return np.array([x, y, x, y], np.float32)


def _offset(slack: float, rng: Generator) -> float:
    return float(rng.uniform(min(slack, 0.0), max(slack, 0.0)))


def _visible(boxes: Floats, width: int, height: int) -> tuple[np.ndarray, Floats]:
    cut = boxes.clip(0, _four(width, height))
    sides, was = cut[:, 2:] - cut[:, :2], boxes[:, 2:] - boxes[:, :2]
    share = sides.prod(1) / was.prod(1).clip(1e-6)
    return (share >= LEAST_VISIBLE) & (sides.min(1, initial=1e9) >= LEAST_PX), cut


def mosaic(four: Sequence[Picture], size: int, recipe: Recipe, rng: Generator) -> Picture:
    """Four pictures round a random point of a square canvas.

    All four must have the same `labelled`, else background of one kind would be taught on another's picture.
    """
    if any((p.labelled != four[0].labelled).any() for p in four):
        raise ValueError("a mosaic joins only pictures that are labelled for the same kinds")
    cx, cy = (int(v) for v in rng.uniform(0.3 * size, 0.7 * size, 2))
    corners = ((0, 0, cx, cy), (cx, 0, size, cy), (0, cy, cx, size), (cx, cy, size, size))
    regions = [Region(*corner, filled=True) for corner in corners]
    canvas = np.empty((size, size, 3), np.uint8)
    placed = [place(source, at, recipe, rng) for source, at in zip(four, regions, strict=True)]
    for shown, at in zip(placed, regions, strict=True):
        canvas[at.y0 : at.y1, at.x0 : at.x1] = shown.pixels
    boxes = [p.boxes + _four(at.x0, at.y0) for p, at in zip(placed, regions, strict=True)]
    return Picture(canvas, np.concatenate(boxes), np.concatenate([p.kinds for p in placed]), four[0].labelled)


def recolour(pixels: Pixels, recipe: Recipe, rng: Generator) -> Pixels:
    """Turn the hue and scale saturation and brightness by one random factor each."""
    gains = 1 + rng.uniform(-1, 1, 3) * (recipe.hue, recipe.saturation, recipe.value)
    steps = np.arange(256, dtype=np.float64)
    tables = np.stack([(steps * gains[0]) % 180, (steps * gains[1]).clip(0, 255), (steps * gains[2]).clip(0, 255)], -1)
    hsv = cv2.LUT(cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV), tables[None].astype(np.uint8))
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.uint8)


class Feed:
    """Batches of one training run; batch `step` of epoch `epoch` is always the same."""

    def __init__(self, pictures: Sequence[Picture], often: Floats, recipe: Recipe) -> None:
        self.pictures, self.recipe, self.often = pictures, recipe, often
        self.alike: dict[bytes, list[int]] = {}
        for index, picture in enumerate(pictures):
            self.alike.setdefault(picture.labelled.tobytes(), []).append(index)

    @property
    def steps(self) -> int:
        """Steps an epoch."""
        return max(round(float(self.often.sum()) / self.recipe.batch), 1)

    def order(self, epoch: int) -> np.ndarray:
        """Indices of an epoch: each picture floor or ceil of its repeat factor times, shuffled."""
        rng = np.random.default_rng([self.recipe.seed, epoch])
        whole = np.floor(self.often)
        times = whole + (rng.random(len(self.often)) < self.often - whole)
        drawn = rng.permutation(np.repeat(np.arange(len(self.often)), times.astype(int)))
        return np.resize(drawn, self.steps * self.recipe.batch)

    def batch(self, epoch: int, step: int, order: np.ndarray) -> tuple[torch.Tensor, Batch]:
        """Pixels `(B, 3, S, S)` in 0..1 and the targets of one step."""
        rng = np.random.default_rng([self.recipe.seed, epoch, step])
        size = int(rng.choice(self.recipe.sizes))
        joined = self.recipe.mosaic if epoch < self.recipe.epochs - self.recipe.plain_epochs else 0.0
        indices = order[step * self.recipe.batch : (step + 1) * self.recipe.batch]
        return collate([self._one(int(index), size, joined, rng) for index in indices])

    def ahead(self, epoch: int, step: int) -> Iterator[tuple[torch.Tensor, Batch]]:
        """The rest of an epoch from `step` on; the next batch is made while the present one is used."""
        order = self.order(epoch)
        with ThreadPoolExecutor(1) as maker:
            coming = maker.submit(self.batch, epoch, step, order)
            for following in range(step + 1, self.steps):
                ready = coming.result()
                coming = maker.submit(self.batch, epoch, following, order)
                yield ready
            yield coming.result()

    def _one(self, index: int, size: int, joined: float, rng: Generator) -> Picture:
        first = self.pictures[index]
        if rng.random() < joined:
            others = rng.choice(self.alike[first.labelled.tobytes()], 3)
            shown = mosaic([first, *(self.pictures[i] for i in others)], size, self.recipe, rng)
        else:
            shown = place(first, Region(0, 0, size, size), self.recipe, rng)
        return Picture(recolour(shown.pixels, self.recipe, rng), shown.boxes, shown.kinds, shown.labelled)


def collate(pictures: Sequence[Picture]) -> tuple[torch.Tensor, Batch]:
    """Stack pictures of one size into what the network and its loss take."""
    pixels = torch.from_numpy(np.stack([p.pixels for p in pictures])).permute(0, 3, 1, 2)  # channels last in memory
    size = pictures[0].pixels.shape[0]
    corners = np.concatenate([p.boxes for p in pictures]) / size  # (N, 4)
    centred = np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], 1)
    counts = [len(p.boxes) for p in pictures]
    return pixels.float() / 255, {
        "batch_idx": torch.from_numpy(np.repeat(np.arange(len(pictures)), counts)).float(),
        "cls": torch.from_numpy(np.concatenate([p.kinds for p in pictures])).float(),
        "bboxes": torch.from_numpy(centred.astype(np.float32)),
        "labelled": torch.from_numpy(np.stack([p.labelled for p in pictures])),
    }
