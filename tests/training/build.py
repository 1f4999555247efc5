"""Builders for training: recipes, pictures, networks and findings."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from datasets.records import Sample
from detector.types import Xyxy
from training import recipe
from training.findings import Finding
from training.pictures import Picture
from training.recipe import Recipe

ROOT = Path(__file__).resolve().parents[2]
RECIPES = sorted(path for path in (ROOT / "training/recipes").glob("*.toml") if path.name != "ablations.toml")
KINDS = ("litter", "overflowing_bin", "closed_bin")


def a_recipe(**values: Any) -> Recipe:
    """The tiny recipe, shorter and from random weights, changed."""
    short = {"start": "", "heads": "both", "epochs": 2, "plain_epochs": 1, "epoch_pictures": 64, "mosaic": 0.5}
    return replace(recipe.read(ROOT / "training/recipes/tiny.toml"), **{**short, **values})


def a_picture(
    boxes: Sequence[Sequence[float]] = ((16, 8, 48, 40),), *, labelled: Sequence[int] = (1, 1, 1), size: int = 64
) -> Picture:
    """A grey square picture with white boxes of the first kind."""
    pixels = np.full((size, size, 3), 100, np.uint8)
    for x0, y0, x1, y1 in boxes:
        pixels[int(y0) : int(y1), int(x0) : int(x1)] = 255
    corners = np.array(boxes, np.float32).reshape(-1, 4)
    return Picture(pixels, corners, np.zeros(len(corners), np.int64), np.array(labelled, np.float32))


def a_batch(labelled: Sequence[Sequence[int]], kinds: Sequence[int] = (0,)) -> dict[str, torch.Tensor]:
    """Targets of a batch in which the first picture has a box of each of `kinds`."""
    return {
        "batch_idx": torch.zeros(len(kinds)),
        "cls": torch.tensor(kinds).float(),
        "bboxes": torch.tensor([[0.5, 0.5, 0.5, 0.5]]).repeat(len(kinds), 1),
        "labelled": torch.tensor(labelled).float()[:, None].repeat(1, 4, 1),
        "centre": torch.full((len(labelled), 2), 0.5),
    }


def a_finding(*found: tuple[str, float, Sequence[float]]) -> Finding:
    """Kind, score and box in parts of the picture, best first."""
    boxes: Xyxy = np.array([box for _, _, box in found], np.float32).reshape(-1, 4)
    return Finding(boxes, np.array([score for _, score, _ in found], np.float32), tuple(kind for kind, _, _ in found))


def exactly(sample: Sample, score: float = 0.9) -> Finding:
    """A finding that is right about every label of the sample."""
    return a_finding(*((label.kind, score, label.xyxy) for label in sample.labels))
