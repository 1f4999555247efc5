"""The pages about labels say what the code does: pictures exist, commands parse, both languages cover every kind."""

import re
import shlex
from pathlib import Path

import pytest

from datasets import labels
from datasets.__main__ import parser
from detector.catalog import load_catalog

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / name
    for name in ("docs/howto/label.md", "docs/howto/label.zh.md", "datasets/README.md", "datasets/README.zh.md")
]
IDS = ["label", "label.zh", "readme", "readme.zh"]


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_command_of_a_page_is_understood(page: Path) -> None:
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("python -m datasets")]
    assert lines
    for line in lines:
        assert parser().parse_args(shlex.split(line, comments=True)[3:]).verb


@pytest.mark.parametrize("page", PAGES[:2], ids=IDS[:2])
def test_the_guide_has_a_rule_and_a_picture_for_every_kind(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    heads = " ".join(line for line in text.splitlines() if line.startswith("## "))
    assert [kind.id for kind in load_catalog().kinds if f"`{kind.id}`" not in heads] == []
    assert text.count("](../images/label/") == 10


@pytest.mark.parametrize("page", PAGES[:2], ids=IDS[:2])
def test_the_rows_that_the_guide_shows_are_read(page: Path, tmp_path: Path) -> None:
    (rows,) = re.findall(r"```csv\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "yours.csv").write_text(rows, encoding="utf-8")
    known = labels.read(tmp_path)
    assert (len(known), sum(map(len, known.boxes.values())), len(known.absent)) == (1, 1, 1)


@pytest.mark.parametrize("page", PAGES[2:], ids=IDS[2:])
def test_the_page_of_the_tool_names_every_verb(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    (verbs,) = [action.choices for action in parser()._actions if isinstance(action.choices, dict)]
    assert [verb for verb in verbs if f"`{verb}" not in text] == []
