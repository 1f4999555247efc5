"""The memory of one camera that stands still: things are followed from look to look until there is something to say.

Tracks are things; a problem is a condition in one zone of the picture, however many things it consists of, since that
is what a city puts right at once (docs/decisions/0004 and 0023).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.boxes import keep_best
from detector.decisions import (
    FIXED_CAMERA,
    NOTHING,
    SAID,
    Cause,
    Decision,
    Persistence,
    Reason,
    Scene,
    Thing,
    make_observation,
    of_box,
)
from detector.tracking import Track, associate, stacked
from detector.types import Detection, Detections, Image
from detector.zones import EVERYWHERE, Placed, Zones

ONE_THING: Final = 0.7
"""Boxes of one condition that overlap by more than this IoU are on one thing."""

FOLLOWED: Final = 0.6
"""From this share of what a kind needs to be shown, a box is followed."""

DOUBLES: Final[Mapping[str, str]] = MappingProxyType({"closed_bin": "litter"})
"""Kinds of no condition that a thing of a condition is mistaken for, look by look: they vote against it."""

PROGRESS: Final[tuple[Reason, ...]] = (
    "opened",
    "not_yet_persistent",
    "below_threshold",
    "other_kind",
    "too_few_hits",
    "unknown",
    "missed",
    "gone",
    "lost",
)
"""How far a thing has come, the farthest first: the farthest speaks for its problem."""

Key = tuple[str, str | None]
"""A condition and a zone: one problem before one camera."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The picture that was looked at, to tell gone from hidden.

    Attributes:
        size: (width, height) of the picture in whose pixels boxes are.
        image: `(H, W, 3)`, perhaps scaled down; None where only the size is known.
    """

    size: tuple[float, float]
    image: Image | None = None

    @classmethod
    def of(cls, image: Image) -> "View":
        """A picture in whose own pixels boxes are."""
        return cls((image.shape[1], image.shape[0]), image)

    def on_image(self, xyxy: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """A box in pixels of `image`."""
        scale = 1.0 if self.image is None else self.image.shape[1] / self.size[0]
        return xyxy[0] * scale, xyxy[1] * scale, xyxy[2] * scale, xyxy[3] * scale


@dataclass(slots=True)
class _Problem:
    """What was said of one condition in one zone."""

    is_open: bool = False
    is_lasting: bool = False
    since_told: timedelta = NOTHING


@dataclass(frozen=True, slots=True)
class _Followed:
    """One thing on one look: its box if it has one, and what was made of it."""

    track: Track
    reason: Reason
    box: Detection | None = None
    cause: Cause | None = None


class Looks:
    """The memory of one fixed camera: feed it every look that was analysed, in order.

    Args:
        rules: by condition; a condition without a rule is left to people.
        zones: what is drawn into the picture; other zones need another memory.
        thresholds: by kind, the score from which the model's own card shows a box; a rule asks for more, never less.
    """

    def __init__(
        self,
        rules: Mapping[str, Persistence] = FIXED_CAMERA,
        zones: Zones = EVERYWHERE,
        thresholds: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self._zones = zones
        self._rules = rules
        self._thresholds = thresholds
        self._tracks: dict[str, list[Track]] = {}
        self._problems: dict[Key, _Problem] = {}
        self._last: Scene | None = None
        self._count = 0

    def see(
        self,
        scene: Scene,
        detections: Detections,
        weights_sha256: str,
        *,
        unknown: Collection[str] = (),
        view: View | None = None,
    ) -> tuple[Decision, ...]:
        """Decide about every condition that has a rule and is seen or remembered, zone by zone.

        Args:
            scene: the look; a moment before the last one counts as no time passed.
            detections: what the model saw, at the lowest score that is followed or below.
            weights_sha256: of the model's file.
            unknown: conditions whose place something stands before; not seeing them means nothing.
            view: the picture; without it, what is not seen counts as not there.
        """
        passed, self._last = scene.since(self._last), scene
        width, height = view.size if view else (1.0, 1.0)
        placed = self._zones.sort(detections, width, height)
        decisions: list[Decision] = []
        for condition in sorted({*(_family(one) for one in placed), *self._tracks} & set(self._rules)):
            mine = [one for one in placed if _family(one) == condition]
            followed, loose = self._follow(condition, mine, passed, view, condition in unknown)
            decisions += self._decide(scene, condition, followed, loose, weights_sha256)
        return tuple(decisions)

    def is_open(self, condition: str, zone: str | None = None) -> bool:
        """Whether the condition was said and is not gone."""
        problem = self._problems.get((condition, zone))
        return problem is not None and problem.is_open

    def opens_at(self, kind: str, condition: str) -> float:
        """The score that opens: what the rule asks for, and at least what the model's card shows."""
        return max(self._rules[condition].open_score, self._thresholds.get(kind, 0.0))

    def _keeps_from(self, kind: str, condition: str) -> float:
        return max(self._rules[condition].keep_score, FOLLOWED * self._thresholds.get(kind, 0.0))

    def _follow(
        self, condition: str, placed: Sequence[Placed], passed: timedelta, view: View | None, is_blocked: bool
    ) -> tuple[list[_Followed], list[tuple[str | None, Thing]]]:
        """Join the boxes of one condition to its things; also the boxes that belong to none, each with its zone."""
        self._pass_time(condition, passed)
        loose: list[tuple[str | None, Thing]] = []
        kept: list[Placed] = []
        for one in placed:
            opens_at = self.opens_at(one.detection.kind, condition)
            if one.refusal is not None:
                loose.append((None, of_box(one.detection, one.refusal)))
            elif one.detection.score < self._keeps_from(one.detection.kind, condition):
                loose.append((one.zone, of_box(one.detection, "below_threshold", opens_at)))
            else:
                kept.append(one)
        tracks = self._tracks.setdefault(condition, [])
        found = self._joined(condition, tracks, _one_a_thing(kept), loose)
        followed = [self._hit_or_missed(track, found.get(track.number), view, is_blocked) for track in tracks]
        self._tracks[condition] = [one.track for one in followed if one.reason not in ("gone", "lost")]
        if not self._tracks[condition]:
            del self._tracks[condition]
        return followed, loose

    def _pass_time(self, condition: str, passed: timedelta) -> None:
        """Let things age, and forget what had not opened when nobody looked for long."""
        rule = self._rules[condition]
        for track in self._tracks.get(condition, ()):
            track.lasted += passed
            track.unseen += passed
        for (of, _), problem in self._problems.items():
            problem.since_told += passed if of == condition else NOTHING
        if passed > rule.longest_gap and condition in self._tracks:
            known = self._tracks[condition]
            self._tracks[condition] = [track for track in known if self.is_open(condition, track.zone)]

    def _joined(
        self, condition: str, tracks: list[Track], kept: Sequence[Placed], loose: list[tuple[str | None, Thing]]
    ) -> dict[int, Placed]:
        """Which box each thing has, by its number; sure boxes that continue none begin a new one."""
        opens_at = [self.opens_at(one.detection.kind, condition) for one in kept]
        sure = np.array([one.detection.score >= bar for one, bar in zip(kept, opens_at, strict=True)], bool)
        chosen = associate(stacked([track.xyxy for track in tracks]), stacked([_xyxy(one) for one in kept]), sure)
        found: dict[int, Placed] = {}
        for row, one in enumerate(kept):
            if chosen[row] >= 0:
                found[tracks[chosen[row]].number] = one
            elif sure[row] and one.detection.condition is not None:
                self._count += 1
                tracks.append(Track(self._count, condition, _xyxy(one), one.zone))
                found[self._count] = one
            elif one.detection.condition is not None:
                loose.append((one.zone, of_box(one.detection, "below_threshold", opens_at[row])))
        return found

    def _hit_or_missed(self, track: Track, one: Placed | None, view: View | None, is_blocked: bool) -> _Followed:
        if one is None:
            return self._miss(track, view, is_blocked)
        if one.detection.condition is None:
            track.vote(one.detection)
            return _Followed(track, "other_kind", one.detection)
        track.hit(one.detection, self.opens_at(one.detection.kind, track.condition))
        if view is not None and view.image is not None:
            track.picture.remember(view.image, view.on_image(track.xyxy))
        return _Followed(track, _progress(track, self._rules[track.condition]), one.detection)

    def _miss(self, track: Track, view: View | None, is_blocked: bool) -> _Followed:
        rule, is_open = self._rules[track.condition], self.is_open(track.condition, track.zone)
        cause: Cause = "clear"
        if is_blocked:
            cause = "blocked"
        elif view is not None and view.image is not None:
            cause = track.picture.ask(view.image)
        if cause == "clear" or (cause == "unchanged" and not is_open):
            track.missed += 1
            return _Followed(track, "gone" if track.missed >= rule.gone_after else "missed", None, cause)
        if cause == "unsettled":
            track.missed = 0
        too_long = track.unseen > (rule.lost_after if is_open else rule.longest_gap)
        return _Followed(track, "lost" if too_long else "unknown", None, cause)

    def _decide(
        self,
        scene: Scene,
        condition: str,
        followed: Sequence[_Followed],
        loose: Sequence[tuple[str | None, Thing]],
        weights_sha256: str,
    ) -> list[Decision]:
        """One decision a zone in which something of the condition is seen or remembered."""
        zones = {one.track.zone for one in followed} | {zone for zone, _ in loose}
        decisions = []
        for zone in sorted(zones, key=lambda zone: zone or ""):
            mine = [one for one in followed if one.track.zone == zone]
            things = (*map(self._told, mine), *(thing for at, thing in loose if at == zone))
            reason = self._reason((condition, zone), mine) if mine else things[0].reason
            said = None
            if reason in SAID:
                boxes = [_renamed(one) for one in mine if one.box is not None and one.reason != "other_kind"]
                said = make_observation(scene, condition, boxes, weights_sha256, zone)
            problem = self._problems.get((condition, zone))
            lasting = problem is not None and problem.is_lasting
            decisions.append(Decision(condition, reason, said, zone, things, lasting))
        return decisions

    def _reason(self, key: Key, things: Sequence[_Followed]) -> Reason:
        """What is said of a problem, and remembered of having said it."""
        problem, rule = self._problems.get(key, _Problem()), self._rules[key[0]]
        farthest = min((one.reason for one in things), key=PROGRESS.index)
        if problem.is_open and all(one.reason in ("gone", "lost") for one in things):
            del self._problems[key]
            return farthest
        if not problem.is_open:
            if farthest != "opened":
                return farthest
            self._problems[key] = problem
            problem.is_open, problem.is_lasting = True, _has_stood(things, rule)
            problem.since_told = NOTHING
            return "opened"
        if not any(one.box is not None and one.reason != "other_kind" for one in things):
            return farthest
        if not problem.is_lasting and _has_stood(things, rule):
            problem.is_lasting, problem.since_told = True, NOTHING
            return "lasted"
        if problem.since_told < rule.again_every:
            return "told_recently"
        problem.since_told = NOTHING
        return "seen_again"

    def _told(self, one: _Followed) -> Thing:
        track = one.track
        return Thing(
            reason=one.reason,
            xyxy=track.xyxy if one.box is None else one.box.box.xyxy,
            kind=track.kind if track.votes else "",
            score=None if one.box is None else one.box.score,
            track=track.number,
            median=track.score if track.scores else None,
            opens_at=self.opens_at(track.kind, track.condition) if track.votes else None,
            hits=track.hits,
            lasted=track.lasted,
            missed=track.missed,
            cause=one.cause,
        )


