"""A camera shows a person what it sees within a minute, and acts by itself only on what has lasted."""

import numpy as np
import pytest

from service.domain.states import Role
from tests.build import a_detection
from tests.service.scenarios.desk import Desk
from tests.service.scenarios.views import a_pole, picture, tickets, watch

NUDGE = ("conditions = []\nwait_min", 'conditions = ["out_of_store"]\nwait_min')


@pytest.fixture
def street(desk: Desk) -> Desk:
    """A city that tells shops first."""
    admin = desk.serving.key(Role.ADMIN)
    now = desk.serving.http.get("/api/policy", headers=admin).json()
    wish = {"text": now["text"].replace(*NUDGE), "based_on": now["sha256"], "reason": "ask first"}
    assert desk.serving.http.put("/api/policy", json=wish, headers=admin).status_code == 200
    desk.serving.model.sees = (a_detection("out_of_store", 0.9),)
    return desk


def test_goods_outside_are_shown_at_once_and_the_shop_is_told_after_five_minutes(street: Desk) -> None:
    pole, shop = a_pole(street), picture("goods-bailu")
    watch(street, pole, shop, 4)
    (shown,) = tickets(street)
    assert shown["state"] == "candidate"
    watch(street, pole, shop, 3)
    (told,) = tickets(street)
    assert (told["id"], told["state"]) == (shown["id"], "nudged")
    opening, nudge = street.see(told["id"])["history"]
    assert (opening["facts"]["held"], nudge["actor"], nudge["reason"]) == ("persistence.not_yet", "service", "nudge")


def test_goods_that_a_van_hides_are_not_taken_for_put_right(street: Desk) -> None:
    pole, shop = a_pole(street), picture("goods-bailu")
    watch(street, pole, shop, 7)
    van = shop.copy()
    van[150:720, 100:1000] = np.uint8(200)
    street.serving.model.sees = ()
    watch(street, pole, van, 30)
    street.serving.city.timed.run_due()
    (ticket,) = tickets(street)
    assert ticket["state"] == "reported"
    assert street.see(ticket["id"])["history"][-1]["reason"] == "nudge_nobody_looked"
