"""One webhook and its thread: lay out what it wants to hear, send it in order, note every try, rest after failures."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy.exc import DBAPIError

from service.clock import Clock
from service.domain.delivery import Attempt, Fate, Standing, is_given_up, pause_after
from service.errors import ServiceError
from service.errors.outside import AddressRefused, CallFailed, MessageRefused
from service.numbers import Numbers
from service.outbound.calling import Reply, post
from service.outbound.cloudevents import MEDIA_TYPE, envelope, seal, written
from service.outbound.dialing import Dialer
from service.outbound.mqtt import Letter, is_broker, publish
from service.store import Store
from service.store.deliveries import FORGOTTEN_AT_ONCE, Delivery
from service.store.webhooks import Webhook

LOOK_EVERY_S: Final = 1.0
LEASE: Final = timedelta(seconds=45)
RENEWED_AFTER_S: Final = 15.0
TIDIED_EVERY_S: Final = 3600.0
KEPT_FOR: Final = timedelta(days=30)
AT_ONCE: Final = 20
FAILING_AFTER: Final = 5
FILTERED_BY: Final = ("id", "type", "subject")
"""What a subscriber to a broker reads without opening the body."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outside:
    """What every courier needs.

    Attributes:
        source: who speaks, as CloudEvents names it.
        holder: this process, as leases name it.
    """

    store: Store
    dialer: Dialer
    clock: Clock
    numbers: Numbers
    source: str
    holder: str
    chance: Callable[[], float] = random.random


