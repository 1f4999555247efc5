"""A plan trains what has no result yet, and its table says what each change did."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.datasets.build import a_folder, a_label, a_sample
from tests.training.build import ROOT
from training import ablate, ablation_table
from training.errors import RecipeBroken

TINY = (ROOT / "training/recipes/tiny.toml").read_text()
PLAN = """
base = "tiny.toml"
side = 64
[common]
data = "data/street"
hold_out = 0.2
epochs = 1
epoch_pictures = 2
batch = 2
sizes = [32]
threads = 1
[[runs]]
name = "plain"
seeds = [1, 2]
[[runs]]
name = "naive loss"
seeds = [1]
masked = false
side = 32
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    (tmp_path / "tiny.toml").write_text(TINY)
    (tmp_path / "plan.toml").write_text(PLAN)
    return tmp_path / "plan.toml"


def a_result(row: str, seed: int, ap50: float | None, boxes: int = 30) -> dict[str, Any]:
    score = {"ap50": ap50, "boxes": boxes, "measurable": boxes >= 20}
    rare = {"ap50": 0.1, "boxes": 2, "measurable": False}
    measured = {"held out": {"litter": score, "paper_ad": rare, "flying_wire": {**rare, "ap50": None, "boxes": 0}}}
    return {"row": row, "seed": seed, "side": 352, "pictures": 100, "seconds": 9.6, "measured": measured}


def test_every_seed_of_every_row_is_a_recipe_of_its_own(plan: Path) -> None:
    trials = ablate.read(plan).trials
    assert [(one.row, one.recipe.seed, one.side, one.recipe.masked) for one in trials] == [
        ("plain", 1, 64, True),
        ("plain", 2, 64, True),
        ("naive loss", 1, 32, False),
    ]
    assert len({one.recipe.sha256 for one in trials}) == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("epochs = 1", "epoch = 1"),
        ("side = 64", "sides = 64"),
        ("seeds = [1, 2]", ""),
        ("masked = false", "masked = 0"),
        ("side = 64", "side ="),
        ("masked = false", "hold_out = 0.1"),
        ("side = 64", "side = 'large'"),
        ("side = 64", "side = true"),
        ("side = 32", "side = 40"),
        ("seeds = [1, 2]", "seeds = []"),
        ("seeds = [1, 2]", "seeds = ['one']"),
        ("seeds = [1, 2]", "seeds = 1"),
        ('name = "plain"', "name = 1"),
        ('base = "tiny.toml"', "base = 1"),
        ('base = "tiny.toml"', 'base = "none.toml"'),
        ('base = "tiny.toml"', 'base = "tiny.toml"\nrendered_tests = "rendered/test"'),
        (PLAN[PLAN.index("[common]") :], "runs = []"),
        (PLAN[PLAN.index("[common]") :], "runs = 3"),
        (PLAN[PLAN.index("[common]") :], "runs = [1]"),
        (PLAN[PLAN.index("[[runs]]") :], "[runs]"),
    ],
)
def test_a_plan_with_a_wrong_key_is_refused(plan: Path, old: str, new: str) -> None:
    assert old in PLAN
    plan.write_text(PLAN.replace(old, new))
    with pytest.raises(RecipeBroken):
        ablate.read(plan)


def test_the_plan_that_is_shipped_reads_and_every_run_sees_as_many_pictures() -> None:
    trials = ablate.read(ROOT / "training/recipes/ablations.toml").trials
    assert len({one.recipe.epochs * one.recipe.epoch_pictures for one in trials}) == 1
    assert len({one.recipe.name for one in trials}) == len(trials)


def test_a_run_is_trained_and_measured_once(plan: Path, tmp_path: Path) -> None:
    a_folder(tmp_path / "data/street", [a_sample(number) for number in range(1, 6)])
    one = ablate.read(plan)
    one = ablate.Plan(one.trials[-1:])
    places = ablate.Places(tmp_path, tmp_path / "cache")
    first = list(ablate.run_all(one, places))
    assert first[0]["measured"]["held out"]["litter"]["pictures"] == 1
    assert first[0]["sources"][0]["pictures"] == 4
    kept = next((tmp_path / "cache/runs").glob("*/result-32.json"))
    kept.write_text(json.dumps({**first[0], "seconds": -1.0}))
    assert next(iter(ablate.run_all(one, places)))["seconds"] == -1.0


def test_a_result_of_other_labels_or_lists_is_not_taken_for_this_one(plan: Path, tmp_path: Path) -> None:
    root, samples = tmp_path / "data/street", [a_sample(number) for number in range(1, 6)]
    a_folder(root, samples)
    one, places = ablate.Plan(ablate.read(plan).trials[-1:]), ablate.Places(tmp_path, tmp_path / "cache")
    first = next(iter(ablate.run_all(one, places)))
    run = next((tmp_path / "cache/runs").iterdir())
    before = (run / "log.jsonl").read_text()
    a_folder(root, [replace(sample, labels=(a_label(x=0.45),)) for sample in samples])
    again = next(iter(ablate.run_all(one, places)))
    assert again["facts"] != first["facts"]
    assert (run / "log.jsonl").read_text().count("\n") == 2 * before.count("\n")


def test_a_cell_is_the_mean_over_seeds_with_half_of_their_range() -> None:
    told = ablation_table.table([a_result("a", 1, 0.5), a_result("a", 2, 0.6), a_result("b", 1, 0.2)])
    assert "| a | 100 × 2 | 352 | 10 | 0.550 ± 0.050 | 0.550 ± 0.050 | 0.100 ± 0.000 |" in told
    assert "| b | 100 × 1 | 352 | 10 | 0.200 | 0.200 | 0.100 |" in told
    assert "paper_ad \\* (2)" in told
    assert "flying_wire" not in told


def test_the_plot_is_a_picture(tmp_path: Path) -> None:
    ablation_table.plot([a_result("a", 1, 0.5), a_result("b", 1, 0.2)], "held out", tmp_path / "p.png")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
