"""Where vehicles are on training pictures: plates are hung there, and one that is found there is no error.

A general detector finds them once; what it found is kept beside the other caches, by the SHA-256 of each picture.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from datasets.records import Sample
from detector.boxes import iou
from training import torchvision_ops
from training.unpatched import YOLO

Box = tuple[float, float, float, float]

KINDS: Final = (1, 2, 3, 5, 7)
"""Bicycle, car, motorcycle, bus, lorry, as COCO numbers them."""

BINS: Final = frozenset({"overflowing_bin", "closed_bin"})
SAME: Final = 0.4

NONE: Final = ("", "", "", "")
"""How a picture without a vehicle is kept."""

SURE: Final = 0.3
INPUT_PX: Final = 480
AT_ONCE: Final = 16


def vehicles_on(samples: Sequence[Sample], root: Path, weights: Path, kept: Path) -> dict[str, list[Box]]:
    """The vehicles of each picture by its SHA-256, `xyxy` in its pixels; pictures that are not kept are looked at.

    Args:
        samples: pictures.
        root: where their files lie.
        weights: of a detector that knows COCO's kinds.
        kept: a CSV file; it is made, or continued.
    """
    known = _read(kept) if kept.is_file() else {}
    missing = [sample for sample in samples if sample.sha256 not in known]
    if missing:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with kept.open("a", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            for sample, boxes in _found(missing, root, weights):
                known[sample.sha256] = boxes
                rows.writerows([[sample.sha256, *box] for box in boxes] or [[sample.sha256, *NONE]])
    return {sample.sha256: known[sample.sha256] for sample in samples}


def without_bins(samples: Sequence[Sample], vehicles: Mapping[str, Sequence[Box]]) -> dict[str, list[Box]]:
    """The vehicles that are none of the labelled bins, which a general detector takes for lorries."""
    return {one.sha256: [box for box in vehicles[one.sha256] if not _is_bin(one, box)] for one in samples}


def _is_bin(sample: Sample, box: Box) -> bool:
    bins = [label.xyxy for label in sample.labels if label.kind in BINS]
    sides = np.array(bins, np.float32).reshape(-1, 4) * ([sample.width, sample.height] * 2)
    return bool((iou(np.array([box], np.float32), sides.astype(np.float32)) > SAME).any())


def _read(kept: Path) -> dict[str, list[Box]]:
    known: dict[str, list[Box]] = {}
    with kept.open(encoding="utf-8", newline="") as file:
        for sha256, *sides in csv.reader(file):
            boxes = known.setdefault(sha256, [])
            if all(sides):
                x0, y0, x1, y1 = map(float, sides)
                boxes.append((x0, y0, x1, y1))
    return known


def _found(samples: Sequence[Sample], root: Path, weights: Path) -> Iterator[tuple[Sample, list[Box]]]:
    torchvision_ops.repair()
    model: Any = YOLO(str(weights))
    how = {"imgsz": INPUT_PX, "conf": SURE, "classes": list(KINDS), "verbose": False, "device": "cpu"}
    for first in range(0, len(samples), AT_ONCE):
        part = samples[first : first + AT_ONCE]
        for sample, told in zip(part, model.predict([str(root / one.file) for one in part], **how), strict=True):
            yield sample, [tuple(round(float(side), 1) for side in box) for box in told.boxes.xyxy]  # type: ignore[misc]  # four sides
