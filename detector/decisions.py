"""What is said of a look: observations, and a decision with its reason for everything that was seen or remembered."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

from detector.types import Detection, GeoPoint

Reason = Literal[
    "seen",  # a photo or a chosen frame: said at once
    "opened",  # it has stood long enough to be shown to a person
    "lasted",  # it has stood so long that a machine may act on it
    "seen_again",  # still there, and it is time to say so
    "below_threshold",  # the median of its scores is too low to open
    "too_few_hits",
    "not_yet_persistent",
    "told_recently",  # still there, said not long ago
    "other_kind",  # most looks took it for something of no condition
    "unknown",  # hidden, or the picture does not say
    "missed",  # not seen, but not long enough to be gone
    "gone",
    "lost",  # hidden for so long that nothing is known of it any more
    "too_far",  # of a moving camera: not near enough to say where it lies
    "masked",
    "outside_zone",
    "too_small",
    "wrong_shape",
]

Cause = Literal["clear", "hidden", "unchanged", "unsettled", "blocked"]
"""Why a thing is not seen; see `detector.occlusion`. `blocked`: the caller said so."""

SAID: Final[frozenset[Reason]] = frozenset({"seen", "opened", "lasted", "seen_again"})
NOTHING: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Persistence:
    """When a fixed camera's sightings of a condition count.

    Attributes:
        lasting: from the first hit to the look that opens.
        min_hits: looks that must have seen it.
        open_score: the median score of the hits that opens.
        keep_score: a lower score is no hit.
        gone_after: clear looks in a row without a hit after which it is gone.
        again_every: how often an open condition is said again.
        longest_gap: without any look for longer than this, what had not opened starts anew.
        standing: from the first hit to the look on which a machine may act by itself, at least `lasting`.
        lost_after: what is hidden for longer than this is neither there nor gone any more.
    """

    lasting: timedelta
    min_hits: int = 3
    open_score: float = 0.4
    keep_score: float = 0.25
    gone_after: int = 3
    again_every: timedelta = timedelta(minutes=30)
    longest_gap: timedelta = timedelta(minutes=30)
    standing: timedelta = NOTHING
    lost_after: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        if not (0 < self.keep_score <= self.open_score <= 1):
            raise ValueError(f"0 < keep_score <= open_score <= 1, got {self.keep_score}, {self.open_score}")
        if self.min_hits < 1 or self.gone_after < 1 or self.lasting < NOTHING or self.again_every <= NOTHING:
            raise ValueError(f"counts are at least 1 and times not negative, got {self}")


FIXED_CAMERA: Final[Mapping[str, Persistence]] = MappingProxyType(
    {
        "litter": Persistence(timedelta(minutes=10)),
        "out_of_store": Persistence(timedelta(minutes=5)),
        "flying_wire": Persistence(timedelta(minutes=10), min_hits=2),
        "illegal_ad": Persistence(NOTHING, min_hits=2),
    }
)
"""The national defaults; a city's policy may say otherwise."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is the same for everything on one picture.

    Attributes:
        source: the camera or the photo.
        seen_at: aware.
        place: WGS-84, None where unknown.
        heading_deg: clockwise from north, None where unknown.
        clock_s: seconds of a clock that never steps, None where there is none; durations are measured by it.
    """

    source: str
    seen_at: datetime
    place: GeoPoint | None = None
    heading_deg: float | None = None
    clock_s: float | None = None

    def __post_init__(self) -> None:
        if self.seen_at.tzinfo is None:
            raise ValueError("a scene's moment needs a time zone")

    def since(self, earlier: "Scene | None") -> timedelta:
        """How much time has passed; none where the clock went back or nothing came before."""
        if earlier is None:
            return NOTHING
        if self.clock_s is not None and earlier.clock_s is not None:
            return timedelta(seconds=max(0.0, self.clock_s - earlier.clock_s))
        return max(NOTHING, self.seen_at - earlier.seen_at)


@dataclass(frozen=True, slots=True)
class Observation:
    """One condition on one picture, with all its boxes, best first.

    Attributes:
        id: the same for the same source, moment, condition and zone, so that it is also the idempotency key.
        weights_sha256: of the file that saw it.
        zone: the part of a fixed camera's picture that it stands in, None where nothing is drawn.
        spot: counts the places that a moving camera has seen in this pass, None for a fixed one.
    """

    id: str
    condition: str
    detections: tuple[Detection, ...]
    scene: Scene
    weights_sha256: str
    zone: str | None = None
    spot: int | None = None

    @property
    def score(self) -> float:
        """That of the best box."""
        return max(detection.score for detection in self.detections)


@dataclass(frozen=True, slots=True)
class Thing:
    """One box of a look, or one remembered thing that was not seen on it, and what was made of it.

    Attributes:
        track: its number before this camera, None for a box that belongs to none.
        xyxy: pixels of the picture that was looked at.
        score: of its box on this look, None where it was not seen.
        median: of the scores of its latest hits.
        opens_at: the score that its kind needs to open.
        cause: why it was not seen.
    """

    reason: Reason
    xyxy: tuple[float, float, float, float]
    kind: str
    score: float | None = None
    track: int | None = None
    median: float | None = None
    opens_at: float | None = None
    hits: int = 0
    lasted: timedelta = NOTHING
    missed: int = 0
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was made of one condition in one zone on one look.

    Attributes:
        observation: only where there is something to say.
        zone: None where nothing is drawn into the picture.
        things: the boxes and the remembered things behind it, best first.
        is_lasting: a machine may act on it by itself.
    """

    condition: str
    reason: Reason
    observation: Observation | None = None
    zone: str | None = None
    things: tuple[Thing, ...] = ()
    is_lasting: bool = True


def make_observation(
    scene: Scene,
    condition: str,
    boxes: Collection[Detection],
    weights_sha256: str,
    zone: str | None = None,
    spot: int | None = None,
) -> Observation:
    """The observation of these boxes, with the id that it always has."""
    parts = [part for part in (zone, None if spot is None else f"spot {spot}") if part]
    key = "\n".join([scene.source, f"{scene.seen_at.timestamp():.6f}", condition, *parts])
    best_first = tuple(sorted(boxes, key=lambda box: -box.score))
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    return Observation(name, condition, best_first, scene, weights_sha256, zone, spot)


def of_box(detection: Detection, reason: Reason, opens_at: float | None = None) -> Thing:
    """A box that belongs to no remembered thing."""
    return Thing(reason, detection.box.xyxy, detection.kind, detection.score, opens_at=opens_at)
