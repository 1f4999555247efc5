"""One look at a camera, now: whether its address answers, and the picture that may be shown."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from detector.errors import SourceSilent
from detector.sources import Reading, Source, open_source
from service.cameras.dialling import dial_for
from service.clock import Clock
from service.errors import Busy
from service.eye import Eye
from service.inference import Lane
from service.outbound.dialing import Dialer
from service.store.cameras import Camera

ANSWERS_WITHIN_S: Final = 6.0
ENDS_WITHIN_S: Final = 20.0
"""All in all; who sends drop by drop answers in time again and again."""

AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class Glance:
    """A blurred JPEG of what a camera shows, when it was taken and how long that took."""

    jpeg: bytes
    taken_at: datetime
    took_ms: int


@dataclass(frozen=True, slots=True)
class Glances:
    """Looks at cameras that somebody waits for; a camera allows few connections, so few are made at once."""

    longest_s: float = ENDS_WITHIN_S
    _places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def at(self, camera: Camera, eye: Eye, dialer: Dialer, clock: Clock) -> Glance:
        """Read the first frame of a camera's address and keep nothing.

        Raises:
            SourceError: it does not answer, is no stream, or lies where the service may not call.
            Busy: others look already, or the service has no hand free.
        """
        with self._place():
            began = time.monotonic()
            reading = Reading(timeout_s=ANSWERS_WITHIN_S, loop=False)
            dial = dial_for(camera, dialer)
            with (
                open_source(camera.url or "", now=clock, name=camera.id, reading=reading, dial=dial) as source,
                _hung_up_after(source, self.longest_s),
            ):
                frame = next(source, None)
            if frame is None:
                raise SourceSilent(source=camera.id)
            jpeg = eye.blurred_frame(frame.image, Lane.READER)
            took_ms = round(1000 * (time.monotonic() - began))
        return Glance(jpeg, frame.taken_at, took_ms)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Busy(retry_after_s=int(ANSWERS_WITHIN_S))
        try:
            yield
        finally:
            self._places.release()


@contextmanager
def _hung_up_after(source: Source, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, source.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
