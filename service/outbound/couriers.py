"""All webhooks: a courier each, started and stopped as the register says, so that a slow one delays nobody else."""

import threading
from dataclasses import dataclass, field
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError

from service.errors import ServiceError
from service.outbound.courier import Courier, Outside

REGISTER_READ_EVERY_S: Final = 2.0
STOPPING_S: Final = 1.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Couriers:
    """The couriers of this process."""

    outside: Outside
    _couriers: dict[str, Courier] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to read the register, and with it to tell."""
        self._thread = threading.Thread(target=self._keep_up, name="couriers", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """The register has changed."""
        self._wake.set()

    def stop(self) -> None:
        """End all telling; what was not told is told after the next start."""
        self._stop.set()
        self._wake.set()
        for courier in list(self._couriers.values()):
            courier.stop()
        if self._thread is not None:
            self._thread.join(STOPPING_S)
        for courier in list(self._couriers.values()):
            courier.stop(STOPPING_S / max(1, len(self._couriers)))

    def _keep_up(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow_register()
            except (ServiceError, DBAPIError) as error:
                log.warning("the register of webhooks cannot be read now", exc_info=error)
            self._wake.wait(REGISTER_READ_EVERY_S)
            self._wake.clear()

    def _follow_register(self) -> None:
        with self.outside.store.read() as rows:
            wanted = {webhook.id for webhook in rows.webhooks.living()}
        for webhook_id in set(self._couriers) - wanted:
            self._couriers.pop(webhook_id).stop()
        for webhook_id in wanted - set(self._couriers):
            if not self._stop.is_set():
                self._couriers[webhook_id] = courier = Courier(webhook_id, self.outside)
                courier.start()
