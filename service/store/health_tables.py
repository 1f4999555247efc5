"""Tables of how cameras are: events in time, and what was learned of each, so that a restart forgets nothing."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from service.store.tables import Id, UtcTime, metadata

camera_events = Table(
    "camera_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("camera_id", Id, ForeignKey("cameras.id"), nullable=False),
    Column("trouble", String(64), nullable=False),  # a code: camera.dark, camera.moved, source.silent, …
    Column("began_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),  # None while it lasts
    Index(None, "camera_id", "seq"),
    Index(None, "ended_at"),
)

camera_memory = Table(
    "camera_memory",
    metadata,
    Column("camera_id", Id, ForeignKey("cameras.id"), primary_key=True),
    Column("view", LargeBinary),  # the edges of what it looks at, as detector.view writes them
    Column("view_at", UtcTime),
    Column("confirmed_at", UtcTime),  # when a person said that this is what it looks at
    Column("confirmed_by", Text),
    Column("usual_s", Float),  # between two frames, of a camera that pushes or that sends seldom
    Column("sends", JSON),  # size, keyframes, pictures a second: service.domain.camera_stream
    Column("edge", JSON),  # what a computer at the edge said of itself last: service.domain.edge_word
    Column("edge_at", UtcTime),
)
