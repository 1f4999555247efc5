"""From detections to observations: what one picture shows of each condition, and when a fixed camera may say so.

A person's photo says it at once. A fixed camera says it when a condition has lasted, and again from time to time.
Every decision leaves a reason.
"""

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from types import MappingProxyType
from typing import Final, Literal

from detector.types import Detection, Detections, GeoPoint

Reason = Literal[
    "seen",  # a photo: said at once
    "opened",  # it has lasted
    "seen_again",  # still there, and it is time to say so
    "below_threshold",  # the median of its scores is too low to open
    "too_few_hits",
    "not_yet_persistent",
    "told_recently",  # still there, said not long ago
    "unknown",  # the view is blocked or the camera unwell
    "missed",  # not seen, but not long enough to be gone
    "gone",
]

SAID: Final[frozenset[Reason]] = frozenset({"seen", "opened", "seen_again"})
_NOTHING: Final = timedelta(0)
_MEDIAN_OF: Final = 9


@dataclass(frozen=True, slots=True)
class Persistence:
    """When a fixed camera's sightings of a condition count.

    Attributes:
        lasting: from the first hit to the look that opens.
        min_hits: looks that must have seen it.
        open_score: the median score of the hits that opens.
        keep_score: a lower score is no hit.
        gone_after: looks in a row without a hit after which it is gone.
        again_every: how often an open condition is said again.
        longest_gap: without any look for longer than this, what had not opened starts anew.
    """

    lasting: timedelta
    min_hits: int = 3
    open_score: float = 0.4
    keep_score: float = 0.25
    gone_after: int = 3
    again_every: timedelta = timedelta(minutes=30)
    longest_gap: timedelta = timedelta(minutes=30)

    def __post_init__(self) -> None:
        if not (0 < self.keep_score <= self.open_score <= 1):
            raise ValueError(f"0 < keep_score <= open_score <= 1, got {self.keep_score}, {self.open_score}")
        if self.min_hits < 1 or self.gone_after < 1 or self.lasting < _NOTHING or self.again_every <= _NOTHING:
            raise ValueError(f"counts are at least 1 and times not negative, got {self}")


