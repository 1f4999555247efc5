"""All cameras: those that are read, a thread each as the register says, and an ear for those that post."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy.exc import DBAPIError

from service.cameras.charge import Charge
from service.cameras.health import CameraHealth, Means
from service.cameras.lookout import Lookout
from service.cameras.posts import Posts
from service.errors import ServiceError
from service.store.cameras import Camera

STOPPING_S: Final = 2.0
"""For all cameras together: a thread that is inside a decoder when Python goes may take the process down with it."""

if TYPE_CHECKING:
    from service.cameras.watcher import Watcher

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Watch:
    """All cameras in this process's charge. One that dies, hangs or floods hurts only its own thread."""

    means: Means
    charge: Charge
    posts: Posts = field(init=False)
    _watchers: dict[str, "Watcher"] = field(default_factory=dict)
    _leaving: list["Watcher"] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.posts = Posts(self.means)

    def start(self) -> None:
        """Begin to read the register, and with it the cameras; those that posted before are expected to."""
        if self.charge.hears_posts:
            self.posts.expect()
        self.charge.start()
        self._thread = threading.Thread(target=self._keep_up, name="cameras", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End all reading, and wait a little for it to have ended."""
        self._stop.set()
        ends_s = time.monotonic() + STOPPING_S
        if self._thread is not None:
            self._thread.join(STOPPING_S)  # nobody begins with a camera after this
        self._leaving += self._watchers.values()
        for watcher in self._leaving:
            watcher.stop()
        late = [one.camera.id for one in self._leaving if not one.has_ended(max(0.0, ends_s - time.monotonic()))]
        if late:
            log.warning("cameras are still being read", cameras=late)
        self.charge.stop()
        try:
            self.means.notebook.write()
        except (ServiceError, DBAPIError) as error:
            log.warning("what cameras had to note is lost", exc_info=error)

    def health(self) -> Mapping[str, CameraHealth]:
        """How each pulled camera is, and each that posts, by id."""
        pulled = {camera_id: watcher.health for camera_id, watcher in list(self._watchers.items())}
        return {**self.charge.elsewhere(), **self.posts.health(), **pulled}

    def usual_s(self, camera_id: str) -> float | None:
        """Seconds between two frames of a camera, None before its second one."""
        lookout = self._lookout(camera_id)
        return lookout.usual_s if lookout else None

    def new_view(self, camera_id: str, at: datetime) -> None:
        """A person says that what a camera shows now is what it looks at."""
        if (lookout := self._lookout(camera_id)) is not None:
            lookout.new_view(at)

    def _lookout(self, camera_id: str) -> Lookout | None:
        watcher = self._watchers.get(camera_id)
        return watcher.lookout if watcher else self.posts.lookout(camera_id)

    def _keep_up(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow_register()
                for watcher in list(self._watchers.values()):
                    watcher.listen()
                self.posts.listen(self.means.clock())
                self.means.notebook.write()
            except (ServiceError, DBAPIError) as error:
                log.warning("the register of cameras cannot be read or written now", exc_info=error)
            self._stop.wait(self.charge.every_s)

    def _follow_register(self) -> None:
        wanted = {camera.id: camera for camera in self.charge.cameras()}
        for camera_id, watcher in list(self._watchers.items()):
            told = wanted.get(camera_id)
            if told is None or told.url != watcher.camera.url:
                watcher.stop()
                self._leaving.append(self._watchers.pop(camera_id))
                continue
            watcher.camera = told  # how often it is looked at may be different from now on
        self._leaving = [watcher for watcher in self._leaving if not watcher.has_ended()]
        for camera_id, camera in wanted.items():
            if camera_id not in self._watchers and not self._stop.is_set():
                self._watchers[camera_id] = self._begin(camera)
        self._follow_views()

    def _follow_views(self) -> None:
        """Learn anew what people confirmed at another process."""
        for camera_id, at in self.charge.confirmed().items():
            watcher = self._watchers.get(camera_id)
            if watcher is not None and at != watcher.confirmed_at:
                watcher.confirmed_at = at
                watcher.lookout.new_view(at)

    def _begin(self, camera: Camera) -> "Watcher":
        from service.cameras.watcher import Watcher  # a city without pulled cameras needs no video decoder

        watcher = Watcher(camera, self.means, lambda: self.charge.holds(camera.id))
        watcher.start()
        return watcher
