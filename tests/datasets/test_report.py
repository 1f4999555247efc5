"""The page of a check: whole in one file, escaped, in two languages, with pictures of what is wrong."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from datasets import check, report
from datasets.__main__ import main
from datasets.drawing import Mark, drawn
from datasets.formats import manifest
from datasets.records import Manifest
from datasets.words import FAULTS, PLOTS, ROLES
from detector.annotate import can_write
from tests.datasets.build import a_folder, a_label, a_sample

ROOT = Path(__file__).resolve().parents[2]


class Page(HTMLParser):
    """What a browser would fetch, and the open tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.asked += [value or "" for name, value in attrs if name in ("src", "href")]


@pytest.fixture
def faulty(tmp_path: Path) -> tuple[Path, Manifest]:
    root = a_folder(tmp_path / "set", [a_sample(1, labels=(a_label(x=0.95),)), a_sample(2, role="test")])
    (root / "images/yard/0002.png").unlink()
    return root, manifest.read(root)


def test_the_command_writes_a_page_and_every_fault_as_a_line(tmp_path: Path, faulty: tuple[Path, Manifest]) -> None:
    assert main(["check", str(faulty[0]), "--report", str(tmp_path / "out")]) == 1
    page = Page((tmp_path / "out/index.html").read_text(encoding="utf-8"))
    assert all(one.startswith(("data:image/jpeg;base64,", "#")) for one in page.asked)
    assert page.tags.count("img") == 1
    assert "script" not in page.tags
    lines = [json.loads(line) for line in (tmp_path / "out/faults.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {"label.outside", "picture.missing"} <= {line["code"] for line in lines}


def test_words_of_the_set_never_become_markup(faulty: tuple[Path, Manifest]) -> None:
    root, found = faulty
    nasty = "<script>alert(1)</script>&\"'"
    faults = [check.Fault("licence.forbidden", nasty, {"licence": nasty}), check.Fault(nasty, "", {nasty: nasty})]
    text = report.page(root, replace(found, samples=()), faults)
    assert "<script" not in text
    assert "script" not in Page(text).tags


def test_a_look_alike_stands_beside_the_picture_that_it_looks_like(faulty: tuple[Path, Manifest]) -> None:
    root, found = faulty
    like = found.samples[0].file
    text = report.page(root, found, [check.Fault("split.near_duplicate", like, {"like": like, "bits": 0})])
    assert Page(text).tags.count("img") == 2
    assert "grid pairs" in text


def test_only_some_pictures_of_a_fault_are_shown_and_the_page_says_so(faulty: tuple[Path, Manifest]) -> None:
    root, found = faulty
    faults = [check.Fault("licence.missing", found.samples[0].file)] * (report.SHOWN + 5)
    assert Page(report.page(root, found, faults)).tags.count("figure") == report.SHOWN
    assert f"{report.SHOWN} of {report.SHOWN + 5} shown" in report.page(root, found, faults)


def test_every_fault_that_the_check_knows_has_words_in_both_languages() -> None:
    source = "".join((ROOT / f"datasets/{name}.py").read_text() for name in ("check", "commands", "pictures"))
    codes = set(re.findall(r'"((?:licence|label|labels|picture|split|kind)\.[a-z_]+)"', source))
    assert codes == FAULTS.keys()
    assert all(name.en and name.zh for names in FAULTS.values() for name in names)


def test_a_box_is_drawn_where_it_is_even_at_the_edge_and_beyond() -> None:
    image = np.full((100, 200, 3), 255, np.uint8)
    marks = [Mark(a_label(x=0.5, y=0.5, w=0.5, h=0.5), "#ff0000", "a"), Mark(a_label(x=1.2, w=0.1), "#00ff00", "b")]
    shown = drawn(image, marks, 100)
    assert shown.shape == (50, 100, 3)
    assert tuple(shown[37, 40]) == (255, 0, 0)
    assert tuple(shown[25, 99]) == (0, 255, 0)
    assert cv2.countNonZero(cv2.inRange(shown, (255, 255, 255), (255, 255, 255))) > 1000


def test_the_font_of_captions_and_plots_has_every_sign() -> None:
    assert can_write("paper_ad 0.51 (12)")
    names = [*PLOTS.values(), *ROLES.values(), *(name for both in FAULTS.values() for name in both)]
    assert [name.zh for name in names if not can_write(name.zh)] == []
