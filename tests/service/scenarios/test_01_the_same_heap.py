"""Scenario 1: the same heap seen by a pole camera for 3 h: one ticket, at least 3 pictures, `last_seen` moves."""

from datetime import datetime, timedelta

from tests.service.scenarios.desk import Desk
from tests.service.scenarios.views import a_pole, decided, open_eyes, picture, tickets, watch, watcher_of


def test_a_heap_that_stands_for_three_hours_is_one_ticket_with_many_pictures(desk: Desk) -> None:
    open_eyes(desk)
    pole = a_pole(desk)
    watch(desk, pole, picture("heap-shiliu"), 180)
    (listed,) = tickets(desk)
    ticket = desk.see(listed["id"])
    assert (ticket["condition"], ticket["state"]) == ("litter", "candidate")
    assert len({evidence["sha256"] for evidence in ticket["evidence"]}) >= 1
    assert len(ticket["evidence"]) >= 3
    opened, seen = (datetime.fromisoformat(ticket[name]) for name in ("opened_at", "last_seen"))
    assert timedelta(hours=2, minutes=50) < seen - opened < timedelta(hours=3)
    told = decided(desk)
    assert told["reason"] in ("told_recently", "seen_again")
    assert told["things"][0]["kind"] == "litter"
    assert told["things"][0]["median"] >= told["things"][0]["opens_at"]


def test_a_service_that_starts_again_before_the_same_heap_opens_no_second_ticket(desk: Desk) -> None:
    open_eyes(desk)
    watch(desk, a_pole(desk), picture("heap-shiliu"), 5)
    (before,) = tickets(desk)
    watch(desk, watcher_of(desk), picture("heap-shiliu"), 5)
    (after,) = tickets(desk)
    assert (after["id"], after["sightings"] > before["sightings"]) == (before["id"], True)
    lines = desk.serving.http.get(f"/api/tickets/{after['id']}/why", headers=desk.keys["ops"]).json()["items"]
    assert {line["decision"]["reason"] for line in lines} <= {"opened", "seen_again"}
