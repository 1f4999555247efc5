"""One pulled camera: read keyframes, look where something may have changed, say what lasts, come back after trouble."""

import random
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from detector.errors import DetectorError, SourceError
from detector.gate import Gate, Gating
from detector.health import Health
from detector.sources import NETWORK, Reading, Source, open_source
from detector.types import Frame
from service.cameras.dialling import dial_for
from service.cameras.health import CameraHealth, Means
from service.errors import ServiceError
from service.inference import Dropped
from service.store.cameras import Camera

READ_EVERY_S: Final = 2.0
CONFIRM_EVERY: Final = timedelta(seconds=8)
SILENT_AFTER_S: Final = 15.0
NOTED_EVERY_S: Final = 10.0
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 8.0

log = structlog.get_logger(__name__)


class Watcher:
    """A camera and its thread."""

    def __init__(self, camera: Camera, means: Means) -> None:
        self.camera = camera
        self._means = means
        self._stopping = threading.Event()
        self._source: Source | None = None
        self._health = CameraHealth(last_frame_at=camera.last_frame_at, trouble=camera.trouble)
        self._heard = time.monotonic()
        self._noted = -NOTED_EVERY_S
        self._thread = threading.Thread(target=self._run, name=f"camera {camera.id}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End within the source's time-out; nobody waits for it."""
        self._stopping.set()
        if self._source is not None:
            self._source.close()

    @property
    def health(self) -> CameraHealth:
        """How it is now; silence is noticed by the monotonic clock."""
        quiet = time.monotonic() - self._heard > max(SILENT_AFTER_S, 2 * self._reading().every_s)
        if quiet and self._health.trouble is None:
            return replace(self._health, state="silent")
        return self._health

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._read()
                code = "source.silent"
            except SourceError as error:
                code = error.code
            except (ServiceError, DetectorError, OSError) as error:
                code = getattr(error, "code", "source.unusable")
                log.warning("a camera's frame was not taken", camera=self.camera.id, code=code)
            except Exception as error:  # the last resort: the camera is shown in trouble and tried again
                code = "source.unusable"
                log.error("a camera's frame broke something", camera=self.camera.id, exc_info=error)
            if self._stopping.is_set():
                return
            if time.monotonic() - began > LONGEST_PAUSE_S and self._heard > began:
                pause_s = FIRST_PAUSE_S
            self._in_trouble(code)
            self._stopping.wait(pause_s * random.uniform(0.7, 1.3))  # noqa: S311  # not a secret
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _read(self) -> None:
        gate = Gate(Gating(look_every=timedelta(seconds=self.camera.look_every_s)))
        health = Health()
        url = self.camera.url or ""
        pending_at: datetime | None = None
        dial = dial_for(self.camera, self._means.dialer)
        with open_source(url, now=self._means.clock, name=self.camera.id, reading=self._reading(), dial=dial) as source:
            self._source = source
            for frame in source:
                if self._stopping.is_set():
                    return
                fault = health.check(frame) if self._is_live() else None
                self._heard_from(frame, f"camera.{fault}" if fault else None)
                due = pending_at is not None and frame.taken_at - pending_at >= CONFIRM_EVERY
                if fault or not (due or gate.admit(frame)):
                    self._means.numbers.frames.labels("unchanged").inc()
                    self._means.intake.walks.skipped(
                        self.camera.id, frame.taken_at, f"camera.{fault}" if fault else "unchanged"
                    )
                    continue
                pending_at = frame.taken_at if self.look(frame) else None

    def _reading(self) -> Reading:
        every_s = min(READ_EVERY_S, self.camera.look_every_s)
        return Reading(every_s=every_s, loop=not self._is_live())

    def _is_live(self) -> bool:
        return (self.camera.url or "").split("://")[0].lower() in NETWORK

    def look(self, frame: Frame) -> bool:
        """Look at a frame and keep what there is to say; True if it should soon be looked at again."""
        intake, numbers = self._means.intake, self._means.numbers
        try:
            led, judged = intake.look_at(self._registered(), frame)
        except Dropped:
            numbers.frames.labels("dropped").inc()
            intake.walks.skipped(self.camera.id, frame.taken_at, "dropped")
            return True
        numbers.frames.labels("said" if judged.told else "looked").inc()
        for outcome in led.outcomes:
            numbers.tickets.labels(str(outcome.observation.result or outcome.observation.reason)).inc()
        if judged.told:
            self._means.jobs.wake()
        return judged.is_pending

    def _registered(self) -> Camera:
        """The camera as the register has it now: how it is mounted may have been measured since it is read."""
        with self._means.store.read() as rows:
            return rows.cameras.find(self.camera.id) or self.camera

    def _heard_from(self, frame: Frame, fault: str | None) -> None:
        self._heard = time.monotonic()
        state = "watching" if fault is None else "trouble"
        changed = fault != self._health.trouble
        self._health = CameraHealth(state, frame.taken_at, fault)
        if not changed and self._heard - self._noted < NOTED_EVERY_S:
            return
        self._noted = self._heard
        with self._means.store.write() as rows:
            rows.cameras.saw_frame(self.camera.id, frame.taken_at)
            if fault:
                rows.cameras.has_trouble(self.camera.id, fault)

    def _in_trouble(self, code: str) -> None:
        if self._health.trouble == code:
            return
        self._health = CameraHealth("trouble", self._health.last_frame_at, code)
        log.warning("a camera cannot be read", camera=self.camera.id, code=code)
        try:
            with self._means.store.write() as rows:
                rows.cameras.has_trouble(self.camera.id, code)
        except ServiceError as error:
            log.warning("a camera's trouble was not noted", camera=self.camera.id, code=error.code)
