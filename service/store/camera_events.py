"""How cameras are over time: a row for each trouble from its beginning to its end, told to whoever listens."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, or_, select, update

from service.domain.camera_stream import Sends
from service.domain.edge_word import EdgeWord
from service.store.events import Events
from service.store.health_tables import camera_events, camera_memory
from service.store.places import Row
from service.store.tables import cameras

T = TypeVar("T")

TROUBLE, WELL = "camera.trouble", "camera.well"
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class CameraEvent:
    """One trouble of one camera; `ended_at` is None while it lasts."""

    seq: int
    camera_id: str
    trouble: str
    began_at: datetime
    ended_at: datetime | None = None

    def within(self, start: datetime, end: datetime) -> timedelta:
        """How much of a period it took; one that lasts goes on to the end.

        >>> from datetime import UTC
        >>> noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
        >>> CameraEvent(1, "pole", "camera.dark", noon).within(noon.replace(hour=10), noon.replace(hour=14))
        datetime.timedelta(seconds=7200)
        """
        return max(NOTHING, min(end, self.ended_at or end) - max(start, self.began_at))


@dataclass(frozen=True, slots=True)
class CameraMemory:
    """What was learned of a camera.

    Attributes:
        view: what it looks at, as `detector.view` writes it.
        confirmed_at, confirmed_by: the last time a person said that this is what it looks at.
        usual_s: between two frames, of a camera that pushes or that sends seldom.
        sends: what its stream turned out to be.
        edge: what a computer at the edge said of itself last.
        edge_at: when that came; None where the camera posts by itself again.
    """

    view: bytes | None = None
    view_at: datetime | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    usual_s: float | None = None
    sends: Sends | None = None
    edge: EdgeWord | None = None
    edge_at: datetime | None = None


class CameraEvents:
    """Rows of `camera_events` and `camera_memory`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tell(self, camera_id: str, trouble: str | None, at: datetime) -> bool:
        """Say how a camera is since then; False if that is what was said last.

        An event of another trouble ends where this one begins. The outbox hears of both.
        """
        open_event = self.open_of([camera_id]).get(camera_id)
        if (open_event.trouble if open_event else None) == trouble:
            return False
        outbox = Events(self._connection)
        if open_event is not None:
            at = max(at, open_event.began_at)
            ended = update(camera_events).where(camera_events.c.seq == open_event.seq).values(ended_at=at)
            self._connection.execute(ended)
            outbox.add(at, WELL, camera_id, _body(camera_id, open_event.trouble, open_event.began_at, at))
        if trouble is not None:
            begun = {"camera_id": camera_id, "trouble": trouble, "began_at": at}
            self._connection.execute(insert(camera_events).values(**begun))
            outbox.add(at, TROUBLE, camera_id, _body(camera_id, trouble, at, None))
        self._connection.execute(update(cameras).where(cameras.c.id == camera_id).values(trouble=trouble))
        return True

    def open_of(self, camera_ids: Collection[str]) -> dict[str, CameraEvent]:
        """What is wrong now, by camera; those that are well are missing."""
        query = select(camera_events).where(
            camera_events.c.ended_at.is_(None), camera_events.c.camera_id.in_(list(camera_ids))
        )
        return {row["camera_id"]: CameraEvent(**row) for row in self._connection.execute(query).mappings()}

    def of(self, camera_id: str, limit: int, before: int | None = None) -> list[CameraEvent]:
        """The latest events of a camera, newest first; `before` is the number of the last one on the page before."""
        query = select(camera_events).where(camera_events.c.camera_id == camera_id)
        if before is not None:
            query = query.where(camera_events.c.seq < before)
        rows = self._connection.execute(query.order_by(camera_events.c.seq.desc()).limit(limit))
        return [CameraEvent(**row) for row in rows.mappings()]

    def since(self, camera_id: str, start: datetime) -> list[CameraEvent]:
        """All events of a camera that lasted until then or longer, oldest first."""
        lasting = or_(camera_events.c.ended_at.is_(None), camera_events.c.ended_at > start)
        query = select(camera_events).where(camera_events.c.camera_id == camera_id, lasting)
        rows = self._connection.execute(query.order_by(camera_events.c.seq))
        return [CameraEvent(**row) for row in rows.mappings()]

    def posting(self) -> list[str]:
        """The ids of cameras that are known to post, or whose computer speaks of itself, and are not switched off."""
        query = (
            select(camera_memory.c.camera_id)
            .join(cameras, cameras.c.id == camera_memory.c.camera_id)
            .where(
                or_(camera_memory.c.usual_s.is_not(None), camera_memory.c.edge_at.is_not(None)),
                cameras.c.url.is_(None),
                cameras.c.disabled_at.is_(None),
            )
        )
        return list(self._connection.execute(query.order_by(camera_memory.c.camera_id)).scalars())

    def memory(self, camera_id: str) -> CameraMemory:
        """What was learned of a camera, which may be nothing yet."""
        row = self._memory_row(camera_id)
        if row is None:
            return CameraMemory()
        told = {name: row[name] for name in CameraMemory.__slots__}
        read = {"sends": _read(Sends.from_json, row["sends"]), "edge": _read(EdgeWord.from_json, row["edge"])}
        return CameraMemory(**told | read)

    def remember(self, camera_id: str, **learned: Any) -> None:
        """Keep fields of `CameraMemory`; the others stay as they are."""
        learned = {
            name: value.as_json() if isinstance(value, Sends | EdgeWord) else value for name, value in learned.items()
        }
        if self._memory_row(camera_id) is None:
            self._connection.execute(insert(camera_memory).values(camera_id=camera_id, **learned))
            return
        changed = update(camera_memory).where(camera_memory.c.camera_id == camera_id).values(**learned)
        self._connection.execute(changed)

    def forget_habits(self, camera_id: str) -> None:
        """Its frames come by another way from now on: how often they did, and what its computer said, holds no more."""
        if self._memory_row(camera_id) is not None:
            self.remember(camera_id, usual_s=None, edge=None, edge_at=None)

    def _memory_row(self, camera_id: str) -> Row | None:
        query = select(camera_memory).where(camera_memory.c.camera_id == camera_id)
        return self._connection.execute(query).mappings().first()


def _read(form: Callable[[Mapping[str, Any]], T], told: Any) -> T | None:
    """What was written down; None where nothing was, or another version wrote it."""
    try:
        return None if told is None else form(told)
    except (KeyError, TypeError, ValueError):
        return None


def _body(camera_id: str, trouble: str, since: datetime, until: datetime | None) -> dict[str, Any]:
    told = {"camera": camera_id, "trouble": trouble, "since": _written(since)}
    return told if until is None else told | {"until": _written(until)}


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
