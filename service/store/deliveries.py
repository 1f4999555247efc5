"""Deliveries: each event once for each webhook that wants it, in order for each ticket, with every try."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, or_, select, update

from service.domain.delivery import Attempt, Standing
from service.errors.outside import DeliveryUnknown
from service.store.events import Event
from service.store.locks import lock
from service.store.outbox_tables import deliveries, delivery_attempts, webhooks
from service.store.places import Row
from service.store.tables import events
from service.store.webhooks import Webhook

LAID_OUT_AT_ONCE: Final = 500
FORGOTTEN_AT_ONCE: Final = 500
SETTLED_AFTER: Final = timedelta(minutes=2)
"""On PostgreSQL a number may become visible after a higher one; after so long, no transaction is still open."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one webhook."""

    id: int
    webhook_id: str
    event: Event
    state: Standing
    tries: int
    next_at: datetime
    created_at: datetime
    done_at: datetime | None


class Deliveries:
    """Rows of `deliveries` and `delivery_attempts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lay_out(self, webhook: Webhook, now: datetime) -> int:
        """Make the deliveries of events that have none yet, and say how many; each is made once, whoever asks."""
        lock(self._connection, [f"webhook:{webhook.id}"])
        from_seq = self._connection.execute(select(webhooks.c.from_seq).where(webhooks.c.id == webhook.id)).scalar_one()
        there = exists().where(deliveries.c.webhook_id == webhook.id, deliveries.c.event_seq == events.c.seq)
        query = (
            select(events.c.seq, events.c.subject)
            .where(events.c.seq > from_seq, *_wanted(webhook), ~there)
            .order_by(events.c.seq)
            .limit(LAID_OUT_AT_ONCE)
        )
        fresh = list(self._connection.execute(query))
        if fresh:
            self._connection.execute(insert(deliveries), [_fresh(webhook, seq, subject, now) for seq, subject in fresh])
        self._advance(webhook.id, from_seq, fresh[-1][0] if len(fresh) == LAID_OUT_AT_ONCE else None, now)
        return len(fresh)

    def due(self, webhook_id: str, now: datetime, limit: int) -> list[Delivery]:
        """What may be sent now: of each ticket the oldest event that has not been told, if its time has come.

        What was never tried comes first, so that a message on which the receiver stumbles lets the others pass.
        """
        earlier = deliveries.alias("earlier")
        waits = exists().where(
            earlier.c.webhook_id == deliveries.c.webhook_id,
            earlier.c.subject == deliveries.c.subject,
            earlier.c.state == Standing.WAITING.value,
            earlier.c.event_seq < deliveries.c.event_seq,
        )
        where = (
            deliveries.c.webhook_id == webhook_id,
            deliveries.c.state == Standing.WAITING.value,
            deliveries.c.next_at <= now,
            ~waits,
        )
        # Both in the order of the index, so that a backlog of days is not read to find twenty.
        fresh = self._all(*where, deliveries.c.tries == 0, limit=limit, order=(deliveries.c.event_seq,))
        if len(fresh) == limit:
            return fresh
        tried = self._all(*where, deliveries.c.tries > 0, limit=limit - len(fresh), order=(deliveries.c.event_seq,))
        return [*fresh, *tried]

    def note(self, delivery: Delivery, attempt: Attempt, state: Standing, next_at: datetime) -> None:
        """Write a try and what it led to; what was given up meanwhile waits no more."""
        self._connection.execute(
            insert(delivery_attempts).values(
                delivery_id=delivery.id,
                at=attempt.at,
                status=attempt.status,
                code=attempt.code,
                took_ms=attempt.took_ms,
            )
        )
        self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery.id)
            .values(tries=deliveries.c.tries + 1, next_at=next_at)
        )
        if state is not Standing.WAITING:
            self.close(delivery, state, attempt.at)

    def close(self, delivery: Delivery, state: Standing, now: datetime) -> None:
        """Let a delivery wait no more."""
        query = update(deliveries).where(deliveries.c.id == delivery.id)
        self._connection.execute(query.values(state=state.value, done_at=now))

    def hurry(self, webhook_id: str, now: datetime) -> None:
        """Let all that waits be due at once."""
        where = (deliveries.c.webhook_id == webhook_id, deliveries.c.state == Standing.WAITING.value)
        self._connection.execute(update(deliveries).where(*where, deliveries.c.next_at > now).values(next_at=now))

    def get(self, webhook_id: str, delivery_id: int) -> Delivery:
        """One delivery; DeliveryUnknown."""
        found = self._all(deliveries.c.webhook_id == webhook_id, deliveries.c.id == delivery_id, limit=1)
        if not found:
            raise DeliveryUnknown(id=delivery_id)
        return found[0]

    def send_again(self, delivery: Delivery, now: datetime) -> None:
        """Let a delivery wait for its next try from now on, as if it were new."""
        query = update(deliveries).where(deliveries.c.id == delivery.id)
        fresh = {"state": Standing.WAITING.value, "tries": 0, "next_at": now, "created_at": now, "done_at": None}
        self._connection.execute(query.values(**fresh))

    def forget(self, webhook_id: str, before: datetime) -> int:
        """Take away what was delivered or given up long ago, with its tries, a few at a time; how many went.

        What lies before the mark would be laid out anew, and stays.
        """
        mark = select(webhooks.c.from_seq).where(webhooks.c.id == webhook_id).scalar_subquery()
        where = (
            deliveries.c.webhook_id == webhook_id,
            deliveries.c.done_at < before,
            deliveries.c.event_seq <= mark,
        )
        old = list(self._connection.execute(select(deliveries.c.id).where(*where).limit(FORGOTTEN_AT_ONCE)).scalars())
        self._connection.execute(delete(delivery_attempts).where(delivery_attempts.c.delivery_id.in_(old)))
        self._connection.execute(delete(deliveries).where(deliveries.c.id.in_(old)))
        return len(old)

    def page(
        self, webhook_id: str, state: Standing | None, limit: int = 50, before: int | None = None
    ) -> list[Delivery]:
        """Deliveries to one webhook, newest first; `before` is the id of the last one on the page before."""
        where = [deliveries.c.webhook_id == webhook_id]
        where += [deliveries.c.state == state.value] if state else []
        where += [deliveries.c.id < before] if before is not None else []
        return self._all(*where, limit=limit, order=(deliveries.c.id.desc(),))

    def attempts(self, delivery_id: int) -> list[Attempt]:
        """All tries of one delivery, oldest first."""
        query = select(delivery_attempts).where(delivery_attempts.c.delivery_id == delivery_id)
        rows = self._connection.execute(query.order_by(delivery_attempts.c.seq)).mappings()
        return [_attempt(row) for row in rows]

    def last_attempts(self, ids: Sequence[int]) -> dict[int, Attempt]:
        """The latest try of each of these deliveries that was tried."""
        tries = delivery_attempts.c
        latest = select(func.max(tries.seq)).where(tries.delivery_id.in_(ids)).group_by(tries.delivery_id)
        rows = self._connection.execute(select(delivery_attempts).where(tries.seq.in_(latest))).mappings()
        return {row["delivery_id"]: _attempt(row) for row in rows}

    def foremost(self, webhook_id: str, subjects: Sequence[str]) -> dict[str, int]:
        """By ticket, the delivery for which all later ones wait."""
        where = (
            deliveries.c.webhook_id == webhook_id,
            deliveries.c.state == Standing.WAITING.value,
            deliveries.c.subject.in_(subjects),
        )
        query = select(deliveries.c.subject, deliveries.c.id).where(*where).order_by(deliveries.c.event_seq.desc())
        return {row.subject: row.id for row in self._connection.execute(query)}

    def stuck(self, webhook_id: str) -> int:
        """How many wait that were tried and not taken."""
        where = (deliveries.c.webhook_id == webhook_id, deliveries.c.state == Standing.WAITING.value)
        query = select(func.count()).select_from(deliveries).where(*where, deliveries.c.tries > 0)
        found: int = self._connection.execute(query).scalar_one()
        return found

    def counts(self, webhook_id: str) -> dict[Standing, int]:
        """How many deliveries stand where."""
        query = select(deliveries.c.state, func.count()).where(deliveries.c.webhook_id == webhook_id)
        found = self._connection.execute(query.group_by(deliveries.c.state))
        return dict.fromkeys(Standing, 0) | {Standing(state): count for state, count in found}

    def _all(self, *where: ColumnElement[bool], limit: int, order: Sequence[ColumnElement[Any]] = ()) -> list[Delivery]:
        query = (
            select(deliveries, events.c.at, events.c.type, events.c.body)
            .join(events, events.c.seq == deliveries.c.event_seq)
            .where(*where)
            .order_by(*order)
            .limit(limit)
        )
        return [_delivery(row) for row in self._connection.execute(query).mappings()]

    def _advance(self, webhook_id: str, from_seq: int, laid_out_to: int | None, now: datetime) -> None:
        """Move the mark behind which nothing new can turn up."""
        settled: list[ColumnElement[bool]] = [events.c.seq > from_seq]
        if laid_out_to is not None:
            settled.append(events.c.seq <= laid_out_to)
        if self._connection.dialect.name == "postgresql":
            settled.append(events.c.at < now - SETTLED_AFTER)
        highest = self._connection.execute(select(func.max(events.c.seq)).where(and_(*settled))).scalar()
        if highest is not None:
            self._connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(from_seq=highest))


def _wanted(webhook: Webhook) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if webhook.types:
        where.append(or_(*(events.c.type.startswith(begins, autoescape=True) for begins in webhook.types)))
    if webhook.unit_id is not None:
        where.append(events.c.body["unit"].as_string() == webhook.unit_id)
    return where


def _fresh(webhook: Webhook, seq: int, subject: str, now: datetime) -> dict[str, Any]:
    return {
        "webhook_id": webhook.id,
        "event_seq": seq,
        "subject": subject,
        "state": Standing.WAITING.value,
        "tries": 0,
        "next_at": now,
        "created_at": now,
    }


def _attempt(row: Row) -> Attempt:
    return Attempt(**{name: row[name] for name in ("at", "status", "code", "took_ms")})


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        webhook_id=row["webhook_id"],
        event=Event(row["event_seq"], row["at"], row["type"], row["subject"], row["body"]),
        state=Standing(row["state"]),
        tries=row["tries"],
        next_at=row["next_at"],
        created_at=row["created_at"],
        done_at=row["done_at"],
    )
