"""Webhooks through the API: made, tested, read, mended; their secret is shown once."""

import time
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from service.domain.states import Role
from tests.build import a_detection, a_jpeg
from tests.service.outbound.broker import PASSWORD, a_broker
from tests.service.outbound.build import Receiver, a_receiver
from tests.serving import Serving, send_photo, serve

LIMIT_S = 60.0


@pytest.fixture
def near(tmp_path: Path) -> Iterator[Serving]:
    """A city that may call the loopback."""
    loopback = (ip_network("127.0.0.0/8"),)
    with serve(tmp_path / "city", a_detection("litter", 0.8), networks=loopback) as serving:
        yield serving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as receiver:
        yield receiver


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < limit, "it did not come true in time"
        time.sleep(0.05)


def make(serving: Serving, receiver: Receiver, **told: Any) -> dict[str, Any]:
    wish = {"id": "platform", "url": receiver.url, **told}
    made = serving.http.post("/api/webhooks", json=wish, headers=serving.key(Role.ADMIN))
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


def test_a_photo_is_heard_of_elsewhere_within_seconds(near: Serving, receiver: Receiver) -> None:
    made = make(near, receiver, types=["ticket."])
    send_photo(near.http, a_jpeg(), near.key(Role.INSPECTOR), lat="31.2", lon="121.4")
    until(lambda: bool(receiver.told))
    assert receiver.told[0]["type"] == "streetwarden.ticket.opened"
    assert receiver.is_signed(0, made["secret"])
    admin = near.key(Role.ADMIN)
    until(lambda: near.http.get("/api/webhooks/platform", headers=admin).json()["delivered"] == 1)
    listed = near.http.get("/api/webhooks/platform/deliveries?state=delivered", headers=admin).json()["items"]
    told = near.http.get(f"/api/webhooks/platform/deliveries/{listed[0]['id']}", headers=admin).json()
    assert [attempt["status"] for attempt in told["attempts"]] == [204]
    assert made["secret"] not in near.http.get("/api/webhooks", headers=admin).text
    assert "canary-token" not in near.http.get("/api/webhooks", headers=admin).text


def test_a_delivery_is_sent_again_under_the_same_id(near: Serving, receiver: Receiver) -> None:
    make(near, receiver, types=["ticket."])
    admin = near.key(Role.ADMIN)
    send_photo(near.http, a_jpeg(), near.key(Role.INSPECTOR), lat="31.2", lon="121.4")
    until(lambda: near.http.get("/api/webhooks/platform", headers=admin).json()["delivered"] == 1)
    delivery = near.http.get("/api/webhooks/platform/deliveries", headers=admin).json()["items"][0]
    again = near.http.post(f"/api/webhooks/platform/deliveries/{delivery['id']}/retry", headers=admin)
    assert again.json()["state"] == "waiting"
    until(lambda: len(receiver.told) == 2)
    assert receiver.told[0]["id"] == receiver.told[1]["id"]


def test_a_webhook_is_tried_out_and_says_what_came_back(near: Serving, receiver: Receiver) -> None:
    make(near, receiver)
    receiver.answer = lambda _: (503, {})
    tried = near.http.post("/api/webhooks/platform/test", headers=near.key(Role.ADMIN))
    assert (tried.status_code, tried.json()["status"]) == (200, 503)
    assert receiver.told[-1]["type"] == "streetwarden.webhook.test"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://2130706433/", "http://[::1]/", "http://169.254.169.254/latest", "ftp://a.example/"],
)
def test_an_address_that_may_not_be_called_makes_no_webhook(serving: Serving, url: str) -> None:
    refused = serving.http.post("/api/webhooks", json={"id": "a", "url": url}, headers=serving.key(Role.ADMIN))
    assert (refused.status_code, refused.json()["code"]) == (422, "address.refused")


def test_a_webhook_is_disabled_changed_and_ended(near: Serving, receiver: Receiver) -> None:
    admin = near.key(Role.ADMIN)
    first = make(near, receiver)["secret"]
    changed = near.http.patch("/api/webhooks/platform", json={"types": ["ticket."], "disabled": True}, headers=admin)
    assert (changed.json()["state"], changed.json()["types"]) == ("disabled", ["ticket."])
    assert near.http.patch("/api/webhooks/platform", json={"disabled": False}, headers=admin).json()["state"] == "well"
    assert near.http.post("/api/webhooks/platform/secret", headers=admin).json()["secret"] != first
    again = near.http.post("/api/webhooks", json={"id": "platform", "url": receiver.url}, headers=admin)
    assert (again.status_code, again.json()["code"]) == (409, "webhook.exists")
    assert near.http.delete("/api/webhooks/platform", headers=admin).status_code == 204
    assert near.http.get("/api/webhooks/platform", headers=admin).json()["disabled_why"] == "ended"
    assert near.http.get("/api/webhooks/nothing", headers=admin).json()["code"] == "webhook.unknown"


