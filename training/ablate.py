"""Many short trainings that differ in one thing each, measured on the held-out slice; resumable run by run.

`ablation_plan` says what a plan is. A result is kept beside its run with the facts that it follows from, the hashes of
every picture list, label, repeat weight, teacher's box and start weight; where one of them has changed since, the run
is trained or measured again.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from datasets.formats import manifest as manifests
from datasets.records import Manifest
from training import frozen, material, network, places, pseudo, repeat_weights, sources, trial
from training.ablation_plan import Plan, Trial, read, shortened
from training.errors import SourceMissing
from training.evaluate import Report, evaluate
from training.findings import look
from training.material import Material
from training.recipe import Recipe
from training.run import Run, open_run
from training.sources import parts
from training.train import train

__all__ = ["Places", "Plan", "Trial", "read", "run_all", "shortened", "write"]

THRESHOLD: Final = 0.25
PICTURES: Final = ("data", "also", "weights", "pseudo", "hold_out", "masked", "keep_px")
"""Keys of a recipe that decide which pictures are decoded and with which masks."""

Tests = Mapping[str, tuple[Manifest, Path]]
"""What is measured, by name, and where it lies."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where shared data, cached data and runs lie."""

    shared: Path
    cache: Path


def run_all(plan: Plan, places: Places) -> Iterator[Mapping[str, Any]]:
    """Train and measure what has no true result yet; every result in the order of the plan, as soon as it is there."""
    held = _held(plan, places)
    measured_on = {name: frozen.sha256_of(manifest) for name, (manifest, _) in held.items()}
    loaded: tuple[Recipe, Material] | None = None
    for one in plan.trials:
        run = open_run(one.recipe, places.cache)
        facts = {**_trained_on(one.recipe, places), "measured_on": measured_on}
        kept = run.folder / f"result-{one.side}.json"
        if not _follows_from(facts, kept):
            if loaded is None or not _same_pictures(loaded[0], one.recipe):
                loaded = (one.recipe, material.gather(one.recipe, places.shared, places.cache))
            result = {**_measured(one, run, loaded[1], held, places), "facts": facts}
            part = kept.with_suffix(".part")
            part.write_text(json.dumps(result), encoding="utf-8")
            part.replace(kept)
        yield json.loads(kept.read_text(encoding="utf-8"))


def _follows_from(facts: Mapping[str, Any], kept: Path) -> bool:
    return kept.is_file() and json.loads(kept.read_text(encoding="utf-8")).get("facts") == facts


def _trained_on(recipe: Recipe, where: Places) -> dict[str, Any]:
    """Hashes of everything beside the recipe that decides which weights come out."""
    found = sources.find(recipe, where.shared, where.cache)
    start = places.found(recipe.start, where.shared).read_bytes() if recipe.start else b""
    return {
        "pictures": {source.folder: frozen.sha256_of(source.manifest) for source in found},
        "weights": repeat_weights.sha256_of(recipe.weights) if recipe.weights else "",
        "pseudo": pseudo.sha256_of(recipe.pseudo) if recipe.pseudo else "",
        "start": hashlib.sha256(start).hexdigest(),
    }


def _same_pictures(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes decode the same pictures with the same masks, so that they need not be read again."""
    return all(getattr(one, key) == getattr(other, key) for key in PICTURES)


def _held(plan: Plan, places: Places) -> Tests:
    """What is measured, by name: the held-out slice of real pictures, and each rendered test."""
    first = plan.trials[0].recipe
    root = places.shared / first.data
    _, held = parts(manifests.read(root), first.hold_out)
    measured = {"held out": (held, root)}
    for folder in plan.rendered_tests:
        at = places.cache / folder
        if not (at / "manifest.csv").is_file():
            raise SourceMissing(folder=folder, why="no manifest.csv in this folder of the cache")
        measured[folder] = (manifests.read(at).role("test"), at)
    return measured


def _measured(one: Trial, run: Run, pictures: Material, held: Tests, places: Places) -> Mapping[str, Any]:
    began = time.monotonic()
    model = network.start(one.recipe, pictures.kinds, places.shared)
    facts = {**pictures.facts(one.recipe), "trained_on": _trained_on(one.recipe, places)}
    if run.changed_since(facts):
        run.forget()
    run.facts.write_text(json.dumps(facts), encoding="utf-8")
    train(model, pictures.pictures, one.recipe, run, resume=True)
    seconds = time.monotonic() - began
    trained = trial.as_model(network.load(run.weights), one.side, one.recipe.device)
    floors = dict.fromkeys(pictures.kinds, THRESHOLD)
    reports = {name: evaluate(m, look(trained, m, root), floors) for name, (m, root) in held.items()}
    said = {"row": one.row, "seed": one.recipe.seed, "side": one.side, "recipe_sha256": one.recipe.sha256}
    budget = one.recipe.epochs * one.recipe.epoch_pictures
    return {
        **said,
        "architecture": one.recipe.architecture,
        "pictures": budget,
        "seconds": round(seconds, 1),
        "sources": list(pictures.sources),
        "measured": {name: _told(report) for name, report in reports.items()},
    }


def _told(report: Report) -> Mapping[str, Mapping[str, Any]]:
    return {kind: asdict(score) for kind, score in report.per_kind.items()}


def write(results: Sequence[Mapping[str, Any]], folder: Path) -> Path:
    """Keep all results as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ablations.json"
    path.write_text(json.dumps(list(results), indent=1), encoding="utf-8")
    return path
