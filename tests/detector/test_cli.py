"""`python -m detector detect`: a line a picture, an error a broken one, nothing else on stdout."""

import io
import json
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures

from detector.__main__ import main
from tests.detector.build import Row, a_card, a_file, a_picture

LITTER: Row = (100, 100, 300, 250, 0.9, 0)
BIN: Row = (320, 100, 400, 250, 0.7, 1)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return a_card(tmp_path / "weights", [LITTER, BIN])


@pytest.fixture
def street(tmp_path: Path) -> Path:
    folder = tmp_path / "street"
    (folder / "north").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(a_file(a_picture(640, 640)))
    (folder / "north" / "b.png").write_bytes(a_file(a_picture(1280, 640), "PNG"))
    (folder / "notes.txt").write_text("not a picture")
    return folder


@dataclass(frozen=True, slots=True)
class Ran:
    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object, cwd: Path | None = None) -> Ran:
    """The command inside this process, far from a terminal."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), chdir(cwd or Path.cwd()):
        try:
            status = main(["detect", *map(str, arguments)])
        except SystemExit as left:
            status = int(left.code or 0)
    return Ran(status, out.getvalue(), err.getvalue())


def run_apart(line: str) -> Ran:
    """The command as a stranger runs it in a shell."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = f"{sys.executable} -m detector detect {line}"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def lines(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_folder_gives_a_json_line_a_picture_in_pixels_of_each(card: Path, street: Path) -> None:
    ran = run_apart(f"{street} --weights {card} --json")
    assert (ran.returncode, ran.stderr) == (0, "")
    first, second = lines(ran)
    assert first == {
        "file": str(street / "a.jpg"),
        "width": 640,
        "height": 640,
        "detections": [
            {"kind": "litter", "condition": "litter", "score": 0.9, "xyxy": [100, 100, 300, 250]},
            {"kind": "closed_bin", "condition": None, "score": 0.7, "xyxy": [320, 100, 400, 250]},
        ],
    }
    assert second["file"] == str(street / "north" / "b.png")
    assert second["detections"][0]["xyxy"] == [200, 200, 600, 500]


def test_a_broken_picture_is_a_line_and_the_rest_goes_on(card: Path, street: Path) -> None:
    (street / "0_empty.jpg").write_bytes(b"")
    (street / "1_page.jpg").write_bytes(b"<html>")
    (street / "2_cut.jpg").write_bytes(a_file()[:900])
    ran = run(street, street / "gone.jpg", "--weights", card, "--json")
    assert ran.returncode == 1
    told = lines(ran)
    codes = ["photo.empty", "photo.not_an_image", "photo.truncated"]
    assert [line["error"]["code"] for line in told[:3]] == codes
    assert [len(line["detections"]) for line in told[3:5]] == [2, 2]
    assert told[5] == {
        "file": str(street / "gone.jpg"),
        "error": {"code": "photo.not_found", "facts": {"why": "No such file or directory"}},
    }


def test_patterns_and_files_are_found_once_and_named_as_found(card: Path, street: Path) -> None:
    ran = run("street/**/*.png", "street/a.jpg", "street", "--weights", card, "--json", cwd=street.parent)
    assert [line["file"] for line in lines(ran)] == ["street/north/b.png", "street/a.jpg"]


def test_a_lower_score_finds_more_and_a_higher_one_less(tmp_path: Path, street: Path) -> None:
    card = a_card(tmp_path / "weights", [LITTER, (0, 0, 50, 50, 0.2, 2)])
    for score, count in (("0", 2), ("0.1", 2), ("0.5", 1), ("0.95", 0)):
        (line,) = lines(run(street / "a.jpg", "--weights", card, "--json", "--min-score", score))
        assert len(line["detections"]) == count


def test_copies_show_the_boxes_and_keep_the_folders(card: Path, street: Path, tmp_path: Path) -> None:
    assert main(["detect", str(street), "--weights", str(card), "--save", str(tmp_path / "out"), "--lang", "zh"]) == 0
    copies = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.jpg"))
    assert copies == ["a.jpg", "north/b.png.jpg"]
    image = np.asarray(Pictures.open(tmp_path / "out" / "a.jpg")).astype(int)
    assert np.abs(image[180, 100] - [0x05, 0x96, 0x69]).max() < 60
    assert np.abs(image[180, 200] - a_picture(640, 640)[180, 200]).max() < 12


def test_without_json_it_is_told_in_the_language_that_was_asked_for(card: Path, street: Path) -> None:
    assert run(street / "a.jpg", "--weights", card).stdout.splitlines() == [
        f"{street / 'a.jpg'}  640 x 640",
        "  0.90  Litter  (100, 100) to (300, 250)",
        "  0.70  Closed bin  (320, 100) to (400, 250)",
    ]
    assert "散落垃圾" in run(street, "--weights", card, "--lang", "zh").stdout
    assert run(street, "--weights", card).stdout.endswith("2 pictures, 4 boxes, 0 failed\n")


@pytest.mark.parametrize(
    "wrong",
    [
        ["--json"],
        ["a.jpg", "--min-score", "2"],
        ["a.jpg", "--min-score", "much"],
        ["a.jpg", "--threads", "0"],
        ["a.jpg", "--weights", "none.toml"],
        ["a.jpg", "--lang", "fr"],
        ["a.jpg", "--unknown"],
        ["gone.jpg"],
        ["empty"],
        ["*.tiff"],
    ],
)
def test_wrong_use_is_told_on_stderr_with_two(card: Path, street: Path, wrong: list[str]) -> None:
    (street / "empty").mkdir()
    ran = run("--weights", card, *wrong, "--json", cwd=street)
    assert ran.returncode == 2
    assert not [line for line in lines(ran) if "error" not in line]


def test_weights_that_were_changed_never_run(card: Path, street: Path) -> None:
    file = card.with_name("tiny.onnx")
    file.write_bytes(file.read_bytes() + b"\0")
    ran = run(street, "--weights", card, "--json")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "weights.hash_mismatch" in ran.stderr


def test_a_folder_of_copies_that_cannot_be_made_is_wrong_use(card: Path, street: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    ran = run(street, "--weights", card, "--save", tmp_path / "taken" / "out")
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr


def test_a_reader_that_leaves_early_sees_no_traceback(card: Path, street: Path) -> None:
    for i in range(40):
        (street / f"{i}.jpg").write_bytes(a_file())
    ran = run_apart(f"{street} --weights {card} --json | head -n 1")
    assert len(ran.stdout.splitlines()) == 1
    assert ran.stderr == ""
