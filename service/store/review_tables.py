"""Tables of the review: who has what before them, and what a second reviewer said."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, String, Table, Text

from service.store.tables import Id, UtcTime, metadata

review_leases = Table(
    "review_leases",
    metadata,
    Column("observation_id", Id, ForeignKey("observations.id"), primary_key=True),
    Column("holder", Id, nullable=False, index=True),  # the account or key
    Column("until", UtcTime, nullable=False, index=True),
)

second_looks = Table(
    "second_looks",
    metadata,
    Column("observation_id", Id, ForeignKey("observations.id"), primary_key=True),
    Column("condition", String(64), nullable=False),  # before anybody judged it
    Column("detections", JSON, nullable=False),  # likewise
    Column("first_by", Id, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("first_verdict", String(16), nullable=False),
    Column("first_reason", Text),
    Column("first_condition", String(64)),
    Column("second_by", Id),  # None: nobody has looked again yet
    Column("second_at", UtcTime),
    Column("second_verdict", String(16)),
    Column("second_reason", Text),
    Column("second_condition", String(64)),
    Column("agrees", Boolean),
    Index(None, "second_at", "first_at"),
    Index(None, "agrees", "second_at"),
)
