"""A recipe's folders are read with their own rules: the frozen slices stay out, and the card hears of every list."""

from dataclasses import replace
from pathlib import Path

import pytest

from datasets.compose.book import NOTE
from datasets.records import Sample
from tests.datasets.build import KINDS, a_folder, a_sample
from tests.training.build import a_recipe
from training import material, sources
from training.errors import RecipeBroken, SourceMissing
from training.recipe import Recipe
from training.sources import parts

REAL = [a_sample(number) for number in range(1, 11)]
TEST = a_sample(90, role="test")


def made(folder: str, number: int, group: str) -> Sample:
    name = folder.replace("/", "_")
    note = "rendered" if folder.startswith("rendered") else ""
    return a_sample(number, file=f"images/{name}/{number:04}.png", source=name, group=group, note=note)


def composed(number: int, groups: list[str]) -> Sample:
    """On a photo of the first group, with paper of the others."""
    note = NOTE.format(file="images/yard/0001.png", sha256="0" * 64, groups=" + ".join(groups))
    return replace(made("composed", number, f"composed/{groups[0]}"), note=note)


def several(**values: object) -> Recipe:
    usual = {"also": ("rendered/one", "composed/ads"), "rendered_share": 0.25, "composed_share": 0.15}
    return a_recipe(data="data/street", hold_out=0.2, **{**usual, **values})


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """A shared folder of eleven pictures; a cache with two rendered and four composed ones."""
    shared, cache = tmp_path / "shared", tmp_path / "cache"
    a_folder(shared / "data/street", [*REAL, TEST])
    a_folder(cache / "rendered/one", [made("rendered/one", n, f"rendered/{n}") for n in (1, 2)])
    _, held = parts(sources.manifests.read(shared / "data/street"), 0.2)
    ours, theirs = next(s.group for s in REAL if s.group not in held.groups), next(iter(held)).group
    shows = ([ours], [theirs], ["yard_90"], [ours, theirs])
    a_folder(cache / "composed/ads", [composed(number, groups) for number, groups in enumerate(shows)])
    return shared, cache


def test_every_source_is_told_with_its_hash_and_count(places: tuple[Path, Path]) -> None:
    found = material.gather(several(), *places)
    assert [(s["folder"], s["part"], s["pictures"]) for s in found.sources] == [
        ("data/street", "real", 8),
        ("rendered/one", "rendered", 2),
        ("composed/ads", "composed", 1),
    ]
    assert len({s["manifest_sha256"] for s in found.sources}) == 3
    assert [picture.part for picture in found.pictures] == ["real"] * 8 + ["rendered"] * 2 + ["composed"]
    assert found.facts(several())["sources"] == list(found.sources)


def test_a_composed_picture_that_shows_anything_held_out_or_tested_stays_out(places: tuple[Path, Path]) -> None:
    found = sources.find(several(), *places)
    assert [sample.file for sample in found[2].manifest] == ["images/composed/0000.png"]


def test_the_picture_and_not_its_folder_says_what_it_shows(places: tuple[Path, Path]) -> None:
    photo, pasted = made("photo", 1, "yard_90"), composed(2, ["yard_90"])
    a_folder(places[1] / "rendered/mixed", [made("rendered/mixed", 1, "r"), photo, pasted])
    found = sources.find(several(also=("rendered/mixed",)), *places)
    assert [sample.group for sample in found[1].manifest] == ["r"]


@pytest.mark.parametrize("folder", ["rendered/none", "composed/none"])
def test_a_folder_that_is_not_there_is_named(places: tuple[Path, Path], folder: str) -> None:
    with pytest.raises(SourceMissing) as refused:
        material.gather(several(also=(folder,)), *places)
    assert refused.value.facts["folder"] == folder


def test_a_folder_with_another_order_of_kinds_is_refused(places: tuple[Path, Path]) -> None:
    a_folder(places[1] / "rendered/other", [made("rendered/other", 1, "r")], kinds=KINDS[::-1])
    with pytest.raises(SourceMissing):
        material.gather(several(also=("rendered/other",)), *places)


def test_naive_training_takes_every_kind_for_labelled(places: tuple[Path, Path]) -> None:
    a_folder(places[1] / "rendered/few", [replace(made("rendered/few", 1, "r"), labelled=frozenset({"litter"}))])
    masked, naive = (
        material.gather(several(also=("rendered/few",), masked=masked), *places).pictures[-1]
        for masked in (True, False)
    )
    assert masked.labelled.tolist() == [1, 0, 0]
    assert naive.labelled.tolist() == [1, 1, 1]


def test_a_list_that_a_recipe_names_must_be_there(places: tuple[Path, Path]) -> None:
    for key in ("weights", "pseudo"):
        with pytest.raises(RecipeBroken):
            material.gather(several(**{key: "none.csv"}), *places)
