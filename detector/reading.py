"""How a source is read, and what reading it told about the stream."""

from dataclasses import dataclass
from typing import Final

MOST_APART_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source is read.

    Attributes:
        every_s: least time between two frames; what comes sooner is not decoded.
        timeout_s: how long an address may send nothing.
        answer_s: how long it may take to answer at all, where that is less: a camera that sends a picture an hour
            answers at once.
        keyframe_timeout_s: how long a stream that sends may go without a picture.
        most_apart_s: where keyframes come more rarely than this, and than `every_s`, everything is decoded.
        loop: begin a file or folder again at its end, at real speed.
        realtime: play a file at the speed at which it was recorded, a folder at a picture each `every_s`.
    """

    every_s: float = 0.0
    timeout_s: float = 10.0
    keyframe_timeout_s: float = 60.0
    most_apart_s: float = MOST_APART_S
    loop: bool = False
    realtime: bool = False
    answer_s: float | None = None

    def __post_init__(self) -> None:
        lengths = (self.timeout_s, self.keyframe_timeout_s, self.most_apart_s, self.answers_within_s)
        if self.every_s < 0 or min(lengths) <= 0:
            raise ValueError(f"times are positive, got {self}")

    @property
    def answers_within_s(self) -> float:
        """How long an address may take to answer."""
        return self.timeout_s if self.answer_s is None else min(self.answer_s, self.timeout_s)

    @property
    def paced(self) -> bool:
        """Frames come at real speed."""
        return self.loop or self.realtime

    @property
    def enough_s(self) -> float:
        """Keyframes that are no farther apart than this are all that is needed."""
        return max(self.every_s, self.most_apart_s)

    @property
    def step_s(self) -> float:
        """Between two frames where everything is decoded."""
        return self.every_s or self.most_apart_s


@dataclass(slots=True)
class Tempo:
    """What a stream turned out to be, as far as it was read.

    Attributes:
        interval_s: seconds between two keyframes as they came, the median of the last few; None while unknown.
        everything: all its pictures are decoded, since keyframes alone come too rarely.
        codec: what FFmpeg calls how they are packed, `h264`.
        keyframes_s, a_second: seconds between two keyframes, and pictures a second, as the camera stamps them, or as
            they come where its stamps say nothing.
        size: (width, height) of the last picture, pixels; a camera may change it at any time.
        blind_s: for so long it has sent, and nothing that a picture could begin with.
        damaged: packets and pictures that could not be used.
        jumps: time stamps that did not follow the one before.
    """

    interval_s: float | None = None
    everything: bool = False
    codec: str | None = None
    keyframes_s: float | None = None
    a_second: float | None = None
    size: tuple[int, int] | None = None
    blind_s: float = 0.0
    damaged: int = 0
    jumps: int = 0
