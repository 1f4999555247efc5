"""Tables of what is told to others: who wants to hear, what each of them is to hear, and every try."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from service.store.tables import Id, UtcTime, metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", Text, nullable=False),
    Column("types", JSON, nullable=False),  # beginnings of event types; empty: all
    Column("unit_id", Id, ForeignKey("units.id")),  # only about this unit's tickets
    Column("secret", Text, nullable=False),
    Column("former_secret", Text),  # signs as well until `former_until`
    Column("former_until", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
    Column("disabled_why", String(64)),
    Column("from_seq", Integer, nullable=False),  # events up to this number are laid out or not wanted
    Column("failures", Integer, nullable=False),  # in a row
    Column("resume_at", UtcTime),  # nothing is sent before
    Column("holder", String(64)),  # the process that sends to it
    Column("held_until", UtcTime),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("webhook_id", Id, ForeignKey("webhooks.id"), nullable=False),
    Column("event_seq", Integer, ForeignKey("events.seq"), nullable=False),
    Column("subject", Id, nullable=False),  # what is told in order
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    UniqueConstraint("webhook_id", "event_seq"),
    Index(None, "webhook_id", "state", "event_seq"),
    Index(None, "webhook_id", "subject", "event_seq"),
)

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("status", Integer),  # of HTTP; None: there was no answer
    Column("code", String(64)),  # why there was none
    Column("took_ms", Integer, nullable=False),
)
