"""Who watches which camera: rows of `watchmen`, each heard until a moment, and of `camera_charges`.

A watchman that is not heard again in time is taken for dead, and its cameras are for others to take. All moments are
those of the database's clock, so that machines need not agree on the time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from service.clock import utc_now
from service.store.cameras import Camera, Cameras
from service.store.cluster_tables import camera_charges, watchmen
from service.store.health_tables import camera_memory
from service.store.tables import cameras


@dataclass(frozen=True, slots=True)
class Watchman:
    """A process that watches cameras.

    Attributes:
        node: the machine that it runs on.
        room: the most cameras that it takes.
        heard_until: when it is taken for dead unless it is heard again.
        charges: how many cameras it has.
    """

    id: str
    node: str
    room: int
    since: datetime
    heard_until: datetime
    charges: int = 0


class Charges:
    """Rows of `watchmen` and `camera_charges`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def now(self) -> datetime:
        """The time of the database: one clock for all machines."""
        if self._connection.dialect.name == "postgresql":
            told: datetime = self._connection.execute(select(func.clock_timestamp())).scalar_one()
            return told.astimezone(UTC)
        return utc_now()  # a file has no clock but that of its only machine

    def hear(self, watchman_id: str, node: str, room: int, lease: timedelta) -> bool:
        """A watchman says that it lives; False if it was taken for dead, or is new: then it has no cameras."""
        now = self.now()
        heard = {"heard_until": now + lease, "room": room}
        if self._connection.execute(update(watchmen).where(watchmen.c.id == watchman_id).values(**heard)).rowcount:
            return True
        told = {"id": watchman_id, "node": node, "since": now, **heard}
        self._connection.execute(insert(watchmen).values(**told))
        return False

    def any_silent(self) -> bool:
        """Whether somebody was not heard again in time."""
        query = select(watchmen.c.id).where(watchmen.c.heard_until < self.now()).limit(1)
        return self._connection.execute(query).first() is not None

    def bury(self) -> list[str]:
        """Take those that were not heard again for dead, and free their cameras; their names."""
        silent = select(watchmen.c.id).where(watchmen.c.heard_until < self.now())
        dead = list(self._connection.execute(silent.with_for_update(skip_locked=True)).scalars())
        for watchman_id in dead:
            self.leave(watchman_id)
        return dead

    def leave(self, watchman_id: str) -> None:
        """A watchman goes: its cameras are for others to take."""
        self._give_back(camera_charges.c.watchman == watchman_id)
        self._connection.execute(delete(watchmen).where(watchmen.c.id == watchman_id))

    def enrol(self) -> int:
        """Give every camera that is to be read a row, take it from those that are not any more, and count them."""
        read = select(cameras.c.id).where(cameras.c.url.is_not(None), cameras.c.disabled_at.is_(None))
        self._connection.execute(delete(camera_charges).where(camera_charges.c.camera_id.not_in(read)))
        known = select(camera_charges.c.camera_id)
        new = list(self._connection.execute(read.where(cameras.c.id.not_in(known)).order_by(cameras.c.id)).scalars())
        now = self.now()
        for camera_id in new:
            row = {"camera_id": camera_id, "watchman": None, "since": now}
            self._connection.execute(insert(camera_charges).values(**row))
        return int(self._connection.execute(select(func.count()).select_from(camera_charges)).scalar_one())

    def rooms(self) -> dict[str, int]:
        """The room of every watchman that is heard, by name."""
        query = select(watchmen.c.id, watchmen.c.room).where(watchmen.c.heard_until >= self.now())
        return {row.id: row.room for row in self._connection.execute(query)}

    def count(self, watchman_id: str) -> int:
        """How many cameras a watchman has."""
        query = select(func.count()).select_from(camera_charges).where(camera_charges.c.watchman == watchman_id)
        return int(self._connection.execute(query).scalar_one())

    def any_free(self) -> bool:
        """Whether there are cameras that nobody has."""
        query = select(camera_charges.c.camera_id).where(camera_charges.c.watchman.is_(None)).limit(1)
        return self._connection.execute(query).first() is not None

    def take(self, watchman_id: str, most: int) -> int:
        """Take so many cameras that nobody has; what another is taking just now is passed over."""
        free = (
            select(camera_charges.c.camera_id)
            .where(camera_charges.c.watchman.is_(None))
            .order_by(camera_charges.c.camera_id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        ids = list(self._connection.execute(free).scalars()) if most > 0 else []
        if ids:
            taken = update(camera_charges).where(camera_charges.c.camera_id.in_(ids))
            self._connection.execute(taken.values(watchman=watchman_id, since=self.now()))
        return len(ids)

    def latest(self, watchman_id: str, how_many: int) -> list[str]:
        """So many of a watchman's cameras, those that were taken last."""
        mine = select(camera_charges.c.camera_id).where(camera_charges.c.watchman == watchman_id)
        if how_many <= 0:
            return []
        last = mine.order_by(camera_charges.c.since.desc(), camera_charges.c.camera_id.desc()).limit(how_many)
        return list(self._connection.execute(last).scalars())

    def give_back(self, watchman_id: str, camera_ids: Collection[str]) -> None:
        """Leave these cameras to others, as far as they are still this watchman's."""
        if camera_ids:
            mine = camera_charges.c.watchman == watchman_id
            self._give_back(and_(mine, camera_charges.c.camera_id.in_(list(camera_ids))))

    def of(self, watchman_id: str) -> list[Camera]:
        """The cameras that a watchman has, by id."""
        ids = select(camera_charges.c.camera_id).where(camera_charges.c.watchman == watchman_id)
        return Cameras(self._connection).pulled(cameras.c.id.in_(ids))

    def confirmed(self, watchman_id: str) -> dict[str, datetime]:
        """When a person last said of each camera of a watchman that what it shows is its view."""
        query = (
            select(camera_memory.c.camera_id, camera_memory.c.confirmed_at)
            .join(camera_charges, camera_charges.c.camera_id == camera_memory.c.camera_id)
            .where(camera_charges.c.watchman == watchman_id, camera_memory.c.confirmed_at.is_not(None))
        )
        return {row.camera_id: row.confirmed_at for row in self._connection.execute(query)}

    def watchmen(self) -> list[Watchman]:
        """All that are known, with how many cameras each has, by machine and name."""
        joined = watchmen.outerjoin(camera_charges, camera_charges.c.watchman == watchmen.c.id)
        query = select(watchmen, func.count(camera_charges.c.camera_id).label("charges")).select_from(joined)
        rows = self._connection.execute(query.group_by(watchmen.c.id).order_by(watchmen.c.node, watchmen.c.id))
        return [Watchman(**row) for row in rows.mappings()]

    def watched(self) -> dict[str, str | None]:
        """Who has each camera, by its id; None for those that nobody has, or that a silent one had."""
        joined = camera_charges.outerjoin(watchmen, watchmen.c.id == camera_charges.c.watchman)
        query = select(camera_charges.c.camera_id, watchmen.c.id, watchmen.c.heard_until).select_from(joined)
        now = self.now()
        return {
            row.camera_id: row.id if row.heard_until is not None and row.heard_until >= now else None
            for row in self._connection.execute(query)
        }

    def _give_back(self, which: ColumnElement[bool]) -> None:
        self._connection.execute(update(camera_charges).where(which).values(watchman=None, since=self.now()))
