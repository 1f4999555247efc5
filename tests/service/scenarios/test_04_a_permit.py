"""Scenario 4: tables out in permitted hours are nothing; an hour after the permit they are a nudge."""

from datetime import datetime

from service.domain.states import Role
from tests.build import SHANGHAI, a_detection, a_jpeg
from tests.service.scenarios.desk import Desk, Json

PERMIT = """
[[permits]]
id = "bailu-road-evenings"
name = { en = "Outdoor seating, Bailu Road", zh = "白鹭路夜间外摆" }
conditions = ["out_of_store"]
area = { cameras = ["pole-7"] }
windows = [["18:00", "22:00"]]
"""
NUDGE = ("conditions = []\nwait_min", 'conditions = ["out_of_store"]\nwait_min')


def the_pole_sees_tables(desk: Desk, hour: int) -> Json:
    desk.serving.clock.now = datetime(2026, 11, 25, hour, 0, tzinfo=SHANGHAI)
    told: Json = desk.serving.http.post(
        "/api/cameras/pole-7/frames",
        files={"file": ("frame.jpg", a_jpeg(colour=(hour, 90, 90)))},
        data={"taken_at": desk.serving.clock.now.isoformat()},
        headers=desk.serving.key(Role.CAMERA, "pole-7"),
    ).json()
    return told


def test_tables_out_under_a_permit_are_nothing_and_afterwards_a_nudge(desk: Desk) -> None:
    admin = desk.serving.key(Role.ADMIN)
    desk.serving.add_camera("pole-7")
    desk.serving.model.sees = (a_detection("out_of_store", 0.9),)
    now = desk.serving.http.get("/api/policy", headers=admin).json()
    wish = {"text": now["text"].replace(*NUDGE) + PERMIT, "based_on": now["sha256"], "reason": "the street's permit"}
    assert desk.serving.http.put("/api/policy", json=wish, headers=admin).status_code == 200

    evening = the_pole_sees_tables(desk, 19)
    assert evening["tickets"] == []
    assert [seen["reason"] for seen in evening["observations"]] == ["permit.in_force"]

    night = the_pole_sees_tables(desk, 23)
    (ticket,) = night["tickets"]
    assert (ticket["state"], ticket["outcome"]) == ("nudged", "opened")
    told = desk.see(ticket["id"])
    assert [(line["to"], line["actor"]) for line in told["history"]][-1] == ("nudged", "service")
    assert told["history"][-1]["facts"]["wait_min"] == 30
