"""Which cameras this process is to watch: all, none, or those that it holds among several machines."""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol

import structlog
from sqlalchemy.exc import DBAPIError

from service.cameras.health import CameraHealth
from service.domain.camera_health import SILENT
from service.domain.charges import most_of
from service.errors import ServiceError
from service.store import Store
from service.store.camera_events import CameraEvent
from service.store.cameras import Camera

LEASE_S: Final = 4.0
"""A watchman that is not heard for so long is taken for dead."""

BEAT_S: Final = 0.8
MARGIN_S: Final = 0.5
"""So much before others may take its cameras, a watchman that is cut off looks at nothing any more."""

LETS_GO_S: Final = 30.0
"""A watchman that is cut off for so long hangs up; until then its streams stay open, in case it is heard again."""

ENROL_EVERY_S: Final = 5.0
GIVEN_BACK_AT_ONCE: Final = 8
NO_VIEWS: Final[Mapping[str, datetime]] = MappingProxyType({})

UNWATCHED: Final = "camera.unwatched"
"""Nobody has the camera: no watchman has room for it, or none is there."""

TOLD_AGAIN_S: Final = 1.0
NOWHERE: Final[Mapping[str, CameraHealth]] = MappingProxyType({})

log = structlog.get_logger(__name__)


class Charge(Protocol):
    """What a watch asks."""

    every_s: float
    """How often it may be asked."""

    hears_posts: bool
    """Whether what cameras post comes to this process: no other may say that they are silent."""

    def start(self) -> None:
        """Begin to hold cameras."""

    def cameras(self) -> list[Camera]:
        """Those to read now."""

    def holds(self, camera_id: str) -> bool:
        """Whether nobody else may be watching a camera: else its frames are passed over."""

    def confirmed(self) -> Mapping[str, datetime]:
        """When a person of another process last said of a camera that what it shows is its view."""

    def elsewhere(self) -> Mapping[str, CameraHealth]:
        """How the cameras are that other processes watch, as far as this one is to tell of them."""

    def stop(self) -> None:
        """Leave the cameras to others."""


class Alone:
    """What is the same for whoever shares no cameras: nothing has to be held, and no other process may look."""

    __slots__ = ()

    def start(self) -> None:
        """Nothing needs to be held."""

    def holds(self, camera_id: str) -> bool:  # noqa: ARG002  # whichever it is
        """There is nobody else."""
        return True

    def confirmed(self) -> Mapping[str, datetime]:
        """People confirm views to this process."""
        return NO_VIEWS

    def elsewhere(self) -> Mapping[str, CameraHealth]:
        """There is no other process."""
        return NOWHERE

    def stop(self) -> None:
        """Nothing was held."""


@dataclass(slots=True)
class All(Alone):
    """Every camera that is to be read, for the only process that watches."""

    store: Store
    every_s: float = 3.0
    hears_posts: bool = True

    def cameras(self) -> list[Camera]:
        """Those that the register has now."""
        with self.store.read() as rows:
            return rows.cameras.pulled()


@dataclass(slots=True)
class Elsewhere(Alone):
    """No camera: other processes watch them, and the database says how they are. Cameras that post are listened to."""

    store: Store
    every_s: float = 3.0
    hears_posts: bool = True
    monotonic: Callable[[], float] = time.monotonic
    _told: Mapping[str, CameraHealth] = field(default_factory=dict)
    _told_s: float | None = None

    def cameras(self) -> list[Camera]:
        """None."""
        return []

    def elsewhere(self) -> Mapping[str, CameraHealth]:
        """How all pulled cameras are; what was read within a second, or before the database went, is told again."""
        if self._told_s is None or self.monotonic() - self._told_s >= TOLD_AGAIN_S:
            try:
                with self.store.read() as rows:
                    watched, pulled = rows.charges.watched(), rows.cameras.pulled()
                    troubles = rows.camera_events.open_of([camera.id for camera in pulled if camera.trouble])
            except (ServiceError, DBAPIError) as error:
                log.warning("how the cameras are cannot be read now", exc_info=error)
                return self._told
            self._told = {one.id: _told_of(one, watched.get(one.id), troubles.get(one.id)) for one in pulled}
            self._told_s = self.monotonic()
        return self._told


def _told_of(camera: Camera, watchman: str | None, event: CameraEvent | None) -> CameraHealth:
    """How a camera is by what its watchman wrote down last."""
    if watchman is None:
        return CameraHealth("trouble", camera.last_frame_at, UNWATCHED)
    if event is not None:
        shown = "silent" if event.trouble == SILENT else "trouble"
        return CameraHealth(shown, camera.last_frame_at, event.trouble, event.began_at)
    return CameraHealth("waiting" if camera.last_frame_at is None else "watching", camera.last_frame_at)


