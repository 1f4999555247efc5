"""Webhooks: who is told what happens, how each is doing, what each was told, and the secrets that sign it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request

from service.api.access import Admin
from service.api.city import City, city_of
from service.api.webhook_wire import (
    AttemptAnswer,
    DeliveryId,
    DeliveryPage,
    DeliveryTold,
    WebhookAnswer,
    WebhookChange,
    WebhookMade,
    WebhookPage,
    WebhookWish,
    answer,
    attempt_answer,
    shown_address,
    told_each,
    told_whole,
)
from service.domain.audit import AuditLine
from service.domain.delivery import Standing
from service.domain.ticket import Actor
from service.errors import UnitUnknown
from service.errors.outside import AddressRefused, DeliveryDone, PasswordWanted, WebhookNotSigned
from service.outbound.calling import read_target
from service.outbound.cloudevents import TYPE_PREFIX, new_secret
from service.outbound.courier import call
from service.outbound.mqtt import is_broker, read_broker
from service.store import Transaction
from service.store.webhooks import Webhook

router = APIRouter(tags=["webhooks"])

FORMER_LASTS: Final = timedelta(hours=24)


@router.get("/api/webhooks")
def list_webhooks(
    request: Request,
    _: Admin,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> WebhookPage:
    """All webhooks and how they are doing."""
    with city_of(request).store.read() as rows:
        found = rows.webhooks.page(limit + 1, cursor)
        shown = found[:limit]
        return WebhookPage(
            items=[answer(rows, webhook) for webhook in shown], next=shown[-1].id if len(found) > limit else None
        )


@router.post("/api/webhooks", status_code=201)
def create_webhook(request: Request, caller: Admin, wish: WebhookWish) -> WebhookMade:
    """Tell somebody what happens from now on. The answer has the secret that signs each message, this once."""
    city = city_of(request)
    _check(city, wish.url)
    now = city.clock()
    with city.store.write() as rows:
        if wish.unit is not None and wish.unit not in rows.units.ids():
            raise UnitUnknown(unit=wish.unit)
        secret = (wish.password or "") if is_broker(wish.url) else new_secret()
        webhook = Webhook(
            wish.id, wish.url, tuple(wish.types), wish.unit, secret, now, from_seq=rows.webhooks.last_event()
        )
        rows.webhooks.add(webhook)
        _record(rows, caller, now, "webhook.created", webhook)
        told = WebhookMade(**answer(rows, webhook).model_dump(), secret=_told_once(webhook))
    city.couriers.wake()
    return told


@router.get("/api/webhooks/{webhook_id}")
def get_webhook(request: Request, _: Admin, webhook_id: str) -> WebhookAnswer:
    """One webhook and how it is doing."""
    with city_of(request).store.read() as rows:
        return answer(rows, rows.webhooks.get(webhook_id))


@router.patch("/api/webhooks/{webhook_id}")
def change_webhook(request: Request, caller: Admin, webhook_id: str, wish: WebhookChange) -> WebhookAnswer:
    """Change where it is told, or what, or whether at all; what happens while it is disabled is told afterwards."""
    city = city_of(request)
    if wish.url is not None:
        _check(city, wish.url)
    now = city.clock()
    with city.store.write() as rows:
        webhook = _changed(rows.webhooks.get(webhook_id), wish, now)
        rows.webhooks.edit(webhook)
        rows.webhooks.note_health(webhook)
        if webhook.resume_at is None:
            rows.deliveries.hurry(webhook_id, now)
        _record(rows, caller, now, "webhook.changed", webhook)
        told = answer(rows, webhook)
    city.couriers.wake()
    return told


@router.delete("/api/webhooks/{webhook_id}", status_code=204)
def end_webhook(request: Request, caller: Admin, webhook_id: str) -> None:
    """Tell it nothing more. What it was told stays on record, and its id stays taken."""
    city = city_of(request)
    with city.store.write() as rows:
        webhook = rows.webhooks.get(webhook_id)
        rows.webhooks.end(webhook_id, city.clock(), "ended")
        _record(rows, caller, city.clock(), "webhook.ended", webhook)
    city.couriers.wake()


@router.post("/api/webhooks/{webhook_id}/secret")
def change_secret(request: Request, caller: Admin, webhook_id: str) -> WebhookMade:
    """A new secret, told this once. For a day every message carries a signature by each of both."""
    city = city_of(request)
    now = city.clock()
    with city.store.write() as rows:
        webhook = rows.webhooks.get(webhook_id)
        if is_broker(webhook.url):
            raise WebhookNotSigned(id=webhook_id)
        webhook = replace(webhook, secret=new_secret(), former_secret=webhook.secret, former_until=now + FORMER_LASTS)
        rows.webhooks.edit(webhook)
        _record(rows, caller, now, "webhook.secret_changed", webhook)
        return WebhookMade(**answer(rows, webhook).model_dump(), secret=webhook.secret)


@router.post("/api/webhooks/{webhook_id}/test")
def try_out_webhook(request: Request, _: Admin, webhook_id: str) -> AttemptAnswer:
    """Send a `streetwarden.webhook.test` now and say how it was taken; it is no part of the order of events."""
    city = city_of(request)
    now = city.clock()
    with city.store.read() as rows:
        webhook = rows.webhooks.get(webhook_id)
    told = {
        "specversion": "1.0",
        "id": f"test_{int(now.timestamp() * 1000)}",
        "source": city.couriers.outside.source,
        "type": TYPE_PREFIX + "webhook.test",
        "subject": webhook.id,
        "time": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {},
    }
    return attempt_answer(call(city.couriers.outside, webhook, told))


@router.get("/api/webhooks/{webhook_id}/deliveries")
def list_deliveries(
    request: Request,
    _: Admin,
    webhook_id: str,
    state: Standing | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> DeliveryPage:
    """What it was told and is still to be told, newest first."""
    with city_of(request).store.read() as rows:
        rows.webhooks.get(webhook_id)
        found = rows.deliveries.page(webhook_id, state, limit + 1, cursor)
        told = told_each(rows, webhook_id, found[:limit])
    return DeliveryPage(items=told, next=str(told[-1].id) if len(found) > limit else None)


@router.get("/api/webhooks/{webhook_id}/deliveries/{delivery_id}")
def get_delivery(request: Request, _: Admin, webhook_id: str, delivery_id: DeliveryId) -> DeliveryTold:
    """One delivery with every try."""
    with city_of(request).store.read() as rows:
        return told_whole(rows, webhook_id, delivery_id)


@router.post("/api/webhooks/{webhook_id}/deliveries/{delivery_id}/retry")
def retry_delivery(request: Request, caller: Admin, webhook_id: str, delivery_id: DeliveryId) -> DeliveryTold:
    """Send it again, also one that was delivered or given up. Its message keeps its id."""
    city = city_of(request)
    with city.store.write() as rows:
        rows.deliveries.send_again(rows.deliveries.get(webhook_id, delivery_id), city.clock())
        webhook = replace(rows.webhooks.get(webhook_id), failures=0, resume_at=None)
        rows.webhooks.note_health(webhook)
        _record(rows, caller, city.clock(), "webhook.retried", webhook, delivery=delivery_id)
        return told_whole(rows, webhook_id, delivery_id)


@router.post("/api/webhooks/{webhook_id}/deliveries/{delivery_id}/give_up")
def give_up_delivery(request: Request, caller: Admin, webhook_id: str, delivery_id: DeliveryId) -> DeliveryTold:
    """Try it no more, so that what is behind it goes out; it stays on record and can be sent again."""
    city = city_of(request)
    with city.store.write() as rows:
        webhook, delivery = rows.webhooks.get(webhook_id), rows.deliveries.get(webhook_id, delivery_id)
        if delivery.state is not Standing.WAITING:
            raise DeliveryDone(state=delivery.state.value)
        rows.deliveries.close(delivery, Standing.GIVEN_UP, city.clock())
        _record(rows, caller, city.clock(), "webhook.given_up", webhook, delivery=delivery_id)
        return told_whole(rows, webhook_id, delivery_id)


def _check(city: City, url: str) -> None:
    """AddressRefused for an address that could not be called now; a host that is not there yet may come."""
    host = read_broker(url).host if is_broker(url) else read_target(url).host
    city.couriers.outside.dialer.refuse_literal(host)


def _told_once(webhook: Webhook) -> str | None:
    return None if is_broker(webhook.url) else webhook.secret


def _changed(webhook: Webhook, wish: WebhookChange, now: datetime) -> Webhook:
    if wish.url is not None:
        # A secret of another kind, or for another, would go to somebody whom nobody meant to know it.
        if is_broker(wish.url) != is_broker(webhook.url):
            raise AddressRefused(host=wish.url[:50])
        if wish.password is None and _asks_for_another_password(webhook, wish.url):
            raise PasswordWanted(host=read_broker(wish.url).host)
        webhook = replace(webhook, url=wish.url, failures=0, resume_at=None)
    if wish.password is not None:
        if not is_broker(webhook.url):
            raise AddressRefused(host=shown_address(webhook.url)[:50])
        webhook = replace(webhook, secret=wish.password, failures=0, resume_at=None)
    if wish.types is not None:
        webhook = replace(webhook, types=tuple(wish.types))
    if wish.disabled is True and webhook.disabled_at is None:
        return replace(webhook, disabled_at=now, disabled_why="by_hand")
    if wish.disabled is False:
        return replace(webhook, disabled_at=None, disabled_why=None, failures=0, resume_at=None)
    return webhook


def _asks_for_another_password(webhook: Webhook, url: str) -> bool:
    """Whether the password that is known was meant for another: for all but another topic, unless there is none."""
    if not is_broker(url) or not webhook.secret:
        return False
    return replace(read_broker(url), topic="") != replace(read_broker(webhook.url), topic="")


def _record(rows: Transaction, caller: Actor, now: datetime, action: str, webhook: Webhook, **facts: str | int) -> None:
    told = {"url": shown_address(webhook.url), "types": list(webhook.types), **facts}
    rows.audit.add(AuditLine(now, caller.name, action, webhook.id, None, told))
