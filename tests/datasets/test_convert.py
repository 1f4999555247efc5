"""A set survives every format and comes back with what the format cannot carry; bad input leaves nothing behind."""

import json
import shutil
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.__main__ import main
from datasets.convert import FORMATS, NONE, Loaded, Told, load, save
from datasets.errors import DatasetError, FormatBroken, KindUnknown, LabelledUnknown, NameTaken, OutputTaken
from datasets.formats import manifest
from datasets.records import ROLES, Label, Sample
from tests.datasets.build import KINDS, a_folder, a_label, a_sample

WORDS = st.text("abcXYZ 街道,;\"'<>&", max_size=12).map(str.strip)
PARTS = st.floats(0.01, 0.99)


@st.composite
def some_labels(draw: st.DrawFn) -> Label:
    x, y = draw(PARTS), draw(PARTS)
    reach_x, reach_y = min(x, 1 - x), min(y, 1 - y)
    w, h = 2 * reach_x * draw(st.floats(0.1, 1)), 2 * reach_y * draw(st.floats(0.1, 1))
    return Label(draw(st.sampled_from(KINDS)), x, y, w, h)


@st.composite
def sets(draw: st.DrawFn) -> tuple[Sample, ...]:
    facts = st.fixed_dictionaries(
        {
            "role": st.sampled_from(ROLES),
            "group": WORDS,
            "width": st.integers(200, 4000),
            "height": st.integers(200, 4000),
            "licence": WORDS,
            "credit": WORDS,
            "labelled": st.frozensets(st.sampled_from(KINDS)),
            "labels": st.lists(some_labels(), max_size=3).map(tuple),
            "note": WORDS,
            "sha256": st.just("a" * 64),
        }
    )
    return tuple(a_sample(number, **row) for number, row in enumerate(draw(st.lists(facts, min_size=1, max_size=4))))


def nothing_of(samples: tuple[Sample, ...]) -> Loaded:
    return Loaded(KINDS, samples, {})


def by_file(samples: tuple[Sample, ...]) -> dict[str, Sample]:
    return {sample.file: sample for sample in samples}