@dataclass(slots=True)
class Shared:
    """As many cameras as are this watchman's fair share. It says that it lives; whoever falls silent loses its own.

    Whoever was cut off itself takes nobody for dead until it has been heard for a whole lease again: when the database
    comes back, all are heard before anybody's cameras are taken away.

    What is too much is looked at no more from one beat on, and is for others to take from the next one on: a look that
    was begun has ended by then, so that no two look at one camera.

    Attributes:
        me: this watchman's own name.
        node: the machine.
        room: the most cameras that it takes.
    """

    store: Store
    me: str
    node: str
    room: int
    lease_s: float = LEASE_S
    every_s: float = 0.5
    hears_posts: bool = False
    monotonic: Callable[[], float] = time.monotonic
    _held: list[Camera] = field(default_factory=list)
    _ids: frozenset[str] = frozenset()
    _letting_go: Collection[str] = ()
    _views: Mapping[str, datetime] = field(default_factory=dict)
    _total: int = 0
    _sure_until_s: float = float("-inf")
    _heard_since_s: float = 0.0
    _enrolled_s: float | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Say that it lives from now on, on a thread that waits for nothing else."""
        self._thread = threading.Thread(target=self._work, name="charge", daemon=True)
        self._thread.start()

    def cameras(self) -> list[Camera]:
        """Those that it holds; none once it has been cut off for long."""
        return self._held if self.monotonic() < self._sure_until_s + LETS_GO_S else []

    def holds(self, camera_id: str) -> bool:
        """Whether a camera is its own, and it was heard lately enough."""
        return self.is_sure() and camera_id in self._ids

    def is_sure(self) -> bool:
        """Whether it was heard lately enough."""
        return self.monotonic() < self._sure_until_s

    def confirmed(self) -> Mapping[str, datetime]:
        """As of its last word."""
        return self._views

    def elsewhere(self) -> Mapping[str, CameraHealth]:
        """The process that answers people asks the database."""
        return NOWHERE

    def stop(self) -> None:
        """Leave the cameras to others at once."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(self.lease_s)
        self._sure_until_s = float("-inf")
        try:
            with self.store.write() as rows:
                rows.charges.leave(self.me)
        except (ServiceError, DBAPIError) as error:
            log.warning("the cameras are left when the lease ends", exc_info=error)

    def beat(self) -> None:
        """Be heard, take what is free, leave what is too much; ServiceError, DBAPIError if the database is away."""
        began_s = self.monotonic()
        was_cut_off = began_s > self._sure_until_s + MARGIN_S
        with self.store.write() as rows:
            is_known = rows.charges.hear(self.me, self.node, self.room, timedelta(seconds=self.lease_s))
        if was_cut_off or not is_known:
            self._heard_since_s = began_s
        self._share(may_bury=began_s - self._heard_since_s >= self.lease_s)
        with self.store.read() as rows:
            held, self._views = rows.charges.of(self.me), rows.charges.confirmed(self.me)
        self._held = [camera for camera in held if camera.id not in self._letting_go]
        self._ids = frozenset(camera.id for camera in self._held)
        self._sure_until_s = began_s + self.lease_s - MARGIN_S

    def _share(self, *, may_bury: bool) -> None:
        """Bring what it holds nearer to its fair share."""
        now_s = self.monotonic()
        enrols = self._enrolled_s is None or now_s - self._enrolled_s >= ENROL_EVERY_S
        with self.store.read() as rows:
            silent = may_bury and rows.charges.any_silent()
            too_much = len(self._held) - most_of(self._total, rows.charges.rooms(), self.me)
            takes = too_much < 0 and rows.charges.any_free()
        if not (silent or enrols or takes or too_much > 0 or self._letting_go):
            return
        with self.store.write() as rows:
            rows.charges.give_back(self.me, self._letting_go)
            if enrols:
                rows.lock(["cameras are enrolled"])
                self._total, self._enrolled_s = rows.charges.enrol(), now_s
            if silent and (dead := rows.charges.bury()):
                log.warning("watchmen were not heard any more: their cameras are taken over", dead=dead)
            rooms = rows.charges.rooms()
            mine = rows.charges.count(self.me)
            most = most_of(self._total, rooms, self.me)
            rows.charges.take(self.me, most - mine)
            letting_go = rows.charges.latest(self.me, min(mine - most, GIVEN_BACK_AT_ONCE))
        self._letting_go = letting_go

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self.beat()
            except (ServiceError, DBAPIError) as error:
                log.warning("a watchman cannot be heard now", me=self.me, exc_info=error)
            except Exception as error:  # the last resort: one that is heard no more would watch nothing for ever
                log.error("a watchman's word broke something", me=self.me, exc_info=error)
            self._stop.wait(BEAT_S)
