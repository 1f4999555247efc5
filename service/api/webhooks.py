"""Webhooks: who is told what happens, how each is doing, what each was told, and the secrets that sign it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, Self

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from service.api.access import Admin
from service.api.body import TEXT
from service.api.city import City, city_of
from service.api.wire import Moment
from service.domain.audit import AuditLine
from service.domain.delivery import Attempt, Standing
from service.domain.ticket import Actor
from service.errors import UnitUnknown
from service.errors.outside import AddressRefused, WebhookNotSigned
from service.outbound.calling import read_target
from service.outbound.cloudevents import TYPE_PREFIX, message_id, new_secret
from service.outbound.courier import call
from service.outbound.mqtt import is_broker, read_broker
from service.store import Transaction
from service.store.deliveries import Delivery
from service.store.webhooks import Webhook

router = APIRouter(tags=["webhooks"])

FORMER_LASTS: Final = timedelta(hours=24)
Type = Annotated[str, Field(max_length=64, pattern=r"^[a-z_]+\.[a-z_.]*$", examples=["ticket."])]
Password = Annotated[str, Field(max_length=1000, pattern=TEXT)]
Url = Annotated[str, Field(min_length=8, max_length=2000, pattern=TEXT)]


class WebhookWish(BaseModel):
    """Somebody who wants to be told. `types` are beginnings of event types; none means all.

    A `url` of https or http is called; one of mqtts or mqtt names a broker, a user and a topic, and `password` is the
    broker's.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"id": "city-platform", "url": "https://hooks.example/streetwarden", "types": ["ticket."]}]
        },
    )

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
    url: Url
    types: Annotated[list[Type], Field(max_length=20)] = []
    unit: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None
    password: Password | None = None

    @model_validator(mode="after")
    def _has_a_password_for_brokers_only(self) -> Self:
        if self.password is not None and not is_broker(self.url):
            raise ValueError("a password is for a broker; a webhook gets a secret")
        return self


