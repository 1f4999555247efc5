"""Scenario 8: a thin dark wire at night: a candidate for review, not filed by the machine; 4 working hours; the owner
from the city's table."""

from datetime import datetime, timedelta

import numpy as np

from detector.types import Box, Detection
from service.domain.states import Role
from tests.build import SHANGHAI
from tests.service.scenarios.desk import Desk
from tests.service.scenarios.views import a_pole, decided, picture, tickets, watch

NIGHT = datetime(2026, 11, 25, 22, 30, tzinfo=SHANGHAI)
WIRE = Detection("flying_wire", "flying_wire", 0.52, Box(600, 40, 640, 560))
FILES_WIRES = "[auto_filing]                 # none: a person always looks first\nconditions = []"


def test_a_wire_at_night_waits_for_a_person_and_then_has_four_working_hours(desk: Desk) -> None:
    admin = desk.serving.key(Role.ADMIN)
    now = desk.serving.http.get("/api/policy", headers=admin).json()
    text = now["text"].replace(FILES_WIRES, FILES_WIRES.replace("[]", '["flying_wire"]'))
    assert text != now["text"]
    wish = {"text": text, "based_on": now["sha256"], "reason": "a machine may file wires once it has earned it"}
    assert desk.serving.http.put("/api/policy", json=wish, headers=admin).status_code == 200

    desk.serving.clock.now = NIGHT
    desk.serving.model.sees = (WIRE,)
    pole, dark = a_pole(desk), (picture("wire-zhuhang") * 0.3).astype(np.uint8)
    watch(desk, pole, dark, 2)
    watch(desk, pole, dark, 13)
    (ticket,) = tickets(desk)
    assert (ticket["condition"], ticket["state"], ticket["due_at"]) == ("flying_wire", "candidate", None)
    assert decided(desk, "flying_wire")["is_lasting"]
    why = desk.serving.http.get(f"/api/tickets/{ticket['id']}/why", headers=desk.keys["ops"]).json()
    assert why["held"] == "persistence.not_yet"
    assert {line["decision"]["reason"] for line in why["items"]} == {"opened", "seen_again", "lasted"}

    desk.walk(ticket["id"], "reported", "filed", "dispatched")
    told = desk.see(ticket["id"])
    assert told["unit"] == "housing"
    assert datetime.fromisoformat(told["due_at"]).astimezone(SHANGHAI) == datetime(2026, 11, 26, 12, tzinfo=SHANGHAI)


def test_one_look_at_a_shadow_is_no_wire(desk: Desk) -> None:
    desk.serving.clock.now = NIGHT
    desk.serving.model.sees = (WIRE,)
    pole, dark = a_pole(desk), (picture("wire-zhuhang") * 0.3).astype(np.uint8)
    watch(desk, pole, dark, 1)
    desk.serving.model.sees = ()
    watch(desk, pole, dark, 5, every=timedelta(seconds=30))
    assert tickets(desk) == []
