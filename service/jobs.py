"""What is done without anybody waiting: finish photos that were cut off, blur pictures before somebody asks."""

import threading
from dataclasses import dataclass, field
from typing import Final

import structlog

from detector.errors import DetectorError
from service.errors import Busy, ServiceError, StorageFull
from service.inference import Lane
from service.intake import Intake
from service.showing import Showing

AT_ONCE: Final = 16
LOOK_EVERY_S: Final = 5.0
PAUSE_S: Final = 1.0
STOPPING_S: Final = 1.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Jobs:
    """One thread. Rows say what is to be done, so that a crash loses none of it."""

    intake: Intake
    showing: Showing
    _wake: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _given_up: set[str] = field(default_factory=set)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There may be something to do now."""
        self._wake.set()

    def stop(self) -> None:
        """End soon; what is left is done after the next start."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(STOPPING_S)

    def _work(self) -> None:
        for photo_id in self.intake.unfinished():
            self._try("finish", photo_id)
        while not self._stop.is_set():
            todo = self._pictures_to_blur()
            for picture_id in todo:
                self._try("blur", picture_id)
            if not todo:
                self._wake.wait(LOOK_EVERY_S)
                self._wake.clear()

    def _pictures_to_blur(self) -> list[str]:
        try:
            missing = self.showing.missing(AT_ONCE + len(self._given_up))
        except ServiceError as error:
            log.warning("the rows cannot be read now", code=error.code)
            return []
        return [picture_id for picture_id in missing if picture_id not in self._given_up]

    def _try(self, job: str, subject: str) -> None:
        if self._stop.is_set():
            return
        try:
            if job == "finish":
                self.intake.finish(subject)
                log.info("finished a photo that was cut off", photo=subject)
            else:
                self.showing.blurred(subject, Lane.CHORE)
        except (Busy, StorageFull):
            self._stop.wait(PAUSE_S)
        except (ServiceError, DetectorError) as error:
            self._given_up.add(subject)
            log.error("a job failed", job=job, subject=subject, code=error.code)
        except Exception as error:  # the last resort: one bad subject must not end all other jobs
            self._given_up.add(subject)
            log.error("a job failed", job=job, subject=subject, exc_info=error)
