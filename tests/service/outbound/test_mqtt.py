"""What goes to a broker: acknowledged by a real one, read by another subscriber, refused where it may not go."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.domain.delivery import Standing
from service.domain.reach import Reach, read_networks
from service.errors.outside import AddressRefused, BrokerRefused, CallGarbled, CallUntrusted, MessageRefused
from service.numbers import Numbers
from service.outbound.courier import Courier, Outside
from service.outbound.dialing import Dialer
from service.outbound.mqtt import Letter, publish, read_broker
from service.store import Store
from service.store.webhooks import Webhook
from tests.build import NOON
from tests.fakes import FakeClock
from tests.service.outbound.broker import PASSWORD, Broker, a_broker
from tests.service.outbound.test_calling import certificate  # noqa: F401  # a fixture

NEAR = Dialer(Reach(read_networks("127.0.0.1")))
LETTER = Letter('{"street":"石榴路"}'.encode(), "application/cloudevents+json; charset=utf-8", {"type": "t"})


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with a_broker(tmp_path) as broker:
        yield broker


@contextmanager
def a_babbler(*answers: bytes) -> Iterator[str]:
    """Somebody at a broker's port who answers each packet with these bytes, and then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            came, _ = server.accept()
            with came:
                for answer in answers:
                    came.recv(65536)
                    came.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"mqtt://127.0.0.1:{server.getsockname()[1]}/city"
        thread.join(10)


def test_a_letter_arrives_whole_with_its_type_and_its_properties(broker: Broker) -> None:
    with broker.subscribed() as subscriber:
        assert publish(NEAR, broker.url(), PASSWORD, LETTER).status == 200
        told = subscriber.next()
    assert (told["topic"], told["qos"]) == ("city/streets", 1)
    assert json.loads(told["payload"]) == {"street": "石榴路"}
    properties = told["properties"]
    assert properties["content-type"] == LETTER.media_type
    assert properties["user-properties"] == {"type": "t"}


def test_a_letter_as_long_as_events_ever_get_arrives(broker: Broker) -> None:
    long = Letter(b"x" * 200_000, "text/plain")
    with broker.subscribed() as subscriber:
        publish(NEAR, broker.url(), PASSWORD, long)
        assert len(subscriber.next()["payload"]) == 200_000


def test_events_of_a_ticket_arrive_in_their_order_and_once(broker: Broker, store: Store) -> None:
    with store.write() as tx:
        tx.webhooks.add(Webhook("platform", broker.url(), ("ticket.",), None, PASSWORD, NOON, from_seq=0))
        for number in range(12):
            tx.events.add(NOON, "ticket.moved", "tic_1", {"version": number, "unit": "sanitation"})
    outside = Outside(store, NEAR, FakeClock(), Numbers(), "urn:streetwarden", "here", chance=lambda: 0.5)
    with broker.subscribed() as subscriber:
        courier = Courier("platform", outside)
        while courier.round():
            pass
        told = [json.loads(subscriber.next()["payload"]) for _ in range(12)]
    assert [one["data"]["version"] for one in told] == list(range(12))
    assert {one["type"] for one in told} == {"streetwarden.ticket.moved"}
    with store.read() as rows:
        counted = rows.deliveries.counts("platform")
        assert rows.deliveries.attempts(rows.deliveries.page("platform", None)[0].id)[0].status == 200
    assert counted == {Standing.DELIVERED: 12, Standing.WAITING: 0, Standing.GIVEN_UP: 0}


def test_a_wrong_password_is_told_as_a_refusal_and_everything_waits(broker: Broker, store: Store) -> None:
    with store.write() as tx:
        tx.webhooks.add(Webhook("platform", broker.url(), (), None, "guessed", NOON, from_seq=0))
        tx.events.add(NOON, "ticket.opened", "tic_1", {"unit": "sanitation"})
    outside = Outside(store, NEAR, FakeClock(), Numbers(), "urn:streetwarden", "here", chance=lambda: 0.5)
    assert not Courier("platform", outside).round()
    with store.read() as rows:
        assert rows.webhooks.get("platform").failures == 1
        delivery = rows.deliveries.page("platform", None)[0]
        assert (delivery.state, rows.deliveries.attempts(delivery.id)[0].code) == (
            Standing.WAITING,
            "call.broker_refused",
        )


def test_a_topic_that_we_may_not_write_is_a_refusal(broker: Broker) -> None:
    with pytest.raises(MessageRefused) as refused:
        publish(NEAR, broker.url("elsewhere"), PASSWORD, LETTER)
    assert refused.value.facts["reason"] == 0x87


