"""Contact sheets show what was asked for, the same with the same seed."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from datasets import sheets
from datasets.__main__ import main
from datasets.errors import KindUnknown
from tests.datasets.build import a_folder, a_label, a_manifest, a_sample


@pytest.fixture
def root(tmp_path: Path) -> Path:
    samples = [
        a_sample(1),
        a_sample(2, labels=(a_label(), a_label("closed_bin", x=0.2, w=0.1))),
        a_sample(3, labels=()),
    ]
    return a_folder(tmp_path / "set", [*samples, a_sample(4, role="test")])


@pytest.mark.parametrize(
    ("flags", "tiles"),
    [
        ([], 4),
        (["--kind", "litter"], 3),
        (["--kind", "litter", "--role", "test"], 1),
        (["--missing", "closed_bin"], 3),
        (["--kind", "litter", "--crops"], 3),
        (["--crops"], 4),
        (["--most", "2"], 2),
        (["--kind", "overflowing_bin"], 0),
    ],
)
def test_a_sheet_has_a_tile_for_each_picture_or_box(
    root: Path, tmp_path: Path, flags: list[str], tiles: int, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out/sheet.png"
    assert main(["sheet", str(root), "--columns", "2", "--tile", "64", "--out", str(out), *flags]) == 0
    assert json.loads(capsys.readouterr().out)["tiles"] == tiles
    rows, columns = max(1, -(-tiles // 2)), min(2, max(1, tiles))
    assert cv2.imread(str(out)).shape[:2] == (rows * 70 + 6, columns * 70 + 6)


def test_the_same_seed_gives_the_same_sheet_and_another_seed_another(root: Path, tmp_path: Path) -> None:
    made = []
    for number, seed in enumerate(("a", "a", "b", "c")):
        out = tmp_path / f"{number}.png"
        assert main(["sheet", str(root), "--out", str(out), "--tile", "48", "--seed", seed, "--columns", "4"]) == 0
        made.append(out.read_bytes())
    assert made[0] == made[1]
    assert len(set(made)) > 1


def test_a_crop_holds_its_box_and_a_margin_even_at_the_edge() -> None:
    image = np.zeros((100, 200, 3), np.uint8)
    for label in (a_label(x=0.5, y=0.5, w=0.2, h=0.2), a_label(x=0.02, y=0.98, w=0.04, h=0.04)):
        cut, inside = sheets._cut(image, label)
        assert inside.w * cut.shape[1] == pytest.approx(label.w * 200)
        assert inside.h * cut.shape[0] == pytest.approx(label.h * 100)
        assert min(inside.xyxy) >= 0
        assert max(inside.xyxy) <= 1


def test_a_missing_picture_leaves_an_empty_tile(root: Path, tmp_path: Path) -> None:
    (root / "images/yard/0001.png").unlink()
    for flags in ([], ["--crops"]):
        assert main(["sheet", str(root), "--out", str(tmp_path / "a.png"), *flags]) == 0


def test_a_kind_that_the_set_has_not_is_named() -> None:
    with pytest.raises(KindUnknown):
        sheets.pictures_of(a_manifest(a_sample(1)), "unicorn")


def test_a_sheet_without_columns_is_wrong_use(root: Path, tmp_path: Path) -> None:
    assert main(["sheet", str(root), "--out", str(tmp_path / "a.png"), "--columns", "0"]) == 2
