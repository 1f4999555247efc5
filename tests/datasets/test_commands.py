"""`python -m datasets` as a person calls it."""

import json
from pathlib import Path

import pytest

from datasets.__main__ import main
from datasets.formats import manifest
from tests.datasets.build import a_folder, a_sample


def test_check_prints_a_line_for_each_fault_and_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = a_folder(tmp_path, [a_sample(1), a_sample(2, group="yard_1", role="test")])
    assert main(["check", str(root)]) == 1
    first, *remarks = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["code"], first["serious"]) == ("split.group_leaks", True)
    assert not any(remark["serious"] for remark in remarks)


def test_check_lays_our_labels_over_and_refuses_rows_about_the_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = a_folder(tmp_path / "set", [a_sample(1, role="test"), a_sample(2)])
    rows = "".join(f"{sample.sha256},closed_bin,absent,,,,\n" for sample in manifest.read(root))
    own = tmp_path / "own"
    own.mkdir()
    (own / "ours.csv").write_text(f"sha256,kind,state,x,y,w,h\n{rows}")
    assert main(["check", str(root), "--labels", str(own)]) == 1
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["code"], first["file"]) == ("labels.refused", "images/yard/0001.png")


def test_check_of_a_clean_folder_exits_0(tmp_path: Path) -> None:
    assert main(["check", str(a_folder(tmp_path, [a_sample(1)]))]) == 0


def test_a_folder_without_a_manifest_exits_1_with_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", str(tmp_path)]) == 1
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "dataset.manifest_missing"


def test_stats_answer_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = a_folder(tmp_path, [a_sample(number) for number in range(10)])
    assert main(["stats", str(root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["yard"]["train"]["pictures"] == 10


def test_stats_are_a_table_on_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = a_folder(tmp_path, [a_sample(1), a_sample(2, role="test", labels=())])
    assert main(["stats", str(root)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["yard", "train", "1", "1"] in lines
    assert ["litter", "test", "1", "1", "0"] in lines


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_plots_are_written_in_the_language_that_is_asked_for(tmp_path: Path, lang: str) -> None:
    root = a_folder(tmp_path / "set", [a_sample(1), a_sample(2, role="test", labels=())])
    assert main(["stats", str(root), "--plots", str(tmp_path / "p"), "--lang", lang, "--format", "svg"]) == 0
    names = ["aspects.svg", "boxes.svg", "negatives.svg", "places.svg", "sizes.svg", "sources.svg"]
    assert sorted(path.name for path in (tmp_path / "p").iterdir()) == names


def test_plots_of_a_set_without_boxes_are_empty_and_no_error(tmp_path: Path) -> None:
    root = a_folder(tmp_path / "set", [a_sample(1, labels=(), labelled=frozenset())])
    assert main(["stats", str(root), "--plots", str(tmp_path / "p")]) == 0


def test_split_writes_a_manifest_with_other_roles_and_nothing_else_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = a_folder(tmp_path, [a_sample(number, note="at, dusk") for number in range(10)])
    before = manifest.read(root)
    assert main(["split", str(root), "--train", "0.6", "--val", "0.2", "--test", "0.2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {role: side["pictures"] for role, side in told["sides"].items()} == {"train": 6, "val": 2, "test": 2}
    assert manifest.read(root) == before
    assert (
        main(["split", str(root), "--out", str(root / "manifest.csv"), "--train", "1", "--val", "0", "--test", "0"])
        == 0
    )
    assert manifest.read(root) == before


@pytest.mark.parametrize("shares", [["--train", "0.9"], ["--train", "-1", "--val", "1", "--test", "1"]])
def test_shares_that_are_no_parts_of_one_are_wrong_use(tmp_path: Path, shares: list[str]) -> None:
    assert main(["split", str(a_folder(tmp_path, [a_sample(1)])), *shares]) == 2


def test_split_with_a_picture_missing_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = a_folder(tmp_path, [a_sample(1)])
    (root / "images/yard/0001.png").unlink()
    assert main(["split", str(root)]) == 1
    assert json.loads(capsys.readouterr().err.splitlines()[-1])["error"]["code"] == "dataset.picture_missing"
    assert main(["split", str(root), "--text-only"]) == 0


def test_a_mirror_that_is_no_web_address_is_wrong_use(tmp_path: Path) -> None:
    assert main(["fetch", str(a_folder(tmp_path, [a_sample(1)])), "--mirror", "ftp://x"]) == 2
