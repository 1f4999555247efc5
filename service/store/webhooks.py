"""Webhooks: who wants to hear what, with which secrets, and which process sends to them now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, or_, select, update

from service.errors.outside import TooManyWebhooks, WebhookExists, WebhookUnknown
from service.store.outbox_tables import webhooks
from service.store.places import Row
from service.store.tables import events

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Webhook:
    """Somebody who is told what happens.

    Attributes:
        types: beginnings of event types, such as `ticket.`; empty for all.
        unit_id: only events about this unit's tickets, None for everybody's.
        from_seq: events up to this number are laid out for it, or not wanted.
        failures: tries that failed in a row.
        resume_at: nothing is sent to it before, None where all is well.
    """

    id: str
    url: str
    types: tuple[str, ...]
    unit_id: str | None
    secret: str
    created_at: datetime
    from_seq: int
    former_secret: str | None = None
    former_until: datetime | None = None
    disabled_at: datetime | None = None
    disabled_why: str | None = None
    failures: int = 0
    resume_at: datetime | None = None

    def secrets_in_use(self, now: datetime) -> list[str]:
        """The secrets that sign now: for a day after a change, the former one as well."""
        former = self.former_secret if self.former_until and now < self.former_until else None
        return [self.secret, *([former] if former else [])]


class Webhooks:
    """Rows of `webhooks`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, webhook: Webhook) -> None:
        """Keep a webhook; WebhookExists, TooManyWebhooks."""
        if self.find(webhook.id) is not None:
            raise WebhookExists(id=webhook.id)
        living = select(func.count()).select_from(webhooks).where(webhooks.c.disabled_at.is_(None))
        if self._connection.execute(living).scalar_one() >= MOST:
            raise TooManyWebhooks(limit=MOST)
        self._connection.execute(insert(webhooks).values(**_columns(webhook)))

    def edit(self, webhook: Webhook) -> None:
        """Write what people decide about a webhook; its health and its lease stay as they are."""
        self._write(webhook, _DECIDED)

    def note_health(self, webhook: Webhook) -> None:
        """Write how a webhook does; what people decide about it stays as it is."""
        self._write(webhook, ("failures", "resume_at"))

    def end(self, webhook_id: str, now: datetime, why: str) -> None:
        """Tell a webhook nothing more; ending it twice changes nothing."""
        where = (webhooks.c.id == webhook_id, webhooks.c.disabled_at.is_(None))
        self._connection.execute(update(webhooks).where(*where).values(disabled_at=now, disabled_why=why))

    def find(self, webhook_id: str) -> Webhook | None:
        """The webhook of that id, None if there is none."""
        row = self._connection.execute(select(webhooks).where(webhooks.c.id == webhook_id)).mappings().first()
        return _webhook(row) if row else None

    def get(self, webhook_id: str) -> Webhook:
        """The webhook of that id; WebhookUnknown if there is none."""
        webhook = self.find(webhook_id)
        if webhook is None:
            raise WebhookUnknown(id=webhook_id)
        return webhook

    def page(self, limit: int = 100, after: str | None = None) -> list[Webhook]:
        """Webhooks by id; `after` is the id of the last one on the page before."""
        query = select(webhooks).where(webhooks.c.id > (after or "")).order_by(webhooks.c.id).limit(limit)
        return [_webhook(row) for row in self._connection.execute(query).mappings()]

    def living(self) -> list[Webhook]:
        """Webhooks that are told."""
        query = select(webhooks).where(webhooks.c.disabled_at.is_(None)).order_by(webhooks.c.id)
        return [_webhook(row) for row in self._connection.execute(query).mappings()]

    def hold(self, webhook_id: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take or renew the right to send to a webhook; False while another process has it."""
        mine = or_(webhooks.c.holder == holder, webhooks.c.held_until.is_(None), webhooks.c.held_until < now)
        where = (webhooks.c.id == webhook_id, webhooks.c.disabled_at.is_(None), mine)
        query = update(webhooks).where(*where).values(holder=holder, held_until=until)
        return self._connection.execute(query).rowcount == 1

    def let_go(self, webhook_id: str, holder: str) -> None:
        """Give the right back, so that another process need not wait."""
        where = (webhooks.c.id == webhook_id, webhooks.c.holder == holder)
        self._connection.execute(update(webhooks).where(*where).values(holder=None, held_until=None))

    def last_event(self) -> int:
        """The number of the latest event, 0 before the first."""
        return self._connection.execute(select(func.max(events.c.seq))).scalar() or 0

    def _write(self, webhook: Webhook, names: Iterable[str]) -> None:
        known = _columns(webhook)
        query = update(webhooks).where(webhooks.c.id == webhook.id).values({name: known[name] for name in names})
        if self._connection.execute(query).rowcount != 1:
            raise WebhookUnknown(id=webhook.id)


_PLAIN: Final = (
    "id",
    "url",
    "unit_id",
    "secret",
    "former_secret",
    "former_until",
    "created_at",
    "disabled_at",
    "disabled_why",
    "from_seq",
    "failures",
    "resume_at",
)
_DECIDED: Final = ("url", "types", "unit_id", "secret", "former_secret", "former_until", "disabled_at", "disabled_why")


def _columns(webhook: Webhook) -> dict[str, Any]:
    return {**{name: getattr(webhook, name) for name in _PLAIN}, "types": list(webhook.types)}


def _webhook(row: Row) -> Webhook:
    return Webhook(**{name: row[name] for name in _PLAIN}, types=tuple(row["types"]))
