"""Many short trainings that differ in one thing each, measured on the held-out slice; resumable run by run.

A plan is a TOML file: `base` names a recipe beside it, `side` the input at which everything is measured, `[common]`
changes keys of the recipe for every run, and each `[[runs]]` has a `name`, `seeds` and the keys that it changes.
"""

import json
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from datasets.formats import manifest as manifests
from datasets.records import Manifest
from training import material, network, recipe, trial
from training.errors import RecipeBroken, SourceMissing
from training.evaluate import Report, evaluate
from training.findings import look
from training.material import Material
from training.recipe import Recipe
from training.run import Run, open_run
from training.sources import parts
from training.train import train

THRESHOLD = 0.25
PLAN_KEYS = {"base", "side", "rendered_tests", "common", "runs"}


@dataclass(frozen=True, slots=True)
class Trial:
    """One training of a plan: the row it counts for, its recipe, and the input side at which it is measured."""

    row: str
    side: int
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Plan:
    """All trainings, and folders under the cache whose `role=test` pictures are measured beside the held-out slice."""

    trials: tuple[Trial, ...]
    rendered_tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """Where shared data, cached data and runs lie."""

    shared: Path
    cache: Path


def read(path: Path) -> Plan:
    """A plan from its file.

    Raises:
        RecipeBroken: not TOML, a key is missing or unknown, a changed recipe is none, or runs differ in what they
            hold out.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RecipeBroken(plan=path.name, why=str(error)) from error
    if unknown := said.keys() - PLAN_KEYS or {"base", "side", "runs"} - said.keys():
        raise RecipeBroken(plan=path.name, keys=sorted(unknown))
    base = recipe.changed(recipe.read(path.parent / str(said["base"])), said.get("common", {}))
    trials = tuple(one for row in said["runs"] for one in _trials(base, row, int(said["side"])))
    if len({(one.recipe.data, one.recipe.hold_out) for one in trials}) != 1:
        raise RecipeBroken(plan=path.name, why="every run is measured on one held-out slice: one data, one hold_out")
    return Plan(trials, tuple(said.get("rendered_tests", ())))


def _trials(base: Recipe, row: Mapping[str, Any], side: int) -> Iterator[Trial]:
    if not {"name", "seeds"} <= row.keys():
        raise RecipeBroken(run=dict(row), why="a run has a name and seeds")
    changes = {key: value for key, value in row.items() if key not in ("name", "seeds", "side")}
    for seed in row["seeds"]:
        named = {"name": f"trial-{row['name'].replace(' ', '-')}-{seed}", "seed": seed}
        yield Trial(row["name"], int(row.get("side", side)), recipe.changed(base, {**changes, **named}))


def run_all(plan: Plan, places: Places) -> Iterator[Mapping[str, Any]]:
    """Train and measure what has no result yet; every result in the order of the plan, as soon as it is there."""
    held = _held(plan, places)
    loaded: tuple[Recipe, Material] | None = None
    for one in plan.trials:
        run = open_run(one.recipe, places.cache)
        kept = run.folder / f"result-{one.side}.json"
        if not kept.is_file():
            if loaded is None or not _same_pictures(loaded[0], one.recipe):
                loaded = (one.recipe, material.gather(one.recipe, places.shared, places.cache))
            kept.write_text(json.dumps(_measured(one, run, loaded[1], held, places)), encoding="utf-8")
        result: Mapping[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        yield result


def _same_pictures(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes decode the same pictures with the same masks, so that they need not be read again."""
    keys = ("data", "also", "weights", "pseudo", "hold_out", "masked", "keep_px")
    return all(getattr(one, key) == getattr(other, key) for key in keys)


def _held(plan: Plan, places: Places) -> Mapping[str, tuple[Manifest, Path]]:
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


def _measured(
    one: Trial, run: Run, pictures: Material, held: Mapping[str, tuple[Manifest, Path]], places: Places
) -> Mapping[str, Any]:
    began = time.monotonic()
    model = network.start(one.recipe, pictures.kinds, places.shared)
    run.facts.write_text(json.dumps(pictures.facts(one.recipe)), encoding="utf-8")
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


def shortened(plan: Plan, epoch_pictures: int) -> Plan:
    """The same plan with one epoch of so many pictures for every run, to see that it works."""
    short = {"epochs": 1, "epoch_pictures": epoch_pictures, "plain_epochs": 0}
    trials = tuple(replace(one, recipe=recipe.changed(one.recipe, short)) for one in plan.trials)
    return replace(plan, trials=trials)


def write(results: Sequence[Mapping[str, Any]], folder: Path) -> Path:
    """Keep all results as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ablations.json"
    path.write_text(json.dumps(list(results), indent=1), encoding="utf-8")
    return path
