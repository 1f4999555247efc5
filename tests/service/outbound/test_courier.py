"""Webhooks: each event once, in order for each ticket, signed, tried again, given up, taken over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service.domain.delivery import GIVE_UP_AFTER, Standing
from service.domain.reach import Reach, read_networks
from service.numbers import Numbers
from service.outbound.cloudevents import message_id, new_secret
from service.outbound.courier import KEPT_FOR, LEASE, Courier, Outside
from service.outbound.dialing import Dialer
from service.store import Store
from service.store.events import Event
from service.store.webhooks import Webhook
from tests.build import NOON
from tests.fakes import FakeClock
from tests.service.outbound.build import Answer, Receiver, a_receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as receiver:
        yield receiver


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def outside(store: Store, clock: FakeClock, holder: str = "here") -> Outside:
    dialer = Dialer(Reach(read_networks("127.0.0.1")))
    return Outside(store, dialer, clock, Numbers(), "urn:streetwarden", holder, chance=lambda: 0.5)


def a_webhook(store: Store, receiver: Receiver, *types: str, webhook_id: str = "platform") -> Webhook:
    with store.write() as tx:
        webhook = Webhook(webhook_id, receiver.url, types, None, new_secret(), NOON, from_seq=tx.webhooks.last_event())
        tx.webhooks.add(webhook)
    return webhook


def happen(store: Store, subject: str, *types: str) -> None:
    with store.write() as tx:
        for type_ in types:
            tx.events.add(NOON, type_, subject, {"number": subject.upper(), "unit": "sanitation"})


def health(store: Store) -> Webhook:
    with store.read() as tx:
        return tx.webhooks.get("platform")


def counts(store: Store) -> dict[Standing, int]:
    with store.read() as tx:
        return tx.deliveries.counts("platform")


def test_what_happens_is_told_once_in_order_and_signed(store: Store, clock: FakeClock, receiver: Receiver) -> None:
    happen(store, "tic_0", "ticket.opened")  # before anybody wanted to hear
    webhook = a_webhook(store, receiver)
    happen(store, "tic_1", "ticket.opened", "ticket.moved")
    courier = Courier("platform", outside(store, clock))
    while courier.round():
        pass
    assert [told["type"] for told in receiver.told] == ["streetwarden.ticket.opened", "streetwarden.ticket.moved"]
    assert {told["subject"] for told in receiver.told} == {"tic_1"}
    assert all(receiver.is_signed(n, webhook.secret) for n in range(2))
    assert counts(store)[Standing.DELIVERED] == 2


def test_a_message_is_a_cloudevent(store: Store, clock: FakeClock, receiver: Receiver) -> None:
    a_webhook(store, receiver)
    happen(store, "tic_1", "ticket.opened")
    Courier("platform", outside(store, clock)).round()
    told = receiver.told[0]
    assert receiver.headers[0]["content-type"].startswith("application/cloudevents+json")
    assert {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"} <= told.keys()
    assert told["specversion"] == "1.0"
    assert told["time"] == "2026-11-25T04:00:00.000Z"
    assert told["data"] == {"number": "TIC_1", "unit": "sanitation"}
    assert told["id"] == receiver.headers[0]["webhook-id"]


def test_a_webhook_hears_what_it_asked_for(store: Store, clock: FakeClock, receiver: Receiver) -> None:
    a_webhook(store, receiver, "ticket.")
    happen(store, "tic_1", "ticket.opened", "policy.saved", "ticketed.nothing")
    courier = Courier("platform", outside(store, clock))
    while courier.round():
        pass
    assert [told["type"] for told in receiver.told] == ["streetwarden.ticket.opened"]


def test_a_webhook_of_a_unit_hears_of_its_own_tickets(store: Store, clock: FakeClock, receiver: Receiver) -> None:
    with store.write() as tx:
        unit = sorted(tx.units.ids())[0]
        tx.webhooks.add(Webhook("platform", receiver.url, (), unit, new_secret(), NOON, from_seq=0))
        tx.events.add(NOON, "ticket.opened", "tic_1", {"unit": unit})
        tx.events.add(NOON, "ticket.opened", "tic_2", {"unit": "another"})
        tx.events.add(NOON, "ticket.opened", "tic_3", {})
    Courier("platform", outside(store, clock)).round()
    assert [told["subject"] for told in receiver.told] == ["tic_1"]


def test_a_receiver_that_answers_500_for_a_day_gets_everything_once_in_order(
    store: Store, clock: FakeClock, receiver: Receiver
) -> None:
    a_webhook(store, receiver)
    receiver.answer = lambda _: (500, {})
    courier = Courier("platform", outside(store, clock))
    for hour in range(24):
        happen(store, f"tic_{hour % 3}", "ticket.moved")
        courier.round()
        clock.forward(timedelta(hours=1))
    assert len(receiver.told) <= 24 + 1
    tried = {(told["subject"], told["id"]) for told in receiver.told}
    assert len(tried) == len({subject for subject, _ in tried}), "while it is down, of each ticket only the oldest"
    receiver.answer = lambda _: (200, {})
    receiver.bodies.clear()
    clock.forward(timedelta(hours=2))
    while courier.round():
        pass
    for ticket in ("tic_0", "tic_1", "tic_2"):
        numbers = [told["sequence"] for told in receiver.told if told["subject"] == ticket]
        assert numbers == sorted(set(numbers))
        assert len(numbers) == 8
    assert counts(store)[Standing.WAITING] == 0
    assert health(store).failures == 0


def test_a_message_that_is_refused_holds_up_its_own_ticket_alone(
    store: Store, clock: FakeClock, receiver: Receiver
) -> None:
    a_webhook(store, receiver)
    happen(store, "tic_1", "ticket.opened", "ticket.moved")
    happen(store, "tic_2", "ticket.opened", "ticket.moved")
    receiver.answer = lambda told: (422 if told["subject"] == "tic_1" else 200, {})
    courier = Courier("platform", outside(store, clock))
    for _ in range(4):
        courier.round()
    assert [told["subject"] for told in receiver.told] == ["tic_1", "tic_2", "tic_2"]
    receiver.answer = lambda _: (200, {})
    clock.forward(timedelta(minutes=1))
    while courier.round():
        pass
    order = [told["type"] for told in receiver.told if told["subject"] == "tic_1"]
    assert order == ["streetwarden.ticket.opened", "streetwarden.ticket.opened", "streetwarden.ticket.moved"]


def test_a_message_on_which_the_receiver_stumbles_holds_up_its_own_ticket_alone(
    store: Store, clock: FakeClock, receiver: Receiver
) -> None:
    a_webhook(store, receiver)
    happen(store, "tic_1", "ticket.opened", "ticket.moved")
    for number in range(2, 8):
        happen(store, f"tic_{number}", "ticket.opened")
    receiver.answer = lambda told: (500 if told["subject"] == "tic_1" else 200, {})
    courier = Courier("platform", outside(store, clock))
    for _ in range(60):
        courier.round()
        clock.forward(timedelta(seconds=10))
    stumbles = [told for told in receiver.told if told["subject"] == "tic_1"]
    assert counts(store)[Standing.DELIVERED] == 6
    assert len(stumbles) <= 5, "and rests longer and longer"
    receiver.answer = lambda _: (200, {})
    clock.forward(timedelta(hours=1))
    while courier.round():
        pass
    assert counts(store)[Standing.WAITING] == 0


def test_a_receiver_that_was_down_long_gets_everything_at_once_when_it_is_back(
    store: Store, clock: FakeClock, receiver: Receiver
) -> None:
    a_webhook(store, receiver, "ticket.")
    for number in range(8):
        happen(store, f"tic_{number}", "ticket.opened")
    receiver.answer = lambda _: (503, {})
    courier = Courier("platform", outside(store, clock))
    for _ in range(8):
        courier.round()
        clock.forward(timedelta(hours=1))
    receiver.answer = lambda _: (200, {})
    while courier.round():
        pass
    assert counts(store)[Standing.DELIVERED] == 8


def test_what_is_given_up_while_it_is_sent_waits_no_more(store: Store, clock: FakeClock, receiver: Receiver) -> None:
    a_webhook(store, receiver)
    happen(store, "tic_1", "ticket.opened", "ticket.moved")

    def given_up_meanwhile(told: dict[str, Any]) -> Answer:
        if told["type"].endswith("moved"):
            return 200, {}
        with store.write() as tx:
            tx.deliveries.close(tx.deliveries.page("platform", None)[-1], Standing.GIVEN_UP, NOON)
        return 422, {}

    receiver.answer = given_up_meanwhile
    courier = Courier("platform", outside(store, clock))
    while courier.round():
        pass
    assert counts(store) == {Standing.WAITING: 0, Standing.DELIVERED: 1, Standing.GIVEN_UP: 1}


def test_what_nobody_takes_for_three_days_is_given_up_and_the_next_one_goes_out(
    store: Store, clock: FakeClock, receiver: Receiver
) -> None:
    a_webhook(store, receiver)
    happen(store, "tic_1", "ticket.opened", "ticket.moved")
    receiver.answer = lambda told: (400 if told["type"].endswith("opened") else 200, {})
    courier = Courier("platform", outside(store, clock))
    courier.round()
    clock.forward(GIVE_UP_AFTER)
    while courier.round():
        pass
    assert counts(store) == {Standing.WAITING: 0, Standing.DELIVERED: 1, Standing.GIVEN_UP: 1}


def test_a_receiver_may_say_when_it_wants_the_next_one(store: Store, clock: FakeClock, receiver: Receiver) -> None:
    a_webhook(store, receiver)
    happen(store, "tic_1", "ticket.opened")
    receiver.answer = lambda _: (429, {"Retry-After": "1200"})
    Courier("platform", outside(store, clock)).round()
    assert health(store).resume_at == NOON + timedelta(seconds=1200)


def test_a_receiver_that_is_gone_is_told_nothing_more(store: Store, clock: FakeClock, receiver: Receiver) -> None:
    a_webhook(store, receiver)
    happen(store, "tic_1", "ticket.opened", "ticket.moved")
    receiver.answer = lambda _: (410, {})
    courier = Courier("platform", outside(store, clock))
    for _ in range(3):
        courier.round()
    assert len(receiver.told) == 1
    assert health(store).disabled_why == "gone"


def test_a_redirect_is_not_followed(store: Store, clock: FakeClock, receiver: Receiver) -> None:
    with a_receiver() as elsewhere:
        a_webhook(store, receiver)
        happen(store, "tic_1", "ticket.opened")
        receiver.answer = lambda _: (302, {"Location": elsewhere.url})
        Courier("platform", outside(store, clock)).round()
        assert elsewhere.told == []
    assert health(store).failures == 1


def test_nothing_is_sent_to_an_address_that_may_not_be_called(
    store: Store, clock: FakeClock, receiver: Receiver
) -> None:
    a_webhook(store, receiver)
    happen(store, "tic_1", "ticket.opened")
    there = Outside(store, Dialer(), clock, Numbers(), "urn:streetwarden", "here")
    Courier("platform", there).round()
    assert receiver.told == []
    with store.read() as tx:
        delivery = tx.deliveries.page("platform", None)[0]
        assert [attempt.code for attempt in tx.deliveries.attempts(delivery.id)] == ["address.refused"]


def test_a_dead_process_is_followed_by_another_and_a_living_one_is_left_alone(
    store: Store, clock: FakeClock, receiver: Receiver
) -> None:
    a_webhook(store, receiver)
    happen(store, "tic_1", "ticket.opened")
    with store.write() as tx:
        assert tx.webhooks.hold("platform", "dead", clock(), clock() + LEASE)
    other = Courier("platform", outside(store, clock, "other"))
    assert not other.round()
    clock.forward(LEASE + timedelta(seconds=1))
    assert other.round()
    assert len(receiver.told) == 1


def test_what_was_told_a_month_ago_is_forgotten_and_never_told_again(
    store: Store, clock: FakeClock, receiver: Receiver
) -> None:
    a_webhook(store, receiver)
    happen(store, "tic_1", "ticket.opened")
    Courier("platform", outside(store, clock)).round()
    clock.forward(KEPT_FOR + timedelta(days=1))
    happen(store, "tic_2", "ticket.opened")
    courier = Courier("platform", outside(store, clock))
    while courier.round():
        pass
    assert [told["subject"] for told in receiver.told] == ["tic_1", "tic_2"]
    with store.read() as tx:
        assert [delivery.event.subject for delivery in tx.deliveries.page("platform", None)] == ["tic_2"]


def test_a_number_that_is_given_again_after_a_restore_is_another_message() -> None:
    first = Event(7, NOON, "ticket.opened", "tic_1", {"number": "SW-1"})
    assert message_id(first) == message_id(replace(first))
    assert message_id(first) != message_id(replace(first, body={"number": "SW-2"}))


def test_for_a_day_both_secrets_sign(store: Store, clock: FakeClock, receiver: Receiver) -> None:
    webhook = a_webhook(store, receiver)
    fresh = new_secret()
    with store.write() as tx:
        until = NOON + timedelta(hours=24)
        tx.webhooks.edit(replace(webhook, secret=fresh, former_secret=webhook.secret, former_until=until))
    happen(store, "tic_1", "ticket.opened")
    Courier("platform", outside(store, clock)).round()
    assert receiver.is_signed(0, fresh)
    assert receiver.is_signed(0, webhook.secret)
    assert health(store).secrets_in_use(NOON + timedelta(hours=25)) == [fresh]
