"""The table of what citizens sent in without an account."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, String, Table, Text

from service.store.tables import Id, Sha256, UtcTime, metadata

citizen_reports = Table(
    "citizen_reports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", Sha256, nullable=False),  # of all that was sent, so that a repetition is known
    Column("condition", String(64), nullable=False),
    Column("description", Text),
    Column("lat", Float),
    Column("lon", Float),
    Column("accuracy_m", Float),
    Column("place_source", String(16)),
    Column("address", Text),
    Column("answers", JSON, nullable=False),  # to the questions of the service
    Column("contact", JSON, nullable=False),  # for caseworkers alone
    Column("media_url", Text),
    Column("photo_id", Id, ForeignKey("photos.id")),
    Column("ticket_id", Id, ForeignKey("tickets.id"), index=True),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "digest", "created_at"),
)

report_keys = Table(
    "report_keys",
    metadata,
    Column("sender", Id, primary_key=True),
    Column("key", String(255), primary_key=True),  # what the sender calls the request
    Column("report_id", Id, ForeignKey("citizen_reports.id"), nullable=False),
    Column("answered", String(16), nullable=False),  # how, so that it is answered so again
)
