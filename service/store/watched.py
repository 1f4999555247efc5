"""How long each camera has watched, by the hour: the base for everything that is said per camera-hour."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, text

from service.store.paper_tables import camera_hours
from service.store.tables import UtcTime

SLACK: Final = timedelta(seconds=60)
"""Beyond two looks and this, nobody watched between two frames."""

_ADD: Final = text(
    "INSERT INTO camera_hours (camera_id, hour, seconds) VALUES (:camera_id, :hour, :seconds)"
    " ON CONFLICT (camera_id, hour) DO UPDATE SET seconds = camera_hours.seconds + :seconds"
).bindparams(bindparam("hour", type_=UtcTime()))


def watched_between(last: datetime | None, now: datetime, look_every_s: float) -> timedelta:
    """How much of the time between two frames was watched: all of it or, where the gap is too long, nothing.

    >>> noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    >>> watched_between(noon, noon + timedelta(minutes=1), 60.0), watched_between(noon, noon + timedelta(hours=1), 60.0)
    (datetime.timedelta(seconds=60), datetime.timedelta(0))
    """
    if last is None or not timedelta(0) < now - last <= 2 * timedelta(seconds=look_every_s) + SLACK:
        return timedelta(0)
    return now - last


class Watched:
    """Rows of `camera_hours`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, camera_id: str, at: datetime, watched: timedelta) -> None:
        """Add what a camera has watched until `at` to that hour."""
        if watched > timedelta(0):
            hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            row = {"camera_id": camera_id, "hour": hour, "seconds": watched.total_seconds()}
            self._connection.execute(_ADD, row)

    def hours(self, start: datetime, end: datetime) -> dict[str, float]:
        """Hours that each camera watched between two moments, whole hours of the clock."""
        seconds = func.sum(camera_hours.c.seconds)
        query = select(camera_hours.c.camera_id, seconds).where(camera_hours.c.hour >= start, camera_hours.c.hour < end)
        rows = self._connection.execute(query.group_by(camera_hours.c.camera_id))
        return {camera_id: total / 3600 for camera_id, total in rows}
