"""The data folders of a recipe: the shared one with the frozen test, and those that were rendered or composed."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from datasets import labels, split
from datasets.compose.book import origins
from datasets.formats import manifest as manifests
from datasets.records import Manifest
from training import pseudo
from training.errors import SourceMissing
from training.provenance import origin_of
from training.recipe import REAL, Recipe, part_of

HOLD_OUT_SEED: Final = "thresholds"
RENDERED: Final = "rendered"


@dataclass(frozen=True, slots=True)
class Source:
    """One data folder and those of its pictures that are trained on.

    Attributes:
        folder: as the recipe names it.
        part: real, rendered or composed.
        root: where it is.
        manifest: the chosen pictures, under the hash of the whole list.
    """

    folder: str
    part: str
    root: Path
    manifest: Manifest

    def as_json(self) -> dict[str, object]:
        """As the card tells it."""
        said = {"folder": self.folder, "part": self.part, "manifest_sha256": self.manifest.sha256}
        return {**said, "pictures": len(self.manifest)}


def parts(manifest: Manifest, hold_out: float) -> tuple[Manifest, Manifest]:
    """Training pictures and the slice of them that chooses input size and thresholds; never the test.

    Our own labels (`datasets/labels`) are laid over both.
    """
    known = labels.extend(manifest, labels.read())
    return split.hold_out(known.role("train"), hold_out, seed=HOLD_OUT_SEED)


def find(recipe: Recipe, shared: Path, cache: Path) -> Sequence[Source]:
    """The folders of a recipe, the shared one first; `role=train` only, without what is held out.

    Raises:
        SourceMissing: a folder has no manifest, other kinds or another order of them, or nothing to train on.
    """
    root = shared / recipe.data
    kept, _ = parts(manifests.read(root), recipe.hold_out)
    if recipe.pseudo:
        kept = pseudo.lay_over(kept, pseudo.read(recipe.pseudo))
    return (Source(recipe.data, REAL, root, kept), *_made(recipe, cache, kept))


def _made(recipe: Recipe, cache: Path, real: Manifest) -> Iterator[Source]:
    for folder in recipe.also:
        root = cache / folder
        if not (root / "manifest.csv").is_file():
            raise SourceMissing(folder=folder, why="no manifest.csv in this folder of the cache")
        whole = manifests.read(root)
        if whole.kinds != real.kinds:
            raise SourceMissing(folder=folder, kinds=whole.kinds, wanted=real.kinds)
        # Whatever its folder is called, a picture shows nothing of a held-out day: neither photo nor paper.
        chosen = whole.role("train").where(lambda one: origin_of(one) == RENDERED or origins(one) <= real.groups)
        if not len(chosen):
            raise SourceMissing(folder=folder, why="no picture in it may be trained on")
        yield Source(folder, part_of(folder), root, chosen)


def sha256_of(sources: Sequence[Source]) -> str:
    """Of all lists; that of the list itself where there is one."""
    if len(sources) == 1:
        return sources[0].manifest.sha256
    return hashlib.sha256(" ".join(source.manifest.sha256 for source in sources).encode()).hexdigest()
