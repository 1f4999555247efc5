"""The worst misses and false alarms of each kind, as values and as sheets of crops for the eyes of whoever trains.

The pictures belong to others and may not be shown again: sheets go to the report folder, only words and counts to git.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from datasets.records import Manifest, Sample
from detector.boxes import iou
from detector.types import Image
from training.evaluate import seen
from training.findings import Finding, Findings
from training.verdicts import ENOUGH, Boxed, Corners, judge

COUNT: Final = 12
COLUMNS: Final = 4
TILE_PX: Final = 300
CONTEXT: Final = 2.5
LEAST_PART: Final = 0.25
MISSED_COLOUR: Final = (230, 140, 0)
ALARM_COLOUR: Final = (200, 40, 30)
GROUND: Final = (247, 246, 243)
INK: Final = (20, 20, 20)

Opener = Callable[[str], Image]
"""Gives the picture of a file."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that was missed, or one box that is wrong.

    Attributes:
        file: of the picture.
        kind: that was missed or claimed.
        xyxy: where, in parts of the picture.
        score: of the alarm; of a miss the best score of a box over it, 0 where there is none.
        on: for an alarm the kind of the label that it covers, or empty; for a miss the kind that was shown instead.
        empty: whether the picture is a negative for the kind.
    """

    file: str
    kind: str
    xyxy: Corners
    score: float
    on: str
    empty: bool


@dataclass(frozen=True, slots=True)
class Failures:
    """Of one kind, the worst first."""

    missed: Sequence[Failure]
    alarms: Sequence[Failure]


def worst(manifest: Manifest, findings: Findings, thresholds: Mapping[str, float]) -> Mapping[str, Failures]:
    """By kind: misses that got the least score, larger ones first, and the alarms that are surest of themselves."""
    found = {kind: (list[Failure](), list[Failure]()) for kind in manifest.kinds}
    for sample in manifest:
        finding = findings[sample.file]
        verdict = judge(sample, finding, thresholds)
        for box in verdict.missed:
            if box.kind in sample.labelled:
                found[box.kind][0].append(_miss(sample, finding, box, verdict.shown))
        for box in verdict.false:
            found[box.kind][1].append(_alarm(sample, finding, box))
    return {
        kind: Failures(
            sorted(missed, key=lambda one: (round(one.score, 2), -_area(one.xyxy), one.file)),
            sorted(alarms, key=lambda one: (-one.score, one.file)),
        )
        for kind, (missed, alarms) in found.items()
    }


def _miss(sample: Sample, finding: Finding, box: Boxed, shown: Sequence[Boxed]) -> Failure:
    looked = seen(sample, finding, box.kind)
    over = _overlaps(box.xyxy, looked.found) >= ENOUGH
    score = float(looked.scores[over].max()) if over.any() else 0.0
    return Failure(sample.file, box.kind, box.xyxy, score, _other(box, shown), empty=False)


def _alarm(sample: Sample, finding: Finding, box: Boxed) -> Failure:
    same = np.array([kind == box.kind for kind in finding.kinds])
    nearest = _overlaps(box.xyxy, finding.xyxy) * same
    score = float(finding.scores[int(nearest.argmax())])
    labels = [Boxed(one.kind, one.xyxy) for one in sample.labels]
    return Failure(sample.file, box.kind, box.xyxy, score, _other(box, labels), empty=not sample.count(box.kind))


def _other(box: Boxed, boxes: Sequence[Boxed]) -> str:
    """The kind of a box of another kind in the same place, or nothing."""
    others = [one for one in boxes if one.kind != box.kind]
    if not others:
        return ""
    overlaps = _overlaps(box.xyxy, np.array([one.xyxy for one in others], np.float32))
    return others[int(overlaps.argmax())].kind if overlaps.max() >= ENOUGH else ""


def _overlaps(box: Corners, boxes: np.ndarray) -> np.ndarray:
    return np.asarray(iou(np.array([box], np.float32), boxes.reshape(-1, 4).astype(np.float32))[0])


def _area(box: Corners) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def draw(failures: Sequence[Failure], picture: Opener, colour: tuple[int, int, int], to: Path) -> None:
    """Write up to twelve crops with their boxes as one PNG, numbered as in the list."""
    tiles = [_tile(one, picture(one.file), number, colour) for number, one in enumerate(failures[:COUNT], 1)]
    tiles += [_ground()] * (-len(tiles) % COLUMNS)
    rows = [np.concatenate(tiles[start : start + COLUMNS], 1) for start in range(0, len(tiles), COLUMNS)]
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(bytes(cv2.imencode(".png", np.concatenate(rows)[..., ::-1])[1]))


def _tile(one: Failure, image: Image, number: int, colour: tuple[int, int, int]) -> Image:
    height, width = image.shape[:2]
    x0, y0, x1, y1 = (value * side for value, side in zip(one.xyxy, (width, height) * 2, strict=True))
    side = min(max(CONTEXT * max(x1 - x0, y1 - y0), LEAST_PART * max(width, height)), max(width, height))
    left, top = _start((x0 + x1) / 2, side, width), _start((y0 + y1) / 2, side, height)
    crop = image[top : top + round(side), left : left + round(side)]
    scale = TILE_PX / max(crop.shape[:2])
    small = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    corners = [round((value - start) * scale) for value, start in ((x0, left), (y0, top), (x1, left), (y1, top))]
    cv2.rectangle(small, corners[:2], corners[2:], colour, 2, cv2.LINE_AA)
    for ink, thick in ((GROUND, 5), (INK, 1)):
        cv2.putText(
            small, f"{number}  {one.score:.2f}", (6, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.55, ink, thick, cv2.LINE_AA
        )
    tile = _ground()
    tile[: small.shape[0], : small.shape[1]] = small[:TILE_PX, :TILE_PX]
    return tile


def _start(centre: float, side: float, whole: int) -> int:
    return round(min(max(centre - side / 2, 0), max(whole - side, 0)))


def _ground() -> Image:
    return np.full((TILE_PX + 6, TILE_PX + 6, 3), GROUND, np.uint8)
