"""Tables of who watches which camera, where several machines share them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from service.store.tables import Id, UtcTime, metadata

watchmen = Table(
    "watchmen",
    metadata,
    Column("id", Id, primary_key=True),
    Column("node", Text, nullable=False),  # the machine
    Column("room", Integer, nullable=False),  # the most cameras that it takes
    Column("since", UtcTime, nullable=False),
    Column("heard_until", UtcTime, nullable=False),  # whoever is not heard again by then is taken for dead
    Index(None, "heard_until"),
)

camera_charges = Table(
    "camera_charges",
    metadata,
    Column("camera_id", Id, ForeignKey("cameras.id"), primary_key=True),
    Column("watchman", String(64)),  # None while nobody has it
    Column("since", UtcTime, nullable=False),
    Index(None, "watchman", "camera_id"),
)
