"""What a recipe is trained on: the pictures of its data folders, or a few that are drawn here."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from training import pseudo, repeat_weights, sources
from training.pictures import Picture, decode, picture
from training.recipe import Recipe
from training.sources import Source, parts

__all__ = ["DRAWN", "DRAWN_KINDS", "Material", "draw", "gather", "parts"]

DRAWN = "drawn"
DRAWN_PICTURES = 64
DRAWN_KINDS = ("paper_ad", "spray_mark", "out_of_store", "litter", "overflowing_bin", "flying_wire", "closed_bin")


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Kinds in order, decoded training pictures, and what the card must say about them.

    Attributes:
        kinds: ids in order.
        pictures: of all sources.
        manifest_sha256: of all lists.
        groups: every group that is trained on.
        sources: folder, part, manifest_sha256 and count of each source.
    """

    kinds: tuple[str, ...]
    pictures: Sequence[Picture]
    manifest_sha256: str
    groups: tuple[str, ...]
    sources: Sequence[Mapping[str, object]] = ()

    def facts(self, recipe: Recipe) -> dict[str, Any]:
        """What a run remembers for its card."""
        said = {"kinds": self.kinds, "recipe_sha256": recipe.sha256, "manifest_sha256": self.manifest_sha256}
        lists = {"weights_sha256": repeat_weights.sha256_of(recipe.weights)} if recipe.weights else {}
        lists |= {"pseudo_sha256": pseudo.sha256_of(recipe.pseudo)} if recipe.pseudo else {}
        return {**said, **lists, "groups": self.groups, "sources": list(self.sources)}


def gather(recipe: Recipe, shared: Path, cache: Path) -> Material:
    """Decode what the recipe asks for, `role=train` only, without the held-out slice.

    Raises:
        SourceMissing: a folder that the recipe names is not there or does not fit.
    """
    if recipe.data == DRAWN:
        return draw(count=DRAWN_PICTURES, size_px=recipe.keep_px, seed=recipe.seed)
    return of(sources.find(recipe, shared, cache), recipe)


def of(found: Sequence[Source], recipe: Recipe) -> Material:
    """Decode these pictures as the recipe asks for."""
    kinds = found[0].manifest.kinds
    weights = repeat_weights.read(recipe.weights) if recipe.weights else {}
    pictures = [one for source in found for one in _decoded(source, kinds, weights, recipe)]
    groups = frozenset[str]().union(*(source.manifest.groups for source in found))
    told = tuple(source.as_json() for source in found)
    return Material(kinds, pictures, sources.sha256_of(found), tuple(sorted(groups)), told)


def _decoded(source: Source, kinds: Sequence[str], weights: Mapping[str, float], recipe: Recipe) -> Iterator[Picture]:
    for sample in source.manifest:
        one = picture(sample, decode(source.root / sample.file, recipe.keep_px), kinds)
        labelled = one.labelled if recipe.masked else np.ones_like(one.labelled)
        yield replace(one, labelled=labelled, part=source.part, weight=weights.get(sample.sha256, 1.0))


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
