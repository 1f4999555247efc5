"""Tables of what papers are made from: hours watched, campaigns, evaluation tables, letters, numbers read off ads."""

from sqlalchemy import JSON, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from service.store.tables import Id, Sha256, UtcTime, metadata

camera_hours = Table(
    "camera_hours",
    metadata,
    Column("camera_id", Id, ForeignKey("cameras.id"), primary_key=True),
    Column("hour", UtcTime, primary_key=True),  # its first moment
    Column("seconds", Float, nullable=False),  # watched in it, troubles left out
    Column("frames", Integer, nullable=False, server_default="0"),  # that came, and what became of them:
    Column("faulty", Integer, nullable=False, server_default="0"),  # dark, frozen, …: not analysed
    Column("unchanged", Integer, nullable=False, server_default="0"),
    Column("looked", Integer, nullable=False, server_default="0"),  # analysed, nothing to say
    Column("said", Integer, nullable=False, server_default="0"),  # analysed, something said
    Column("dropped", Integer, nullable=False, server_default="0"),  # newer ones came before their turn
    Column("damaged", Integer, nullable=False, server_default="0"),  # pictures that did not become a frame
    Column("jumps", Integer, nullable=False, server_default="0"),  # of the stream's own time stamps
    Index(None, "hour"),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Id, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("purpose", Text),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("conditions", JSON, nullable=False),  # empty: all
    Column("grids", JSON, nullable=False),
    Column("units", JSON, nullable=False),
    Column("streets", JSON, nullable=False, server_default="[]"),
    Column("target", Integer),  # how many are to be closed
    Column("by", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Index(None, "first", "last"),
)

evaluations = Table(
    "evaluations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("items", JSON, nullable=False),  # number, text, points, conditions, pairs wanted
    Column("problems", JSON, nullable=False),  # rows that could not be read, and why
    Column("sha256", Sha256, nullable=False),  # of the imported file
    Column("by", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

letters = Table(
    "letters",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),  # supervision or operator
    Column("year", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("subject", Id, nullable=False, index=True),  # the unit, or the phone number
    Column("tickets", JSON, nullable=False),
    Column("reason", Text),
    Column("reply_by", UtcTime),
    Column("facts", JSON, nullable=False),  # what the letter says of its tickets, as it was then
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("kind", "year", "count"),
)

ad_numbers = Table(
    "ad_numbers",
    metadata,
    Column("number", String(32), primary_key=True),  # digits only
    Column("state", String(12), nullable=False),  # doubtful, confirmed, refused, settled, restored
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

ad_readings = Table(
    "ad_readings",
    metadata,
    Column("number", String(32), ForeignKey("ad_numbers.number"), primary_key=True),
    Column("observation_id", Id, ForeignKey("observations.id"), primary_key=True),
    Column("by", Text, nullable=False),  # who read it, a person or a model
    Column("at", UtcTime, nullable=False),
    Index(None, "observation_id"),
)

ad_words = Table(
    "ad_words",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("number", String(32), ForeignKey("ad_numbers.number"), nullable=False, index=True),
    Column("word", String(12), nullable=False),  # confirm, refuse, settle or restore
    Column("reason", Text),
    Column("by_id", Id, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
