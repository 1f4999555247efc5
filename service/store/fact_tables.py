"""Tables of dated facts on tickets, and of the units that help with them."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from service.store.tables import Id, UtcTime, metadata

ticket_facts = Table(
    "ticket_facts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("version", Integer, nullable=False),  # of the ticket; the line of history that says the same
    Column("kind", String(24), nullable=False),
    Column("at", UtcTime, nullable=False),  # when it happened
    Column("noted_at", UtcTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text),
    Column("details", JSON, nullable=False),
    Column("key", String(255)),  # its name, so that it is noted once
    UniqueConstraint("ticket_id", "version"),
    UniqueConstraint("ticket_id", "key"),
    Index(None, "kind", "at"),
)

ticket_units = Table(
    "ticket_units",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("unit_id", Id, ForeignKey("units.id"), primary_key=True, index=True),
    Column("asked_at", UtcTime, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("task", Text),
    Column("answer", String(16)),  # done, not_ours or cannot; None: silent
    Column("remark", Text),
    Column("answered_at", UtcTime),
    Column("answered_by", Text),
    Column("released_at", UtcTime),
)
