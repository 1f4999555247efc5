"""The table of the lists of tickets that people come back to."""

from sqlalchemy import Boolean, Column, String, Table

from service.store.tables import Id, UtcTime, metadata

saved_views = Table(
    "saved_views",
    metadata,
    Column("owner", Id, primary_key=True),  # the account or key
    Column("name", String(60), primary_key=True),
    Column("search", String(500), nullable=False),  # as it stands in the page's address
    Column("shared", Boolean, nullable=False),  # with whom, says the unit that its owner belongs to by now
    Column("saved_at", UtcTime, nullable=False),
)
