"""What the city wants of a camera, asked by a computer at the edge with the camera's own key."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from detector.orders import read_orders
from service.domain.states import Role
from tests.serving import Serving

Json = dict[str, Any]
CORNER = [[0, 0], [0.5, 0], [0.5, 0.5]]
RUSH = """
[[watching]]
id = "market"
name = "Night market"
area = { cameras = ["pole"] }
windows = [["18:00", "22:00"]]
look_every_s = 20
"""


@pytest.fixture
def pole(serving: Serving) -> Serving:
    serving.add_camera("pole", height_m=4, pitch_deg=20, fov_deg=90)
    return serving


def ask(serving: Serving, version: str | None = None, camera: str = "pole") -> httpx.Response:
    headers = serving.key(Role.CAMERA, "pole") | ({"If-None-Match": version} if version else {})
    return serving.http.get(f"/api/cameras/{camera}/orders", headers=headers)


def change(serving: Serving, **wish: Any) -> None:
    answer = serving.http.patch("/api/cameras/pole", json=wish, headers=serving.key(Role.ADMIN))
    assert answer.status_code == 200, answer.text


def save_policy(serving: Serving, more: str) -> None:
    admin = serving.key(Role.ADMIN)
    now = serving.http.get("/api/policy", headers=admin).json()
    wish = {"text": now["text"] + more, "based_on": now["sha256"], "reason": "a market"}
    assert serving.http.put("/api/policy", json=wish, headers=admin).status_code == 200


def test_a_camera_is_told_its_zones_rules_and_mounting_as_the_service_has_them(pole: Serving) -> None:
    wish = {"based_on": 0, "zones": [{"id": "tree", "use": "mask", "polygon": CORNER}], "shapes": {"litter": {}}}
    assert pole.http.put("/api/cameras/pole/zones", json=wish, headers=pole.key(Role.ADMIN)).status_code == 200
    orders = read_orders(ask(pole).content, "1")
    with pole.city.store.read() as rows:
        kept = rows.zones.newest("pole")
    assert kept is not None
    assert orders.memory.zones == kept.zones
    assert orders.hidden == (((0.0, 0.0), (0.5, 0.0), (0.5, 0.5)),)
    patience = pole.city.policy.rules["litter"].patience
    rule = orders.memory.rules["litter"]
    assert (rule.lasting, rule.min_hits, rule.again_every) == (patience.lasting, patience.hits, patience.again_every)
    assert orders.memory.passes["litter"].cell_m == pole.city.policy.rules["litter"].passing.cell_m
    assert orders.memory.pose is not None
    assert orders.memory.pose.height_m == 4


def test_the_same_orders_are_sent_once_and_each_change_is_another_version(pole: Serving) -> None:
    first = ask(pole)
    again = ask(pole, first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    pole.clock.forward(timedelta(minutes=5))
    assert ask(pole, first.headers["ETag"]).status_code == 304
    change(pole, look_every_s=30)
    second = ask(pole, first.headers["ETag"])
    assert (second.status_code, read_orders(second.content, "").look_every.seconds) == (200, 30)
    change(pole, disabled=True)
    assert read_orders(ask(pole).content, "").is_off


def test_windows_of_the_policy_are_told_for_a_week_ahead(pole: Serving) -> None:
    save_policy(pole, RUSH)
    pole.city.in_force.refresh()
    orders = read_orders(ask(pole).content, "")
    evening = datetime(2026, 5, 4, 19, tzinfo=UTC) - timedelta(hours=8)
    days = [pole.clock().replace(hour=11, minute=0) + timedelta(days=day) for day in range(7)]
    assert evening.hour == 11
    assert {orders.look_every_at(day).seconds for day in days} == {20}
    assert {orders.look_every_at(day - timedelta(hours=4)).seconds for day in days} == {60}


def test_a_cameras_key_asks_for_its_own_camera_alone(pole: Serving) -> None:
    pole.add_camera("other")
    answer = ask(pole, camera="other")
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")
    assert ask(pole, camera="none").status_code == 404
