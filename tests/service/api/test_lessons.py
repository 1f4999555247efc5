"""What reviewers taught is taken away as a set that CVAT, our tools and those of others read, with its negatives."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from datasets.convert import Told, load
from datasets.formats.facts import COLUMNS
from service.domain.states import Role
from service.lessons import FACTS
from tests.build import a_jpeg
from tests.serving import Serving, send_photo

WORDS = (
    {"verdict": True},
    {"verdict": "other_box", "boxes": [[5, 5, 60, 40]]},
    {"verdict": False, "reason": "looks_alike"},
    {"verdict": False, "reason": "lawful"},
    {"verdict": "other_condition", "condition": "flying_wire"},
)


@pytest.fixture
def reviewed(serving: Serving) -> Serving:
    """Five photos of litter, each judged in another way."""
    for n, word in enumerate(WORDS):
        photo = a_jpeg(width=320, height=240, colour=(90, 120, 10 * n))
        sent = send_photo(serving.http, photo, serving.key(Role.INSPECTOR), lat=f"31.2{n}", lon="121.47")
        seen = sent.json()["observations"][0]["id"]
        said = serving.http.post(f"/api/observations/{seen}/verdict", json=word, headers=serving.key(Role.OPS))
        assert said.status_code == 200, said.text
    return serving


def taken_away(serving: Serving, folder: Path, query: str = "") -> Path:
    answer = serving.http.get(f"/api/exports/reviewed.zip{query}", headers=serving.key(Role.OPS))
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(folder)
    return folder


def test_a_set_says_what_stands_what_is_absent_and_what_nobody_told(reviewed: Serving, tmp_path: Path) -> None:
    folder = taken_away(reviewed, tmp_path / "set")
    loaded = load("cvat", folder, Told("reviewed"))
    told = sorted((" ".join(label.kind for label in one.labels), sorted(one.labelled)) for one in loaded.samples)
    litter = ["litter", "overflowing_bin"]
    assert told == [("", litter), ("flying_wire", litter), ("litter", []), ("litter", litter)]
    drawn = next(one for one in loaded.samples if one.labelled and one.count("litter"))
    assert drawn.labels[0].xyxy == pytest.approx((5 / 320, 5 / 240, 60 / 320, 40 / 240))
    assert all(path.is_file() for path in loaded.pictures.values())
    provenance = json.loads((folder / "provenance.json").read_text())
    assert (provenance["pictures"], provenance["negatives"]) == (4, 1)
    assert provenance["boxes"] == {"flying_wire": 1, "litter": 2}


def test_facts_have_the_columns_that_our_tools_read() -> None:
    assert FACTS == COLUMNS


def test_only_words_of_the_asked_time_are_in_it_and_taking_them_away_is_on_record(
    reviewed: Serving, tmp_path: Path
) -> None:
    folder = taken_away(reviewed, tmp_path / "none", "?judged_from=2099-01-01T00:00:00Z")
    assert json.loads((folder / "provenance.json").read_text())["pictures"] == 0
    (line,) = reviewed.http.get("/api/audit?action=lessons.exported", headers=reviewed.key(Role.CHIEF)).json()["items"]
    assert line["facts"] == {"pictures": 0, "negatives": 0, "boxes": 0}


@pytest.mark.needs_readers
def test_the_reader_of_others_reads_it_with_its_negatives(reviewed: Serving, readers: Path, tmp_path: Path) -> None:
    folder = taken_away(reviewed, tmp_path / "set")
    script = Path(__file__).parents[2] / "datasets" / "read_elsewhere.py"
    ran = subprocess.run([str(readers), str(script), "cvat", str(folder)], capture_output=True, text=True, check=True)
    pictures = json.loads(ran.stdout.splitlines()[-1])["pictures"]
    assert sorted([box[0] for box in picture["boxes"]] for picture in pictures) == [
        [],
        ["flying_wire"],
        ["litter"],
        ["litter"],
    ]
