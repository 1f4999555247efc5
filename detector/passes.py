"""The memory of one camera that moves: a place that enough frames of one pass agree on makes a candidate.

No track survives a turn, so nothing is followed in the picture: every box is put on the ground (`detector.locate`)
and joins what was seen there. Cells are not a grid, on whose lines one heap would become two, but circles of a cell's
width around the mean of what fell into them.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from statistics import median
from types import MappingProxyType
from typing import Final

import numpy as np

from detector.boxes import keep_best
from detector.decisions import SAID, Decision, Observation, Reason, Scene, Thing, make_observation, of_box
from detector.locate import Pose, apart_m, between, course_deg, moved, place_of
from detector.looks import FOLLOWED, ONE_THING, View
from detector.tracking import stacked
from detector.types import Detection, Detections, GeoPoint
from detector.zones import EVERYWHERE, Zones

LONGEST_PAUSE: Final = timedelta(seconds=60)
"""After a longer pause between two frames, another pass begins."""

LEAST_STEP_M: Final = 2.0
"""A vehicle that moved less does not show its heading."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass must show: so many hits in so many frames within one cell, and a median score that opens."""

    hits: int = 3
    frames: int = 8
    cell_m: float = 15.0
    open_score: float = 0.4
    keep_score: float = 0.25
    again_every: timedelta = timedelta(minutes=4)


@dataclass(slots=True)
class _Spot:
    """One place at which one condition was seen in this pass.

    Attributes:
        hits: the numbers of the frames that saw it, of the latest so many.
        margins: the best score on each of them, as a share of what opens.
        since_told: None until it was.
    """

    number: int
    place: GeoPoint | None
    weight: float = 0.0
    hits: deque[int] = field(default_factory=deque)
    margins: deque[float] = field(default_factory=deque)
    since_told: timedelta | None = None

    def takes(self, place: GeoPoint | None, cell_m: float) -> bool:
        """Whether a place falls into its cell; how far both may be off widens it where no pose helps."""
        if self.place is None or place is None:
            return self.place is None and place is None
        doubt_m = max(self.place.accuracy_m or 0.0, place.accuracy_m or 0.0)
        return apart_m(self.place, place) <= max(cell_m, doubt_m)

    def add(self, frame: int, margin: float, place: GeoPoint | None, rule: Pass) -> None:
        """It was seen again; places count by the inverse square of how far off they may be."""
        if self.place is not None and place is not None:
            weight = 1 / max(place.accuracy_m or 1.0, 1.0) ** 2
            self.weight += weight
            east_m, north_m = between(self.place, place)
            share = weight / self.weight
            best_m = min(self.place.accuracy_m or 1.0, place.accuracy_m or 1.0)
            self.place = moved(self.place, east_m * share, north_m * share, best_m)
        if not self.hits or self.hits[-1] != frame:
            self.hits.append(frame)
            self.margins.append(margin)
        while self.hits[0] <= frame - rule.frames:
            self.hits.popleft()
            self.margins.popleft()


@dataclass(frozen=True, slots=True)
class _Stand:
    """A box, where it stands, and its score as a share of what opens."""

    box: Detection
    place: GeoPoint | None
    margin: float


