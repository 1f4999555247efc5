"""What a plan for `ablate` says, read without trusting it.

A plan is a TOML file: `base` names a recipe beside it, `side` the input at which everything is measured, `[common]`
changes keys of the recipe for every run, and each `[[runs]]` has a `name`, `seeds` and the keys that it changes.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from training import recipe
from training.errors import RecipeBroken
from training.recipe import Recipe

NEEDED: Final = frozenset({"base", "side", "runs"})
KNOWN: Final = NEEDED | {"rendered_tests", "common"}
STEP_PX: Final = 32
MOST_PX: Final = 2048


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


def read(path: Path) -> Plan:
    """A plan from its file.

    Raises:
        RecipeBroken: not TOML, a key is missing, unknown or of a wrong type, there are no runs, a changed recipe is
            none, or runs differ in what they hold out.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeBroken(plan=path.name, why=str(error)) from error
    if said.keys() - KNOWN or NEEDED - said.keys():
        raise RecipeBroken(plan=path.name, unknown=sorted(said.keys() - KNOWN), missing=sorted(NEEDED - said.keys()))
    common = said.get("common", {})
    for key, value, wanted in (("base", said["base"], str), ("common", common, dict), ("runs", said["runs"], list)):
        if not isinstance(value, wanted) or (not value and key == "runs"):
            raise RecipeBroken(plan=path.name, key=key, got=value)
    base = recipe.changed(recipe.read(path.parent / said["base"]), common)
    trials = tuple(one for row in said["runs"] for one in _trials(base, row, said["side"]))
    if len({(one.recipe.data, one.recipe.hold_out) for one in trials}) != 1:
        raise RecipeBroken(plan=path.name, why="every run is measured on one held-out slice: one data, one hold_out")
    return Plan(trials, _words(said.get("rendered_tests", []), "rendered_tests"))


def _trials(base: Recipe, row: object, side: object) -> Iterator[Trial]:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str):
        raise RecipeBroken(run=row, why="a run has a name and seeds")
    seeds = row.get("seeds")
    if not isinstance(seeds, list) or not seeds or any(type(seed) is not int for seed in seeds):
        raise RecipeBroken(run=row, key="seeds", got=seeds)
    changes: Mapping[str, Any] = {key: value for key, value in row.items() if key not in ("name", "seeds", "side")}
    for seed in seeds:
        named = {"name": f"trial-{row['name'].replace(' ', '-')}-{seed}", "seed": seed}
        yield Trial(row["name"], _side(row.get("side", side)), recipe.changed(base, {**changes, **named}))


def _side(value: object) -> int:
    if type(value) is not int or value % STEP_PX or not STEP_PX <= value <= MOST_PX:
        raise RecipeBroken(key="side", got=value, why=f"a multiple of {STEP_PX} up to {MOST_PX}")
    return value


def _words(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or any(not isinstance(one, str) for one in value):
        raise RecipeBroken(key=key, got=value)
    return tuple(value)


def shortened(plan: Plan, epoch_pictures: int) -> Plan:
    """The same plan with one epoch of so many pictures for every run, to see that it works."""
    short = {"epochs": 1, "epoch_pictures": epoch_pictures, "plain_epochs": 0}
    trials = tuple(replace(one, recipe=recipe.changed(one.recipe, short)) for one in plan.trials)
    return replace(plan, trials=trials)
