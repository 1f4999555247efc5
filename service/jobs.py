"""What is done without anybody waiting: finish photos that were cut off, blur pictures before anybody asks, tidy up."""

import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from detector.errors import DetectorError
from service.errors import Busy, ServiceError, StorageFull
from service.inference import Lane
from service.intake import Intake
from service.memory import give_back
from service.showing import Showing

AT_ONCE: Final = 16
LOOK_EVERY_S: Final = 5.0
OVERDUE: Final = timedelta(minutes=1)
"""A photo that has been in progress for so long was refused half way, for want of room or of time."""

TIDY_EVERY_S: Final = 10.0
QUIET_S: Final = 0.5
"""After so long without work the pages that it used go back; between two photos that follow each other they do not."""

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
    _tidied_s: float = field(default_factory=time.monotonic)
    _is_untidy: bool = True
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
        overdue: timedelta | None = None  # nothing is in progress yet, so whatever is unfinished was cut off
        while not self._stop.is_set():
            todo = self._todo(overdue)
            for job, subject in todo:
                self._try(job, subject)
                self._is_untidy = True
                self._tidy()
            if not todo:
                self._rest()
            overdue = OVERDUE

    def _rest(self) -> None:
        is_quiet = not self._wake.wait(QUIET_S)
        self._tidy(at_once=is_quiet and self._is_untidy)
        self._wake.wait(LOOK_EVERY_S)
        self._wake.clear()

    def _tidy(self, *, at_once: bool = False) -> None:
        if at_once or time.monotonic() - self._tidied_s >= TIDY_EVERY_S:
            give_back()
            self._tidied_s = time.monotonic()
            self._is_untidy = False

    def _todo(self, overdue: timedelta | None) -> list[tuple[str, str]]:
        """Each job and what it is for: photos that were cut off or refused half way, then pictures to blur."""
        try:
            unfinished = self.intake.unfinished(overdue)
            missing = self.showing.missing(AT_ONCE + len(self._given_up))
        except (ServiceError, DBAPIError) as error:
            log.warning("the rows cannot be read now", code=getattr(error, "code", None), exc_info=error)
            return []
        todo = [("finish", photo_id) for photo_id in unfinished] + [("blur", picture_id) for picture_id in missing]
        return [(job, subject) for job, subject in todo if subject not in self._given_up]

    def _try(self, job: str, subject: str) -> None:
        if self._stop.is_set():
            return
        try:
            if job == "finish":
                self.intake.finish(subject)
                log.info("finished a photo that was cut off", photo=subject)
            else:
                self.showing.blurred(subject, Lane.CHORE)
        except (Busy, StorageFull, OperationalError):  # the last: the database went away
            self._stop.wait(PAUSE_S)
        except (ServiceError, DetectorError) as error:
            self._given_up.add(subject)
            log.error("a job failed", job=job, subject=subject, code=error.code)
        except Exception as error:  # the last resort: one bad subject must not end all other jobs
            self._given_up.add(subject)
            log.error("a job failed", job=job, subject=subject, exc_info=error)
