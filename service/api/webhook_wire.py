"""Webhooks as they are asked for and told: wishes, answers, and each delivery with what became of it."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, model_validator

from service.api.body import TEXT
from service.api.wire import Moment
from service.domain.delivery import Attempt, Standing
from service.outbound.cloudevents import TYPE_PREFIX, message_id
from service.outbound.mqtt import is_broker
from service.store import Transaction
from service.store.deliveries import Delivery
from service.store.webhooks import Webhook

Type = Annotated[str, Field(max_length=64, pattern=r"^[a-z_]+\.[a-z_.]*$", examples=["ticket."])]
Password = Annotated[str, Field(max_length=1000, pattern=TEXT)]
Url = Annotated[str, Field(min_length=8, max_length=2000, pattern=TEXT)]
State = Literal["well", "refusing", "failing", "disabled"]


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
    A broker elsewhere, another user, or a line without encryption needs its password with it: the one that is known
    was meant for another (`webhook.password_wanted`).
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"disabled": True}]})

    url: Url | None = None
    types: Annotated[list[Type], Field(max_length=20)] | None = None
    disabled: bool | None = None
    password: Password | None = None


class WebhookAnswer(BaseModel):
    """A webhook and how it is doing; `url` is shown without its query, which may be a secret.

    `refusing` says that it is reached and that some of what waits was tried and not taken; `stuck` counts these.
    """

    id: str
    url: str
    types: list[str]
    unit: str | None
    state: State
    disabled_why: str | None
    failures: int
    resume_at: Moment | None
    created_at: Moment
    waiting: int
    stuck: int
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
    """One try: the status that came back, or the code of why it came to nothing.

    Beside a code, `status` is the reason that a broker gave, as MQTT 5 numbers them (135, hexadecimal 87: not
    authorized).
    """

    at: Moment
    status: int | None
    code: str | None
    took_ms: int


class DeliveryAnswer(BaseModel):
    """One event for one webhook.

    `last` is its latest try; `behind` is the delivery of the same ticket that must be taken or given up first.
    """

    id: int
    message: str
    type: str
    subject: str
    state: Standing
    tries: int
    next_at: Moment | None
    created_at: Moment
    done_at: Moment | None
    last: AttemptAnswer | None
    behind: int | None


class DeliveryTold(DeliveryAnswer):
    """A delivery with every try."""

    attempts: list[AttemptAnswer]


class DeliveryPage(BaseModel):
    """Deliveries, newest first."""

    items: list[DeliveryAnswer]
    next: str | None


DeliveryId = Annotated[int, Path(ge=1, le=2**31 - 1)]


def answer(rows: Transaction, webhook: Webhook) -> WebhookAnswer:
    """A webhook and how it is doing."""
    counts, stuck = rows.deliveries.counts(webhook.id), rows.deliveries.stuck(webhook.id)
    return WebhookAnswer(
        id=webhook.id,
        url=shown_address(webhook.url),
        types=list(webhook.types),
        unit=webhook.unit_id,
        state=_state(webhook, stuck),
        disabled_why=webhook.disabled_why,
        failures=webhook.failures,
        resume_at=webhook.resume_at,
        created_at=webhook.created_at,
        waiting=counts[Standing.WAITING],
        stuck=stuck,
        delivered=counts[Standing.DELIVERED],
        given_up=counts[Standing.GIVEN_UP],
    )


def _state(webhook: Webhook, stuck: int) -> State:
    if webhook.disabled_at is not None:
        return "disabled"
    return "failing" if webhook.failures else "refusing" if stuck else "well"


def told_whole(rows: Transaction, webhook_id: str, delivery_id: int) -> DeliveryTold:
    """A delivery with every try; DeliveryUnknown."""
    delivery = rows.deliveries.get(webhook_id, delivery_id)
    (told,) = told_each(rows, webhook_id, [delivery])
    attempts = [attempt_answer(attempt) for attempt in rows.deliveries.attempts(delivery.id)]
    return DeliveryTold(**told.model_dump(), attempts=attempts)


def told_each(rows: Transaction, webhook_id: str, shown: Sequence[Delivery]) -> list[DeliveryAnswer]:
    """Deliveries to one webhook, each with its latest try and what it waits for."""
    last = rows.deliveries.last_attempts([one.id for one in shown])
    waiting = {one.event.subject for one in shown if one.state is Standing.WAITING}
    foremost = rows.deliveries.foremost(webhook_id, sorted(waiting))
    return [_delivery(one, last.get(one.id), foremost.get(one.event.subject)) for one in shown]


def _delivery(delivery: Delivery, last: Attempt | None, foremost: int | None) -> DeliveryAnswer:
    waits = delivery.state is Standing.WAITING
    return DeliveryAnswer(
        id=delivery.id,
        message=message_id(delivery.event),
        type=TYPE_PREFIX + delivery.event.type,
        subject=delivery.event.subject,
        state=delivery.state,
        tries=delivery.tries,
        next_at=delivery.next_at if waits else None,
        created_at=delivery.created_at,
        done_at=delivery.done_at,
        last=attempt_answer(last) if last else None,
        behind=foremost if waits and foremost != delivery.id else None,
    )


def attempt_answer(attempt: Attempt) -> AttemptAnswer:
    """One try."""
    return AttemptAnswer(at=attempt.at, status=attempt.status, code=attempt.code, took_ms=attempt.took_ms)


def shown_address(url: str) -> str:
    """An address without what may be a secret: its query."""
    return url.split("?")[0]
