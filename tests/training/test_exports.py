"""Ultralytics itself reads what `datasets convert --to yolo` writes."""

from pathlib import Path

import pytest

from datasets.__main__ import main
from tests.datasets.build import KINDS, a_folder, a_label, a_sample
from training import unpatched  # noqa: F401 - before anything of Ultralytics


def test_ultralytics_finds_every_picture_and_box_of_an_export(tmp_path: Path) -> None:
    from ultralytics.data.dataset import YOLODataset
    from ultralytics.data.utils import check_det_dataset

    two = (a_label(), a_label("closed_bin", x=0.3, w=0.1))
    root = a_folder(tmp_path / "in", [a_sample(1, labels=two), a_sample(2, labels=()), a_sample(3, role="test")])
    assert main(["convert", str(root), str(tmp_path / "out"), "--from", "street", "--to", "yolo"]) == 0
    card = check_det_dataset(str(tmp_path / "out/data.yaml"), autodownload=False)
    assert tuple(card["names"].values()) == KINDS
    found = YOLODataset(img_path=card["train"], data=card, imgsz=64, augment=False, cache=False, task="detect")
    assert [[KINDS[int(kind)] for kind in one["cls"].ravel()] for one in found.labels] == [["litter", "closed_bin"], []]
    assert found.labels[0]["bboxes"].tolist() == [
        pytest.approx([0.5, 0.5, 0.4, 0.3]),
        pytest.approx([0.3, 0.5, 0.1, 0.3]),
    ]
