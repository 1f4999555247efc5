"""Before a camera that stands still, things are followed one by one and told apart from what hides them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures

from detector.observe import Decision, Looks, Persistence, Scene, View
from detector.tracking import associate
from detector.types import Detections, Image
from detector.zones import Zone, Zones

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DEMO = Path(__file__).parents[2] / "service" / "demo" / "pictures"
HEAP = (83.0, 346.0, 817.0, 662.0)
LEFT, RIGHT = (100.0, 300.0, 160.0, 360.0), (500.0, 300.0, 560.0, 360.0)
RULES = {"litter": Persistence(MINUTE, min_hits=2, open_score=0.5, keep_score=0.2, again_every=4 * MINUTE)}

Found = tuple[str, float, tuple[float, float, float, float]]


def seen(*found: Found) -> Detections:
    n = len(found)
    return Detections(
        np.array([box for _, _, box in found], np.float32).reshape(n, 4),
        np.array([score for _, score, _ in found], np.float32),
        tuple(kind for kind, _, _ in found),
        tuple(None if kind == "closed_bin" else "litter" for kind, _, _ in found),
    )


def watch(looks: Looks, begin: int, rows: Sequence[Detections], picture: Image | None = None) -> list[Decision]:
    told = []
    for minute, row in enumerate(rows, begin):
        view = View.of(picture) if picture is not None else View((1280, 720))
        told += looks.see(Scene("pole", NOON + minute * MINUTE), row, "a" * 64, view=view)
    return told


def reasons(told: Sequence[Decision]) -> list[str]:
    return [decision.reason for decision in told]


@pytest.fixture(scope="module")
def heap() -> Image:
    return np.asarray(Pictures.open(DEMO / "heap-shiliu.jpg").convert("RGB"))


@pytest.fixture(scope="module")
def cleared() -> Image:
    return np.asarray(Pictures.open(DEMO / "heap-shiliu-after.jpg").convert("RGB"))


def with_somebody(street: Image, left: int) -> Image:
    picture = street.copy()
    picture[200:700, left : left + 330] = (40, 50, 110)
    return picture


def open_heap(picture: Image) -> Looks:
    looks = Looks(RULES)
    assert reasons(watch(looks, 0, [seen(("litter", 0.8, HEAP))] * 2, picture)) == ["too_few_hits", "opened"]
    return looks


def test_a_sure_box_chooses_before_a_doubtful_one() -> None:
    known = np.float32([[0, 0, 10, 10]])
    both = np.float32([[1, 0, 11, 10], [3, 0, 13, 10]])
    assert associate(known, both, np.array([False, True])).tolist() == [-1, 0]
    assert associate(known, both, np.array([True, True])).tolist() == [0, -1]
    assert associate(known[:0], both, np.array([True, True])).tolist() == [-1, -1]


def test_two_heaps_that_come_and_go_are_not_one_that_stays() -> None:
    told = watch(Looks(RULES), 0, [seen(("litter", 0.8, box)) for box in (LEFT, RIGHT)])
    assert reasons(told) == ["too_few_hits", "too_few_hits"]


def test_two_heaps_are_one_problem_until_somebody_draws_two_zones() -> None:
    both = seen(("litter", 0.8, LEFT), ("litter", 0.7, RIGHT))
    opened = watch(Looks(RULES), 0, [both, both])[-1]
    assert opened.observation is not None
    assert [box.box.xyxy for box in opened.observation.detections] == [LEFT, RIGHT]
    halves = Zones(
        (
            Zone("west", "area", ((0, 0), (0.3, 0), (0.3, 1), (0, 1))),
            Zone("east", "area", ((0.3, 0), (1, 0), (1, 1), (0.3, 1))),
        )
    )
    told = watch(Looks(RULES, halves), 0, [both, both])[-2:]
    assert [(one.zone, one.reason) for one in told] == [("east", "opened"), ("west", "opened")]
    assert len({one.observation.id for one in told if one.observation}) == 2


def test_most_looks_say_what_a_thing_is() -> None:
    rows = [seen((kind, 0.8, LEFT)) for kind in ("overflowing_bin", "litter", "overflowing_bin")]
    rules = {"litter": Persistence(2 * MINUTE, min_hits=3)}
    opened = watch(Looks(rules), 0, rows)[-1]
    assert opened.observation is not None
    assert [box.kind for box in opened.observation.detections] == ["overflowing_bin"]


def test_a_bin_that_most_looks_call_closed_is_not_told() -> None:
    looks = Looks(RULES)
    kinds = ("overflowing_bin", "closed_bin", "closed_bin", "closed_bin", "overflowing_bin")
    told = watch(looks, 0, [seen((kind, 0.8, LEFT)) for kind in kinds])
    assert reasons(told) == ["too_few_hits", "other_kind", "other_kind", "other_kind", "other_kind"]


def test_the_model_s_own_bar_holds_where_a_rule_asks_for_less() -> None:
    looks = Looks({"litter": Persistence(MINUTE, 2, 0.05, 0.05)}, thresholds={"litter": 0.5})
    weak = seen(("litter", 0.4, LEFT))
    assert reasons(watch(looks, 0, [weak, weak, seen(("litter", 0.2, LEFT))])) == ["below_threshold"] * 3
    told = watch(looks, 3, [seen(("litter", 0.9, LEFT)), weak, weak, weak])
    assert reasons(told) == ["too_few_hits", "opened", "told_recently", "told_recently"]
    (thing,) = told[0].things
    assert (thing.opens_at, thing.score) == (0.5, pytest.approx(0.9))


def test_what_has_stood_long_enough_is_said_once_more_for_the_machine() -> None:
    rules = {"litter": Persistence(MINUTE, 2, again_every=4 * MINUTE, standing=6 * MINUTE)}
    told = watch(Looks(rules), 0, [seen(("litter", 0.8, LEFT))] * 12)
    said = [(minute, one.reason, one.is_lasting) for minute, one in enumerate(told) if one.observation]
    assert said == [(1, "opened", False), (5, "seen_again", False), (6, "lasted", True), (10, "seen_again", True)]


def test_somebody_before_the_heap_hides_it_for_as_long_as_he_stays(heap: Image) -> None:
    looks = open_heap(heap)
    for minute in range(2, 22):
        (told,) = watch(looks, minute, [seen()], with_somebody(heap, 200 + 20 * (minute % 5)))
        assert (told.reason, told.things[0].cause) == ("unknown", "hidden")
    assert reasons(watch(looks, 22, [seen(("litter", 0.8, HEAP))], heap)) == ["seen_again"]


def test_a_heap_that_was_taken_away_is_gone_after_three_clear_looks(heap: Image, cleared: Image) -> None:
    looks = open_heap(heap)
    assert reasons(watch(looks, 2, [seen()], with_somebody(cleared, 300))) == ["unknown"]
    assert reasons(watch(looks, 3, [seen()] * 3, cleared)) == ["missed", "missed", "gone"]
    assert not looks.is_open("litter")


def test_evening_light_makes_nothing_gone(heap: Image, cleared: Image) -> None:
    looks = open_heap(heap)
    dusk = (heap * 0.6).astype(np.uint8)
    (told,) = watch(looks, 2, [seen()], dusk)
    assert (told.reason, told.things[0].cause) == ("unknown", "unchanged")
    assert reasons(watch(looks, 3, [seen()] * 3, (cleared * 0.6).astype(np.uint8)))[-1] == "gone"


def test_a_heap_that_a_parked_van_hides_for_a_day_is_lost_and_not_gone(heap: Image) -> None:
    looks = open_heap(heap)
    van = with_somebody(heap, 250)
    told = [watch(looks, 2 + 30 * step, [seen()], van)[0].reason for step in range(48)]
    assert set(told) == {"unknown"}
    assert reasons(watch(looks, 2 + 30 * 49, [seen()], van)) == ["lost"]


def test_durations_follow_the_clock_that_never_steps() -> None:
    looks = Looks(RULES)
    found, hour = seen(("litter", 0.8, LEFT)), timedelta(hours=1)
    told = [
        looks.see(Scene("pole", NOON + shift, clock_s=clock_s), found, "a" * 64)[0].reason
        for shift, clock_s in ((hour, 0.0), (-hour, 30.0), (3 * hour, 59.0), (hour, 61.0))
    ]
    assert told == ["too_few_hits", "not_yet_persistent", "not_yet_persistent", "opened"]
