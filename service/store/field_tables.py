"""Tables of the field: inspections, premises and yards, where a ticket is in words, and whose task a look is."""

from sqlalchemy import JSON, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from service.store.tables import Id, UtcTime, metadata

inspections = Table(
    "inspections",
    metadata,
    Column("id", Id, primary_key=True),
    Column("by_id", Id, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("key", Text),  # what the sender calls it, so that sending it twice keeps it once
    Column("route", Text, nullable=False),
    Column("grid", Id),
    Column("track", JSON, nullable=False),  # [lon, lat] on WGS-84, in the order of the walk
    Column("conditions", JSON, nullable=False),  # what was looked for; empty: all
    Column("tickets", JSON, nullable=False),  # what was found; empty: nothing
    Column("note", Text),
    Column("began_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    UniqueConstraint("by_id", "key"),
    Index(None, "began_at"),
)

premises = Table(
    "premises",
    metadata,
    Column("id", Id, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", String(8), nullable=False),  # shop or yard
    Column("name", Text, nullable=False),
    Column("address", Text),
    Column("frontage", JSON, nullable=False),  # a GeoJSON Polygon, WGS-84
    Column("south", Float, nullable=False),  # its bounds, to find it by
    Column("west", Float, nullable=False),
    Column("north", Float, nullable=False),
    Column("east", Float, nullable=False),
    Column("doorstep", JSON, nullable=False),  # conditions that it answers for
    Column("unit_id", Id, ForeignKey("units.id")),  # its partner
    Column("pledge", Text),
    Column("pledged_on", Date),
    Column("score", Integer),
    Column("award", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Index(None, "south", "north"),
)

ticket_places = Table(
    "ticket_places",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("address", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

task_holders = Table(
    "task_holders",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # field_verify or field_check
    Column("holder_id", Id, nullable=False),  # of the account or key
    Column("holder", Text, nullable=False),
    Column("by", Text, nullable=False),  # who gave it; the holder, where the holder took it
    Column("at", UtcTime, nullable=False),
    Column("due_at", UtcTime),
    Column("note", Text),
    Column("ended_at", UtcTime),
    Column("ended_by", Text),
    Column("ended_how", String(16)),  # done, given_back, passed_on or moot
    Column("ended_why", Text),
    Index(None, "holder_id", "ended_at"),
)
