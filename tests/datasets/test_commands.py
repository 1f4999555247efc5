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


def test_stats_and_split_answer_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = a_folder(tmp_path, [a_sample(number) for number in range(10)])
    assert main(["stats", str(root)]) == 0
    assert json.loads(capsys.readouterr().out)["yard"]["train"]["pictures"] == 10
    assert main(["split", str(root), "--share", "0.2"]) == 0
    both = json.loads(capsys.readouterr().out)
    assert (len(both["kept"]), len(both["held"])) == (8, 2)


def test_a_mirror_that_is_no_web_address_is_wrong_use(tmp_path: Path) -> None:
    assert main(["fetch", str(a_folder(tmp_path, [a_sample(1)])), "--mirror", "ftp://x"]) == 2
