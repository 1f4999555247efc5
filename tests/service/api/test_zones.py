"""Zones are drawn through the API, kept in versions, and decide what counts; why is told for any moment."""

import json
from datetime import timedelta
from typing import Any, get_args

import httpx
import numpy as np
import pytest

from detector.decisions import Cause, Reason
from service.domain.states import Role
from tests.build import a_detection
from tests.conftest import ROOT
from tests.detector.build import a_file
from tests.serving import Serving

Json = dict[str, Any]
EVERYWHERE = [[0, 0], [1, 0], [1, 1], [0, 1]]
NOWHERE_NEAR = [[0.9, 0], [1, 0], [1, 0.1]]


@pytest.fixture
def pole(serving: Serving) -> Serving:
    serving.add_camera("pole")
    return serving


def a_street(seed: int) -> bytes:
    """A picture with something on it, another one for every seed."""
    noise = np.random.default_rng(seed).integers(40, 220, (48, 64, 3), np.uint8)
    return a_file(np.kron(noise, np.ones((10, 10, 1), np.uint8)))


def draw(serving: Serving, role: Role = Role.ADMIN, camera: str = "pole", **wish: Any) -> httpx.Response:
    body = {"based_on": 0, "zones": [], **wish}
    return serving.http.put(f"/api/cameras/{camera}/zones", json=body, headers=serving.key(role))


def push(serving: Serving, camera: str = "pole", *, colour: int = 1, **form: str) -> Json:
    answer = serving.http.post(
        f"/api/cameras/{camera}/frames",
        files={"file": ("frame.jpg", a_street(colour))},
        data={"taken_at": serving.clock().isoformat(), **form},
        headers=serving.key(Role.CAMERA, camera),
    )
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def why_not(serving: Serving, **asked: str) -> list[Json]:
    answer = serving.http.get("/api/cameras/pole/decisions", params=asked, headers=serving.key(Role.OPS))
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


def test_what_is_drawn_is_told_again_and_every_version_is_in_the_trail(pole: Serving) -> None:
    place = {"lat": 31.2, "lon": 121.4, "accuracy_m": None}
    zone = {"id": "shop-12", "use": "frontage", "polygon": EVERYWHERE, "conditions": [], "place": place}
    zone["premises"] = None
    answer = draw(pole, zones=[zone], shapes={"litter": {"min_side_px": 24}}, reason="新开的店")
    assert answer.status_code == 200, answer.text
    told = pole.http.get("/api/cameras/pole/zones", headers=pole.key(Role.VIEWER)).json()
    assert (told["version"], told["zones"]) == (1, [zone])
    assert told["shapes"] == {"litter": {"min_side_px": 24, "min_ratio": 0, "max_ratio": None}}
    assert draw(pole, zones=[zone], shapes={"litter": {"min_side_px": 24}}).json()["version"] == 1
    stale = draw(pole, zones=[])
    assert (stale.status_code, stale.json()["code"]) == (409, "zones.changed")
    assert draw(pole, based_on=1, zones=[]).json()["version"] == 2
    trail = pole.http.get("/api/audit", headers=pole.key(Role.ADMIN)).json()["items"]
    assert [line["facts"]["version"] for line in trail if line["action"] == "camera.zones_changed"] in ([1, 2], [2, 1])


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"zones": [{"id": "a", "use": "mask", "polygon": [[0, 0], [1, 1]]}]}, 422),
        ({"zones": [{"id": "a", "use": "mask", "polygon": [[0, 0], [1, 1], [2, 0]]}]}, 422),
        ({"zones": [{"id": "a", "use": "hole", "polygon": EVERYWHERE}]}, 422),
        ({"zones": [{"id": "a", "use": "mask", "polygon": EVERYWHERE, "conditions": ["noise"]}]}, 422),
        ({"zones": [{"id": "a", "use": "mask", "polygon": EVERYWHERE}] * 2}, 422),
        ({"shapes": {"litter": {"min_ratio": 3, "max_ratio": 2}}}, 422),
        ({"based_on": 7}, 409),
    ],
)
def test_what_cannot_be_drawn_is_refused(pole: Serving, wish: Json, status: int) -> None:
    assert draw(pole, **wish).status_code == status


def test_only_an_administrator_draws_and_only_for_cameras_that_there_are(pole: Serving) -> None:
    assert draw(pole, Role.OPS).status_code == 403
    assert draw(pole, camera="nobody").json()["code"] == "camera.unknown"
    assert pole.http.get("/api/cameras/nobody/zones", headers=pole.key(Role.OPS)).json()["code"] == "camera.unknown"


def test_a_mask_keeps_a_frame_from_being_evidence_and_says_so(pole: Serving) -> None:
    draw(pole, zones=[{"id": "tree", "use": "mask", "polygon": EVERYWHERE, "conditions": ["litter"]}])
    told = push(pole)
    assert (told["tickets"], told["observations"], told["frame"]["evidence_id"]) == ([], [], None)
    assert told["decisions"] == [{"condition": "litter", "zone": None, "reason": "masked"}]
    (kept,) = why_not(pole, at=pole.clock().isoformat(), condition="litter")
    assert (kept["reason"], kept["looks"], kept["observation_id"]) == ("masked", 1, None)
    assert kept["things"][0]["xyxy"] == [10, 20, 110, 220]


def test_a_condition_with_an_area_counts_only_there(pole: Serving) -> None:
    draw(pole, zones=[{"id": "yard", "use": "area", "polygon": NOWHERE_NEAR, "conditions": ["litter"]}])
    assert push(pole)["decisions"][0]["reason"] == "outside_zone"
    draw(pole, based_on=1, zones=[{"id": "yard", "use": "area", "polygon": EVERYWHERE, "conditions": ["litter"]}])
    told = push(pole, colour=2)
    assert told["decisions"] == [{"condition": "litter", "zone": "yard", "reason": "seen"}]
    assert len(told["tickets"]) == 1


