"""Contact sheets of random test pictures: one with pixels for the eyes of whoever trains, one without for the docs."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from datasets.records import Manifest
from datasets.split import rank
from detector.types import Image
from training.verdicts import Boxed, Verdict

COLUMNS: Final = 6
TILE_PX: Final = 240
GAP_PX: Final = 6
GROUND: Final = (247, 246, 243)
PLAIN: Final = (226, 224, 219)
LABEL: Final = (176, 172, 164)
RIGHT: Final = (0, 130, 80)
WRONG: Final = (200, 40, 30)
MISSED: Final = (230, 140, 0)
INK: Final = (20, 20, 20)

Backdrop = Callable[[str], Image]
"""Gives the picture on which a tile's boxes are drawn, by the sample's file."""


def choose(test: Manifest, count: int, seed: str) -> Manifest:
    """Random pictures that are the same on every machine."""
    order = sorted(test, key=lambda sample: rank(sample.file, seed))
    chosen = {sample.file for sample in order[:count]}
    return test.where(lambda sample: sample.file in chosen)


def blank(size: tuple[int, int]) -> Image:
    """An empty tile with the proportions of a `(width, height)` picture, for a sheet without pixels."""
    scale = TILE_PX / max(size)
    return np.full((round(size[1] * scale), round(size[0] * scale), 3), PLAIN, np.uint8)


def draw(verdicts: Sequence[Verdict], backdrop: Backdrop, path: Path) -> None:
    """Write the sheet as PNG: labels filled grey where there are no pixels, else outlined."""
    tiles = [_tile(verdict, backdrop(verdict.file), number) for number, verdict in enumerate(verdicts, 1)]
    tiles += [_ground()] * (-len(tiles) % COLUMNS)
    rows = [np.concatenate(tiles[start : start + COLUMNS], 1) for start in range(0, len(tiles), COLUMNS)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(cv2.imencode(".png", np.concatenate(rows)[..., ::-1])[1]))


def _tile(verdict: Verdict, picture: Image, number: int) -> Image:
    height, width = picture.shape[:2]
    scale = TILE_PX / max(height, width)
    small = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    shown: Image = np.ascontiguousarray(np.asarray(small, np.uint8))
    for boxes, colour, thick in (
        (verdict.found, LABEL, -1 if _is_blank(picture) else 1),
        (verdict.missed, MISSED, 2),
        (verdict.false, WRONG, 2),
    ):
        _outline(shown, boxes, colour, thick)
    right = [box for box in verdict.shown if box not in verdict.false]
    _outline(shown, right, RIGHT, 2)
    for colour, thick in ((GROUND, 5), (INK, 2)):
        cv2.putText(shown, str(number), (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, thick, cv2.LINE_AA)
    tile = _ground()
    tile[: shown.shape[0], : shown.shape[1]] = shown
    return tile


def _ground() -> Image:
    return np.full((TILE_PX + GAP_PX, TILE_PX + GAP_PX, 3), GROUND, np.uint8)


def _is_blank(picture: Image) -> bool:
    return bool((picture == np.array(PLAIN, np.uint8)).all())


def _outline(shown: Image, boxes: Sequence[Boxed], colour: tuple[int, int, int], thick: int) -> None:
    height, width = shown.shape[:2]
    for box in boxes:
        x0, y0, x1, y1 = box.xyxy
        corners = (int(x0 * width), int(y0 * height)), (int(x1 * width), int(y1 * height))
        cv2.rectangle(shown, *corners, colour, thick, cv2.LINE_AA)