def test_a_broker_is_told_by_its_password_which_nobody_reads_again(near: Serving, tmp_path: Path) -> None:
    admin = near.key(Role.ADMIN)
    with a_broker(tmp_path) as broker, broker.subscribed() as subscriber:
        wish = {"id": "broker", "url": broker.url(), "types": ["ticket."], "password": PASSWORD}
        made = near.http.post("/api/webhooks", json=wish, headers=admin)
        assert made.status_code == 201, made.text
        assert made.json()["secret"] is None
        tried = near.http.post("/api/webhooks/broker/test", headers=admin).json()
        assert (tried["status"], tried["code"]) == (200, None)
        assert '"streetwarden.webhook.test"' in subscriber.next()["payload"]
        send_photo(near.http, a_jpeg(), near.key(Role.INSPECTOR), lat="31.2", lon="121.4")
        assert '"streetwarden.ticket.opened"' in subscriber.next()["payload"]
    answers = [near.http.get(path, headers=admin).text for path in ("/api/webhooks", "/api/audit")]
    assert all(PASSWORD not in text for text in (made.text, *answers))


def test_what_is_a_brokers_stays_a_brokers(near: Serving, receiver: Receiver) -> None:
    admin = near.key(Role.ADMIN)
    make(near, receiver)
    wish = {"id": "broker", "url": "mqtts://street@127.0.0.1/city", "password": "first"}
    assert near.http.post("/api/webhooks", json=wish, headers=admin).status_code == 201
    refused = near.http.post("/api/webhooks/broker/secret", headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook.not_signed")
    changes: list[tuple[str, dict[str, str]]] = [
        ("broker", {"url": "https://127.0.0.1/"}),
        ("platform", {"url": "mqtt://127.0.0.1/city"}),
        ("platform", {"password": "second"}),
    ]
    for webhook, change in changes:
        assert near.http.patch(f"/api/webhooks/{webhook}", json=change, headers=admin).status_code == 422
    changed = near.http.patch("/api/webhooks/broker", json={"password": "second"}, headers=admin)
    assert changed.status_code == 200
    no_broker = {"id": "other", "url": receiver.url, "password": "first"}
    assert near.http.post("/api/webhooks", json=no_broker, headers=admin).status_code in (400, 422)


@pytest.mark.parametrize(
    ("url", "follows"),
    [
        ("mqtts://street@127.0.0.1/city/other", True),
        ("mqtts://street@127.0.0.1:8883/city", True),
        ("mqtts://street@127.0.0.2/city", False),
        ("mqtts://street@127.0.0.1:8884/city", False),
        ("mqtts://other@127.0.0.1/city", False),
        ("mqtt://street@127.0.0.1:8883/city", False),
    ],
)
def test_a_password_follows_to_another_topic_and_nowhere_else(near: Serving, url: str, follows: bool) -> None:
    admin = near.key(Role.ADMIN)
    wish = {"id": "broker", "url": "mqtts://street@127.0.0.1/city", "password": "first"}
    assert near.http.post("/api/webhooks", json=wish, headers=admin).status_code == 201
    changed = near.http.patch("/api/webhooks/broker", json={"url": url}, headers=admin)
    told = near.http.get("/api/webhooks/broker", headers=admin).json()["url"]
    if follows:
        assert (changed.status_code, told) == (200, url)
        return
    assert (changed.status_code, changed.json()["code"]) == (422, "webhook.password_wanted")
    assert told == wish["url"]
    along = near.http.patch("/api/webhooks/broker", json={"url": url, "password": "its own"}, headers=admin)
    assert (along.status_code, along.json()["url"]) == (200, url)


def test_what_is_refused_is_shown_with_what_waits_behind_it_and_is_given_up(near: Serving, receiver: Receiver) -> None:
    admin, path = near.key(Role.ADMIN), "/api/webhooks/platform"
    make(near, receiver, types=["ticket."])
    receiver.answer = lambda told: (422 if told["type"].endswith("opened") else 200, {})
    sent = send_photo(near.http, a_jpeg(), near.key(Role.INSPECTOR), lat="31.2", lon="121.4")
    ticket = sent.json()["tickets"][0]
    moved = near.http.post(
        f"/api/tickets/{ticket['id']}/moves", json={"to": "filed", "version": 1}, headers=near.key(Role.OPS)
    )
    assert moved.status_code == 200, moved.text
    until(lambda: near.http.get(path, headers=admin).json()["stuck"] == 1)
    until(lambda: near.http.get(path, headers=admin).json()["waiting"] >= 2)
    assert near.http.get(path, headers=admin).json()["state"] == "refusing"
    *behind, first = near.http.get(f"{path}/deliveries?state=waiting", headers=admin).json()["items"]
    assert (first["last"]["status"], first["behind"]) == (422, None)
    assert {one["behind"] for one in behind} == {first["id"]}
    given_up = near.http.post(f"{path}/deliveries/{first['id']}/give_up", headers=admin)
    assert (given_up.status_code, given_up.json()["state"]) == (200, "given_up")
    until(lambda: near.http.get(path, headers=admin).json()["waiting"] == 0)
    assert near.http.get(path, headers=admin).json()["state"] == "well"
    late = near.http.post(f"{path}/deliveries/{first['id']}/give_up", headers=admin)
    assert (late.status_code, late.json()["code"]) == (409, "delivery.done")
