"""Scenario 16: the heap is back next morning: a linked rebound; after three in thirty days the spot is chronic."""

from datetime import datetime, timedelta

import pytest

from service.domain.states import Role
from tests.build import SHANGHAI, a_detection, a_jpeg
from tests.service.scenarios.desk import Desk, Json

EVENING = datetime(2026, 11, 25, 17, 0, tzinfo=SHANGHAI)


@pytest.fixture
def pole(desk: Desk) -> Desk:
    """A pole camera over the corner."""
    desk.serving.add_camera("pole-7")
    desk.keys["pole-7"] = desk.serving.key(Role.CAMERA, "pole-7")
    return desk


def look(desk: Desk, moment: datetime, *, heap: bool) -> list[Json]:
    """The pole sends a frame; the tickets that it led to."""
    desk.serving.clock.now = moment
    desk.serving.model.sees = (a_detection("litter", 0.9),) if heap else ()
    answer = desk.serving.http.post(
        "/api/cameras/pole-7/frames",
        files={"file": ("frame.jpg", a_jpeg(colour=(moment.day, moment.hour, moment.minute)))},
        data={"taken_at": moment.isoformat()},
        headers=desk.keys["pole-7"],
    )
    assert answer.status_code == 200, answer.text
    told: list[Json] = answer.json()["tickets"]
    return told


def cleared(desk: Desk, ticket: str, moment: datetime) -> None:
    """The crew comes, and the desk closes the ticket with its after-photo."""
    desk.serving.clock.now = moment
    desk.serving.city.timed.run_due()
    steps = ("reported", "filed", "dispatched", "in_progress", "handled", "checking")
    desk.walk(ticket, *steps)
    desk.show("ops", ticket, "after")
    closed = desk.move("ops", ticket, "closed", resolution="fixed")
    assert closed.status_code == 200, closed.text


def looked_back(desk: Desk, ticket: str, moment: datetime) -> list[tuple[str, str]]:
    """What look-backs had found by then: after how many hours, and what."""
    desk.serving.clock.now = moment
    desk.serving.city.timed.run_due()
    history = desk.see(ticket)["history"]
    return [(line["facts"]["after_h"], line["facts"]["result"]) for line in history if "after_h" in line["facts"]]


def test_a_heap_that_is_back_is_a_rebound_and_the_third_makes_the_spot_chronic(pole: Desk) -> None:
    (first,) = look(pole, EVENING, heap=True)
    numbers, ticket = [first["number"]], first["id"]
    for day in range(1, 4):
        cleared(pole, ticket, EVENING + timedelta(days=day - 1, minutes=30))
        (back,) = look(pole, EVENING + timedelta(days=day - 1, hours=14), heap=True)
        assert (back["outcome"], pole.see(back["id"])["recurrence_of"]) == ("opened", ticket)
        assert looked_back(pole, ticket, EVENING + timedelta(days=day, minutes=31)) == [("24", "back")]
        numbers, ticket = [*numbers, back["number"]], back["id"]
    (spot,) = pole.serving.http.get("/api/chronic", headers=pole.keys["viewer"]).json()["items"]
    assert (spot["first"], spot["rebounds"]) == (numbers[0], numbers[1:])


def test_a_place_that_stays_clean_is_said_to_be_clean_only_where_the_camera_looked(pole: Desk) -> None:
    (first,) = look(pole, EVENING, heap=True)
    closed_at = EVENING + timedelta(minutes=30)
    cleared(pole, first["id"], closed_at)
    look(pole, closed_at + timedelta(days=1, minutes=-5), heap=False)
    assert looked_back(pole, first["id"], closed_at + timedelta(days=1, minutes=1)) == [("24", "clean")]
    early = looked_back(pole, first["id"], closed_at + timedelta(days=3, minutes=1))
    assert early == [("24", "clean")]
    late = looked_back(pole, first["id"], closed_at + timedelta(days=3, minutes=31))
    assert late == [("24", "clean"), ("72", "nobody_looked")]
    assert pole.serving.http.get("/api/chronic", headers=pole.keys["viewer"]).json()["items"] == []
