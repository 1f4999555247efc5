"""Training pictures in memory: decoded once, with boxes in pixels and a mask of labelled kinds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.records import Sample
from training.errors import TrainingError
from training.recipe import REAL

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
THIN: Final = ("flying_wire",)
"""Kinds that are a pixel or two wide, whatever the size of their box."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture for training.

    Attributes:
        pixels: `(H, W, 3)` uint8 RGB.
        boxes: `(N, 4)` xyxy in pixels of `pixels`.
        kinds: `(N,)` kind indices.
        labelled: `(nc,)` 1.0 where the kind is boxed exhaustively.
        part: real, rendered or composed.
        weight: how much oftener than its like it is drawn.
        thin: indices of the kinds that a mosaic must not make thinner.
    """

    pixels: Pixels
    boxes: Floats
    kinds: NDArray[np.int64]
    labelled: Floats
    part: str = REAL
    weight: float = 1.0
    thin: tuple[int, ...] = ()

    @property
    def thin_boxes(self) -> Floats:
        """`(M, 4)`, those of `boxes` that hold something thin."""
        return self.boxes[np.isin(self.kinds, self.thin)]


def decode(path: Path, longest_px: int) -> Pixels:
    """`(H, W, 3)` RGB, made smaller where its longest side exceeds `longest_px`."""
    raw = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if raw is None:
        raise TrainingError(path=str(path), why="not a picture")
    height, width = raw.shape[:2]
    scale = longest_px / max(height, width)
    if scale < 1:
        raw = cv2.resize(raw, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(raw[..., ::-1], dtype=np.uint8)


def load(samples: Iterable[Sample], root: Path, kinds: Sequence[str], longest_px: int) -> list[Picture]:
    """Decode every sample of a data folder."""
    return [picture(sample, decode(root / sample.file, longest_px), kinds) for sample in samples]


def picture(sample: Sample, pixels: Pixels, kinds: Sequence[str]) -> Picture:
    """Join decoded pixels with the labels of their sample; a label of an unlabelled kind is left out."""
    height, width = pixels.shape[:2]
    labels = [label for label in sample.labels if label.kind in sample.labelled]
    boxes = np.array([label.xyxy for label in labels], np.float32).reshape(-1, 4)
    return Picture(
        pixels=pixels,
        boxes=boxes * np.array([width, height, width, height], np.float32),
        kinds=np.array([kinds.index(label.kind) for label in labels], np.int64),
        labelled=np.array([kind in sample.labelled for kind in kinds], np.float32),
        thin=tuple(index for index, kind in enumerate(kinds) if kind in THIN),
    )
