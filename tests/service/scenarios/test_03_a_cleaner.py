"""Scenario 3: a cleaner stands before the heap for 20 min: no close, no second ticket."""

from tests.service.scenarios.desk import Desk
from tests.service.scenarios.views import a_pole, decided, open_eyes, picture, tickets, watch, with_cleaner

CART = 740
"""Pixels: a cleaner and a cart before the whole heap."""


def test_a_cleaner_before_the_heap_closes_nothing_and_opens_nothing(desk: Desk) -> None:
    open_eyes(desk)
    pole, heap = a_pole(desk), picture("heap-shiliu")
    watch(desk, pole, heap, 15)
    (before,) = tickets(desk)
    for minute in range(20):
        watch(desk, pole, with_cleaner(heap, 60 + 20 * (minute % 3), CART), 1)
    hidden = decided(desk)
    assert (hidden["reason"], hidden["things"][0]["cause"], hidden["looks"]) == ("unknown", "hidden", 20)
    (meanwhile,) = tickets(desk)
    assert (meanwhile["id"], meanwhile["state"], meanwhile["last_seen"]) == (
        before["id"],
        "candidate",
        before["last_seen"],
    )
    watch(desk, pole, heap, 5)
    (after,) = tickets(desk)
    assert (after["id"], after["state"]) == (before["id"], "candidate")
    assert after["last_seen"] > before["last_seen"]


def test_when_the_cleaner_has_taken_it_away_the_camera_says_gone(desk: Desk) -> None:
    open_eyes(desk)
    pole, heap, cleared = a_pole(desk), picture("heap-shiliu"), picture("heap-shiliu-after")
    watch(desk, pole, heap, 10)
    watch(desk, pole, with_cleaner(heap, 240), 3)
    watch(desk, pole, cleared, 2)
    assert decided(desk)["reason"] == "missed"
    watch(desk, pole, cleared, 1)
    assert decided(desk)["reason"] == "gone"
    (ticket,) = tickets(desk)
    assert ticket["state"] == "candidate"


def test_a_cleaner_beside_the_heap_is_seen_past(desk: Desk) -> None:
    open_eyes(desk)
    pole, heap = a_pole(desk), picture("heap-shiliu")
    watch(desk, pole, heap, 10)
    watch(desk, pole, with_cleaner(heap, 340), 20)
    assert decided(desk)["reason"] in ("told_recently", "seen_again")
    assert len(tickets(desk)) == 1
