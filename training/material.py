"""What a recipe is trained on: the pictures of its data folder, or a few that are drawn here."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from datasets import labels, split
from datasets.formats import manifest as manifests
from datasets.records import Manifest
from training.pictures import Picture, load
from training.recipe import Recipe

DRAWN = "drawn"
DRAWN_KINDS = ("paper_ad", "spray_mark", "out_of_store", "litter", "overflowing_bin", "flying_wire", "closed_bin")
HOLD_OUT_SEED = "thresholds"


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Kinds in order, decoded training pictures, and what the card must say about them."""

    kinds: tuple[str, ...]
    pictures: Sequence[Picture]
    manifest_sha256: str
    groups: tuple[str, ...]


def parts(manifest: Manifest, hold_out: float) -> tuple[Manifest, Manifest]:
    """Training pictures and the slice of them that chooses input size and thresholds; never the test.

    Our own labels (`datasets/labels`) are laid over both.
    """
    known = labels.extend(manifest, labels.read())
    return split.hold_out(known.role("train"), hold_out, seed=HOLD_OUT_SEED)


def gather(recipe: Recipe, shared: Path) -> Material:
    """Decode what the recipe asks for, `role=train` only, without the held-out slice."""
    if recipe.data == DRAWN:
        return draw(count=32, size_px=recipe.keep_px, seed=recipe.seed)
    root = shared / recipe.data
    manifest = manifests.read(root)
    kept, _ = parts(manifest, recipe.hold_out)
    pictures = load(kept, root, manifest.kinds, recipe.keep_px)
    return Material(manifest.kinds, pictures, kept.sha256, tuple(sorted(kept.groups)))


def draw(*, count: int, size_px: int, seed: int) -> Material:
    """Plain pictures of coloured rectangles, so that the whole path can run without any data folder."""
    rng = np.random.default_rng(seed)
    pictures = [_drawn(size_px, rng) for _ in range(count)]
    content = hashlib.sha256(b"".join(p.pixels.tobytes() for p in pictures)).hexdigest()
    return Material(DRAWN_KINDS, pictures, content, ("drawn",))


def _drawn(size_px: int, rng: np.random.Generator) -> Picture:
    pixels = np.full((size_px, size_px, 3), rng.integers(90, 160), np.uint8)
    kinds = rng.integers(0, len(DRAWN_KINDS), int(rng.integers(1, 4)))
    sides = rng.integers(size_px // 6, size_px // 3, (len(kinds), 2))
    corners = (rng.random((len(kinds), 2)) * (size_px - sides)).astype(int)
    for kind, (w, h), (x, y) in zip(kinds, sides, corners, strict=True):
        pixels[y : y + h, x : x + w] = np.random.default_rng(int(kind)).integers(0, 255, 3)
    boxes = np.concatenate([corners, corners + sides], 1).astype(np.float32)
    return Picture(pixels, boxes, kinds.astype(np.int64), np.ones(len(DRAWN_KINDS), np.float32))
