"""Contact sheets: pictures of a kind with their boxes, crops of its boxes, or pictures surely without it."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw

from datasets.drawing import Mark, caption, colour_of, drawn, opened
from datasets.errors import KindUnknown
from datasets.records import Label, Manifest, Sample
from datasets.split import rank
from detector.types import Image

GAP: Final = 6
GROUND: Final = (247, 246, 243)
PLATE: Final = "#1c1b19"
AROUND: Final = 0.25
SIGN_PX: Final = 8


@dataclass(frozen=True, slots=True)
class Grid:
    """How a sheet is laid out: columns, side of a tile in pixels, at most so many tiles."""

    columns: int = 6
    tile: int = 240
    most: int = 60

    def __post_init__(self) -> None:
        if not (1 <= self.columns <= 50 and 32 <= self.tile <= 2000 and 1 <= self.most <= 5000):
            raise ValueError(f"a sheet has 1 to 50 columns of 32 to 2000 pixels and 1 to 5000 tiles, got {self}")


def pictures_of(manifest: Manifest, kind: str | None, *, without: bool = False) -> Manifest:
    """Pictures with a box of a kind, or those labelled for it that have none; all for no kind.

    Raises:
        KindUnknown: the set has no such kind.
    """
    if kind is None:
        return manifest
    if kind not in manifest.kinds:
        raise KindUnknown(kind=kind, known=list(manifest.kinds))
    if without:
        return manifest.labelled_for(kind).where(lambda sample: not sample.count(kind))
    return manifest.where(lambda sample: sample.count(kind) > 0)


def whole(root: Path, chosen: Manifest, grid: Grid, seed: str) -> Iterator[Image]:
    """Tiles of whole pictures with every box, in an order that `seed` decides."""
    for sample in _shuffled(chosen, seed)[: grid.most]:
        marks = [Mark(label, colour_of(label.kind, chosen.kinds)) for label in sample.labels]
        yield _tile(opened(root / sample.file), marks, _words(sample, f"{len(marks)}", grid), grid)


def crops(root: Path, chosen: Manifest, kind: str | None, grid: Grid, seed: str) -> Iterator[Image]:
    """Tiles of single boxes with a quarter of their size around, in an order that `seed` decides."""
    found = [
        (sample, number, label)
        for sample in chosen
        for number, label in enumerate(sample.labels)
        if kind in (None, label.kind)
    ]
    found.sort(key=lambda one: rank(f"{one[0].file}#{one[1]}", seed))
    for sample, _, label in found[: grid.most]:
        image = opened(root / sample.file)
        cut, inside = _cut(image, label) if image is not None else (None, label)
        words = _words(sample, f"{label.w * sample.width:.0f}x{label.h * sample.height:.0f}", grid)
        yield _tile(cut, [Mark(inside, colour_of(label.kind, chosen.kinds))], words, grid)


def compose(tiles: Sequence[Image], grid: Grid) -> bytes:
    """The sheet as PNG."""
    side = grid.tile + GAP
    rows = max(1, -(-len(tiles) // grid.columns))
    sheet = np.full((rows * side + GAP, min(grid.columns, max(1, len(tiles))) * side + GAP, 3), GROUND, np.uint8)
    for place, tile in enumerate(tiles):
        y, x = (GAP + side * step for step in divmod(place, grid.columns))
        sheet[y : y + grid.tile, x : x + grid.tile] = tile
    out = io.BytesIO()
    Pictures.fromarray(sheet).save(out, "PNG")
    return out.getvalue()


def _shuffled(chosen: Manifest, seed: str) -> list[Sample]:
    return sorted(chosen, key=lambda sample: rank(sample.file, seed))


def _words(sample: Sample, more: str, grid: Grid) -> str:
    """The end of the name, as much as fits, then role and count or size."""
    rest, name = f" {sample.role} {more}", Path(sample.file).stem
    room = max(4, grid.tile // SIGN_PX - len(rest))
    return (name if len(name) <= room else "…" + name[1 - room :]) + rest


def _cut(image: Image, label: Label) -> tuple[Image, Label]:
    """The surroundings of a box, and the box as part of them."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = label.xyxy
    side = max((x1 - x0) * width, (y1 - y0) * height, 8) * (0.5 + AROUND)
    middle_x, middle_y = (x0 + x1) / 2 * width, (y0 + y1) / 2 * height
    left, top = int(max(0, middle_x - side)), int(max(0, middle_y - side))
    right, bottom = int(min(width, middle_x + side + 1)), int(min(height, middle_y + side + 1))
    cut = image[top:bottom, left:right]
    across, down = right - left, bottom - top
    inside = Label(
        label.kind,
        (middle_x - left) / across,
        (middle_y - top) / down,
        (x1 - x0) * width / across,
        (y1 - y0) * height / down,
    )
    return np.ascontiguousarray(cut), inside


def _tile(image: Image | None, marks: Sequence[Mark], words: str, grid: Grid) -> Image:
    """A square with the picture in its middle and words at its foot; a missing picture leaves it empty."""
    tile = np.full((grid.tile, grid.tile, 3), (226, 224, 219), np.uint8)
    if image is not None:
        scale = grid.tile / max(image.shape[:2])
        size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        shown = drawn(np.asarray(cv2.resize(image, size, interpolation=way), np.uint8), marks, grid.tile)
        y, x = (grid.tile - shown.shape[0]) // 2, (grid.tile - shown.shape[1]) // 2
        tile[y : y + shown.shape[0], x : x + shown.shape[1]] = shown
    picture = Pictures.fromarray(tile)
    caption(ImageDraw.Draw(picture), (0, grid.tile), words, PLATE)
    return np.asarray(picture)
