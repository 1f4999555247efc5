"""A rare kind is parted by group, and no fold is judged by weights that have seen its pictures."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from datasets.formats import manifest as manifests
from detector.weights import open_card
from tests.datasets.build import KINDS, a_folder, a_label, a_manifest, a_sample
from tests.detector.build import a_card
from tests.training.build import ROOT, a_recipe
from training import kfold
from training import recipe as recipes
from training.card import groups_of
from training.errors import FoldsImpossible
from training.recipe import Recipe
from training.sources import Source

PLAN = kfold.Plan("closed_bin", folds=3, epochs=1, stem_epochs=1, pictures=8, negatives=4)
BIN = (a_label("closed_bin"),)


def samples() -> list:
    """Five groups with bins, one of them with three pictures, over both roles; ten pictures without."""
    full = [a_sample(n, labels=BIN, group=f"bin_{max(n, 3)}", role="test" if n > 5 else "train") for n in range(1, 8)]
    return full + [a_sample(100 + n, labels=(), role="test" if n % 2 else "train") for n in range(10)]


class Learner:
    """Finds one bin in the middle of everything, and remembers what it was shown."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shown = folder, list[tuple[Recipe, set[str]]]()

    def __call__(self, recipe: Recipe, sources: Sequence[Source]) -> Path:
        self.shown.append((recipe, {sample.group for source in sources for sample in source.manifest}))
        row = (19.2, 24.8, 44.8, 39.2, 0.9, KINDS.index("closed_bin"))
        return a_card(self.folder / recipe.name, [row], side=64, kinds=KINDS)


def test_groups_part_evenly_and_whole() -> None:
    folds = kfold.part(a_manifest(*samples()), PLAN)
    groups = [fold.groups for fold in folds]
    assert len(folds) == 3
    assert frozenset().union(*groups) == {"bin_3", "bin_4", "bin_5", "bin_6", "bin_7"}
    assert sum(len(one) for one in groups) == 5
    assert [sum(s.count("closed_bin") for s in fold.scored) for fold in folds] == [3, 2, 2]
    assert sum(s.count("closed_bin") == 0 for fold in folds for s in fold.scored) == 4


def test_negatives_that_are_scored_were_never_trained_on() -> None:
    folds = kfold.part(a_manifest(*samples()), PLAN)
    assert all(s.role == "test" for fold in folds for s in fold.scored if not s.count("closed_bin"))


def test_one_group_cannot_be_parted() -> None:
    with pytest.raises(FoldsImpossible):
        kfold.part(a_manifest(a_sample(labels=BIN)), PLAN)


@pytest.fixture
def yard(tmp_path: Path) -> Path:
    a_folder(tmp_path / "shared/data/yard", samples())
    return tmp_path / "shared"


def a_plan_recipe(**values: object) -> Recipe:
    return a_recipe(data="data/yard", hold_out=0.0, start="", **values)


def test_no_fold_is_taught_its_own_groups_and_the_stem_none(yard: Path, tmp_path: Path) -> None:
    learner = Learner(tmp_path)
    told = kfold.run(a_plan_recipe(), PLAN, yard, tmp_path, learner)
    stem, *shown = learner.shown
    whole = manifests.read(yard / "data/yard")
    folds = kfold.part(whole, PLAN)
    assert not any(group.startswith("bin_") for group in stem[1])
    for fold, (recipe, groups) in zip(folds, shown, strict=True):
        assert not groups & fold.groups
        assert {"bin_3", "bin_4", "bin_5", "bin_6", "bin_7"} - fold.groups <= groups
        assert recipe.start.endswith(".safetensors")
    assert (told["folds"], told["groups"], told["boxes"], told["pictures"]) == (3, 5, 7, 11)
    assert told["ap50"] == pytest.approx(7 / 11, abs=0.4)


def test_a_composed_picture_goes_with_every_group_that_it_shows_something_of() -> None:
    note = "composed on images/yard/0001.png abc group bin_3 + bin_9"
    made = a_sample(1, source="composed", group="composed/bin_9", note=note)
    source = Source("composed/ads", "composed", Path(), a_manifest(made, a_sample(2)))
    assert len(kfold._without(source, frozenset({"bin_3"})).manifest) == 1
    assert len(kfold._without(source, frozenset({"bin_4"})).manifest) == 2


def test_weights_that_have_seen_a_group_are_no_start(yard: Path, tmp_path: Path) -> None:
    (tmp_path / "seen.groups.txt").write_text("bin_4\n")
    with pytest.raises(FoldsImpossible) as refused:
        kfold.run(
            replace(a_plan_recipe(), start=str(tmp_path / "seen.safetensors")), PLAN, yard, tmp_path, Learner(tmp_path)
        )
    assert refused.value.facts["seen"] == 1


def test_a_second_run_looks_at_nothing_again(yard: Path, tmp_path: Path) -> None:
    cards = {}

    def learn(recipe: Recipe, sources: Sequence[Source]) -> Path:
        if recipe.name not in cards:
            cards[recipe.name] = Learner(tmp_path)(recipe, sources)
        return cards[recipe.name]

    first = kfold.run(a_plan_recipe(), PLAN, yard, tmp_path, learn)
    found = sorted(path for path in tmp_path.rglob("*.jsonl"))
    times = [path.stat().st_mtime_ns for path in found]
    assert len(found) == 3
    assert kfold.run(a_plan_recipe(), PLAN, yard, tmp_path, learn) == first
    assert [path.stat().st_mtime_ns for path in found] == times


@pytest.mark.needs_shared
def test_the_shipped_recipe_would_start_from_weights_that_have_seen_shops(shared: Path, tmp_path: Path) -> None:
    recipe = replace(
        recipes.read(ROOT / "training/recipes/street-n.toml"), start=str(ROOT / "weights/street-n.safetensors")
    )
    plan = replace(PLAN, kind="out_of_store")
    with pytest.raises(FoldsImpossible):
        kfold.run(recipe, plan, shared, tmp_path, Learner(tmp_path))


def test_a_fold_is_trained_once_and_leaves_a_card_that_the_detector_runs(yard: Path, tmp_path: Path) -> None:
    from training.fold_run import learn

    recipe = a_plan_recipe(epochs=1, epoch_pictures=4, batch=4, sizes=(64,), keep_px=64, threads=1)
    taught = [Source("data/yard", "real", yard / "data/yard", manifests.read(yard / "data/yard").role("train"))]
    path = learn(recipe, taught, tmp_path)
    card, written = open_card(path), path.stat().st_mtime_ns
    assert card.kinds == KINDS
    assert card.file("onnxruntime").is_file()
    assert groups_of(card, path) == taught[0].manifest.groups
    assert learn(recipe, taught, tmp_path) == path
    assert path.stat().st_mtime_ns == written
