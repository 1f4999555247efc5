"""What was found, missed and falsely shown on one picture, at the shipped thresholds and an overlap of 0.5."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from datasets.records import Sample
from detector.boxes import iou
from training.findings import Finding

Corners = tuple[float, float, float, float]
ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Boxed:
    """A kind and where it is, in parts of the picture."""

    kind: str
    xyxy: Corners


@dataclass(frozen=True, slots=True)
class Verdict:
    """One picture, judged for the kinds that it is labelled for.

    Attributes:
        file: of the picture.
        found: labels that a shown box covers.
        missed: labels that none covers.
        false: shown boxes that cover no free label.
        shown: every shown box of a labelled kind.
    """

    file: str
    found: tuple[Boxed, ...]
    missed: tuple[Boxed, ...]
    false: tuple[Boxed, ...]
    shown: tuple[Boxed, ...]


def judge(sample: Sample, finding: Finding, thresholds: Mapping[str, float]) -> Verdict:
    """Match shown boxes to labels of the same kind, the best scored first."""
    shown = [
        Boxed(kind, _corners(box))
        for kind, score, box in zip(finding.kinds, finding.scores, finding.xyxy, strict=True)
        if kind in sample.labelled and score >= thresholds[kind]
    ]
    free = [Boxed(label.kind, label.xyxy) for label in sample.labels]
    found, false = [], []
    for box in shown:
        match = _best(box, free)
        if match is None:
            false.append(box)
            continue
        free.remove(match)
        found.append(match)
    return Verdict(sample.file, tuple(found), tuple(free), tuple(false), tuple(shown))


def _corners(box: np.ndarray) -> Corners:
    x0, y0, x1, y1 = (float(value) for value in box)
    return x0, y0, x1, y1


def _best(box: Boxed, free: list[Boxed]) -> Boxed | None:
    alike = [other for other in free if other.kind == box.kind]
    if not alike:
        return None
    overlaps = iou(np.array([box.xyxy], np.float32), np.array([other.xyxy for other in alike], np.float32))[0]
    return alike[int(overlaps.argmax())] if overlaps.max() >= ENOUGH else None
