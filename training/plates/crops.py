"""What the network learns from: crops of street pictures, drawn plates hung on some of their vehicles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from datasets.plates.mounting import mount_on
from datasets.records import Sample
from detector.images import open_file
from training.plates.vehicles import Box

CROP_PX: Final = 448
MEAN: Final = np.array([104, 117, 123], np.float32)  # blue, green, red
WITH_VEHICLES: Final = 0.6
HUNG: Final = 0.8
MOST_HUNG: Final = 4
SCALES: Final = (0.8, 2.2)
"""A picture is looked at whole and small, and enlarged up to twice."""

Pixels = NDArray[np.uint8]
Sides = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Crop:
    """`(H, W, 3)` RGB, its `(M, 4)` plates and its `(K, 4)` vehicles, xyxy in its pixels."""

    picture: Pixels
    plates: Sides
    vehicles: Sides

    def tensor(self) -> Tensor:
        """`(3, H, W)`, as the network takes it."""
        blue_first = self.picture[:, :, ::-1].astype(np.float32) - MEAN
        return torch.from_numpy(np.ascontiguousarray(blue_first.transpose(2, 0, 1)))


@dataclass(slots=True)
class Crops:
    """Draws crops by chance, the same for the same generator."""

    samples: Sequence[Sample]
    root: Path
    vehicles: Mapping[str, Sequence[Box]]
    _driven: list[Sample] = field(init=False)

    def __post_init__(self) -> None:
        self._driven = [sample for sample in self.samples if self.vehicles[sample.sha256]]

    def draw(self, rng: np.random.Generator) -> Crop:
        """One crop: of a picture with vehicles more often than not, the others being what is no plate."""
        pool = self._driven if self._driven and rng.random() < WITH_VEHICLES else self.samples
        sample = pool[int(rng.integers(len(pool)))]
        picture = open_file(self.root / sample.file).image.copy()
        scale = float(rng.uniform(*SCALES))
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR).astype(np.uint8)
        driven = np.array(self.vehicles[sample.sha256], np.float32).reshape(-1, 4) * scale
        plates = hang_some(picture, driven, rng, soft_px=max(0.0, scale - 1))
        return _flipped(_cut(picture, plates, driven, rng), rng)


def hang_some(picture: Pixels, vehicles: Sides, rng: np.random.Generator, *, soft_px: float) -> Sides:
    """Hang plates on some of the vehicles of a picture, in place; `(M, 4)`, where they are."""
    chosen = rng.permutation(len(vehicles))[:MOST_HUNG]
    x0, y0, x1, y1 = 0, 1, 2, 3
    hung = []
    for vehicle in vehicles[chosen]:
        if rng.random() < HUNG:
            sides = (float(vehicle[x0]), float(vehicle[y0]), float(vehicle[x1]), float(vehicle[y1]))
            hung.append(mount_on(sides, picture, rng, soft_px=soft_px))
    return np.array([box for box in hung if box is not None], np.float32).reshape(-1, 4)


def _cut(picture: Pixels, plates: Sides, vehicles: Sides, rng: np.random.Generator) -> Crop:
    """A square of the picture, around a plate where there is one; grey where the picture ends."""
    height, width = picture.shape[:2]
    left, top = (float(rng.uniform(min(0, side - CROP_PX), max(0, side - CROP_PX))) for side in (width, height))
    if len(plates):
        x0, y0, x1, y1 = plates[int(rng.integers(len(plates)))]
        middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
        left, top = middle - rng.uniform(0.15, 0.85, 2) * CROP_PX
    corner = np.array([round(left), round(top)], int)
    cut = np.full((CROP_PX, CROP_PX, 3), 114, np.uint8)
    begin, end = np.maximum(corner, 0), np.minimum(corner + CROP_PX, (width, height))
    if (begin < end).all():
        (u, v), (x, y) = begin - corner, begin
        part = picture[y : end[1], x : end[0]]
        cut[v : v + part.shape[0], u : u + part.shape[1]] = part
    moved = np.tile(corner, 2).astype(np.float32)
    return Crop(cut, _centred(plates - moved), _touching(vehicles - moved))


def _centred(boxes: Sides) -> Sides:
    """Those whose middle lies in the crop."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.asarray(boxes[((middle > 0) & (middle < CROP_PX)).all(1)], np.float32)


def _touching(boxes: Sides) -> Sides:
    """Those of which anything lies in the crop."""
    return np.asarray(boxes[(boxes[:, 2:] > 0).all(1) & (boxes[:, :2] < CROP_PX).all(1)], np.float32)


def _flipped(crop: Crop, rng: np.random.Generator) -> Crop:
    """Mirrored as often as not, in another light: what is hidden need not be read."""
    bright = np.clip(crop.picture * rng.uniform(0.7, 1.25) + rng.uniform(-15, 15), 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        return Crop(bright, crop.plates, crop.vehicles)
    return Crop(np.ascontiguousarray(bright[:, ::-1]), _mirrored(crop.plates), _mirrored(crop.vehicles))


def _mirrored(boxes: Sides) -> Sides:
    return np.asarray(boxes[:, [2, 1, 0, 3]] * (-1, 1, -1, 1) + (CROP_PX, 0, CROP_PX, 0), np.float32)