class Passes:
    """The memory of one camera that moves: feed it every frame that was analysed, in order.

    Args:
        rules: by condition; a condition without a rule is left to people.
        pose: how it is mounted, None where unknown.
        looks_deg: where its axis points, clockwise from the vehicle's heading.
        zones: what is drawn into the picture, such as a mask over the bonnet.
        thresholds: by kind, the score from which the model's own card shows a box.
    """

    def __init__(
        self,
        rules: Mapping[str, Pass],
        pose: Pose | None = None,
        looks_deg: float = 0.0,
        zones: Zones = EVERYWHERE,
        thresholds: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self._rules, self._pose, self._looks_deg = rules, pose, looks_deg
        self._zones, self._thresholds = zones, thresholds
        self._spots: dict[str, list[_Spot]] = {}
        self._last: Scene | None = None
        self._heading_deg: float | None = None
        self._frame = self._count = 0

    def see(self, scene: Scene, detections: Detections, weights_sha256: str, *, view: View) -> tuple[Decision, ...]:
        """Decide about every condition that has a rule and is seen on a frame, a decision a place.

        Args:
            scene: with the vehicle's place and heading; without a heading, that of its last steps is taken.
            detections: what the model saw, at the lowest score that is followed or below.
            weights_sha256: of the model's file.
            view: the picture's size.
        """
        passed = scene.since(self._last)
        if passed > LONGEST_PAUSE:
            self._spots.clear()
        self._turn(scene)
        self._last, self._frame = scene, self._frame + 1
        decisions: list[Decision] = []
        placed = self._zones.sort(detections, *view.size)
        for condition in sorted({one.detection.condition or "" for one in placed} & set(self._rules)):
            refused = [one for one in placed if one.detection.condition == condition and one.refusal is not None]
            if refused:
                things = tuple(of_box(one.detection, one.refusal or "masked") for one in refused)
                decisions.append(Decision(condition, things[0].reason, None, None, things, is_lasting=False))
            boxes = [one.detection for one in placed if one.detection.condition == condition and one.refusal is None]
            decisions += self._judge(scene, condition, boxes, weights_sha256, view)
        self._forget(passed)
        return tuple(decisions)

    def _turn(self, scene: Scene) -> None:
        """Keep the vehicle's heading: as told, or as its last step shows."""
        if scene.heading_deg is not None:
            self._heading_deg = scene.heading_deg
            return
        before = self._last.place if self._last else None
        if before is not None and scene.place is not None and apart_m(before, scene.place) >= LEAST_STEP_M:
            self._heading_deg = course_deg(before, scene.place)

    def _judge(
        self, scene: Scene, condition: str, boxes: Sequence[Detection], weights_sha256: str, view: View
    ) -> list[Decision]:
        rule = self._rules[condition]
        scores = np.array([box.score for box in boxes], np.float32)
        best = [boxes[row] for row in keep_best(stacked([box.box.xyxy for box in boxes]), scores, ONE_THING)]
        weak = [box for box in best if box.score < self._keeps_from(box.kind, rule)]
        decisions = []
        if weak and len(weak) == len(best):
            things = tuple(of_box(box, "below_threshold", self._opens_at(box.kind, rule)) for box in weak)
            decisions.append(Decision(condition, "below_threshold", None, None, things, is_lasting=False))
        mine: dict[int, list[_Stand]] = {}
        for box in (box for box in best if box not in weak):
            stand = _Stand(box, self._place_of(scene, box, view), box.score / self._opens_at(box.kind, rule))
            if stand.place is None and scene.place is not None:
                far = (of_box(box, "too_far", self._opens_at(box.kind, rule)),)
                decisions.append(Decision(condition, "too_far", None, None, far, is_lasting=False))
                continue
            mine.setdefault(self._spot_of(condition, stand.place, rule).number, []).append(stand)
        for spot in self._spots.get(condition, ()):
            if spot.number in mine:
                decisions.append(self._decide(scene, condition, spot, mine[spot.number], weights_sha256))
        return decisions

    def _spot_of(self, condition: str, place: GeoPoint | None, rule: Pass) -> _Spot:
        """The nearest spot into whose cell a place falls, or a new one."""
        spots = self._spots.setdefault(condition, [])
        near = [spot for spot in spots if spot.takes(place, rule.cell_m)]
        if near:
            return min(near, key=lambda spot: apart_m(spot.place, place) if spot.place and place else 0.0)
        self._count += 1
        spots.append(_Spot(self._count, place))
        return spots[-1]

    def _decide(
        self, scene: Scene, condition: str, spot: _Spot, stands: Sequence[_Stand], weights_sha256: str
    ) -> Decision:
        rule = self._rules[condition]
        for stand in stands:
            spot.add(self._frame, stand.margin, stand.place, rule)
        reason = self._reason(spot, rule)
        said: Observation | None = None
        if reason in SAID:
            there = replace(scene, place=spot.place)
            boxes = [stand.box for stand in stands]
            said = make_observation(there, condition, boxes, weights_sha256, spot=spot.number)
        things = tuple(self._told(spot, stand, reason, rule) for stand in stands)
        return Decision(condition, reason, said, None, things)

    def _told(self, spot: _Spot, stand: _Stand, reason: Reason, rule: Pass) -> Thing:
        opens_at = self._opens_at(stand.box.kind, rule)
        return Thing(
            reason=reason,
            xyxy=stand.box.box.xyxy,
            kind=stand.box.kind,
            score=stand.box.score,
            track=spot.number,
            median=median(spot.margins) * opens_at,
            opens_at=opens_at,
            hits=len(spot.hits),
        )

    def _reason(self, spot: _Spot, rule: Pass) -> Reason:
        if spot.since_told is not None:
            if spot.since_told < rule.again_every:
                return "told_recently"
            spot.since_told = timedelta(0)
            return "seen_again"
        if len(spot.hits) < rule.hits:
            return "too_few_hits"
        if median(spot.margins) < 1:
            return "below_threshold"
        if self._can_place and spot.place is not None and (spot.place.accuracy_m or 0.0) > rule.cell_m:
            return "too_far"
        spot.since_told = timedelta(0)
        return "opened"

    def _forget(self, passed: timedelta) -> None:
        """Let what was told age; a spot that no frame of the last few saw, and that was not told, is forgotten."""
        for condition, spots in list(self._spots.items()):
            frames = self._rules[condition].frames
            for spot in spots:
                if spot.since_told is not None:
                    spot.since_told += passed
            left = [spot for spot in spots if spot.hits and spot.hits[-1] > self._frame - frames]
            self._spots[condition] = left

    @property
    def _can_place(self) -> bool:
        return self._pose is not None and self._heading_deg is not None

    def _place_of(self, scene: Scene, box: Detection, view: View) -> GeoPoint | None:
        if scene.place is None:
            return None
        x0, _, x1, y1 = box.box.xyxy
        heading = None if self._heading_deg is None else self._heading_deg + self._looks_deg
        return place_of(self._pose, scene.place, heading, view.size, ((x0 + x1) / 2, y1))

    def _opens_at(self, kind: str, rule: Pass) -> float:
        return max(rule.open_score, self._thresholds.get(kind, 0.0))

    def _keeps_from(self, kind: str, rule: Pass) -> float:
        return max(rule.keep_score, FOLLOWED * self._thresholds.get(kind, 0.0))
