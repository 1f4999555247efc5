"""The verbs that make weights and lists do it from the command line."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from datasets.formats import manifest as manifests
from tests.datasets.build import a_folder, a_sample
from tests.detector.build import a_card
from tests.training.build import ROOT, a_recipe
from training.__main__ import main
from training.recipe import Recipe
from training.run import Run
from training.sources import parts

KINDS = ("litter", "overflowing_bin", "closed_bin")


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A card whose model always finds one litter box in the middle."""
    return a_card(tmp_path / "weights", [(19.2, 24.8, 44.8, 39.2, 0.9, 0)], side=64, kinds=KINDS)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(recipe: Recipe, path: Path) -> Path:
    """A recipe as a file."""
    values = {name: getattr(recipe, name) for name in Recipe.__dataclass_fields__}
    path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items()), encoding="utf-8")
    return path


def test_mining_lists_the_training_picture_without_litter_and_neither_test_nor_held_out(
    card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREETWARDEN_SHARED", str(tmp_path))
    empty = a_sample(2, labels=())
    a_folder(tmp_path / "data", [a_sample(1), empty, a_sample(3, labels=(), role="test")])
    recipe, out = written(a_recipe(data="data", hold_out=0.0), tmp_path / "r.toml"), tmp_path / "w.csv"
    assert main(["mine", str(card), str(recipe), "--out", str(out)]) == 0
    assert [row["why"] for row in rows(out)] == ["litter:1"]


def test_mining_holds_out_what_the_recipe_holds_out(
    card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREETWARDEN_SHARED", str(tmp_path))
    samples = [a_sample(number, labels=()) for number in range(1, 11)]
    a_folder(tmp_path / "data", samples)
    recipe, out = written(a_recipe(data="data", hold_out=0.2), tmp_path / "r.toml"), tmp_path / "w.csv"
    assert main(["mine", str(card), str(recipe), "--out", str(out)]) == 0
    kept, held = parts(manifests.read(tmp_path / "data"), 0.2)
    assert len(held) == 2
    assert {row["sha256"] for row in rows(out)} == {one.sha256 for one in kept}


def test_a_teacher_fills_in_what_is_not_labelled(card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREETWARDEN_SHARED", str(tmp_path))
    unknown = replace(a_sample(1, labels=()), labelled=frozenset({"closed_bin"}))
    a_folder(tmp_path / "data", [unknown, a_sample(2, labels=())])
    recipe, out = written(a_recipe(data="data", hold_out=0.0), tmp_path / "r.toml"), tmp_path / "p.csv"
    assert main(["pseudo", str(card), str(recipe), "--kinds", "litter", "--out", str(out)]) == 0
    assert [(row["kind"], row["x"], row["y"]) for row in rows(out)] == [("litter", "0.5000", "0.5000")]


def test_a_recipe_is_trained_and_leaves_its_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STREETWARDEN_CACHE", str(tmp_path / "cache"))
    recipe = a_recipe(epochs=1, plain_epochs=0, epoch_pictures=2, batch=2, sizes=(32,), keep_px=64, threads=1)
    assert main(["train", str(written(recipe, tmp_path / "r.toml"))]) == 0
    weights = Path(capsys.readouterr().out.strip())
    facts = json.loads((weights.parent / "facts.json").read_text())
    assert weights.is_file()
    assert facts["recipe_sha256"] == recipe.sha256
    assert facts["groups"] == ["drawn"]
    run = Run(weights.parent)
    assert run.changed_since(facts) == []
    assert run.changed_since({**facts, "manifest_sha256": "another"}) == ["manifest_sha256"]


def test_a_fresh_run_leaves_nothing_of_an_earlier_one_to_resume(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.save({"epoch": 3})
    run.weights.write_bytes(b"old")
    run.forget()
    assert run.load() is None
    assert not run.weights.exists()


def test_a_recipe_whose_folder_is_missing_ends_with_a_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    a_folder(tmp_path / "data/street", [a_sample(1), a_sample(2)])
    monkeypatch.setenv("STREETWARDEN_SHARED", str(tmp_path))
    monkeypatch.setenv("STREETWARDEN_CACHE", str(tmp_path / "cache"))
    recipe = a_recipe(data="data/street", also=("rendered/none",))
    assert main(["train", str(written(recipe, tmp_path / "r.toml"))]) == 1
    assert json.loads(capsys.readouterr().err.splitlines()[-1])["error"]["code"] == "source.missing"


def test_the_tiny_recipe_needs_nothing_beside_the_repository() -> None:
    text = (ROOT / "training/recipes/tiny.toml").read_text()
    assert 'data = "drawn"' in text
    assert (ROOT / "weights/street-n.safetensors").is_file()
    assert 'start = "weights/street-n.safetensors"' in text
