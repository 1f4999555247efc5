"""One camera watched by a small computer on its own: gate, model, memory, blur, spool.

What reaches the disk is a whole frame, blurred, and only where the memory has something to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from detector.decisions import FIXED_CAMERA, SAID, Decision, Scene
from detector.gate import Gate
from detector.health import Health
from detector.images import encode_jpeg
from detector.locate import Pose
from detector.looks import FOLLOWED, Looks, View, worth_following
from detector.model import Model
from detector.passes import Pass, Passes
from detector.spool import Spool
from detector.types import Frame, Image

JPEG_QUALITY = 90


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

    `health` is None for a recording, which is as it is; a live camera's frozen or dark frame is not looked at.
    """

    model: Model
    blur: Blur
    spool: Spool
    health: Health | None = None
    is_moving: bool = False
    pose: Pose | None = None
    seen: Seen = field(default_factory=Seen)
    _gate: Gate = field(default_factory=Gate)
    _memory: Looks | Passes | None = None

    def watch(self, frames: Iterable[Frame]) -> None:
        """See all frames of one source; raises what the source or the disk raises."""
        for frame in frames:
            self.see(frame)

    def see(self, frame: Frame) -> str | None:
        """The name of the spooled item, None where there was nothing to say or no room to keep it."""
        self.seen.frames += 1
        fault = self.health.check(frame) if self.health else None
        self.seen.fault = f"camera.{fault}" if fault else None
        if fault is not None:
            self.seen.faulty += 1
            return None
        if not self.is_moving and self._gate.admit(frame) is None:
            return None
        self.seen.looked += 1
        decisions = self._decide(frame)
        if not any(decision.reason in SAID and decision.observation for decision in decisions):
            return None
        self.seen.said += 1
        return self.spool.add(_fields(frame), encode_jpeg(self.blur.blur(frame.image), JPEG_QUALITY))

    def _decide(self, frame: Frame) -> tuple[Decision, ...]:
        thresholds = self.model.thresholds
        lowest = FOLLOWED * min(thresholds.values()) if thresholds else None
        found = worth_following(self.model.detect([frame.image], min_score=lowest)[0], thresholds)
        scene = Scene(frame.source, frame.taken_at, frame.place, frame.heading_deg, frame.clock_s)
        if self._memory is None:
            moving = Passes({name: Pass() for name in FIXED_CAMERA}, self.pose, thresholds=thresholds)
            self._memory = moving if self.is_moving else Looks(thresholds=thresholds)
        return self._memory.see(scene, found, self.model.weights_sha256, view=View.of(frame.image))


def _fields(frame: Frame) -> dict[str, str]:
    """The form of a frame, without its file."""
    told = {"taken_at": frame.taken_at.isoformat()}
    if frame.place is not None:
        told |= {"lat": f"{frame.place.lat:.7f}", "lon": f"{frame.place.lon:.7f}"}
    if frame.heading_deg is not None:
        told["heading_deg"] = f"{frame.heading_deg % 360:.1f}"
    return told
