"""What stands between a camera's frames and a look: is the camera well, has anything changed; and what became of each.

One camera's. Frames come from one thread at a time; any thread may say that it is silent, or ask how it is.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median_low
from typing import Final

import structlog

from detector.echoes import Echoes
from detector.gate import Cause, Gate, Ring
from detector.health import Fault, Health
from detector.types import Frame
from detector.view import View
from service.cameras.health import CameraHealth, Means
from service.cameras.notebook import Notebook
from service.cameras.streaming import Streaming
from service.domain.camera_health import FROZEN, MOVED, SILENT, Standing, judge
from service.domain.camera_stream import SELDOM_FROM_S
from service.store.camera_events import CameraMemory
from service.store.cameras import Camera, CameraKind

VIEW_KEPT_EVERY_S: Final = 6 * 3600.0
USUAL_RATE: Final = 0.2
LONGEST_USUAL_S: Final = 24 * 3600.0
GAPS_REMEMBERED: Final = 5
HABIT_CHANGES: Final = 1.5

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Lookout:
    """One camera's.

    Attributes:
        camera_id: whose.
        notebook: where it notes.
        gate: what has changed; None where every frame is looked at.
        health: what is wrong with frames; None for a file or folder, which is well as long as it can be read.
        is_told: a computer at the camera says how it is; its pictures, which may come hours later, tell only whether it
            was turned, which only who knows its view can see.
        usual_s: between two frames: of one that posts, the mean of the latest; of one that is read, the middle of
            five, so that a night without it makes no habit of silence; a minute or more is none before there are five.
            A gap of a minute or more during which the connection broke is none at all.
    """

    camera_id: str
    notebook: Notebook
    gate: Gate | None = None
    health: Health | None = None
    standing: Standing = field(default_factory=Standing)
    last_frame_at: datetime | None = None
    usual_s: float | None = None
    monotonic: Callable[[], float] = time.monotonic
    is_told: bool = False
    heard_s: float = field(init=False)
    streaming: Streaming = field(init=False)
    _gaps: deque[float] = field(default_factory=lambda: deque(maxlen=GAPS_REMEMBERED))
    _turned: Standing = field(default_factory=Standing)
    _kept_usual_s: float | None = None
    _has_heard: bool = False
    _is_broken: bool = False
    _stamp: tuple[datetime, float] | None = None
    _view_kept_s: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.heard_s = self.monotonic()
        self.streaming = Streaming(self.camera_id, self.notebook)
        self._kept_usual_s = self.usual_s

    @property
    def view(self) -> View | None:
        """What the camera looks at, as far as it was learned."""
        return self.health.view if self.health else None

    @property
    def quiet_s(self) -> float:
        """Seconds since the last frame, or since it was begun with."""
        return self.monotonic() - self.heard_s

    def check(self, frame: Frame) -> Fault | None:
        """What is wrong with a frame; one with a fault is not analysed as new, whatever it shows."""
        before = self._stamp
        self._hear(frame)
        fault = self.health.check(frame) if self.health else None
        if self.is_told:
            self._see_view(fault, frame)
            self.count("frames", frame.taken_at)
            return fault
        if fault == "frozen" and before is not None:
            self.stands(FROZEN, *before)  # this picture came then for the first time
        self.stands(f"camera.{fault}" if fault else None, *self._told_at(frame))
        self.count("frames", frame.taken_at)
        if fault is None:
            self.notebook.saw(self.camera_id, frame.taken_at, self.standing.since)
            self._keep_view(frame.taken_at)
        return fault

    def begin_told(self) -> None:
        """From now on a computer at the camera says how it is; what was about to be found is begun with anew."""
        if self.is_told:
            return
        self.is_told = True
        with self._lock:
            is_turned = self.standing.trouble == MOVED
            self._turned = Standing(MOVED, self.standing.since, MOVED) if is_turned else Standing()
            self.standing = replace(self.standing, found=self.standing.trouble, found_at=None)

    def end_told(self) -> None:
        """From now on its pictures say it again."""
        self.is_told = False
        with self._lock:
            self.standing = replace(self.standing, found=self.standing.trouble, found_at=None)

    def tell(self, found: str | None, at: datetime) -> None:
        """Take in what a computer at the camera says is wrong with it; where nothing is, its view may be another."""
        turned = self._turned
        if found is None and turned.trouble is not None:
            self.stands(turned.trouble, turned.since or at)
        else:
            self.stands(found, at)

    def admit(self, frame: Frame, look_every: timedelta | None = None) -> Cause | None:
        """Why a good frame is to be analysed, None if nothing has changed since the last that was."""
        return self.gate.admit(frame, look_every) if self.gate else "first"

    def hide(self, hidden: Sequence[Ring]) -> None:
        """Changes in these parts of the picture are none; nothing else is hidden."""
        if self.gate is not None:
            self.gate.hide(hidden)

    def break_off(self) -> None:
        """The connection is lost, or cannot be had: a long wait for the next frame is then none of its own."""
        self._is_broken = True

    def count(self, outcome: str, at: datetime) -> None:
        """What became of a frame, one of `service.store.watched.COUNTS`."""
        self.notebook.counted(self.camera_id, at, outcome)

    def stands(self, found: str | None, at: datetime, clock_s: float | None = None) -> bool:
        """Take in what is wrong, or that nothing is; True if it begins or ends an event.

        Args:
            found: a code, or None.
            at: since when.
            clock_s: the same on the clock of the camera's frames; none is needed for what is an event at once.
        """
        now_s = self.monotonic() if clock_s is None else clock_s
        with self._lock:
            before, self.standing = self.standing, judge(self.standing, found, at, now_s)
            if before.trouble == self.standing.trouble:
                return False
            self.notebook.changed(self.camera_id, self.standing)
        log.warning(
            "a camera is well" if found is None else "a camera is in trouble", camera=self.camera_id, code=found
        )
        return True

    def new_view(self, at: datetime) -> None:
        """What the camera shows from now on is what it looks at; what was drawn into its picture is for people."""
        if self.view is not None:
            self.view.forget()
            self._view_kept_s = None
        self._turned = Standing()
        if self.gate is not None:
            self.gate.forget()
        with self._lock:
            if self.standing.trouble == MOVED:
                self.standing = Standing(None, at)
                self.notebook.changed(self.camera_id, self.standing)

    def told(self, state: str, trouble: str | None = None) -> CameraHealth:
        """How the camera is: in `state`, and in what `trouble`, unless worse is known."""
        standing = self.standing
        if standing.trouble is None:
            return CameraHealth(state, self.last_frame_at, trouble)
        shown = "silent" if standing.trouble == SILENT else "trouble"
        return CameraHealth(shown, self.last_frame_at, standing.trouble, standing.since)

    def _hear(self, frame: Frame) -> None:
        quiet_s, self.heard_s = self.quiet_s, self.monotonic()
        if self._has_heard and quiet_s <= LONGEST_USUAL_S and not (self._is_broken and quiet_s >= SELDOM_FROM_S):
            self._get_used_to(quiet_s)
        self._has_heard, self._is_broken, self._stamp = True, False, self._told_at(frame)
        if not (self.is_told and self.last_frame_at and frame.taken_at < self.last_frame_at):
            self.last_frame_at = frame.taken_at

    def _get_used_to(self, gap_s: float) -> None:
        if self.gate is None:
            self.usual_s = gap_s if self.usual_s is None else self.usual_s + USUAL_RATE * (gap_s - self.usual_s)
            return
        self._gaps.append(gap_s)
        usual_s, is_sure = median_low(self._gaps), len(self._gaps) == GAPS_REMEMBERED
        if not is_sure and (usual_s >= SELDOM_FROM_S or self._kept_usual_s is not None):
            return
        self.usual_s = usual_s
        seldom_s, kept_s = (self.usual_s if self.usual_s >= SELDOM_FROM_S else None), self._kept_usual_s
        if seldom_s is None or kept_s is None:
            is_news = seldom_s is not kept_s
        else:
            is_news = not kept_s / HABIT_CHANGES <= seldom_s <= kept_s * HABIT_CHANGES
        if is_news:
            self._kept_usual_s = seldom_s
            self.notebook.learned(self.camera_id, usual_s=seldom_s)

    def _see_view(self, fault: Fault | None, frame: Frame) -> None:
        """Of a camera whose computer speaks: another view is its trouble from the next words on, until it is over."""
        if fault is None:
            self._keep_view(frame.taken_at)
        found = f"camera.{fault}" if fault else None
        if found in (None, MOVED):  # a dark picture tells nothing of the view
            self._turned = judge(self._turned, found, *self._told_at(frame))

    def _told_at(self, frame: Frame) -> tuple[datetime, float]:
        """When a frame was taken, and the same on a clock that does not step unless the sender's does."""
        return frame.taken_at, frame.taken_at.timestamp() if frame.clock_s is None else frame.clock_s

    def _keep_view(self, at: datetime) -> None:
        """Note the view once it is known, and then from time to time."""
        if self.view is None or not self.view.is_known:
            return
        now = self.monotonic()
        if self._view_kept_s is None or now - self._view_kept_s >= VIEW_KEPT_EVERY_S:
            self._view_kept_s = now
            self.notebook.learned(self.camera_id, view=self.view.to_bytes(), view_at=at)


def lookout_of(camera: Camera, means: Means, gate: Gate | None, *, checks: bool) -> Lookout:
    """A lookout that goes on where the last one stopped.

    Args:
        camera: as the register has it.
        means: what all cameras share.
        gate: see `Lookout`; without one somebody chooses the frames, and may send one again.
        checks: whether its pictures are judged; those of a file or folder are what they are.
    """
    with means.store.read() as rows:
        last = rows.camera_events.open_of([camera.id]).get(camera.id)
        memory = rows.camera_events.memory(camera.id)
    view = _remembered(memory) if camera.kind is CameraKind.FIXED else None
    lookout = Lookout(
        camera_id=camera.id,
        notebook=means.notebook,
        gate=gate,
        health=Health(view, Echoes() if gate else None) if checks else None,
        standing=Standing(last.trouble, last.began_at, last.trouble) if last else Standing(),
        last_frame_at=camera.last_frame_at,
        usual_s=memory.usual_s,
    )
    lookout.streaming.sends = memory.sends
    return lookout


def _remembered(memory: CameraMemory) -> View:
    """The view that was kept, an empty one if there is none or it cannot be read."""
    try:
        return View() if memory.view is None else View.from_bytes(memory.view)
    except ValueError:
        return View()
