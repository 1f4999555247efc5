"""Tables of the audit trail and of what a second person has to confirm."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from service.store.tables import Id, Sha256, UtcTime, metadata

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the chain counts, without gaps
    Column("at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text),
    Column("facts", JSON, nullable=False),
    Column("sha256", Sha256, nullable=False),  # of this line and of the hash before it
    Index(None, "subject", "seq"),
    Index(None, "action", "seq"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row, 1
    Column("seq", Integer, nullable=False),
    Column("sha256", Sha256, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),  # of the ticket, as the one who asked saw it
    Column("reason", Text, nullable=False),
    Column("asked_by", Id, nullable=False),
    Column("asked_name", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("status", String(16), nullable=False),  # waiting, confirmed or refused
    Column("decided_by", Id),
    Column("decided_name", Text),
    Column("decided_at", UtcTime),
    Column("decided_reason", Text),
    Index(None, "status", "asked_at"),
)
