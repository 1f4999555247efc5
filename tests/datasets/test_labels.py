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


def absent(*kinds: str) -> labels.OwnLabels:
    return labels.OwnLabels({PICTURE: frozenset(kinds)}, {}, "e" * 64)


def boxed(*boxes: Label) -> labels.OwnLabels:
    return labels.OwnLabels({}, {PICTURE: boxes}, "e" * 64)


def written(folder: Path, *rows: str, name: str = "ours", head: str = "sha256,kind,state,x,y,w,h") -> Path:
    (folder / f"{name}.csv").write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return folder


def test_an_absent_kind_counts_as_labelled_and_changes_the_hash() -> None:
    before = a_manifest(a_sample())
    after = labels.extend(before, absent("spray_mark"))
    assert after.samples[0].labelled == {"litter", "spray_mark"}
    assert after.sha256 != before.sha256


def test_a_picture_that_is_not_named_stays_as_it_was() -> None:
    before = a_manifest(a_sample())
    assert labels.extend(before, labels.OwnLabels({}, {}, "e" * 64)).samples == before.samples


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


def test_boxes_are_added_and_make_their_kind_labelled() -> None:
    mark = Label("spray_mark", 0.5, 0.5, 0.1, 0.1)
    after = labels.extend(a_manifest(a_sample(boxes=(Label("litter", 0.2, 0.2, 0.1, 0.1),))), boxed(mark))
    assert after.samples[0].labelled == {"litter", "spray_mark"}
    assert after.samples[0].labels == (Label("litter", 0.2, 0.2, 0.1, 0.1), mark)


def test_our_boxes_replace_those_of_the_source_of_the_same_kind() -> None:
    ours = Label("litter", 0.7, 0.7, 0.2, 0.2)
    after = labels.extend(a_manifest(a_sample(boxes=(Label("litter", 0.2, 0.2, 0.1, 0.1),))), boxed(ours))
    assert after.samples[0].labels == (ours,)


@pytest.mark.parametrize(("state", "labelled"), [("unboxed", {"litter"}), ("unknown", set())])
def test_unboxed_and_unknown_take_the_boxes_of_the_source_away(tmp_path: Path, state: str, labelled: set[str]) -> None:
    known = labels.read(written(tmp_path, f"{PICTURE},litter,{state},,,,"))
    after = labels.extend(a_manifest(a_sample(boxes=(Label("litter", 0.2, 0.2, 0.1, 0.1),))), known)
    assert (after.samples[0].labels, after.samples[0].labelled, len(known)) == ((), labelled, 1)


@pytest.mark.parametrize("state", ["unboxed", "unknown"])
def test_no_state_reaches_the_frozen_test(tmp_path: Path, state: str) -> None:
    known = labels.read(written(tmp_path, f"{PICTURE},litter,{state},,,,"))
    assert len(labels.refused(a_manifest(a_sample(role="test")), known)) == 1


def test_a_box_on_a_picture_of_the_frozen_test_is_refused() -> None:
    with pytest.raises(LabelsBroken) as broken:
        labels.extend(a_manifest(a_sample(role="test")), boxed(Label("litter", 0.5, 0.5, 0.1, 0.1)))
    assert broken.value.facts["role"] == "test"


def test_boxes_and_absent_kinds_are_read_from_lines(tmp_path: Path) -> None:
    rows = (f"{PICTURE},litter,box,0.5,0.5,0.1,0.2", f"{PICTURE},litter,box,0.2,0.2,0.1,0.1")
    known = labels.read(written(tmp_path, *rows, f"{PICTURE},spray_mark,absent,,,,"))
    assert known.boxes == {PICTURE: (Label("litter", 0.5, 0.5, 0.1, 0.2), Label("litter", 0.2, 0.2, 0.1, 0.1))}
    assert known.absent == {PICTURE: {"spray_mark"}}
    assert len(known) == 1


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("abc,litter,absent,,,,", "64"),
        (f"{PICTURE},,absent,,,,", "one kind"),
        (f"{PICTURE},litter,absent,0.5,0.5,0.1,0.1", "state"),
        (f"{PICTURE},litter,maybe,0.5,0.5,0.1,0.1", "state"),
        (f"{PICTURE},litter,box,0.5,0.5,0.1,", "float"),
        (f"{PICTURE},litter,box,0.5,0.5,0,0.1", "width"),
        (f"{PICTURE},litter,box,0.5,0.5,0.1", "float"),
        (f"{PICTURE},litter,box,nan,0.5,0.1,0.1", "place"),
        (f"{PICTURE},litter,box,0.99,0.5,0.1,0.1", "outside"),
        (f"{PICTURE},litter,absent,,,,\n{PICTURE},litter,absent,,,,", "once"),
        (f"{PICTURE},litter,box,0.5,0.5,0.1,0.1\n{PICTURE},litter,absent,,,,", "once"),
        (f"{PICTURE},litter,unknown,,,,\n{PICTURE},litter,box,0.5,0.5,0.1,0.1", "once"),
    ],
)
def test_a_broken_line_is_named_with_its_file_and_line(tmp_path: Path, row: str, why: str) -> None:
    with pytest.raises(LabelsBroken) as broken:
        labels.read(written(tmp_path, row))
    assert (broken.value.facts["file"], broken.value.facts["line"]) == ("ours.csv", 2 + row.count("\n"))
    assert why in str(broken.value.facts["why"])


def test_two_files_that_tell_the_same_kind_of_a_picture_are_refused(tmp_path: Path) -> None:
    written(tmp_path, f"{PICTURE},litter,absent,,,,", name="a")
    with pytest.raises(LabelsBroken):
        labels.read(written(tmp_path, f"{PICTURE},litter,box,0.5,0.5,0.1,0.1", name="b"))


def test_two_files_may_tell_different_kinds_of_a_picture(tmp_path: Path) -> None:
    written(tmp_path, f"{PICTURE},litter,absent,,,,", name="a")
    assert len(labels.read(written(tmp_path, f"{PICTURE},spray_mark,absent,,,,", name="b")).absent[PICTURE]) == 2


@pytest.mark.parametrize("raw", [b"picture,box\n", b"\xff\xfe", b'sha256,absent\n"'])
def test_a_file_that_is_no_such_table_is_named(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(raw)
    with pytest.raises(LabelsBroken):
        labels.read(tmp_path)


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
    assert {roles[picture] for picture in known.pictures} <= {"train", "train_near_test"}
    assert len(labels.extend(manifest, known)) == len(manifest)
