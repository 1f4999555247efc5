"""Scenario 5: the shop clears within 30 minutes of the nudge: self_corrected, no crew, counted apart."""

from datetime import datetime, timedelta

import pytest

from service.domain.states import Role
from tests.build import SHANGHAI, a_detection, a_jpeg
from tests.service.scenarios.desk import Desk, Json

NUDGED_AT = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
TABLES = a_detection("out_of_store", 0.9)


@pytest.fixture
def pole(desk: Desk) -> Desk:
    """A city that tells shops first, and a pole camera before one of them."""
    admin = desk.serving.key(Role.ADMIN)
    now = desk.serving.http.get("/api/policy", headers=admin).json()
    text = now["text"].replace("conditions = []\nwait_min", 'conditions = ["out_of_store"]\nwait_min')
    wish = {"text": text, "based_on": now["sha256"], "reason": "ask first"}
    assert desk.serving.http.put("/api/policy", json=wish, headers=admin).status_code == 200
    desk.serving.add_camera("pole-7")
    desk.keys["pole-7"] = desk.serving.key(Role.CAMERA, "pole-7")
    return desk


def look(desk: Desk, minutes: int, *, tables: bool) -> Json:
    """The pole sends a frame so long after the first."""
    desk.serving.clock.now = NUDGED_AT + timedelta(minutes=minutes)
    desk.serving.model.sees = (TABLES,) if tables else ()
    answer = desk.serving.http.post(
        "/api/cameras/pole-7/frames",
        files={"file": ("frame.jpg", a_jpeg(colour=(minutes, 90, 90)))},
        data={"taken_at": desk.serving.clock.now.isoformat()},
        headers=desk.keys["pole-7"],
    )
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def after_half_an_hour(desk: Desk, ticket: str) -> Json:
    desk.serving.clock.now = NUDGED_AT + timedelta(minutes=30, seconds=1)
    desk.serving.city.timed.run_due()
    return desk.see(ticket)


def test_the_shop_is_told_through_the_outbox_in_words_that_can_be_sent_on(pole: Desk) -> None:
    http, ops = pole.serving.http, pole.keys["ops"]
    ring = [[121.469, 31.229], [121.471, 31.229], [121.471, 31.231], [121.469, 31.231], [121.469, 31.229]]
    shop = {
        "kind": "shop",
        "name": "张记小吃",
        "frontage": ring,
        "doorstep": ["out_of_store"],
        "address": "河东街 12 号",
    }
    shop = http.post("/api/premises", json=shop, headers=ops).json()
    (ticket,) = look(pole, 0, tables=True)["tickets"]
    with pole.serving.city.store.read() as rows:
        (said,) = [event for event in rows.events.after(0, 1000) if event.type == "nudge.sent"]
    assert (said.subject, said.body["number"], said.body["condition"]) == (
        ticket["id"],
        ticket["number"],
        "out_of_store",
    )
    assert (said.body["premises"]["id"], said.body["premises"]["name"]) == (shop["id"], "张记小吃")
    assert said.body["until"] == "2026-11-25T02:30:00Z"
    number = ticket["number"]
    assert said.body["words"]["zh"] == (
        f"张记小吃：您门前责任区发现店外经营，请在 11-25 10:30 前自行整改；届时仍在，将立案处置。编号 {number}。"
    )
    assert said.body["words"]["en"].startswith("张记小吃: Out-of-store operation was seen before your door.")
    (running,) = http.get("/api/nudges", headers=ops).json()["items"]
    assert (running["premises"]["name"], running["until"], running["over"]) == ("张记小吃", said.body["until"], False)
    assert pole.see(ticket["id"])["history"][-1]["facts"]["premises"] == shop["id"]
    after_half_an_hour(pole, ticket["id"])
    assert http.get("/api/nudges", headers=ops).json()["items"] == []


def test_a_nudge_where_no_shop_is_known_says_so(pole: Desk) -> None:
    look(pole, 0, tables=True)
    with pole.serving.city.store.read() as rows:
        (said,) = [event for event in rows.events.after(0, 1000) if event.type == "nudge.sent"]
    assert said.body["premises"] is None
    assert said.body["words"]["zh"].startswith("发现店外经营，请在 11-25 10:30 前自行整改")


def test_a_shop_that_clears_in_time_is_settled_without_a_crew(pole: Desk) -> None:
    (ticket,) = look(pole, 0, tables=True)["tickets"]
    assert ticket["state"] == "nudged"
    look(pole, 8, tables=True)
    look(pole, 25, tables=False)
    told = after_half_an_hour(pole, ticket["id"])
    assert (told["state"], told["resolution"], told["unit"]) == ("self_corrected", "self_corrected", None)
    assert (told["history"][-1]["actor"], told["history"][-1]["reason"]) == ("service", "nudge_gone")


def test_a_shop_that_does_not_is_reported(pole: Desk) -> None:
    (ticket,) = look(pole, 0, tables=True)["tickets"]
    look(pole, 26, tables=True)
    told = after_half_an_hour(pole, ticket["id"])
    assert (told["state"], told["history"][-1]["reason"]) == ("reported", "nudge_still_there")


def test_a_camera_that_did_not_look_gives_no_all_clear(pole: Desk) -> None:
    (ticket,) = look(pole, 0, tables=True)["tickets"]
    told = after_half_an_hour(pole, ticket["id"])
    assert (told["state"], told["history"][-1]["reason"]) == ("reported", "nudge_nobody_looked")


def test_a_shop_is_known_by_the_frontage_that_is_drawn_for_it_wherever_it_lies(pole: Desk) -> None:
    http, ops, admin = pole.serving.http, pole.keys["ops"], pole.serving.key(Role.ADMIN)
    ring = [[121.5, 31.3], [121.5001, 31.3], [121.5001, 31.3001], [121.5, 31.3]]
    shop = http.post("/api/premises", json={"kind": "shop", "name": "李记", "frontage": ring}, headers=ops).json()
    whole = [[0, 0], [1, 0], [1, 1], [0, 1]]
    zone = {"id": "door", "use": "frontage", "polygon": whole, "premises": shop["id"]}
    drawn = http.put("/api/cameras/pole-7/zones", json={"based_on": 0, "zones": [zone]}, headers=admin)
    assert drawn.json()["zones"][0]["premises"] == shop["id"], drawn.text
    (ticket,) = look(pole, 0, tables=True)["tickets"]
    (running,) = http.get("/api/nudges", headers=ops).json()["items"]
    assert running["premises"]["name"] == "李记"
    place = http.get(f"/api/tickets/{ticket['id']}/place", headers=ops).json()
    assert (place["answerable"], [one["name"] for one in place["premises"]]) == (shop["id"], ["李记"])
    (listed,) = http.get("/api/tickets", params={"premises": shop["id"]}, headers=ops).json()["items"]
    assert listed["id"] == ticket["id"]


def test_a_zone_names_only_premises_that_there_are_and_only_as_a_frontage(pole: Desk) -> None:
    whole = [[0, 0], [1, 0], [1, 1]]
    zone = {"id": "door", "use": "frontage", "polygon": whole, "premises": "none"}
    for wish, told in ((zone, (404, "premises.unknown")), ({**zone, "use": "area"}, (422, "request.invalid"))):
        answer = pole.serving.http.put(
            "/api/cameras/pole-7/zones", json={"based_on": 0, "zones": [wish]}, headers=pole.serving.key(Role.ADMIN)
        )
        assert (answer.status_code, answer.json()["code"]) == told