@pytest.mark.parametrize("form", sorted(FORMATS))
@given(samples=sets())
@settings(max_examples=25, deadline=None)
def test_what_is_written_in_a_format_comes_back_whole(form: str, samples: tuple[Sample, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        save(nothing_of(samples), form, out, pictures=NONE)
        if form == "yolo":  # its label files are found from its pictures
            for sample in samples:
                path = out / "images" / sample.role / FORMATS[form].name(sample.file)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        back = load(form, out, Told("foreign"))
    assert back.kinds == KINDS
    assert by_file(back.samples).keys() == by_file(samples).keys()
    for sample in back.samples:
        was = by_file(samples)[sample.file]
        assert replace(sample, labels=(), sha256="") == replace(was, labels=(), sha256="")
        for one, other in zip(sample.labels, was.labels, strict=True):
            assert one.kind == other.kind
            assert (one.x, one.y, one.w, one.h) == pytest.approx((other.x, other.y, other.w, other.h), abs=1e-5)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_command_brings_pictures_there_and_back(form: str, tmp_path: Path) -> None:
    root = a_folder(tmp_path / "in", [a_sample(1), a_sample(2, role="test", labels=(), note="dusk")])
    there, back = tmp_path / "there", tmp_path / "back"
    assert main(["convert", str(root), str(there), "--from", "street", "--to", form]) == 0
    assert main(["convert", str(there), str(back), "--from", form, "--to", "street", "--pictures", "link"]) == 0
    was, now = manifest.read(root), manifest.read(back)
    assert {sample.file: sample.sha256 for sample in was} == {sample.file: sample.sha256 for sample in now}
    assert all((back / sample.file).read_bytes() == (root / sample.file).read_bytes() for sample in was)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back", "in", "there"]


def a_foreign_folder(tmp_path: Path, form: str = "coco") -> Path:
    root = a_folder(tmp_path / "in", [a_sample(1), a_sample(2, labels=())])
    assert main(["convert", str(root), str(tmp_path / form), "--from", "street", "--to", form]) == 0
    (tmp_path / form / "facts.csv").unlink()
    return tmp_path / form


@pytest.mark.parametrize("form", ["cvat", "voc", "yolo"])
def test_a_foreign_set_that_says_nothing_of_what_is_labelled_asks_for_it(form: str, tmp_path: Path) -> None:
    root = a_foreign_folder(tmp_path, form)
    with pytest.raises(LabelledUnknown) as unknown:
        load(form, root, Told("theirs"))
    assert unknown.value.facts["pictures"] == 2
    found = load(form, root, Told("theirs", labelled=frozenset({"litter"}), licence="CC0-1.0"))
    assert [sample.labelled for sample in found.samples] == [{"litter"}, {"litter"}]
    assert found.samples[0].licence == "CC0-1.0"
    assert (found.samples[0].width, found.samples[0].height) == (64, 48)


def test_coco_says_itself_what_is_not_exhaustive(tmp_path: Path) -> None:
    root = a_folder(tmp_path / "in", [a_sample(1, labelled=frozenset({"litter"}))])
    assert main(["convert", str(root), str(tmp_path / "coco"), "--from", "street", "--to", "coco"]) == 0
    (tmp_path / "coco/facts.csv").unlink()
    found = load("coco", tmp_path / "coco", Told("theirs"))
    assert (found.samples[0].labelled, found.samples[0].licence) == ({"litter"}, "CC-BY-4.0")


def test_classes_are_renamed_and_dropped_and_groups_come_from_names(tmp_path: Path) -> None:
    root = a_foreign_folder(tmp_path, "voc")
    flags = ["--labelled", "waste", "--classes", "litter=waste,closed_bin=", "--group", "yard__(\\d\\d)", "--name", "x"]
    assert main(["convert", str(root), str(tmp_path / "out"), "--from", "voc", "--to", "street", *flags]) == 0
    found = manifest.read(tmp_path / "out")
    assert found.kinds == ("waste", "overflowing_bin")
    assert found.samples[0].labels[0].kind == "waste"
    assert found.groups == {"x/00"}


def test_a_class_or_kind_that_is_not_there_is_named(tmp_path: Path) -> None:
    root = a_foreign_folder(tmp_path)
    for told in (Told("x", labelled=frozenset({"unicorn"})), Told("x", classes={"unicorn": "litter"})):
        with pytest.raises(KindUnknown):
            load("coco", root, told)


def test_a_crowd_makes_its_kind_unknown(tmp_path: Path) -> None:
    root = a_foreign_folder(tmp_path)
    path = root / "annotations/instances_train.json"
    found = json.loads(path.read_text())
    found["annotations"][0]["iscrowd"] = 1
    path.write_text(json.dumps(found))
    loaded = load("coco", root, Told("x", labelled=frozenset({"litter"})))
    assert loaded.samples[0].labelled == {"overflowing_bin", "closed_bin"}
    assert loaded.left_out == {"crowd": 1}


def test_outlines_become_the_box_round_them(tmp_path: Path) -> None:
    root = a_foreign_folder(tmp_path, "yolo")
    (root / "labels/train/yard__0001.txt").write_text("0 0.1 0.2 0.3 0.2 0.2 0.6\n")
    found = load("yolo", root, Told("x", labelled=frozenset({"litter"})))
    assert found.samples[0].labels[0].xyxy == pytest.approx((0.1, 0.2, 0.3, 0.6))


def test_a_set_as_roboflow_packs_it_is_read(tmp_path: Path) -> None:
    root = a_foreign_folder(tmp_path, "yolo")
    (root / "train").mkdir()
    (root / "images/train").rename(root / "train/images")
    (root / "labels/train").rename(root / "train/labels")
    (root / "data.yaml").write_text("train: ../train/images\nval: ../valid/images\nnc: 3\nnames: [a, b, c]\n")
    found = load("yolo", root, Told("x", labelled=frozenset("abc")))
    assert [(sample.file, len(sample.labels)) for sample in found.samples] == [
        ("images/x/yard__0001.png", 1),
        ("images/x/yard__0002.png", 0),
    ]


XML = "<annotations><image name='a.jpg' width='10' height='10'>{}</image></annotations>"
BROKEN = [
    ("coco", "annotations/instances_train.json", "{", 1),
    ("coco", "annotations/instances_train.json", "[]", None),
    ("coco", "annotations/instances_train.json", '{"images": [{"id": 1}], "annotations": [], "categories": []}', None),
    ("coco", "annotations/instances_train.json", '{"images": 3, "annotations": [], "categories": []}', None),
    ("coco", "annotations/instances_train.json", "[" * 100_000, None),
    ("cvat", "annotations.xml", "<annotations>\n<image>", 2),
    ("cvat", "annotations.xml", "<annotations>\n<image name='a' width='1' height='x'/></annotations>", 2),
    ("cvat", "annotations.xml", "<annotations>\n<image name='../a' width='1' height='1'/></annotations>", 2),
    ("cvat", "annotations.xml", XML.format("\n<box label='l' xtl='1' ytl='1' xbr='nan' ybr='2'/>"), 2),
    ("cvat", "annotations.xml", XML.format("<box xtl='1' ytl='1' xbr='2' ybr='2'/>"), 1),
    ("cvat", "annotations.xml", "<annotation/>", 1),
    ("cvat", "annotations.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><annotations>&b;</annotations>", 1),
    ("voc", "Annotations/yard__0001.xml", "<annotation>\n<object><name>a</name></object></annotation>", 1),
    ("voc", "Annotations/yard__0001.xml", "\xff", 1),
    ("yolo", "labels/train/yard__0001.txt", "\n0 0.5 0.5 0.1\n", 2),
    ("yolo", "labels/train/yard__0001.txt", "7 0.5 0.5 0.1 0.1\n", 1),
    ("yolo", "data.yaml", "names: [a\n", 2),
    ("yolo", "data.yaml", "names: {0: a, 2: b}\n", None),
    ("yolo", "data.yaml", "names: [a, b, c]\ntrain: nowhere\n", None),
]


@pytest.mark.parametrize(("form", "file", "words", "line"), BROKEN)
def test_broken_input_is_named_by_file_and_line_and_leaves_nothing(
    form: str, file: str, words: str, line: int | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = a_foreign_folder(tmp_path, form)
    (root / file).write_text(words, encoding="latin-1")
    flags = ["--from", form, "--to", "street", "--labelled", "litter"]
    assert main(["convert", str(root), str(tmp_path / "out"), *flags]) == 1
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["code"] == "dataset.format_broken"
    assert error["facts"]["file"].endswith(file)
    assert error["facts"].get("line") == line
    assert not list(tmp_path.glob("*out*"))


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_folder_of_another_format_is_told_by_a_code(form: str, tmp_path: Path) -> None:
    with pytest.raises(FormatBroken):
        load(form, tmp_path, Told("x"))


MAIN = {
    "coco": "annotations/instances_train.json",
    "cvat": "annotations.xml",
    "voc": "Annotations/yard__0001.xml",
    "yolo": "data.yaml",
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.just([]),
    st.just({}),
    st.sampled_from(["../x", "/etc/passwd", "a" * 5000, "1e999", "-1", "\0", ["litter", ["x"]], {"a": [1]}]),
)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {form: a_foreign_folder(tmp_path_factory.mktemp(form), form) for form in FORMATS}


def survives(form: str, exported: dict[str, Path], file: str, raw: bytes) -> None:
    """Read with other bytes in one file: an answer or a named error, and nothing half written."""
    root, path = exported[form], exported[form] / file
    kept, out = path.read_bytes(), root.parent / "out"
    path.write_bytes(raw)
    try:
        status = main(["convert", str(root), str(out), "--from", form, "--to", "street", "--labelled", "litter"])
    finally:
        path.write_bytes(kept)
    assert status in (0, 1)
    assert out.exists() == (status == 0)
    shutil.rmtree(out, ignore_errors=True)
    assert {one.name for one in root.parent.iterdir()} == {"in", form}


@pytest.mark.parametrize("form", sorted(FORMATS))
@given(place=st.floats(0, 1), noise=st.binary(max_size=8), cut=st.booleans())
@settings(max_examples=30, deadline=None)
def test_damaged_bytes_never_end_in_a_traceback(
    form: str, exported: dict[str, Path], place: float, noise: bytes, cut: bool
) -> None:
    raw = (exported[form] / MAIN[form]).read_bytes()
    at = int(place * len(raw))
    survives(form, exported, MAIN[form], raw[:at] + noise + (b"" if cut else raw[at + len(noise) :]))


@pytest.mark.parametrize("form", ["coco", "yolo"])
@given(data=st.data(), odd=ODD)
@settings(max_examples=40, deadline=None)
def test_odd_values_never_end_in_a_traceback(
    form: str, exported: dict[str, Path], data: st.DataObject, odd: object
) -> None:
    path = exported[form] / MAIN[form]
    node = whole = json.loads(path.read_text()) if form == "coco" else yaml.safe_load(path.read_text())
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = odd
    survives(form, exported, MAIN[form], (json.dumps(whole) if form == "coco" else yaml.safe_dump(whole)).encode())


def test_a_card_whose_names_expand_without_end_is_refused_at_once(exported: dict[str, Path]) -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefghijk"))
    survives("yolo", exported, "data.yaml", f"{bomb}names: [*k]\ntrain: *k\npath: *k\n".encode())


def test_a_folder_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").touch()
    with pytest.raises(OutputTaken):
        save(nothing_of((a_sample(1),)), "coco", tmp_path / "out", pictures=NONE)


@pytest.mark.parametrize("form", ["street", "yolo", "voc"])
def test_two_pictures_with_one_name_are_refused_where_the_ending_is_lost(form: str, tmp_path: Path) -> None:
    both = (a_sample(1), replace(a_sample(1), file="images/yard/0001.webp"))
    with pytest.raises(NameTaken):
        save(nothing_of(both), form, tmp_path / "out", pictures=NONE)


@pytest.mark.parametrize("form", ["street", *sorted(FORMATS)])
def test_a_missing_picture_leaves_nothing_half_written(form: str, tmp_path: Path) -> None:
    sample = a_sample(1, labels=(a_label(),))
    with pytest.raises(DatasetError, match="picture_missing"):
        save(Loaded(KINDS, (sample,), {sample.file: tmp_path / "none.png"}), form, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("flags", [["--group", "("], ["--classes", "litter"]])
def test_wrong_flags_are_wrong_use(flags: list[str], tmp_path: Path) -> None:
    assert main(["convert", str(tmp_path), str(tmp_path / "out"), "--from", "voc", "--to", "coco", *flags]) == 2
