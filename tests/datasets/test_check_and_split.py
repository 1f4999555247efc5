"""What the check finds, and that a split never parts a group."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets import check, split
from datasets.formats import manifest
from datasets.pictures import look
from datasets.sources import names, open_source
from datasets.stats import stats
from tests.datasets.build import a_folder, a_label, a_manifest, a_sample, pixels_of


def codes(faults: list[check.Fault]) -> list[str]:
    """Without those of kinds, which the few pictures of a test always lack."""
    return [fault.code for fault in faults if fault.file]


def test_a_clean_folder_has_no_faults(tmp_path: Path) -> None:
    root = a_folder(tmp_path, [a_sample(1), a_sample(2, role="test")])
    assert codes(check.check(manifest.read(root), partial(look, root=root))) == []


@pytest.mark.parametrize(
    ("box", "code"),
    [({"w": 0.002}, "label.tiny"), ({"x": 0.95}, "label.outside"), ({"y": 0.0}, "label.outside")],
)
def test_a_bad_box_is_found(box: dict[str, float], code: str) -> None:
    assert codes(check.check(a_manifest(a_sample(labels=(a_label(**box),))))) == [code]


def test_a_box_of_a_kind_that_the_picture_is_not_labelled_for_is_found() -> None:
    sample = a_sample(labelled=frozenset({"closed_bin"}))
    assert codes(check.check(a_manifest(sample))) == ["label.not_labelled_kind"]


@pytest.mark.parametrize(("licence", "code"), [("", "licence.missing"), ("CC-BY-NC-4.0", "licence.forbidden")])
def test_a_licence_that_forbids_is_found(licence: str, code: str) -> None:
    assert codes(check.check(a_manifest(a_sample(licence=licence)))) == [code]


def test_a_group_on_both_sides_leaks() -> None:
    train, test = a_sample(1, group="corner"), a_sample(2, group="corner", role="test")
    assert codes(check.check(a_manifest(train, test))) == ["split.group_leaks"]


def test_validation_leaks_too() -> None:
    train, val = a_sample(1, group="corner"), a_sample(2, group="corner", role="val")
    assert [fault.facts["also"] for fault in check.leaks(a_manifest(train, val))] == [["train"]]
    assert check.leaks(a_manifest(train, replace(val, role="train_near_test"))) == []


def test_the_same_thing_boxed_twice_and_the_same_file_listed_twice_are_remarks() -> None:
    twin = a_sample(1, sha256="a" * 64, labels=(a_label(), a_label(x=0.501)))
    found = check.check(a_manifest(twin, replace(twin, file="images/yard/copy.png", labels=())))
    assert [(fault.code, fault.serious) for fault in found if fault.file] == [
        ("label.twice", False),
        ("picture.twice", False),
    ]


def test_the_same_file_on_two_sides_is_serious() -> None:
    twin = a_sample(1, sha256="a" * 64)
    other = replace(twin, file="images/yard/copy.png", role="test", group="elsewhere")
    assert [fault.serious for fault in check.twice(a_manifest(twin, other))] == [True]


def test_kinds_that_nobody_labelled_and_sides_without_boxes_or_negatives_are_told() -> None:
    boxed = a_sample(1, labelled=frozenset({"litter"}))
    empty = a_sample(2, labelled=frozenset({"litter"}), labels=(), role="test")
    found = [
        (fault.code, fault.facts["kind"], fault.facts.get("role")) for fault in check.gaps(a_manifest(boxed, empty))
    ]
    assert found == [
        ("kind.no_negatives", "litter", "train"),
        ("kind.no_boxes", "litter", "test"),
        ("kind.labelled_nowhere", "overflowing_bin", None),
        ("kind.labelled_nowhere", "closed_bin", None),
    ]


def test_a_picture_that_is_labelled_for_nothing_is_a_remark() -> None:
    sample = a_sample(1, labelled=frozenset(), labels=())
    assert codes(check.check(a_manifest(sample))) == ["picture.unlabelled"]


def test_the_same_picture_made_smaller_is_a_near_duplicate_across_roles(tmp_path: Path) -> None:
    root = a_folder(tmp_path, [a_sample(1), a_sample(2, role="test", width=128, height=96)])
    twin = root / "images/yard/0002.png"
    twin.write_bytes(pixels_of(0, 128, 96))
    whole = manifest.read(root)
    whole = replace(whole, samples=tuple(replace(sample, sha256="") for sample in whole))
    assert codes(check.check(whole, partial(look, root=root))) == ["split.near_duplicate"]


def test_missing_changed_and_broken_files_are_told_apart(tmp_path: Path) -> None:
    root = a_folder(tmp_path, [a_sample(number) for number in (1, 2, 3)])
    whole = manifest.read(root)
    first, second, third = (root / sample.file for sample in whole)
    first.unlink()
    second.write_bytes(pixels_of(9))
    third.write_bytes(b"no picture")
    whole = replace(whole, samples=(*whole.samples[:2], replace(whole.samples[2], sha256="")))
    found = check.check(whole, partial(look, root=root))
    assert codes(found) == ["picture.missing", "picture.other_bytes", "picture.broken"]


def test_a_picture_of_another_size_is_found(tmp_path: Path) -> None:
    root = a_folder(tmp_path, [a_sample(1)])
    wrong = a_manifest(replace(manifest.read(root).samples[0], width=65))
    assert codes(check.check(wrong, partial(look, root=root))) == ["picture.other_size"]


@given(st.lists(st.integers(0, 8), min_size=1, max_size=40), st.floats(0, 0.5))
def test_a_split_parts_no_group_and_loses_no_picture(groups: list[int], share: float) -> None:
    whole = a_manifest(*(a_sample(number, group=f"g{group}") for number, group in enumerate(groups)))
    kept, held = split.hold_out(whole, share, seed="s")
    assert not kept.groups & held.groups
    assert len(kept) + len(held) == len(whole)
    assert len(kept) > 0


def test_every_source_gives_its_share_to_the_held_out_side() -> None:
    samples = [a_sample(number, source=source, group=f"{source}{number}") for source in "ab" for number in range(20)]
    _, held = split.hold_out(a_manifest(*samples), 0.1, seed="s")
    assert {source: len(held.source(source)) for source in "ab"} == {"a": 2, "b": 2}


def test_the_same_seed_gives_the_same_split_and_another_seed_another() -> None:
    whole = a_manifest(*(a_sample(number) for number in range(40)))
    files = [[sample.file for sample in split.hold_out(whole, 0.2, seed=seed)[1]] for seed in ("a", "a", "b")]
    assert files[0] == files[1] != files[2]


def test_counts_tell_labelled_pictures_from_unknown_ones() -> None:
    whole = a_manifest(a_sample(1), a_sample(2, labels=()), a_sample(3, labels=(), labelled=frozenset()))
    litter = stats(whole)["yard"]["train"]["kinds"]
    assert litter == {
        "litter": {"labelled": 2, "negatives": 1, "boxes": 1},
        "overflowing_bin": {"labelled": 2, "negatives": 2, "boxes": 0},
        "closed_bin": {"labelled": 2, "negatives": 2, "boxes": 0},
    }


def test_every_source_has_a_card_that_names_repository_commit_and_licence() -> None:
    for name in names():
        card = open_source(name)
        assert len(card.commit) == 40
        assert card.repository.count("/") == 1
        assert card.licence in ("CC-BY-4.0", "CC0-1.0")
        assert not card.redistribution


@pytest.mark.needs_shared
def test_each_set_of_the_shared_pictures_has_its_card_and_agrees_with_it(shared: Path) -> None:
    for sample in manifest.read(shared / "data/street"):
        card = open_source(sample.source)
        assert (sample.origin.repository, sample.origin.commit) == (card.repository, card.commit)
        assert sample.licence == card.licence_as_claimed
