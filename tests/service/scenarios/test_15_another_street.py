"""Scenario 15: an after-photo from another street: "place does not match", no close, unless the chief overrides it."""

from tests.build import a_place
from tests.service.scenarios.desk import Desk, refusal


def at_check(desk: Desk) -> str:
    ticket = desk.report()
    desk.walk(ticket, "filed", "dispatched", "in_progress")
    return ticket


def test_an_after_photo_from_another_street_blocks_the_close(desk: Desk) -> None:
    ticket = at_check(desk)
    shown = desk.show("sanitation", ticket, "after", a_place(metres_north=800))
    assert (shown["place_check"], round(shown["distance_m"])) == ("elsewhere", 800)
    desk.walk(ticket, "handled", "checking")
    blocked = desk.move("ops", ticket, "closed", resolution="fixed")
    assert refusal(blocked) == (422, "ticket.after_photo_elsewhere", {"distance_m": 800, "within_m": 100})
    assert desk.see(ticket)["state"] == "checking"

    desk.show("sanitation", ticket, "after", a_place(metres_north=20))
    assert desk.move("ops", ticket, "closed", resolution="fixed").json()["state"] == "closed"


def test_the_chief_overrides_it_with_a_reason_and_it_is_recorded(desk: Desk) -> None:
    ticket = at_check(desk)
    desk.show("sanitation", ticket, "after", a_place(metres_north=800))
    desk.walk(ticket, "handled", "checking")
    wish = {"resolution": "fixed", "override": "after_photo_place"}
    assert refusal(desk.move("ops", ticket, "closed", **wish, reason="I know the place"))[:2] == (403, "auth.forbidden")
    assert refusal(desk.move("chief", ticket, "closed", **wish))[:2] == (422, "ticket.reason_missing")

    closed = desk.move("chief", ticket, "closed", **wish, reason="the phone lost its satellites").json()
    assert (closed["state"], closed["resolution"]) == ("closed", "fixed")
    last = closed["history"][-1]
    assert (last["actor"], last["reason"]) == ("chief of a test", "the phone lost its satellites")
    assert last["facts"] == {
        "resolution": "fixed",
        "after_photo": True,
        "after_photo_m": 800,
        "override": "after_photo_place",
    }


def test_a_photo_that_does_not_say_where_it_was_taken_does_not_block(desk: Desk) -> None:
    ticket = at_check(desk)
    assert desk.show("sanitation", ticket, "after")["place_check"] == "unknown"
    desk.walk(ticket, "handled", "checking")
    assert desk.move("ops", ticket, "closed", resolution="fixed").json()["state"] == "closed"


def test_the_places_of_pictures_stand_on_the_ticket(desk: Desk) -> None:
    ticket = at_check(desk)
    desk.show("sanitation", ticket, "after", a_place(metres_north=800))
    checks = {picture["role"]: picture["place_check"] for picture in desk.see(ticket)["evidence"]}
    assert checks == {"before": "matches", "after": "elsewhere"}
