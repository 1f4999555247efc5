"""How long each camera has watched and what became of its frames, by the hour: the base for all per camera-hour."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, text

from service.store.paper_tables import camera_hours
from service.store.tables import UtcTime

SLACK: Final = timedelta(seconds=60)
"""Beyond two looks and this, nobody watched between two frames."""

COUNTS: Final = ("frames", "faulty", "unchanged", "looked", "said", "dropped")
"""`frames` came; each of them is one of the others."""

LOST: Final = ("damaged", "jumps")
"""What a stream lost before it became frames: pictures that could not be decoded, stamps that did not follow."""

_COLUMNS: Final = ("seconds", *COUNTS, *LOST)
_ADD: Final = text(
    f"INSERT INTO camera_hours (camera_id, hour, {', '.join(_COLUMNS)})"  # noqa: S608  # names of this module
    f" VALUES (:camera_id, :hour, {', '.join(f':{name}' for name in _COLUMNS)})"
    " ON CONFLICT (camera_id, hour) DO UPDATE SET "
    + ", ".join(f"{name} = camera_hours.{name} + excluded.{name}" for name in _COLUMNS)
).bindparams(bindparam("hour", type_=UtcTime()))
_NOTHING: Final = timedelta(0)


def watched_between(last: datetime | None, now: datetime, look_every_s: float) -> timedelta:
    """How much of the time between two frames was watched: all of it or, where the gap is too long, nothing.

    >>> noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    >>> watched_between(noon, noon + timedelta(minutes=1), 60.0), watched_between(noon, noon + timedelta(hours=1), 60.0)
    (datetime.timedelta(seconds=60), datetime.timedelta(0))
    """
    if last is None or not _NOTHING < now - last <= 2 * timedelta(seconds=look_every_s) + SLACK:
        return _NOTHING
    return now - last


class Watched:
    """Rows of `camera_hours`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, camera_id: str, at: datetime, watched: timedelta) -> None:
        """Add what a camera has watched until `at` to that hour."""
        if watched > _NOTHING:
            self._add(camera_id, at, {"seconds": watched.total_seconds()})

    def count(self, camera_id: str, at: datetime, counts: Mapping[str, int]) -> None:
        """Add what became of a camera's frames (`COUNTS`, `LOST`) to the hour of `at`."""
        self._add(camera_id, at, counts)

    def _add(self, camera_id: str, at: datetime, numbers: Mapping[str, float]) -> None:
        hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        row = {"camera_id": camera_id, "hour": hour, **dict.fromkeys(_COLUMNS, 0), **numbers}
        self._connection.execute(_ADD, row)

    def hours(self, start: datetime, end: datetime) -> dict[str, float]:
        """Hours that each camera watched between two moments, whole hours of the clock."""
        seconds = func.sum(camera_hours.c.seconds)
        query = select(camera_hours.c.camera_id, seconds).where(camera_hours.c.hour >= start, camera_hours.c.hour < end)
        rows = self._connection.execute(query.group_by(camera_hours.c.camera_id))
        return {camera_id: total / 3600 for camera_id, total in rows if total > 0}

    def sums(self, camera_id: str, start: datetime) -> dict[str, float]:
        """Seconds that a camera has watched since then, and what became of its frames."""
        sums = [func.coalesce(func.sum(camera_hours.c[name]), 0).label(name) for name in _COLUMNS]
        query = select(*sums).where(camera_hours.c.camera_id == camera_id, camera_hours.c.hour >= start)
        return dict(self._connection.execute(query).mappings().one())
