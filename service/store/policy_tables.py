"""Tables of the policy's versions, and of work that is due at a time."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from service.store.tables import Id, Sha256, UtcTime, metadata

policies = Table(
    "policies",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("sha256", Sha256, nullable=False, index=True),
    Column("version", Text, nullable=False),  # what the city calls it
    Column("text", Text, nullable=False),  # TOML
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    Column("from_at", UtcTime, nullable=False, index=True),  # when it comes into force
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    Column("key", String(160), primary_key=True),  # the same work planned twice is one row
    Column("kind", String(32), nullable=False),
    Column("subject", Id, nullable=False, index=True),
    Column("at", UtcTime, nullable=False),  # due from then on
    Column("holder", String(64)),  # the worker that has it now
    Column("held_until", UtcTime),  # then anybody may take it over
    Column("tries", Integer, nullable=False),
    Column("done_at", UtcTime),
    Column("outcome", String(64)),  # a code: what it did, or why it did nothing
    Index(None, "done_at", "at"),
)

clock_plans = Table(
    "clock_plans",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("version", Integer, nullable=False),  # of the ticket, when its clocks were planned
    Column("policy_sha256", Sha256, nullable=False),
)
