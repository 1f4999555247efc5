"""The table of the lists of tickets that people come back to."""

from sqlalchemy import Column, Index, String, Table

from service.store.tables import Id, UtcTime, metadata

saved_views = Table(
    "saved_views",
    metadata,
    Column("owner", Id, primary_key=True),  # a login
    Column("name", String(60), primary_key=True),
    Column("search", String(500), nullable=False),  # as it stands in the page's address
    Column("shared_with", Id),  # a unit, "" for those who belong to none; None: kept for its owner alone
    Column("saved_at", UtcTime, nullable=False),
    Index(None, "shared_with"),
)