class Courier:
    """Sends to one webhook while this process has the right to."""

    def __init__(self, webhook_id: str, outside: Outside) -> None:
        self._id = webhook_id
        self._outside = outside
        self._held = self._tidied = -TIDIED_EVERY_S
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"webhook {webhook_id}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, wait_s: float = 0.0) -> None:
        """End after the call that is in progress."""
        self._stopping.set()
        if wait_s and self._thread.is_alive():
            self._thread.join(wait_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                busy = self.round()
            except (ServiceError, DBAPIError) as error:
                log.warning("a webhook's rows cannot be read or written now", webhook=self._id, exc_info=error)
                busy = False
            if not busy:
                self._stopping.wait(LOOK_EVERY_S)
        self._let_go()

    def round(self) -> bool:
        """Lay out and send what is due; True if something was sent, so that there may be more."""
        now = self._outside.clock()
        with self._outside.store.read() as rows:
            webhook = rows.webhooks.get(self._id)
            news = rows.webhooks.last_event() > webhook.from_seq
            due = rows.deliveries.due(self._id, now, AT_ONCE)
        if not due and time.monotonic() - self._tidied > TIDIED_EVERY_S:
            self._tidy(webhook, now)
        resting = webhook.resume_at is not None and now < webhook.resume_at
        if webhook.disabled_at is not None or not (news or (due and not resting)):
            return False
        with self._outside.store.write() as rows:
            if not rows.webhooks.hold(self._id, self._outside.holder, now, now + LEASE):
                return False
            self._held = time.monotonic()
            if news:
                rows.deliveries.lay_out(webhook, now)
            due = [] if resting else rows.deliveries.due(self._id, now, AT_ONCE)
        return self._send_all(due)

    def _tidy(self, webhook: Webhook, now: datetime) -> None:
        """Forget what was done a month ago, unless there is so much of it that the rest is for later."""
        with self._outside.store.write() as rows:
            if webhook.disabled_at is None:
                rows.deliveries.lay_out(webhook, now)
            gone = rows.deliveries.forget(self._id, now - KEPT_FOR)
        if gone < FORGOTTEN_AT_ONCE:
            self._tidied = time.monotonic()

    def _send_all(self, due: list[Delivery]) -> bool:
        for delivery in due:
            if self._stopping.is_set() or not self._send(delivery):
                return False
        return bool(due)

    def _send(self, delivery: Delivery) -> bool:
        """Send one delivery; False if nothing more should be sent now."""
        now = self._outside.clock()
        if not self._still_holds(now):
            return False
        with self._outside.store.read() as rows:
            webhook = rows.webhooks.get(self._id)
        if webhook.disabled_at is not None:
            return False
        told = envelope(delivery.event, self._outside.source)
        attempt = call(self._outside, webhook, told)
        self._note(delivery, attempt)
        return attempt.fate in (Fate.TAKEN, Fate.REFUSED)

    def _still_holds(self, now: datetime) -> bool:
        """Whether the lease lasts beyond one more call; it is renewed where it might not."""
        if time.monotonic() - self._held < RENEWED_AFTER_S:
            return True
        with self._outside.store.write() as rows:
            held = rows.webhooks.hold(self._id, self._outside.holder, now, now + LEASE)
        self._held = time.monotonic()
        return held

    def _note(self, delivery: Delivery, attempt: Attempt) -> None:
        self._outside.numbers.deliveries.labels(attempt.fate.value).inc()
        with self._outside.store.write() as rows:
            former = rows.webhooks.get(self._id)
            webhook = after(former, attempt, self._outside.chance())
            pause = pause_after(delivery.tries + 1, self._outside.chance(), attempt.retry_after)
            state = Standing.WAITING
            if attempt.fate is Fate.TAKEN:
                state = Standing.DELIVERED
            elif is_given_up(delivery.created_at, attempt.at):
                state = Standing.GIVEN_UP
            # A message rests alone, also where its receiver rests as a whole: it may be what the receiver stumbles on.
            rows.deliveries.note(delivery, attempt, state, attempt.at + pause)
            if attempt.fate is Fate.TAKEN and former.failures >= FAILING_AFTER:  # it was down, and is up again
                rows.deliveries.hurry(self._id, attempt.at)
            rows.webhooks.note_health(webhook)
            if attempt.fate is Fate.GONE:
                rows.webhooks.end(webhook.id, attempt.at, "gone")
            if webhook.failures == FAILING_AFTER or attempt.fate is Fate.GONE:
                body = {"failures": webhook.failures, "status": attempt.status, "code": attempt.code}
                rows.events.add(attempt.at, "webhook.failing", webhook.id, body)

    def _let_go(self) -> None:
        try:
            with self._outside.store.write() as rows:
                rows.webhooks.let_go(self._id, self._outside.holder)
        except (ServiceError, DBAPIError) as error:
            log.info("a lease was left to run out", webhook=self._id, exc_info=error)


def after(webhook: Webhook, attempt: Attempt, chance: float) -> Webhook:
    """A webhook after a try: well again, or at rest until a later moment."""
    if attempt.fate in (Fate.TAKEN, Fate.REFUSED):
        return replace(webhook, failures=0, resume_at=None)
    failures = webhook.failures + 1
    return replace(
        webhook, failures=failures, resume_at=attempt.at + pause_after(failures, chance, attempt.retry_after)
    )


def call(outside: Outside, webhook: Webhook, told: Mapping[str, Any]) -> Attempt:
    """Send one envelope and say how it went; no address and no answer reaches the log."""
    now, began = outside.clock(), time.monotonic()
    try:
        reply = _sent(outside, webhook, told, now)
    except (AddressRefused, CallFailed) as error:
        took_ms, reason = round((time.monotonic() - began) * 1000), error.facts.get("reason")
        log.warning("a webhook was not reached", webhook=webhook.id, message=told["id"], code=error.code, reason=reason)
        status, is_about_message = reason if isinstance(reason, int) else None, isinstance(error, MessageRefused)
        return Attempt(now, status, error.code, took_ms, refuses_message=is_about_message)
    wish = None if reply.retry_after_s is None else timedelta(seconds=reply.retry_after_s)
    return Attempt(now, reply.status, None, reply.took_ms, wish)


def _sent(outside: Outside, webhook: Webhook, told: Mapping[str, Any], now: datetime) -> Reply:
    """By the way that the address names; a broker knows us by its password, everybody else by our signature."""
    if is_broker(webhook.url):
        letter = Letter(written(told), MEDIA_TYPE, {name: str(told[name]) for name in FILTERED_BY})
        return publish(outside.dialer, webhook.url, webhook.secret, letter)
    message = seal(told, webhook.secrets_in_use(now), now)
    return post(outside.dialer, webhook.url, message.body, message.headers)
