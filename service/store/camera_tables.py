"""Tables of what cameras are told and what they decided: zones in their pictures, and a reason for every look."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from service.store.tables import Id, UtcTime, metadata

camera_zones = Table(
    "camera_zones",
    metadata,
    Column("camera_id", Id, ForeignKey("cameras.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("zones", JSON, nullable=False),
    Column("shapes", JSON, nullable=False),
    Column("reason", Text),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("camera_id", Id, ForeignKey("cameras.id"), nullable=False),
    Column("condition", String(64)),  # None: about the frame as a whole
    Column("zone", Id),
    Column("reason", String(32), nullable=False),
    Column("first_at", UtcTime, nullable=False),  # the same was decided from this look
    Column("last_at", UtcTime, nullable=False),  # to this one
    Column("looks", Integer, nullable=False),
    Column("observation_id", Id, ForeignKey("observations.id"), index=True),  # what was said
    Column("facts", JSON, nullable=False),  # boxes, scores, thresholds, counts and times of the last look
    Index(None, "camera_id", "last_at"),
    Index(None, "last_at"),
)
