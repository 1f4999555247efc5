"""Other people's tools read our exports: Datumaro, in an environment of its own."""

import json
import subprocess
from pathlib import Path

import pytest

from datasets.__main__ import main
from datasets.formats import foreign
from datasets.records import ROLES
from tests.datasets.build import KINDS, a_folder, a_label, a_sample

FORMATS = {"coco": "coco_instances", "cvat": "cvat", "voc": "voc_detection", "yolo": "yolo"}
FLAT = ("voc", "yolo")


@pytest.mark.needs_readers
@pytest.mark.parametrize("form", sorted(FORMATS))
def test_datumaro_reads_every_picture_part_and_box_of_an_export(form: str, readers: Path, tmp_path: Path) -> None:
    boxes = (a_label("closed_bin", x=0.3, w=0.1), a_label())
    samples = [a_sample(number, role=role, labels=boxes[: number % 3]) for number, role in enumerate(ROLES)]
    root = a_folder(tmp_path / "in", samples)
    assert main(["convert", str(root), str(tmp_path / "out"), "--from", "street", "--to", form]) == 0
    script = Path(__file__).with_name("read_elsewhere.py")
    command = [str(readers), str(script), FORMATS[form], str(tmp_path / "out")]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    assert tuple(kind for kind in found["kinds"] if kind != "background") == KINDS
    named = foreign.flat if form in FLAT else foreign.below_images
    assert {row["id"]: row["part"] for row in found["pictures"]} == {
        named(sample.file).removesuffix(".png"): sample.role for sample in samples
    }
    for row, sample in zip(found["pictures"], samples, strict=True):
        told = sorted([label.kind, *foreign.corners(label, 64, 48)] for label in sample.labels)
        assert [box[0] for box in row["boxes"]] == [box[0] for box in told]
        for box, ours in zip(row["boxes"], told, strict=True):
            assert box[1:] == pytest.approx(ours[1:], abs=0.01)


@pytest.mark.needs_readers
def test_the_importer_of_label_studio_reads_our_coco(readers: Path, tmp_path: Path) -> None:
    root = a_folder(tmp_path / "in", [a_sample(1), a_sample(2, labels=())])
    assert main(["convert", str(root), str(tmp_path / "out"), "--from", "street", "--to", "coco"]) == 0
    made = tmp_path / "tasks.json"
    command = [str(readers.with_name("label-studio-converter")), "import", "coco", "-o", str(made)]
    command += ["-i", str(tmp_path / "out/annotations/instances_train.json")]
    subprocess.run(command, capture_output=True, check=True)
    first, second = (task["annotations"][0]["result"] for task in json.loads(made.read_text()))
    assert second == []
    assert first[0]["value"]["rectanglelabels"] == ["litter"]
    sides = [first[0]["value"][side] for side in ("x", "y", "width", "height")]
    assert sides == pytest.approx([30, 35, 40, 30], abs=0.01)