def worth_following(found: Detections, thresholds: Mapping[str, float]) -> Detections:
    """Of all boxes down to a low score, those that a memory may follow, and of boxes on one thing only the best.

    Args:
        found: best first.
        thresholds: the scores from which the model's card shows a box, by kind.
    """
    bars = np.array([FOLLOWED * thresholds.get(kind, 0.0) for kind in found.kinds], np.float32)  # (N,)
    rows = np.flatnonzero(found.scores >= bars)
    rows = rows[keep_best(found.xyxy[rows], found.scores[rows], ONE_THING)]
    return _rows(found, rows)


def shown(found: Detections, thresholds: Mapping[str, float]) -> Detections:
    """Of what is followed, what the model's card shows."""
    bars = np.array([thresholds.get(kind, 0.0) for kind in found.kinds], np.float32)  # (N,)
    return _rows(found, np.flatnonzero(found.scores >= bars))


def _rows(found: Detections, rows: NDArray[np.intp]) -> Detections:
    kinds = tuple(found.kinds[row] for row in rows)
    return Detections(found.xyxy[rows], found.scores[rows], kinds, tuple(found.conditions[row] for row in rows))


def _progress(track: Track, rule: Persistence) -> Reason:
    if track.hits < rule.min_hits:
        return "too_few_hits"
    if track.kind in DOUBLES:
        return "other_kind"
    if track.margin < 1:
        return "below_threshold"
    return "not_yet_persistent" if track.lasted < rule.lasting else "opened"


def _has_stood(things: Sequence[_Followed], rule: Persistence) -> bool:
    """Whether one of them was seen, is what it is taken for, and has stood for long enough to be acted on."""
    stands = max(rule.standing, rule.lasting)
    return any(one.reason == "opened" and one.track.lasted >= stands for one in things)


def _family(one: Placed) -> str:
    return one.detection.condition or DOUBLES.get(one.detection.kind, "")


def _renamed(one: _Followed) -> Detection:
    """The box under the kind that most looks gave its thing."""
    assert one.box is not None  # noqa: S101  # only boxes are told
    kind = one.box.kind if one.track.kind in DOUBLES else one.track.kind
    return Detection(kind, one.box.condition, one.box.score, one.box.box)


def _one_a_thing(kept: Sequence[Placed]) -> list[Placed]:
    scores = np.array([one.detection.score for one in kept], np.float32)
    return [kept[row] for row in keep_best(stacked([_xyxy(one) for one in kept]), scores, ONE_THING)]


def _xyxy(one: Placed) -> tuple[float, float, float, float]:
    return one.detection.box.xyxy