def test_two_zones_before_one_camera_are_two_problems(pole: Serving) -> None:
    west = {"id": "west", "use": "area", "polygon": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}
    east = {"id": "east", "use": "area", "polygon": [[0.5, 0], [1, 0], [1, 1], [0.5, 1]]}
    draw(pole, zones=[west, east])
    first = push(pole)["tickets"]
    pole.model.sees = (a_detection("litter", 0.8), _moved(a_detection("litter", 0.7), 400))
    both = push(pole, colour=2)["tickets"]
    assert [ticket["outcome"] for ticket in both] == ["opened", "seen_again"]
    assert {ticket["id"] for ticket in first} < {ticket["id"] for ticket in both}


def test_why_there_is_a_ticket_is_told_box_by_box(pole: Serving) -> None:
    (ticket,) = push(pole)["tickets"]
    told = pole.http.get(f"/api/tickets/{ticket['id']}/why", headers=pole.key(Role.VIEWER)).json()
    (line,) = told["items"]
    assert (line["outcome"], line["source"], line["decision"]["reason"]) == ("opened", "pole", "seen")
    assert line["decision"]["things"][0]["score"] == 0.8
    assert line["decision"]["ticket_id"] == ticket["id"]
    nobody = pole.http.get("/api/tickets/tic_0/why", headers=pole.key(Role.VIEWER))
    assert nobody.json()["code"] == "ticket.unknown"


def test_a_stream_of_pushed_frames_waits_for_what_lasts_and_tells_at_any_moment_why(pole: Serving) -> None:
    changed = pole.http.patch("/api/cameras/pole", json={"frames": "stream"}, headers=pole.key(Role.ADMIN))
    assert changed.json()["frames"] == "stream"
    began, told = pole.clock(), []
    for look in range(4):
        told.append(push(pole, colour=look + 1))
        pole.clock.forward(timedelta(seconds=10))
    assert [one["decisions"][0]["reason"] for one in told] == [
        "too_few_hits",
        "too_few_hits",
        "opened",
        "told_recently",
    ]
    assert [len(one["tickets"]) for one in told] == [0, 0, 1, 0]
    at = [(began + timedelta(seconds=seconds)).isoformat() for seconds in (5, 25)]
    before, after = (why_not(pole, at=moment, condition="litter")[0] for moment in at)
    assert (before["reason"], after["reason"]) == ("too_few_hits", "opened")
    assert after["outcome"] == "opened"
    assert why_not(pole, at=(began - timedelta(days=1)).isoformat()) == []
    assert [one["looks"] for one in why_not(pole)] == [1, 1, 2]
    ticket = told[2]["tickets"][0]["id"]
    (line,) = pole.http.get(f"/api/tickets/{ticket}/why", headers=pole.key(Role.VIEWER)).json()["items"]
    assert [(one["reason"], one["looks"]) for one in line["before"]] == [("too_few_hits", 2)]


def test_the_same_frame_sent_again_is_no_second_hit(pole: Serving) -> None:
    pole.http.patch("/api/cameras/pole", json={"frames": "stream"}, headers=pole.key(Role.ADMIN))
    assert {push(pole)["decisions"][0]["reason"] for _ in range(5)} == {"too_few_hits"}


def test_a_page_of_decisions_leads_to_the_next(pole: Serving) -> None:
    for look in range(3):
        push(pole, colour=look + 1)
        pole.clock.forward(timedelta(minutes=1))
    first = pole.http.get("/api/cameras/pole/decisions?limit=2", headers=pole.key(Role.OPS)).json()
    second = pole.http.get(f"/api/cameras/pole/decisions?limit=2&cursor={first['next']}", headers=pole.key(Role.OPS))
    assert (len(first["items"]), len(second.json()["items"]), second.json()["next"]) == (2, 1, None)


def test_a_camera_is_changed_and_what_does_not_hold_together_is_refused(pole: Serving) -> None:
    def change(**wish: Any) -> httpx.Response:
        return pole.http.patch("/api/cameras/pole", json=wish, headers=pole.key(Role.ADMIN))

    told = change(height_m=6, pitch_deg=30, fov_deg=80, name="七号杆").json()
    assert (told["height_m"], told["pitch_deg"], told["fov_deg"], told["name"]) == (6, 30, 80, "七号杆")
    assert change(height_m=None).json()["height_m"] is None
    assert change(disabled=True).json()["state"] == "off"
    assert change(disabled=False).json()["state"] == "pushed"
    assert change(pitch_deg=120).json()["facts"] == {"field": "pitch_deg", "problem": "out_of_range"}
    assert change(url="file:///etc/passwd").status_code == 422
    assert change(kind="moving").status_code == 422
    assert pole.http.patch("/api/cameras/pole", json={}, headers=pole.key(Role.OPS)).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_and_cause_has_its_words(language: str) -> None:
    texts = json.loads((ROOT / "service/web/i18n" / f"{language}.json").read_text(encoding="utf-8"))["decisions"]
    assert {*get_args(Reason), "unchanged", "dropped"} == texts.keys() - {"causes"}
    assert set(get_args(Cause)) == texts["causes"].keys()


def test_a_frame_that_is_sent_again_leaves_one_reason(pole: Serving) -> None:
    for _ in range(3):
        push(pole)
    assert [one["reason"] for one in why_not(pole)] == ["seen"]


def _moved(box: Any, right: float) -> Any:
    from detector.types import Box, Detection

    x0, y0, x1, y1 = box.box.xyxy
    return Detection(box.kind, box.condition, box.score, Box(x0 + right, y0, x1 + right, y1))
