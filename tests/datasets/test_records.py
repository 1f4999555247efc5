"""Samples, manifests and the folder that they are read from."""

from pathlib import Path

import pytest

import datasets
from datasets.errors import ManifestBroken, ManifestMissing
from datasets.formats import manifest, yolo
from tests.datasets.build import KINDS, a_folder, a_label, a_sample

ROOT = Path(__file__).resolve().parents[2]


def test_the_package_called_datasets_is_ours() -> None:
    assert Path(datasets.__file__).resolve().is_relative_to(ROOT)


def test_a_folder_reads_back_what_was_written(tmp_path: Path) -> None:
    samples = [
        a_sample(1),
        a_sample(2, role="test", labelled=frozenset({"litter"}), note="dusk"),
        a_sample(3, labels=()),
    ]
    found = manifest.read(a_folder(tmp_path, samples))
    assert [sample.file for sample in found] == [sample.file for sample in samples]
    assert found.samples[1].labelled == {"litter"}
    assert found.samples[1].note == "dusk"
    assert found.samples[0].labels == samples[0].labels
    assert found.samples[2].count("litter") == 0


def test_the_hash_of_a_manifest_is_that_of_its_bytes(tmp_path: Path) -> None:
    root = a_folder(tmp_path, [a_sample(1)])
    before = manifest.read(root).sha256
    (root / "manifest.csv").write_text((root / "manifest.csv").read_text().replace("somebody,", "somebody else,"))
    assert manifest.read(root).sha256 != before


def test_a_folder_without_a_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestMissing):
        manifest.read(tmp_path)


@pytest.mark.parametrize("line", ["0 0.5 0.5 0.1", "9 0.5 0.5 0.1 0.1", "0 0.5 0.5 0 0.1", "litter 0.5 0.5 0.1 0.1"])
def test_a_label_line_that_says_nothing_true_is_refused(line: str) -> None:
    with pytest.raises(ManifestBroken) as broken:
        yolo.parse(line, KINDS, file="a.txt")
    assert broken.value.facts["line"] == 1


def test_a_row_with_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    root = a_folder(tmp_path, [a_sample(1)])
    (root / "kinds.txt").write_text("litter\n")
    with pytest.raises(ManifestBroken):
        manifest.read(root)


def test_yolo_labels_survive_a_round_trip() -> None:
    labels = (a_label("closed_bin", x=0.25), a_label("litter", w=0.1))
    assert yolo.parse(yolo.text(labels, KINDS), KINDS) == labels


def test_a_row_that_leaves_the_folder_or_comes_twice_is_refused(tmp_path: Path) -> None:
    root = a_folder(tmp_path, [a_sample(1)])
    table = (root / "manifest.csv").read_text()
    for wrong in (table.replace("images/yard", "images/../../yard"), table + table.splitlines()[1] + "\n"):
        (root / "manifest.csv").write_text(wrong)
        with pytest.raises(ManifestBroken):
            manifest.read(root)


@pytest.mark.parametrize("raw", [b"\xff\xfe", b'file,set\n"a', b"file,set\na\n"])
def test_a_manifest_that_is_no_table_is_told_by_a_code(tmp_path: Path, raw: bytes) -> None:
    root = a_folder(tmp_path, [a_sample(1)])
    (root / "manifest.csv").write_bytes(raw)
    with pytest.raises(ManifestBroken):
        manifest.read(root)


@pytest.mark.needs_shared
def test_the_shared_pictures_are_read_whole_and_say_what_is_labelled(shared: Path) -> None:
    found = manifest.read(shared / "data/street")
    assert len(found) > 3000
    assert found.kinds[0] == "paper_ad"
    assert all(label.kind in sample.labelled for sample in found for label in sample.labels)
    assert not found.role("train").groups & found.role("test").groups
