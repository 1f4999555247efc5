"""Tables of what vehicles bring home."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from service.store.tables import Id, Sha256, UtcTime, metadata

uploads = Table(
    "uploads",
    metadata,
    Column("id", Id, primary_key=True),
    Column("camera_id", Id, ForeignKey("cameras.id"), nullable=False, index=True),
    Column("by_id", Id, nullable=False),
    Column("by", Text, nullable=False),
    Column("key", String(255)),
    Column("name", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", Sha256, nullable=False),
    Column("offset_s", Float, nullable=False),
    Column("began_at", UtcTime),
    Column("coordinates", String(8), nullable=False),
    Column("state", String(8), nullable=False),
    Column("code", String(64)),
    Column("files", Integer),
    Column("done", Integer, nullable=False),
    Column("looked", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    UniqueConstraint("by_id", "key"),
    Index(None, "state", "created_at"),
)

upload_files = Table(
    "upload_files",
    metadata,
    Column("upload_id", Id, ForeignKey("uploads.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("file", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("code", String(64)),
    Column("frames", Integer, nullable=False),
    Column("placed", Integer, nullable=False),
    Column("looked", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("without", JSON, nullable=False),
    Column("offset_hint_s", Float),
)
