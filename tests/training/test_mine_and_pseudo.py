"""False alarms on sure negatives are drawn oftener, and a teacher's boxes never pass for a person's."""

from pathlib import Path

import pytest

from tests.datasets.build import a_label, a_manifest, a_sample
from tests.training.build import RECIPES, a_finding
from training import pseudo, recipe, repeat_weights
from training.errors import RecipeBroken
from training.mine import hard

HALF = {"litter": 0.5, "overflowing_bin": 0.5, "closed_bin": 0.5}
CORNER = (0.0, 0.0, 0.2, 0.2)
MIDDLE = (0.3, 0.35, 0.7, 0.65)
HASH = "a" * 64


def test_only_boxes_of_a_kind_that_is_surely_absent_are_false_alarms() -> None:
    empty = a_sample(1, labels=(), sha256="a" * 64, labelled=frozenset({"litter", "closed_bin"}))
    has_one = a_sample(2, sha256="b" * 64)
    found = {
        empty.file: a_finding(("litter", 0.9, CORNER), ("overflowing_bin", 0.9, CORNER), ("closed_bin", 0.2, CORNER)),
        has_one.file: a_finding(("litter", 0.9, CORNER)),
    }
    assert list(hard(a_manifest(empty, has_one), found, HALF)) == [("a" * 64, 1.75, "litter:1")]


def test_a_picture_full_of_false_alarms_is_drawn_three_times_as_often_and_no_more() -> None:
    empty = a_sample(1, labels=(), sha256=HASH)
    found = {empty.file: a_finding(*[("litter", 0.9, CORNER)] * 9)}
    assert [weight for _, weight, _ in hard(a_manifest(empty), found, HALF)] == [3.0]


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    repeat_weights.write([("b" * 64, 2.5, "litter:2"), ("a" * 64, 1.75, "")], tmp_path / "w.csv")
    assert repeat_weights.read("w.csv", tmp_path) == {"a" * 64: 1.75, "b" * 64: 2.5}


@pytest.mark.parametrize("row", ["a,1,", f"{HASH},,", f"{HASH},0,", f"{HASH},99,", f"{HASH},x,"])
def test_a_weight_that_is_none_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    (tmp_path / "w.csv").write_text(f"sha256,weight,why\n{row}\n")
    with pytest.raises(RecipeBroken) as refused:
        repeat_weights.read("w.csv", tmp_path)
    assert refused.value.facts["line"] == 2


def gap(number: int = 1) -> object:
    return a_sample(number, labels=(), sha256=HASH, labelled=frozenset({"litter"}))


@pytest.mark.parametrize(("scores", "sure"), [((0.9, 0.7), 2), ((0.9, 0.4), 0), ((0.9, 0.1), 1), ((0.4,), 0), ((), 0)])
def test_a_teacher_that_hesitates_over_one_box_leaves_the_kind_unknown(scores: tuple[float, ...], sure: int) -> None:
    sample = gap()
    found = {sample.file: a_finding(*(("closed_bin", score, MIDDLE) for score in scores))}
    guesses = list(pseudo.sure(a_manifest(sample), found, {"closed_bin"}, high=0.6, low=0.2))
    assert len(guesses) == sure


def test_a_kind_that_people_labelled_gets_no_box_from_a_teacher() -> None:
    sample = gap()
    found = {sample.file: a_finding(("litter", 0.9, MIDDLE))}
    assert not list(pseudo.sure(a_manifest(sample), found, {"litter"}, high=0.6, low=0.2))
    kept = pseudo.lay_over(a_manifest(sample), {HASH: (a_label("litter"),)})
    assert kept.samples == (sample,)


def test_guesses_that_were_written_fill_the_gap_of_their_picture(tmp_path: Path) -> None:
    sample = gap()
    found = {sample.file: a_finding(("closed_bin", 0.9, MIDDLE))}
    pseudo.write(pseudo.sure(a_manifest(sample), found, {"closed_bin"}, high=0.6, low=0.2), tmp_path / "p.csv")
    filled = pseudo.lay_over(a_manifest(sample), pseudo.read("p.csv", tmp_path)).samples[0]
    assert filled.labelled == {"litter", "closed_bin"}
    assert filled.labels[0].xyxy == pytest.approx(MIDDLE, abs=1e-3)


def test_a_row_that_is_no_box_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"sha256,kind,x,y,w,h,score\n{HASH},litter,0.5,0.5,0,0.2,0.9\n")
    with pytest.raises(RecipeBroken):
        pseudo.read("p.csv", tmp_path)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_every_list_that_a_recipe_names_lies_beside_it_and_reads(path: Path) -> None:
    chosen = recipe.read(path)
    assert not chosen.weights or repeat_weights.read(chosen.weights)
    assert not chosen.pseudo or pseudo.read(chosen.pseudo)
