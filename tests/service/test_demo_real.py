"""Real photos in the demo: from the shared folder, else from fetched samples, else none."""

from pathlib import Path

from service.demo.real import real_pictures
from tests.build import a_jpeg


def a_folder(root: Path, source: str = "cn_garbage", role: str = "test") -> Path:
    (root / "images").mkdir(parents=True)
    (root / "images/one.jpg").write_bytes(a_jpeg())
    head = "file,set,role,n_litter,n_overflowing_bin"
    (root / "manifest.csv").write_text(f"{head}\nimages/one.jpg,{source},{role},1,1\n", encoding="utf-8")
    return root


def test_the_first_folder_that_is_there_gives_the_photos(tmp_path: Path) -> None:
    samples = a_folder(tmp_path / "samples")
    assert [row["file"] for row in real_pictures(tmp_path / "absent", samples)] == [str(samples / "images/one.jpg")]


def test_training_photos_and_other_sets_are_not_shown(tmp_path: Path) -> None:
    assert real_pictures(a_folder(tmp_path / "a", role="train")) == []
    assert real_pictures(a_folder(tmp_path / "b", source="athens_walls")) == []


def test_without_any_folder_there_are_none(tmp_path: Path) -> None:
    assert real_pictures(tmp_path / "absent") == []
