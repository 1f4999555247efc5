"""A data folder of composed pictures can be made, stopped, gone on with, and traced to its photographs."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from datasets.__main__ import main
from datasets.compose import book
from datasets.compose.lettering import number
from datasets.compose.pictures import open_picture
from datasets.compose.scraps import cut
from datasets.errors import PictureMissing
from datasets.formats import manifest
from datasets.records import Label
from tests.datasets.compose.builders import MARK, a_folder, a_wall


def made(root: Path, out: Path, many: int, seed: int = 1) -> manifest.Manifest:
    book.run(root, out, many, seed, lambda _: None)
    return manifest.read(out)


def test_only_training_photographs_are_used_and_their_rights_are_carried(tmp_path: Path) -> None:
    data = a_folder(tmp_path / "data")
    found = made(data, tmp_path / "out", 6)
    assert len(found) == 6
    for sample in found:
        assert (sample.source, sample.role, sample.licence, sample.credit) == (
            "composed",
            "train",
            "CC BY 4.0",
            "a person",
        )
        assert sample.group in {"composed/day/a", "composed/day/b"}
        assert sample.note.startswith("composed on images/walls/")
        assert "walls/2.jpg" not in sample.note
        assert sample.labelled == {"paper_ad", "spray_mark"}
        assert sample.labels[0].kind == MARK.kind
        assert open_picture(tmp_path / "out" / sample.file).shape[:2] == (sample.height, sample.width)


def test_every_group_that_a_picture_shows_anything_of_is_among_its_origins(tmp_path: Path) -> None:
    data = a_folder(tmp_path / "data")
    for sample in made(data, tmp_path / "out", 4):
        assert book.origins(sample) == {sample.group.removeprefix("composed/")}
    photo = manifest.read(data).samples[0]
    assert book.origins(photo) == {photo.group}
    composed = manifest.read(tmp_path / "out").samples[0]
    note = book.NOTE.format(file=photo.file, sha256=photo.sha256, groups="day/a + day/b")
    assert book.origins(replace(composed, note=note)) == {"day/a", "day/b"}


def test_a_stopped_run_goes_on_and_a_longer_one_begins_with_the_shorter(tmp_path: Path) -> None:
    data, out = a_folder(tmp_path / "data"), tmp_path / "out"
    first = {sample.file: sample.sha256 for sample in made(data, out, 2)}
    times = {file: (out / file).stat().st_mtime_ns for file in first}
    longer = {sample.file: sample.sha256 for sample in made(data, out, 4)}
    assert first.items() < longer.items()
    assert times == {file: (out / file).stat().st_mtime_ns for file in first}


def test_another_seed_adds_to_the_folder(tmp_path: Path) -> None:
    data, out = a_folder(tmp_path / "data"), tmp_path / "out"
    made(data, out, 2, seed=1)
    assert len(made(data, out, 2, seed=2)) == 4


def test_other_labels_never_meet_old_pixels(tmp_path: Path) -> None:
    data, out = a_folder(tmp_path / "data"), tmp_path / "out"
    old = {sample.file for sample in made(data, out, 3)}
    labelled = manifest.read(data)
    more = Label("spray_mark", 0.2, 0.2, 0.1, 0.1)
    relabelled = [replace(sample, labels=(*sample.labels, more)) for sample in labelled]
    manifest.write(data, labelled.kinds, relabelled)
    new = {sample.file for sample in made(data, out, 3)}
    assert not old & new


def test_pictures_of_another_version_are_neither_kept_nor_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, out = a_folder(tmp_path / "data"), tmp_path / "out"
    old = {sample.file for sample in made(data, out, 2)}
    monkeypatch.setattr(book, "CURRENT", "images/composed/v0_")
    new = {sample.file for sample in made(data, out, 2, seed=2)}
    assert len(new) == 2
    assert not old & new


def test_the_command_tells_the_folder_and_the_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = a_folder(tmp_path / "data", 2)
    asked = ["compose", "--data", str(data), "--pictures", "1", "--seed", "3", "--out", str(tmp_path / "out")]
    assert main(asked) == 0
    assert '"pictures": 1' in capsys.readouterr().out


def test_real_paper_is_lifted_off_its_wall() -> None:
    wall = a_wall()
    wall[100:200, 300:380] = (235, 225, 90)
    wall[130:140, 310:370] = (40, 40, 40)
    label = Label("paper_ad", 340 / 480, 150 / 640, 86 / 480, 106 / 640)
    (sheet,) = cut(wall, [label, Label("paper_ad", 0.1, 0.1, 0.02, 0.02), MARK])
    inside, corner = sheet.pixels[50, 40], sheet.pixels[1, 1]
    assert inside[3] > 200
    assert corner[3] < 60
    assert int(inside[2]) < int(inside[0]) - 60


def test_a_file_without_a_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(PictureMissing):
        open_picture(tmp_path / "a.jpg")


def test_no_number_can_exist() -> None:
    for seed in range(200):
        digits = [letter for letter in number(Random(seed)) if letter.isdigit()]
        assert digits[3] == "0"
        assert len(digits) < 10
