"""One camera watched by a small computer on its own: gate, model, memory, blur, spool.

What reaches the disk is a whole frame, blurred, and only where the memory has something to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from detector.decisions import SAID, Decision, Scene
from detector.gate import Gate
from detector.health import Health
from detector.images import encode_jpeg
from detector.locate import Pose
from detector.looks import FOLLOWED, Looks, View, worth_following
from detector.model import Model
from detector.orders import Memory, Orders
from detector.passes import Passes
from detector.spool import Spool
from detector.types import Frame, Image

JPEG_QUALITY = 90
OFF = "camera.off"
"""The fault of a camera that the city switched off."""


class Blur(Protocol):
    """Something that makes faces and number plates unrecognisable."""

    def blur(self, image: Image) -> Image:
        """The same `(H, W, 3)` picture with every face and number plate blurred."""


@dataclass(slots=True)
class Seen:
    """How many frames came, showed nothing that can be trusted, were looked at, and had something to say.

    `fault` is what is wrong with the latest frame, as `camera.dark`, None where nothing is.
    """

    frames: int = 0
    faulty: int = 0
    looked: int = 0
    said: int = 0
    fault: str | None = None


@dataclass(slots=True, eq=False)
class Edge:
    """Feed it a camera's frames in order; a moving camera's carry places, or nothing is said of them.

    Attributes:
        health: None for a recording, which is as it is; a live camera's frozen or dark frame is not looked at.
        pose: how it is mounted, if that is known better here than in the city.
        orders: what the city wants; any thread may set others, which hold from the next frame on.
    """

    model: Model
    blur: Blur
    spool: Spool
    health: Health | None = None
    is_moving: bool = False
    pose: Pose | None = None
    orders: Orders = field(default_factory=Orders)
    seen: Seen = field(default_factory=Seen)
    _gate: Gate = field(default_factory=Gate)
    _memory: Looks | Passes | None = None
    _followed: Orders | None = None

    def watch(self, frames: Iterable[Frame]) -> None:
        """See all frames of one source; raises what the source or the disk raises."""
        for frame in frames:
            self.see(frame)

    def see(self, frame: Frame) -> str | None:
        """The name of the spooled item, None where there was nothing to say or no room to keep it."""
        self.seen.frames += 1
        orders = self._follow()
        if orders.is_off:
            self.seen.fault = OFF
            return None
        fault = self.health.check(frame) if self.health else None
        self.seen.fault = f"camera.{fault}" if fault else None
        if fault is not None:
            self.seen.faulty += 1
            return None
        if not self.is_moving and self._gate.admit(frame, orders.look_every_at(frame.taken_at)) is None:
            return None
        self.seen.looked += 1
        decisions = self._decide(frame)
        if not any(decision.reason in SAID and decision.observation for decision in decisions):
            return None
        self.seen.said += 1
        return self.spool.add(_fields(frame), encode_jpeg(self.blur.blur(frame.image), JPEG_QUALITY))

    def _follow(self) -> Orders:
        """The orders that hold now; the memory begins anew only where it would remember by other rules."""
        now, before = self.orders, self._followed
        if now is not before:
            self._gate.hide(now.hidden)
            self._memory = self._memory if before and before.memory == now.memory else None
            self._followed = now
        return now

    def _new_memory(self, how: Memory) -> Looks | Passes:
        thresholds = self.model.thresholds
        if self.is_moving:
            return Passes(how.passes, self.pose or how.pose, how.heading_deg, how.zones, thresholds)
        return Looks(how.rules, how.zones, thresholds)

    def _decide(self, frame: Frame) -> tuple[Decision, ...]:
        thresholds = self.model.thresholds
        lowest = FOLLOWED * min(thresholds.values()) if thresholds else None
        found = worth_following(self.model.detect([frame.image], min_score=lowest)[0], thresholds)
        scene = Scene(frame.source, frame.taken_at, frame.place, frame.heading_deg, frame.clock_s)
        if self._memory is None:
            self._memory = self._new_memory((self._followed or self.orders).memory)
        return self._memory.see(scene, found, self.model.weights_sha256, view=View.of(frame.image))


def _fields(frame: Frame) -> dict[str, str]:
    """The form of a frame, without its file."""
    told = {"taken_at": frame.taken_at.isoformat()}
    if frame.place is not None:
        told |= {"lat": f"{frame.place.lat:.7f}", "lon": f"{frame.place.lon:.7f}"}
    if frame.heading_deg is not None:
        told["heading_deg"] = f"{frame.heading_deg % 360:.1f}"
    return told