class WebhookChange(BaseModel):
    """What is to be different; what is left out stays. `disabled: false` also lets what waits go out at once.

    `password` is a broker's. Another `url` stays with its kind: what was called is called, a broker stays a broker.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"disabled": True}]})

    url: Url | None = None
    types: Annotated[list[Type], Field(max_length=20)] | None = None
    disabled: bool | None = None
    password: Password | None = None


class WebhookAnswer(BaseModel):
    """A webhook and how it is doing; `url` is shown without its query, which may be a secret."""

    id: str
    url: str
    types: list[str]
    unit: str | None
    state: Literal["well", "failing", "disabled"]
    disabled_why: str | None
    failures: int
    resume_at: Moment | None
    created_at: Moment
    waiting: int
    delivered: int
    given_up: int


class WebhookMade(WebhookAnswer):
    """A webhook with its secret, which is told this once; null for a broker, which knows us by its password."""

    secret: str | None


class WebhookPage(BaseModel):
    """Webhooks by id."""

    items: list[WebhookAnswer]
    next: str | None


class AttemptAnswer(BaseModel):
    """One try: the status that came back, or the code of why none did."""

    at: Moment
    status: int | None
    code: str | None
    took_ms: int


class DeliveryAnswer(BaseModel):
    """One event for one webhook."""

    id: int
    message: str
    type: str
    subject: str
    state: Standing
    tries: int
    next_at: Moment | None
    created_at: Moment
    done_at: Moment | None


class DeliveryTold(DeliveryAnswer):
    """A delivery with every try."""

    attempts: list[AttemptAnswer]


class DeliveryPage(BaseModel):
    """Deliveries, newest first."""

    items: list[DeliveryAnswer]
    next: str | None


DeliveryId = Annotated[int, Path(ge=1, le=2**31 - 1)]


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
            items=[_answer(rows, webhook) for webhook in shown], next=shown[-1].id if len(found) > limit else None
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
        told = WebhookMade(**_answer(rows, webhook).model_dump(), secret=_told_once(webhook))
    city.couriers.wake()
    return told


@router.get("/api/webhooks/{webhook_id}")
def get_webhook(request: Request, _: Admin, webhook_id: str) -> WebhookAnswer:
    """One webhook and how it is doing."""
    with city_of(request).store.read() as rows:
        return _answer(rows, rows.webhooks.get(webhook_id))


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
        _record(rows, caller, now, "webhook.changed", webhook)
        answer = _answer(rows, webhook)
    city.couriers.wake()
    return answer


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
        return WebhookMade(**_answer(rows, webhook).model_dump(), secret=webhook.secret)


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
    return _attempt(call(city.couriers.outside, webhook, told))


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
    shown = found[:limit]
    return DeliveryPage(
        items=[_delivery(delivery) for delivery in shown], next=str(shown[-1].id) if len(found) > limit else None
    )


@router.get("/api/webhooks/{webhook_id}/deliveries/{delivery_id}")
def get_delivery(request: Request, _: Admin, webhook_id: str, delivery_id: DeliveryId) -> DeliveryTold:
    """One delivery with every try."""
    with city_of(request).store.read() as rows:
        return _told(rows, webhook_id, delivery_id)


@router.post("/api/webhooks/{webhook_id}/deliveries/{delivery_id}/retry")
def retry_delivery(request: Request, caller: Admin, webhook_id: str, delivery_id: DeliveryId) -> DeliveryTold:
    """Send it again, also one that was delivered or given up. Its message keeps its id."""
    city = city_of(request)
    with city.store.write() as rows:
        rows.deliveries.send_again(rows.deliveries.get(webhook_id, delivery_id), city.clock())
        webhook = replace(rows.webhooks.get(webhook_id), failures=0, resume_at=None)
        rows.webhooks.note_health(webhook)
        _record(rows, caller, city.clock(), "webhook.retried", webhook, delivery=delivery_id)
        return _told(rows, webhook_id, delivery_id)


def _check(city: City, url: str) -> None:
    """AddressRefused for an address that could not be called now; a host that is not there yet may come."""
    host = read_broker(url).host if is_broker(url) else read_target(url).host
    city.couriers.outside.dialer.refuse_literal(host)


def _told_once(webhook: Webhook) -> str | None:
    return None if is_broker(webhook.url) else webhook.secret


def _changed(webhook: Webhook, wish: WebhookChange, now: datetime) -> Webhook:
    if wish.url is not None:
        if is_broker(wish.url) != is_broker(
            webhook.url
        ):  # its secret is of another kind, and would go to somebody else
            raise AddressRefused(host=wish.url[:50])
        webhook = replace(webhook, url=wish.url, failures=0, resume_at=None)
    if wish.password is not None:
        if not is_broker(webhook.url):
            raise AddressRefused(host=_shown(webhook.url)[:50])
        webhook = replace(webhook, secret=wish.password, failures=0, resume_at=None)
    if wish.types is not None:
        webhook = replace(webhook, types=tuple(wish.types))
    if wish.disabled is True and webhook.disabled_at is None:
        return replace(webhook, disabled_at=now, disabled_why="by_hand")
    if wish.disabled is False:
        return replace(webhook, disabled_at=None, disabled_why=None, failures=0, resume_at=None)
    return webhook


def _record(rows: Transaction, caller: Actor, now: datetime, action: str, webhook: Webhook, **facts: str | int) -> None:
    told = {"url": _shown(webhook.url), "types": list(webhook.types), **facts}
    rows.audit.add(AuditLine(now, caller.name, action, webhook.id, None, told))


def _answer(rows: Transaction, webhook: Webhook) -> WebhookAnswer:
    counts = rows.deliveries.counts(webhook.id)
    return WebhookAnswer(
        id=webhook.id,
        url=_shown(webhook.url),
        types=list(webhook.types),
        unit=webhook.unit_id,
        state="disabled" if webhook.disabled_at else "failing" if webhook.failures else "well",
        disabled_why=webhook.disabled_why,
        failures=webhook.failures,
        resume_at=webhook.resume_at,
        created_at=webhook.created_at,
        waiting=counts[Standing.WAITING],
        delivered=counts[Standing.DELIVERED],
        given_up=counts[Standing.GIVEN_UP],
    )


def _told(rows: Transaction, webhook_id: str, delivery_id: int) -> DeliveryTold:
    delivery = rows.deliveries.get(webhook_id, delivery_id)
    attempts = [_attempt(attempt) for attempt in rows.deliveries.attempts(delivery.id)]
    return DeliveryTold(**_delivery(delivery).model_dump(), attempts=attempts)


def _delivery(delivery: Delivery) -> DeliveryAnswer:
    return DeliveryAnswer(
        id=delivery.id,
        message=message_id(delivery.event),
        type=TYPE_PREFIX + delivery.event.type,
        subject=delivery.event.subject,
        state=delivery.state,
        tries=delivery.tries,
        next_at=delivery.next_at if delivery.state is Standing.WAITING else None,
        created_at=delivery.created_at,
        done_at=delivery.done_at,
    )


def _attempt(attempt: Attempt) -> AttemptAnswer:
    return AttemptAnswer(at=attempt.at, status=attempt.status, code=attempt.code, took_ms=attempt.took_ms)


def _shown(url: str) -> str:
    """An address without what may be a secret: its query."""
    return url.split("?")[0]
