"""Scores a rare kind over all its real pictures: every group is judged by weights that have never seen it.

Twenty boxes in a test say nothing, but twenty in the test and twenty in training together say a little. First a stem is
trained without any group that holds the kind. From it each fold goes on for a short while with the other folds'
pictures and is asked about its own; what the folds found is pooled into one average precision. The folds are short, so
the number is a low estimate of what the whole recipe would reach; their weights are never shipped, which is why rows of
the test may teach them.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from datasets import labels, split
from datasets.compose.book import origins
from datasets.formats import manifest as manifests
from datasets.records import Manifest, Sample
from detector.model import open_model
from detector.weights import open_card
from training import findings, provenance, sources
from training.bootstrap import ROUNDS
from training.errors import FoldsImpossible
from training.evaluate import score
from training.findings import Finding
from training.recipe import REAL, Recipe
from training.sources import Source

SEED: Final = "folds"
LEAST_GROUPS: Final = 2
UNTHRESHOLDED: Final = 0.5

Learn = Callable[[Recipe, Sequence[Source]], Path]
"""Trains a recipe on these pictures, going on where it was cut; gives the card, which has its `.safetensors` beside."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a kind is parted.

    Attributes:
        kind: that is too rare for its test.
        folds: at most so many.
        epochs: of each fold, going on from the stem.
        stem_epochs: without any group of the kind.
        pictures: drawn in an epoch.
        negatives: test pictures without the kind that are scored in all, at most.
    """

    kind: str
    folds: int
    epochs: int
    stem_epochs: int
    pictures: int
    negatives: int


@dataclass(frozen=True, slots=True)
class Fold:
    """One part: the groups that stay out of training, and the pictures that are scored."""

    groups: frozenset[str]
    scored: Manifest


def run(recipe: Recipe, plan: Plan, shared: Path, cache: Path, learn: Learn | None = None) -> dict[str, object]:
    """Train the stem and every fold that has no findings yet, and score all of them together.

    Returns:
        The kind's score as a card carries it, with `folds`, `groups` and the command.

    Raises:
        FoldsImpossible: fewer than two groups hold the kind, or the start has been trained on one of them.
    """
    root = shared / recipe.data
    real = provenance.all_real(labels.extend(manifests.read(root), labels.read()))
    folds = part(real, plan)
    groups = frozenset[str]().union(*(fold.groups for fold in folds))
    _refuse_seen(recipe, groups)
    taught = sources.find(recipe, shared, cache)
    teach = learn or _learner(cache)
    stem = teach(_variant(recipe, plan, "stem", plan.stem_epochs), [_without(one, groups) for one in taught])
    found: dict[str, Finding] = {}
    for number, fold in enumerate(folds, 1):
        short = replace(
            _variant(recipe, plan, f"{number}of{len(folds)}", plan.epochs),
            start=str(stem.with_suffix(".safetensors")),
            fresh=(),
        )
        card = teach(short, list(_fold_sources(taught, real, fold, plan)))
        found |= _look(card, fold.scored, root)
    pooled = replace(real, samples=tuple(sample for fold in folds for sample in fold.scored))
    return _told(score(pooled, found, plan.kind, UNTHRESHOLDED, rounds=ROUNDS), plan, recipe, len(folds), len(groups))


def part(real: Manifest, plan: Plan) -> Sequence[Fold]:
    """Groups that hold the kind, the fullest first, each to the fold with the fewest boxes; negatives in turn.

    Raises:
        FoldsImpossible: fewer than two groups hold the kind.
    """
    pictures = real.labelled_for(plan.kind)
    boxes = dict.fromkeys(sorted(pictures.groups), 0)
    for sample in pictures:
        boxes[sample.group] += sample.count(plan.kind)
    holding = sorted((g for g, n in boxes.items() if n), key=lambda g: (-boxes[g], split.rank(g, SEED)))
    if len(holding) < LEAST_GROUPS:
        raise FoldsImpossible(kind=plan.kind, groups=len(holding), wanted=LEAST_GROUPS)
    parts: list[list[str]] = [[] for _ in range(min(plan.folds, len(holding)))]
    for group in holding:
        min(parts, key=lambda part: sum(boxes[one] for one in part)).append(group)
    empty = pictures.role("test").where(lambda sample: not boxes[sample.group])
    chosen = sorted(empty, key=lambda sample: split.rank(sample.file, SEED))[: plan.negatives]
    return [_fold(pictures, frozenset(part), chosen[number :: len(parts)]) for number, part in enumerate(parts)]


def _fold(pictures: Manifest, groups: frozenset[str], negatives: Sequence[Sample]) -> Fold:
    files = {sample.file for sample in negatives}
    return Fold(groups, pictures.where(lambda sample: sample.group in groups or sample.file in files))


def _refuse_seen(recipe: Recipe, groups: frozenset[str]) -> None:
    if not recipe.start:
        return
    listed = Path(recipe.start).with_suffix(".groups.txt")
    seen = groups & frozenset(listed.read_text(encoding="utf-8").split("\n")) if listed.is_file() else frozenset()
    if seen:
        raise FoldsImpossible(start=recipe.start, seen=len(seen), why="start from weights that know none of the groups")


def _variant(recipe: Recipe, plan: Plan, part_name: str, epochs: int) -> Recipe:
    return replace(
        recipe,
        name=f"{recipe.name}-kfold-{plan.kind}-{part_name}",
        epochs=epochs,
        epoch_pictures=plan.pictures,
        plain_epochs=min(recipe.plain_epochs, epochs),
    )


def _without(source: Source, groups: frozenset[str]) -> Source:
    """Without these groups, and without composed pictures that show anything of them."""
    return replace(source, manifest=source.manifest.where(lambda one: not origins(one) & groups))


def _fold_sources(taught: Sequence[Source], real: Manifest, fold: Fold, plan: Plan) -> Iterator[Source]:
    """Some of what the recipe trains on, without this fold, and the kind's test pictures of the other folds."""
    yield from (_some(_without(source, fold.groups), plan) for source in taught)
    others = real.role("test").where(lambda sample: bool(sample.count(plan.kind)) and sample.group not in fold.groups)
    if len(others):
        yield Source(f"{taught[0].folder} (test)", REAL, taught[0].root, others)


