"""The table of every version of a duty grid: which one sent a ticket where can be told years later."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, Table, Text

from service.store.tables import Id, UtcTime, metadata

grid_versions = Table(
    "grid_versions",
    metadata,
    Column("grid_id", Id, ForeignKey("grids.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("polygon", JSON, nullable=False),
    Column("units", JSON, nullable=False),
    Column("street_id", Id, ForeignKey("streets.id")),
    Column("ended_at", UtcTime),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", Text),
)
