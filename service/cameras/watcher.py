"""One pulled camera: read keyframes, look where something may have changed, say what lasts, come back after trouble."""

import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from detector.errors import DetectorError, NoKeyframes, SourceError, SourceStalled
from detector.gate import Gate
from detector.moments import Steady
from detector.sources import NETWORK, Reading, Source, open_source
from detector.types import Frame
from service.cameras.dialling import dial_for
from service.cameras.health import CameraHealth, Means
from service.cameras.lookout import lookout_of
from service.domain.camera_health import SILENT, silent_after_s
from service.domain.camera_stream import SELDOM_FROM_S
from service.domain.policy.windows import Spot
from service.errors import ServiceError
from service.inference import Dropped
from service.spots import spot_of_camera
from service.store.cameras import Camera

BLIND_FOR_S: Final = 8.0
"""For so long packets without a picture came before it is said of them."""

CONFIRM_EVERY: Final = timedelta(seconds=8)
QUIET_FILE_S: Final = 120.0
ANSWERS_WITHIN_S: Final = 6.0
"""Also of one that sends more seldom than once a minute; for its pictures it is given longer than it usually takes."""

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 3.0

log = structlog.get_logger(__name__)


class Watcher:
    """A camera and its thread.

    Attributes:
        camera: as the register has it.
        confirmed_at: when a person last said what its view is, by the clock of the process that was told.
    """

    def __init__(self, camera: Camera, means: Means, is_sure: Callable[[], bool] = lambda: True) -> None:
        """Begin with a camera; while `is_sure` says no, another process may be looking at it, and this one does not."""
        self.camera = camera
        self._means = means
        self._is_sure = is_sure
        self._stopping = threading.Event()
        self._source: Source | None = None
        self._now = Steady(means.clock)
        self._has_sent = False
        self._pending = False
        self._spot = Spot(camera.place, camera.id)
        with means.store.read() as rows:
            self.confirmed_at = rows.camera_events.memory(camera.id).confirmed_at
        self.lookout = lookout_of(camera, means, Gate(), checks=self._is_live())
        self._thread = threading.Thread(target=self._run, name=f"camera {camera.id}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up and end soon; a look in progress is looked to its end."""
        self._stopping.set()
        if self._source is not None:
            self._source.close()

    def has_ended(self, within_s: float = 0.0) -> bool:
        """Whether its thread is gone, for which this waits so long."""
        self._thread.join(within_s)
        return not self._thread.is_alive()

    @property
    def health(self) -> CameraHealth:
        """How it is now; silence is noticed by the monotonic clock."""
        if self._is_quiet():
            why = self._why_quiet()
            return self.lookout.told("silent" if why == SILENT else "trouble", why)
        return self.lookout.told("watching" if self._has_sent else "waiting")

    def listen(self) -> None:
        """Note silence, which no frame tells of, unless worse is known; asked every few seconds."""
        if self._is_sure() and self._is_quiet() and self.lookout.standing.trouble is None:
            self.lookout.stands(self._why_quiet(), self._means.clock())

    def _is_quiet(self) -> bool:
        usual_s = max(self._reading().every_s, self.lookout.usual_s or 0.0)
        limit_s = silent_after_s(usual_s) if self._is_live() else max(QUIET_FILE_S, silent_after_s(usual_s))
        return self.lookout.quiet_s > limit_s

    def _why_quiet(self) -> str:
        """It sends nothing, or nothing that a picture could begin with; the stream itself would be given longer."""
        source = self._source
        return NoKeyframes.code if source is not None and source.tempo.blind_s >= BLIND_FOR_S else SILENT

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            began, has_stalled = time.monotonic(), False
            try:
                self._read()
                code = "source.silent"
            except SourceError as error:
                code, has_stalled = error.code, isinstance(error, SourceStalled)
            except (ServiceError, DetectorError, OSError) as error:
                code = getattr(error, "code", "source.unusable")
                log.warning("a camera's frame was not taken", camera=self.camera.id, code=code)
            except Exception as error:  # the last resort: the camera is shown in trouble and tried again
                code = "source.unusable"
                log.error("a camera's frame broke something", camera=self.camera.id, exc_info=error)
            if self._stopping.is_set():
                return
            if not has_stalled:  # one that sends seldom is hung up on until it is known for that
                self.lookout.break_off()
            if time.monotonic() - began > LONGEST_PAUSE_S and self.lookout.heard_s > began:
                pause_s = FIRST_PAUSE_S
            if self._is_sure():  # else another process says how it is, and this word would come after the other's
                self.lookout.stands(code, self._means.clock())
            self._stopping.wait(pause_s * random.uniform(0.7, 1.3))  # noqa: S311  # not a secret
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _read(self) -> None:
        with self._open() as source:
            self._source = source
            if self._stopping.is_set():
                return
            self.lookout.streaming.begin()
            try:
                self._follow(source)
            finally:
                if self._is_sure():
                    self.lookout.streaming.learn(source.tempo, self._now())

    def _follow(self, source: Source) -> None:
        for frame in source:
            if self._stopping.is_set():
                return
            self._has_sent = True
            if self._is_sure():
                self.lookout.streaming.learn(source.tempo, frame.taken_at)
            reason = self._passed_over(frame)
            if reason is None:
                self._pending = self.look(frame)
                continue
            self._means.intake.walks.skipped(self.camera.id, frame.taken_at, reason)

    def _open(self) -> Source:
        dial = dial_for(self.camera, self._means.dialer)
        return open_source(
            self.camera.url or "", now=self._now, name=self.camera.id, reading=self._reading(), dial=dial
        )

    def _passed_over(self, frame: Frame) -> str | None:
        """Why a frame is not looked at; None if it is."""
        if not self._is_sure():
            self.lookout.heard_s = self.lookout.monotonic()  # it sends, though it is not looked at
            return "camera.elsewhere"
        fault = self.lookout.check(frame)
        if fault is not None:
            self._count(frame, "faulty")
            return f"camera.{fault}"
        if self.lookout.admit(frame, self._look_every(frame)) is not None:
            return None
        self._count(frame, "unchanged")
        return "unchanged"

    def _look_every(self, frame: Frame) -> timedelta:
        """After how long a look is due: as the camera, or the policy there and then, or what is pending wants."""
        usual = timedelta(seconds=self.camera.look_every_s)
        spot = Spot(frame.place, self.camera.id) if frame.place else self._spot
        wanted = self._means.intake.in_force().look_every(spot, frame.taken_at, usual)
        return min(CONFIRM_EVERY, wanted) if self._pending else wanted

    def _count(self, frame: Frame, outcome: str) -> None:
        self._means.numbers.frames.labels(outcome).inc()
        self.lookout.count(outcome, frame.taken_at)

    def _reading(self) -> Reading:
        every_s, usual_s = min(self._means.read_every_s, self.camera.look_every_s), self.lookout.usual_s or 0.0
        timeout_s = ANSWERS_WITHIN_S if usual_s < SELDOM_FROM_S else silent_after_s(usual_s)
        return Reading(every_s=every_s, timeout_s=timeout_s, answer_s=ANSWERS_WITHIN_S, loop=not self._is_live())

    def _is_live(self) -> bool:
        return (self.camera.url or "").split("://")[0].lower() in NETWORK

    def look(self, frame: Frame) -> bool:
        """Look at a frame and keep what there is to say; True if it should soon be looked at again."""
        intake, numbers = self._means.intake, self._means.numbers
        try:
            led, judged = intake.look_at(self._registered(), frame)
        except Dropped:
            self._count(frame, "dropped")
            intake.walks.skipped(self.camera.id, frame.taken_at, "dropped")
            return True
        self._count(frame, "said" if judged.told else "looked")
        for outcome in led.outcomes:
            numbers.tickets.labels(str(outcome.observation.result or outcome.observation.reason)).inc()
        if judged.told:
            self._means.jobs.wake()
        return judged.is_pending

    def _registered(self) -> Camera:
        """The camera as the register has it now: how it is mounted may have been measured since it is read."""
        with self._means.store.read() as rows:
            zones = rows.zones.newest(self.camera.id)
            kept = rows.cameras.find(self.camera.id) or self.camera
            self._spot = spot_of_camera(rows, kept, self._means.intake.in_force())
        drawn = zones.zones.zones if zones else ()
        self.lookout.hide([zone.polygon for zone in drawn if zone.use == "mask" and not zone.conditions])
        return kept
