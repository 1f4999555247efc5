"""A watchman: the camera loop of the service, without its API, over a share of the cameras."""

import os
import secrets
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError

from service.api.city import City
from service.app import Parts, build_city
from service.cameras.charge import Shared
from service.errors import ServiceError, SettingsWrong
from service.jobs import TIDY_EVERY_S
from service.memory import give_back
from service.settings import Settings
from service.upkeep import open_data

REFRESH_S: Final = 5.0
OPENING_S: Final = 120
STOPPING_S: Final = 10.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Watchman:
    """One process's.

    Attributes:
        city: the parts of the service; only the cameras run.
        charge: the cameras that it holds.
    """

    city: City
    charge: Shared
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Open the model, then take cameras; `detector.errors.WeightsError` if it cannot be opened."""
        self.city.eye.wait(OPENING_S)
        self.city.cameras.start()
        self._thread = threading.Thread(target=self._keep, name="keeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Leave the cameras to others at once, and write down what is known of them."""
        self._stop.set()
        self.city.cameras.stop()
        try:
            self.city.intake.walks.write()
        except (ServiceError, DBAPIError) as error:
            log.warning("what cameras had decided is lost", exc_info=error)
        self.city.pool.close()
        if self._thread is not None:
            self._thread.join(STOPPING_S)
        self.city.store.engine.dispose()

    def _keep(self) -> None:
        """Follow the policy, and give back what looks took: here no jobs do it."""
        tidied_s = time.monotonic()
        while not self._stop.wait(REFRESH_S):
            self.city.in_force.refresh()
            if time.monotonic() - tidied_s >= TIDY_EVERY_S:
                give_back()
                tidied_s = time.monotonic()


def a_watchman(settings: Settings, room: int, *, node: str | None = None, parts: Parts | None = None) -> Watchman:
    """A watchman of this process, not begun yet.

    Args:
        settings: of the city; its database must be one that other machines reach.
        room: the most cameras that it takes.
        node: the machine's name as people are shown it; by default its host name.
        parts: what a test replaces.

    Raises:
        SettingsWrong: the database is a file, which no other machine reaches.
    """
    if not settings.database_url.startswith("postgres"):
        raise SettingsWrong(name="database_url", value="sqlite")
    store = open_data(settings)
    host = node or socket.gethostname()
    charge = Shared(store, f"{host[:40]}:{os.getpid()}:{secrets.token_hex(4)}", host, room)
    return Watchman(build_city(settings, store, parts or Parts(), charge), charge)
