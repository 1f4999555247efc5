"""Trains one part of a k-fold and leaves a card for it in the run's folder; never one that ships."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from training import card as cards
from training import export, material, network, places
from training.recipe import Recipe
from training.run import Run, open_run
from training.sources import Source
from training.thresholds import UNMEASURED
from training.train import train


def learn(recipe: Recipe, pictures: Sequence[Source], cache: Path) -> Path:
    """Train, or go on, or find the card that an earlier call left for the same recipe and the same pictures."""
    run = open_run(recipe, cache)
    path = run.folder / f"{recipe.name}.toml"
    listed = [sample.sha256 for source in pictures for sample in source.manifest]
    facts = {"recipe_sha256": recipe.sha256, "pictures": sorted(listed)}
    same = run.facts.is_file() and json.loads(run.facts.read_text(encoding="utf-8")) == facts
    if same and path.is_file():
        return path
    run.facts.write_text(json.dumps(facts), encoding="utf-8")
    found = material.of(pictures, recipe)
    print(f"{recipe.name}: {len(found.pictures)} pictures; in {run.folder}", file=sys.stderr, flush=True)
    train(network.start(recipe, found.kinds, places.shared_dir()), found.pictures, recipe, run, resume=same)
    return _card(recipe, run, found)


def _card(recipe: Recipe, run: Run, found: material.Material) -> Path:
    onnx, tensors, groups = (f"{recipe.name}{end}" for end in (".onnx", ".safetensors", ".groups.txt"))
    export.to_onnx(network.load(run.weights), run.folder / onnx)
    shutil.copyfile(run.weights, run.folder / tensors)
    cards.write_groups(found.groups, run.folder / groups)
    side = sorted(recipe.sizes)[len(recipe.sizes) // 2]
    draft = cards.Draft(
        name=recipe.name,
        version="0.0.0",
        kinds=found.kinds,
        input=(side, side),
        recipe_sha256=recipe.sha256,
        manifest_sha256=found.manifest_sha256,
        files={"onnxruntime": onnx, "safetensors": tensors},
        groups_file=groups,
        thresholds=dict.fromkeys(found.kinds, UNMEASURED),
        note="One part of a k-fold; not to be shipped.",
        sources=found.sources,
    )
    return cards.write(draft, run.folder)
