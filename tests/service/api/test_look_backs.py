"""Where somebody has to look back, because no camera could."""

from datetime import timedelta
from typing import Any

import pytest

from service.domain.states import Role
from tests.build import a_place
from tests.service.scenarios.desk import Desk
from tests.serving import Serving


@pytest.fixture
def desk(serving: Serving) -> Desk:
    return Desk.of(serving)


def look_backs(desk: Desk, **query: str) -> list[dict[str, Any]]:
    desk.serving.city.timed.run_due()
    told = desk.serving.http.get("/api/look-backs", params=query, headers=desk.keys["inspector"])
    assert told.status_code == 200, told.text
    return list(told.json()["items"])


def a_closed(desk: Desk) -> str:
    ticket = desk.report()
    desk.walk(ticket, "filed", "dispatched", "in_progress", "handled", "checking")
    desk.show("ops", ticket, "after", a_place())
    assert desk.move("ops", ticket, "closed", resolution="fixed").status_code == 200
    return ticket


def later(desk: Desk, **more: float) -> None:
    desk.serving.clock.now += timedelta(**more)


def test_a_closed_place_without_a_camera_is_asked_for_until_somebody_has_been_there(desk: Desk) -> None:
    ticket = a_closed(desk)
    assert look_backs(desk) == []
    assert [look["found"] for look in look_backs(desk, wanted="false")[0]["looks"]] == [None] * 3
    later(desk, hours=25)
    (asked,) = look_backs(desk)
    assert asked["ticket_id"] == ticket
    assert [(look["found"], look["wanted"]) for look in asked["looks"]] == [
        ("nobody_looked", True), (None, False), (None, False)
    ]  # fmt: skip
    seen = desk.post("inspector", ticket, "facts", kind="looked_back", result="clean")
    assert seen.status_code == 200, seen.text
    assert look_backs(desk) == []
    later(desk, hours=48)
    assert [look["wanted"] for look in look_backs(desk)[0]["looks"]] == [False, True, False]


def test_a_place_where_it_came_back_is_asked_for_no_more(desk: Desk) -> None:
    ticket = a_closed(desk)
    later(desk, hours=25)
    desk.post("inspector", ticket, "facts", kind="looked_back", result="back")
    later(desk, days=8)
    assert look_backs(desk) == []
    assert {look["found"] for look in look_backs(desk, wanted="false")[0]["looks"]} == {"back"}
    assert desk.serving.http.get("/api/look-backs", headers=desk.serving.key(Role.VIEWER)).status_code == 403
