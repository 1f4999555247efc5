"""Our own labels over pictures of others."""

from pathlib import Path

import pytest

from datasets import labels
from datasets.errors import LabelsBroken
from datasets.formats import manifest as manifests
from datasets.records import Label, Manifest, Origin, Sample

PICTURE = "a" * 64


def a_sample(role: str = "train", boxes: tuple[Label, ...] = ()) -> Sample:
    return Sample(
        file="images/set/a.webp",
        source="set",
        role=role,
        group="g",
        width=64,
        height=64,
        licence="CC0",
        credit="",
        origin=Origin("o/r", "a.jpg", "0" * 40),
        sha256=PICTURE,
        labelled=frozenset({"litter"}),
        labels=boxes,
    )


def a_manifest(sample: Sample) -> Manifest:
    return Manifest(("litter", "spray_mark"), (sample,), "f" * 64)


def absent(*kinds: str) -> labels.Absences:
    return labels.Absences({PICTURE: frozenset(kinds)}, "e" * 64)


def test_an_absent_kind_counts_as_labelled_and_changes_the_hash() -> None:
    before = a_manifest(a_sample())
    after = labels.extend(before, absent("spray_mark"))
    assert after.samples[0].labelled == {"litter", "spray_mark"}
    assert after.sha256 != before.sha256


def test_a_picture_that_is_not_named_stays_as_it_was() -> None:
    before = a_manifest(a_sample())
    assert labels.extend(before, labels.Absences({}, "e" * 64)).samples == before.samples


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        (a_sample(role="test"), "spray_mark"),
        (a_sample(), "unicorn"),
        (a_sample(boxes=(Label("spray_mark", 0.5, 0.5, 0.1, 0.1),)), "spray_mark"),
    ],
)
def test_a_row_about_the_test_an_unknown_kind_or_a_boxed_kind_is_refused(sample: Sample, kind: str) -> None:
    with pytest.raises(LabelsBroken):
        labels.extend(a_manifest(sample), absent(kind))


@pytest.mark.parametrize("row", ["abc,litter,", f"{PICTURE},,", f"{PICTURE},litter,\n{PICTURE},litter,"])
def test_a_broken_row_is_named(tmp_path: Path, row: str) -> None:
    (tmp_path / "x.csv").write_text(f"sha256,absent,note\n{row}\n", encoding="utf-8")
    with pytest.raises(LabelsBroken):
        labels.read(tmp_path)


@pytest.mark.needs_shared
def test_every_row_that_we_ship_names_a_training_picture(shared: Path) -> None:
    manifest = manifests.read(shared / "data" / "street")
    known = labels.read()
    roles = {sample.sha256: sample.role for sample in manifest}
    assert len(known.absent) > 100
    assert {roles[picture] for picture in known.absent} == {"train"}
