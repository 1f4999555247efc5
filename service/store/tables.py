"""All tables, as SQLite and PostgreSQL both understand them; migrations make them, nothing else does."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)


class UtcTime(TypeDecorator[datetime]):
    """An aware moment; kept in UTC, given back in UTC, refused without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC on the way in; ValueError for a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a kept moment needs a time zone, got {value}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say the zone again on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


Sha256 = String(64)
Id = String(64)


def _place() -> list[Column[Any]]:
    """WGS-84 degrees, metres of doubt and who said so (exif, form, camera, hand)."""
    return [
        Column("lat", Float),
        Column("lon", Float),
        Column("accuracy_m", Float),
        Column("place_source", String(16)),
    ]


meta = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

units = Table(
    "units",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
)

streets = Table(
    "streets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
)

grids = Table(
    "grids",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("polygon", JSON, nullable=False),  # a GeoJSON Polygon, WGS-84
    Column("units", JSON, nullable=False),  # condition -> unit id
    Column("street_id", Id, ForeignKey("streets.id")),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("ended_at", UtcTime),
)

users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("unit_id", Id, ForeignKey("units.id")),
    Column("password_hash", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
)

cameras = Table(
    "cameras",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(8), nullable=False),  # fixed or moving
    *_place(),
    Column("heading_deg", Float),
    Column("url", Text),  # where frames are pulled from; None: they are pushed
    Column("look_every_s", Float, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
    Column("last_frame_at", UtcTime),
    Column("trouble", String(64)),  # a code while the source cannot be read
    Column("by_operator", Boolean, nullable=False, server_default=true()),  # its address was typed on this machine
    Column("height_m", Float),  # how it is mounted
    Column("pitch_deg", Float),
    Column("fov_deg", Float),
    Column("frames", String(8), nullable=False, server_default="chosen"),  # what is pushed: chosen or stream
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("camera_id", Id, ForeignKey("cameras.id")),
    Column("secret_sha256", Sha256, nullable=False, unique=True),
    Column("created_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", Sha256, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
)

setup_links = Table(
    "setup_links",
    metadata,
    Column("token_sha256", Sha256, primary_key=True),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
)

login_attempts = Table(
    "login_attempts",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("login", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("good", Boolean, nullable=False),
    Index(None, "login", "at"),
    Index(None, "address", "at"),
)

_TO_REMOVE = text("original_gone_at IS NOT NULL AND original_removed_at IS NULL")

pictures = Table(
    "pictures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("original_sha256", Sha256, nullable=False, index=True),
    Column("original_type", String(16), nullable=False),  # image/jpeg, image/png, image/webp
    Column("blurred_sha256", Sha256, index=True),  # None until the derivative is made
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("by", Id, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("original_gone_at", UtcTime),  # when its time was over; what was shown stays
    Column("original_removed_at", UtcTime),  # when its bytes were put away after that, unless others keep them
    Index("ix_pictures_to_remove", "original_sha256", sqlite_where=_TO_REMOVE, postgresql_where=_TO_REMOVE),
)

photos = Table(
    "photos",
    metadata,
    Column("id", Id, primary_key=True),
    Column("status", String(8), nullable=False),  # stored, then done
    Column("actor", Id, nullable=False),
    Column("actor_role", String(16), nullable=False),
    Column("key", String(255)),  # Idempotency-Key
    Column("request_sha256", Sha256, nullable=False),
    Column("picture_id", Id, ForeignKey("pictures.id"), nullable=False),
    *_place(),
    Column("taken_at", UtcTime, nullable=False),
    Column("time_source", String(16), nullable=False),  # exif, form or received
    Column("condition", String(64)),  # what the person said it shows
    Column("note", Text),
    Column("answer", JSON),  # what the sender was told, word for word
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("actor", "key"),
    Index(None, "status"),
)

_LATE = text("overdue_at IS NOT NULL")

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("resolution", String(20)),
    Column("condition", String(64), nullable=False),
    Column("code_table", String(16)),  # the table and the code that it was filed under
    Column("code", String(16)),
    *_place(),
    Column("cell", String(16)),  # H3 cell of the place, for look-up
    Column("fixed_camera_id", Id, index=True),  # seen by a camera that does not move
    Column("zone", Id),  # in that part of its picture
    Column("unit_id", Id, ForeignKey("units.id"), index=True),
    Column("opened_at", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("filed_at", UtcTime),
    Column("due_at", UtcTime),
    Column("review_at", UtcTime),  # when a suspended ticket is looked at again
    Column("ended_at", UtcTime),
    Column("recurrence_of", Id, ForeignKey("tickets.id"), index=True),
    Column("merged_into", Id, ForeignKey("tickets.id"), index=True),
    Column("overdue_at", UtcTime),
    Column("urged_at", UtcTime),
    Column("supervised_at", UtcTime),
    Column("extensions", Integer, nullable=False, server_default="0"),
    Column("legal_hold", Boolean, nullable=False, server_default=false()),
    Column("co_units", JSON, nullable=False, server_default="[]"),  # ids of units that help
    Column("policy_sha256", Sha256, nullable=False),
    Column("by_camera", Boolean, nullable=False, server_default=false()),  # what its history comes to:
    Column("nudged_at", UtcTime),
    Column("reported_at", UtcTime),
    Column("dispatched_at", UtcTime),
    Column("handled_at", UtcTime),
    Column("accepted_at", UtcTime),
    Column("returns", Integer, nullable=False, server_default="0"),
    Column("reworks", Integer, nullable=False, server_default="0"),
    Column("paused_s", Float, nullable=False, server_default="0"),
    Column("handling_s", Float),  # from dispatch to the work that stood
    Index(None, "cell", "condition"),
    Index(None, "state", "opened_at"),
    Index(None, "opened_at", "id"),
    Index(None, "state", "id"),
    Index(None, "lat", "lon"),
    Index("ix_tickets_late", "state", "id", sqlite_where=_LATE, postgresql_where=_LATE),
)

history = Table(
    "history",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("version", Integer, nullable=False),  # of the ticket, after this entry
    Column("at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("from", String(16)),  # None: it was opened
    Column("to", String(16), nullable=False),
    Column("reason", Text),
    Column("facts", JSON, nullable=False),
    Column("policy_sha256", Sha256, nullable=False),
    UniqueConstraint("ticket_id", "version"),
    Index(None, "to", "at"),
)

observations = Table(
    "observations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("condition", String(64), nullable=False),
    Column("score", Float),  # None: a person said so and no model saw it
    Column("detections", JSON, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    *_place(),
    Column("source_type", String(8), nullable=False),  # photo or camera
    Column("source_id", Id, nullable=False),
    Column("fixed", Boolean, nullable=False),
    Column("by_person", Boolean, nullable=False),
    Column("photo_id", Id, ForeignKey("photos.id"), index=True),
    Column("picture_id", Id, ForeignKey("pictures.id"), nullable=False, index=True),
    Column("weights_sha256", Sha256),
    Column("zone", Id),  # of a fixed camera's picture
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("outcome", String(16)),  # opened or seen_again
    Column("reason", String(64)),  # why there is no ticket
    Column("verdict", String(16)),  # the latest word of a reviewer
    Column("created_at", UtcTime, nullable=False),
    Index(None, "ticket_id", "seen_at"),
    Index(None, "verdict", "id"),
    Index(None, "source_id", "condition", "seen_at"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("observation_id", Id, ForeignKey("observations.id"), nullable=False, index=True),
    Column("verdict", String(16), nullable=False),
    Column("reason", Text),
    Column("condition", String(64)),
    Column("xyxy", JSON),  # the first of `boxes`
    Column("was", JSON, nullable=False),  # condition and detections before it
    Column("by", Id, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("boxes", JSON(none_as_null=True)),  # all that a reviewer left on the picture
    Index(None, "by", "at"),
)

ticket_evidence = Table(
    "ticket_evidence",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("picture_id", Id, ForeignKey("pictures.id"), primary_key=True),
    Column("role", String(16), nullable=False),  # before, after, near, far or reference
    Column("by", Id, nullable=False),
    Column("at", UtcTime, nullable=False),
    *_place(),  # where the camera that took it stood
    Column("taken_at", UtcTime),
)

ticket_numbers = Table(
    "ticket_numbers",
    metadata,
    Column("day", String(8), primary_key=True),  # YYYYMMDD in the city's zone
    Column("last", Integer, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcTime, nullable=False),
    Column("type", String(32), nullable=False),
    Column("subject", Id, nullable=False, index=True),
    Column("body", JSON, nullable=False),
    sqlite_autoincrement=True,  # a number is never given twice, so Last-Event-ID stays true
)