FIXED_CAMERA: Final[Mapping[str, Persistence]] = MappingProxyType(
    {
        "litter": Persistence(timedelta(minutes=10)),
        "out_of_store": Persistence(timedelta(minutes=5)),
        "flying_wire": Persistence(timedelta(minutes=10), min_hits=2),
        "illegal_ad": Persistence(_NOTHING, min_hits=2),
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
    """

    source: str
    seen_at: datetime
    place: GeoPoint | None = None
    heading_deg: float | None = None

    def __post_init__(self) -> None:
        if self.seen_at.tzinfo is None:
            raise ValueError("a scene's moment needs a time zone")


@dataclass(frozen=True, slots=True)
class Observation:
    """One condition on one picture, with all its boxes, best first.

    Attributes:
        id: the same for the same source, moment and condition, so that it is also the idempotency key.
        weights_sha256: of the file that saw it.
    """

    id: str
    condition: str
    detections: tuple[Detection, ...]
    scene: Scene
    weights_sha256: str

    @property
    def score(self) -> float:
        """That of the best box."""
        return max(detection.score for detection in self.detections)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was made of one condition on one look; `observation` only where there is something to say."""

    condition: str
    reason: Reason
    observation: Observation | None = None


def observe(scene: Scene, detections: Detections, weights_sha256: str) -> tuple[Decision, ...]:
    """Everything that a photo shows, a decision a condition, in alphabetical order; closed bins make none."""
    return tuple(
        Decision(condition, "seen", _observation(scene, condition, boxes, weights_sha256))
        for condition, boxes in sorted(_by_condition(detections).items())
    )


@dataclass(slots=True)
class _Track:
    """What is remembered of one condition before one camera. Times are sums of steps, so a clock may jump."""

    scores: deque[float] = field(default_factory=lambda: deque(maxlen=_MEDIAN_OF))
    hits: int = 0
    missed: int = 0
    lasted: timedelta = _NOTHING
    since_told: timedelta = _NOTHING
    is_open: bool = False


class Looks:
    """The memory of one fixed camera: feed it every look that was analysed, in order."""

    def __init__(self, rules: Mapping[str, Persistence] = FIXED_CAMERA) -> None:
        self._rules = rules
        self._tracks: dict[str, _Track] = {}
        self._last: datetime | None = None

    def see(
        self, scene: Scene, detections: Detections, weights_sha256: str, *, unknown: Collection[str] = ()
    ) -> tuple[Decision, ...]:
        """Decide about every condition that has a rule and is seen or remembered.

        Args:
            scene: the look; a moment before the last one counts as no time passed.
            detections: what the model saw, at the lowest `keep_score` or below.
            weights_sha256: of the model's file.
            unknown: conditions whose place something stands before; not seeing them means nothing.
        """
        passed = max(_NOTHING, scene.seen_at - self._last) if self._last else _NOTHING
        self._last = scene.seen_at
        found = _by_condition(detections)
        decisions = []
        for condition in sorted({*found, *self._tracks} & set(self._rules)):
            boxes = [box for box in found.get(condition, ()) if box.score >= self._rules[condition].keep_score]
            reason = self._decide(condition, boxes, passed, condition in unknown)
            said = _observation(scene, condition, boxes, weights_sha256) if reason in SAID else None
            decisions.append(Decision(condition, reason, said))
        return tuple(decisions)

    def is_open(self, condition: str) -> bool:
        """Whether the condition was said and is not gone."""
        return condition in self._tracks and self._tracks[condition].is_open

    def _decide(self, condition: str, boxes: list[Detection], passed: timedelta, is_unknown: bool) -> Reason:
        rule = self._rules[condition]
        track = self._tracks.get(condition)
        if track and not track.is_open and passed > rule.longest_gap:
            track = self._tracks[condition] = _Track()
        if not boxes:
            return self._miss(condition, track, passed, is_unknown)
        if track is None:
            track = self._tracks[condition] = _Track()
        track.lasted += passed if track.hits else _NOTHING
        track.since_told += passed
        track.hits, track.missed = track.hits + 1, 0
        track.scores.append(max(box.score for box in boxes))
        return _say_again(track, rule) if track.is_open else _open(track, rule)

    def _miss(self, condition: str, track: _Track | None, passed: timedelta, is_unknown: bool) -> Reason:
        if track is None or not track.hits:
            self._tracks.pop(condition, None)
            return "below_threshold"
        track.lasted += passed
        track.since_told += passed
        if is_unknown:
            return "unknown"
        track.missed += 1
        if track.missed < self._rules[condition].gone_after:
            return "missed"
        del self._tracks[condition]
        return "gone"


def _open(track: _Track, rule: Persistence) -> Reason:
    if track.hits < rule.min_hits:
        return "too_few_hits"
    if median(track.scores) < rule.open_score:
        return "below_threshold"
    if track.lasted < rule.lasting:
        return "not_yet_persistent"
    track.is_open, track.since_told = True, _NOTHING
    return "opened"


def _say_again(track: _Track, rule: Persistence) -> Reason:
    if track.since_told < rule.again_every:
        return "told_recently"
    track.since_told = _NOTHING
    return "seen_again"


def _by_condition(detections: Iterable[Detection]) -> dict[str, list[Detection]]:
    found: dict[str, list[Detection]] = {}
    for detection in detections:
        if detection.condition is not None:
            found.setdefault(detection.condition, []).append(detection)
    return found


def _observation(scene: Scene, condition: str, boxes: Collection[Detection], weights_sha256: str) -> Observation:
    key = f"{scene.source}\n{scene.seen_at.timestamp():.6f}\n{condition}"
    best_first = tuple(sorted(boxes, key=lambda box: -box.score))
    return Observation(hashlib.sha256(key.encode()).hexdigest()[:32], condition, best_first, scene, weights_sha256)