@pytest.mark.parametrize("setting", ["message_size_limit 1000", "max_packet_size 1500"])
def test_a_message_that_the_broker_refuses_holds_up_its_own_ticket_alone(
    tmp_path: Path, store: Store, setting: str
) -> None:
    with a_broker(tmp_path, settings=[setting]) as broker, broker.subscribed() as subscriber:
        with store.write() as tx:
            tx.webhooks.add(Webhook("platform", broker.url(), (), None, PASSWORD, NOON, from_seq=0))
            tx.events.add(NOON, "ticket.opened", "tic_1", {"note": "石" * 1000})
            for subject in ("tic_1", "tic_2", "tic_2", "tic_3"):
                tx.events.add(NOON, "ticket.moved", subject, {})
        courier = Courier("platform", Outside(store, NEAR, FakeClock(), Numbers(), "urn:streetwarden", "here"))
        while courier.round():
            pass
        told = [json.loads(subscriber.next()["payload"])["subject"] for _ in range(3)]
    assert sorted(told) == ["tic_2", "tic_2", "tic_3"]
    with store.read() as rows:
        assert rows.webhooks.get("platform").failures == 0
        waiting = rows.deliveries.page("platform", Standing.WAITING)
        tried = rows.deliveries.last_attempts([one.id for one in waiting])
    assert [one.event.subject for one in waiting] == ["tic_1", "tic_1"]
    assert [(one.code, one.status) for one in tried.values()] == [("call.message_refused", 0x95)]


def test_an_encrypted_broker_is_trusted_if_the_system_trusts_its_certificate(
    tmp_path: Path,
    certificate: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_broker(tmp_path, certificate) as broker, broker.subscribed() as subscriber:
        with pytest.raises(CallUntrusted):
            publish(NEAR, broker.url(), PASSWORD, LETTER)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        publish(NEAR, broker.url(), PASSWORD, LETTER)
        assert json.loads(subscriber.next()["payload"]) == {"street": "石榴路"}


@pytest.mark.parametrize(
    "answers",
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n",),
        (b"\x20\x03\x00\x00",),
        (b"\x20\xff\xff\xff\xff\x01",),
        (b"\x20\xff\xff\x7f",),
        (b"\x20\x03\x00\x00\x00", b"\x40\x02\x00\x07"),
        (b"\x40\x02\x00\x01",),
        (b"\x20\x02\x00\x00",),
        (b"\x20\x02\x00\x01",),
        (b"\x20\x05\x00\x00\x09\x27\x00",),
        (b"\x20\x05\x00\x00\x02\x7e\x00",),
        (b"\x20\x05\x00\x00\x05\x27\x00",),
        (b"\x20\x08\x00\x00\x05\x27\x00\x00\x00\x00",),
    ],
)
def test_what_is_no_broker_is_told_as_such(answers: tuple[bytes, ...]) -> None:
    with a_babbler(*answers) as url, pytest.raises(CallGarbled):
        publish(NEAR, url, "", LETTER)


def test_a_broker_that_lets_nobody_send_safely_refuses_by_its_farewell() -> None:
    with a_babbler(b"\x20\x03\x00\x00\x00", b"\xe0\x01\x9b") as url, pytest.raises(BrokerRefused) as refused:
        publish(NEAR, url, "", LETTER)
    assert refused.value.facts["reason"] == 0x9B


@pytest.mark.parametrize(("said", "alone"), [
    (b"\x40\x03\x00\x01\x83", True), (b"\x40\x04\x00\x01\x99\x00", True), (b"\x40\x03\x00\x01\x97", False),
    (b"\xe0\x01\x95", True), (b"\xe0\x02\x99\x00", True), (b"\xe0\x01\x89", False), (b"\xe0\x01\x98", False),
])  # fmt: skip
def test_a_no_is_about_the_message_or_about_us(said: bytes, alone: bool) -> None:
    refusal = MessageRefused if alone else BrokerRefused
    with a_babbler(b"\x20\x03\x00\x00\x00", said) as url, pytest.raises(refusal):
        publish(NEAR, url, "", LETTER)


def test_the_address_is_checked_when_it_is_called() -> None:
    hidden = Dialer(Reach(), lambda _host, _port: ("127.0.0.1",))
    with pytest.raises(AddressRefused):
        publish(hidden, "mqtt://broker.example/city", "", LETTER)


@pytest.mark.parametrize(
    "url",
    ["mqtt://h", "mqtt://h/", "mqtt://h/a/+/b", "mqtt://h/%23", "mqtt://h/$SYS/a", "mqtt://u:p@h/t", "mqtt:///t",
     "mqtt://h:99999/t", "mqtt://h/t?x=1", "http://h/t", "mqtt://h/t\\u", "mqtt://h/ü"],
)  # fmt: skip
def test_an_address_that_is_no_brokers_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        read_broker(url)
