"""Scenario 7: one number in 12 places: one dossier, a letter listing 12 with evidence hashes, a restore step."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.build import a_jpeg, a_place
from tests.service.scenarios.desk import Desk
from tests.serving import send_photo

NUMBER = "13800138000"


def read_on_a_wall(desk: Desk, place: int) -> str:
    """The inspector photographs an ad and types the number; the hash of the photo."""
    desk.serving.model.sees = ()
    spot, http, keys = a_place(metres_east=100.0 * place), desk.serving.http, desk.keys["inspector"]
    photo = a_jpeg(colour=(place, 90, 90))
    sent = send_photo(http, photo, keys, lat=str(spot.lat), lon=str(spot.lon), condition="illegal_ad").json()
    wish = {"number": "138 0013 8000", "observation_id": sent["observations"][0]["id"]}
    assert http.post("/api/dossiers/readings", json=wish, headers=keys).status_code == 201
    return str(sent["photo"]["sha256"])


def say(desk: Desk, who: str, word: str) -> str:
    path = f"/api/dossiers/{NUMBER}/words"
    answer = desk.serving.http.post(path, json={"word": word}, headers=desk.keys[who]).json()
    return str(answer.get("state") or answer["code"])


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_twelve_places_one_dossier_a_letter_with_twelve_hashes_and_a_restore_step(desk: Desk, tmp_path: Path) -> None:
    hashes = [read_on_a_wall(desk, place) for place in range(12)]
    (dossier,) = desk.serving.http.get("/api/dossiers", headers=desk.keys["ops"]).json()["items"]
    assert (dossier["number"], dossier["readings"], dossier["state"]) == (NUMBER, 12, "doubtful")

    assert say(desk, "ops", "settle") == "dossier.not_confirmed"
    assert [say(desk, who, "confirm") for who in ("ops", "ops", "chief")] == [
        "doubtful",
        "dossier.same_person",
        "confirmed",
    ]

    wish = f"/api/dossiers/{NUMBER}/letter"
    letter = desk.serving.http.post(wish, json={}, headers=desk.keys["ops"]).json()["number"]
    file = desk.serving.http.get(f"/api/letters/{letter}", params={"lang": "en"}, headers=desk.keys["ops"])
    (tmp_path / "letter.pdf").write_bytes(file.content)
    told = subprocess.run(["pdftotext", str(tmp_path / "letter.pdf"), "-"], capture_output=True, check=True, text=True)
    printed = "".join(told.stdout.split())
    assert [sha256 for sha256 in hashes if sha256 not in printed] == []

    assert [say(desk, "ops", word) for word in ("settle", "restore")] == ["settled", "restored"]
