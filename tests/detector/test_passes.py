"""Before a camera that moves, places persist and boxes do not."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from detector.decisions import Decision, Scene
from detector.locate import apart_m, moved
from detector.looks import View
from detector.passes import Pass, Passes
from detector.types import Detections, GeoPoint
from detector.zones import Zone, Zones
from tests.detector.test_locate import CAR, ROOF, SIZE, pixel_of

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
STEP_M = 40 / 3.6
RULES = {"litter": Pass()}
Ahead = tuple[float, float]


def seen(*ahead: Ahead, score: float = 0.8) -> Detections:
    feet = [pixel_of(ROOF, *place) for place in ahead]
    rows = np.array([(u - 30, v - 40, u + 30, v) for u, v in feet], np.float32).reshape(len(feet), 4)
    n = len(feet)
    return Detections(rows, np.full(n, score, np.float32), ("litter",) * n, ("litter",) * n)


def drive(passes: Passes, frames: Sequence[Sequence[Ahead]], begin: int = 0) -> list[Decision]:
    """A car that drives north at 40 km/h and sends a frame a second; heaps as metres ahead of its start."""
    told: list[Decision] = []
    for second, heaps in enumerate(frames, begin):
        car = moved(CAR, 0, second * STEP_M, 3.0)
        scene = Scene("car", NOON + timedelta(seconds=second), car, 0.0)
        ahead = [(forward - second * STEP_M, right) for forward, right in heaps]
        told += passes.see(scene, seen(*ahead), "a" * 64, view=View(SIZE))
    return told


def reasons(told: Sequence[Decision]) -> list[str]:
    return [one.reason for one in told]


def test_three_of_eight_frames_put_a_heap_on_the_ground() -> None:
    told = drive(Passes(RULES, ROOF), [[(56, 3)]] * 5)
    assert reasons(told) == ["too_few_hits", "too_few_hits", "opened", "told_recently", "told_recently"]
    (said,) = [one.observation for one in told if one.observation]
    assert said.scene.place is not None
    assert apart_m(said.scene.place, moved(CAR, 3, 56, 1)) < 15


def test_two_frames_or_three_far_apart_are_not_enough() -> None:
    assert "opened" not in reasons(drive(Passes(RULES, ROOF), [[(30, 3)], [(30, 3)], []]))
    rows: list[list[Ahead]] = [[] for _ in range(12)]
    rows[0] = rows[5] = rows[10] = [(130, 3)]
    assert "opened" not in reasons(drive(Passes(RULES, ROOF), rows))


def test_two_heaps_forty_metres_apart_are_two_and_side_by_side_are_one() -> None:
    two = drive(Passes(RULES, ROOF), [[(50, 3), (90, 3)]] * 4 + [[(90, 3)]] * 4)
    places = [one.observation.scene.place for one in two if one.observation and one.reason == "opened"]
    assert [round(apart_m(CAR, place)) for place in places if place] == [50, 90]
    beside = drive(Passes(RULES, ROOF), [[(50, 3), (50, 6)]] * 4)
    (said,) = [one.observation for one in beside if one.observation]
    assert len(said.detections) == 2


def test_without_a_pose_the_car_s_own_way_is_one_place_for_one_heap() -> None:
    told = drive(Passes(RULES), [[(56, 3)]] * 5)
    (said,) = [one.observation for one in told if one.observation]
    assert said.scene.place is not None
    assert said.scene.place.accuracy_m is not None
    assert said.scene.place.accuracy_m > 30


def test_without_a_heading_the_way_shows_it() -> None:
    passes = Passes(RULES, ROOF)
    told: list[Decision] = []
    for second in range(6):
        scene = Scene("car", NOON + timedelta(seconds=second), moved(CAR, second * STEP_M, 0, 3.0))
        told += passes.see(scene, seen((60 - second * STEP_M, 0)), "a" * 64, view=View(SIZE))
    (said,) = [one.observation for one in told if one.observation]
    assert said.scene.place is not None
    assert apart_m(said.scene.place, moved(CAR, 60, 0, 1)) < 15


def test_what_is_too_far_to_be_placed_waits_until_the_car_is_nearer() -> None:
    told = drive(Passes(RULES, ROOF), [[(90, 3)]] * 8)
    assert reasons(told)[:4] == ["too_far", "too_far", "too_far", "too_few_hits"]
    (said,) = [one.observation for one in told if one.observation]
    assert said.scene.place is not None
    assert said.scene.place.accuracy_m is not None
    assert said.scene.place.accuracy_m <= 15


def test_another_pass_begins_anew() -> None:
    passes = Passes(RULES, ROOF)
    drive(passes, [[(56, 3)]] * 2)
    later = drive(passes, [[(56 + 600 * STEP_M, 3)]] * 2, begin=600)
    assert reasons(later) == ["too_few_hits"] * 2


def test_weak_boxes_count_and_do_not_open() -> None:
    passes = Passes(RULES, ROOF)
    told: list[str] = []
    for second, score in enumerate([0.3, 0.9, 0.3, 0.2]):
        scene = Scene("car", NOON + timedelta(seconds=second), CAR, 0.0)
        told += reasons(passes.see(scene, seen((10, 0), score=score), "a" * 64, view=View(SIZE)))
    assert told == ["too_few_hits", "too_few_hits", "below_threshold", "below_threshold"]


def test_the_bonnet_is_masked() -> None:
    bonnet = Zones((Zone("bonnet", "mask", ((0, 0.5), (1, 0.5), (1, 1), (0, 1))),))
    assert set(reasons(drive(Passes(RULES, ROOF, zones=bonnet), [[(12, 0)]]))) == {"masked"}


def test_a_car_that_does_not_know_where_it_is_says_so_by_a_missing_place() -> None:
    passes = Passes(RULES, ROOF)
    told = [
        passes.see(Scene("car", NOON + timedelta(seconds=n)), seen((10, 0)), "a" * 64, view=View(SIZE))[0]
        for n in range(3)
    ]
    assert told[-1].observation is not None
    assert told[-1].observation.scene.place is None
    assert isinstance(CAR, GeoPoint)