def _some(source: Source, plan: Plan) -> Source:
    """The pictures with the kind, and as many others as an epoch draws: a short fold sees no more of them anyway."""
    order = sorted(source.manifest, key=lambda sample: split.rank(sample.file, SEED))
    files = {sample.file for sample in order[: plan.pictures]}
    kept = source.manifest.where(lambda sample: sample.file in files or bool(sample.count(plan.kind)))
    return replace(source, manifest=kept)


def _look(card: Path, scored: Manifest, root: Path) -> findings.Findings:
    kept = card.with_suffix(".jsonl")
    if not kept.is_file() or kept.stat().st_mtime < card.stat().st_mtime:
        part = kept.with_suffix(".part")
        findings.write(part, findings.look(open_model(open_card(card)), scored, root), scored)
        part.replace(kept)
    return findings.read(kept, scored)


def _learner(cache: Path) -> Learn:
    """The real thing; torch comes in here."""
    from training.fold_run import learn

    return lambda recipe, pictures: learn(recipe, pictures, cache)


def _told(scored: Any, plan: Plan, recipe: Recipe, folds: int, groups: int) -> dict[str, object]:
    unthresholded = ("threshold", "precision", "recall", "false_alarms", "alarmed")
    kept: Mapping[str, object] = {
        key: value
        for key, value in dataclasses.asdict(scored).items()
        if not key.startswith(unthresholded) and value is not None
    }
    command = f"python -m training kfold training/recipes/{recipe.name}.toml --kind {plan.kind} --start {recipe.start}"
    budget = f"--folds {plan.folds} --stem-epochs {plan.stem_epochs} --epochs {plan.epochs} --pictures {plan.pictures}"
    return {"folds": folds, "groups": groups, **kept, "start": recipe.start, "command": f"{command} {budget}"}
