"""A photo speaks at once; a fixed camera speaks when a condition has lasted, and goes on to say so."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from detector.observe import FIXED_CAMERA, Decision, Looks, Persistence, Scene, observe
from detector.types import Detections

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WEIGHTS = "a" * 64
CONDITIONS = {"litter": "litter", "overflowing_bin": "litter", "closed_bin": None, "flying_wire": "flying_wire"}
CONDITIONS |= {"paper_ad": "illegal_ad", "out_of_store": "out_of_store"}


def seen(*kinds: str, score: float = 0.8) -> Detections:
    n = len(kinds)
    xyxy = np.tile(np.array([10, 10, 50, 60], np.float32), (n, 1))
    scores = np.linspace(score, score / 2, n, dtype=np.float32) if n else np.zeros(0, np.float32)
    return Detections(xyxy.reshape(n, 4), scores, kinds, tuple(CONDITIONS[kind] for kind in kinds))


def a_scene(minutes: float = 0, source: str = "cam_1") -> Scene:
    return Scene(source, NOON + minutes * MINUTE)


def reasons(decisions: tuple[Decision, ...]) -> dict[str, str]:
    return {decision.condition: decision.reason for decision in decisions}


def watch(looks: Looks, minutes: list[float], *kinds: str, score: float = 0.8) -> list[dict[str, str]]:
    return [reasons(looks.see(a_scene(minute), seen(*kinds, score=score), WEIGHTS)) for minute in minutes]


def test_a_photo_gives_one_observation_a_condition_with_all_its_boxes() -> None:
    decisions = observe(a_scene(), seen("overflowing_bin", "litter", "flying_wire", "closed_bin"), WEIGHTS)
    assert reasons(decisions) == {"flying_wire": "seen", "litter": "seen"}
    litter = decisions[1].observation
    assert litter is not None
    assert [box.kind for box in litter.detections] == ["overflowing_bin", "litter"]
    assert litter.score == pytest.approx(0.8)
    assert litter.weights_sha256 == WEIGHTS


def test_the_same_sighting_has_the_same_id_and_any_other_another() -> None:
    def ids(scene: Scene, kind: str) -> str:
        observation = observe(scene, seen(kind), WEIGHTS)[0].observation
        assert observation is not None
        return observation.id

    assert ids(a_scene(), "litter") == ids(a_scene(), "overflowing_bin")
    others = {ids(a_scene(), "flying_wire"), ids(a_scene(1), "litter"), ids(a_scene(0, "cam_2"), "litter")}
    assert len(others | {ids(a_scene(), "litter")}) == 4


def test_an_empty_picture_says_nothing() -> None:
    assert observe(a_scene(), Detections.none(), WEIGHTS) == ()
    assert Looks().see(a_scene(), Detections.none(), WEIGHTS) == ()


def test_litter_opens_after_ten_minutes_and_not_before() -> None:
    told = [row["litter"] for row in watch(Looks(), list(range(11)), "litter")]
    assert told == ["too_few_hits"] * 2 + ["not_yet_persistent"] * 8 + ["opened"]


def test_goods_before_a_shop_open_after_five_minutes() -> None:
    told = [row["out_of_store"] for row in watch(Looks(), list(range(6)), "out_of_store")]
    assert told[-2:] == ["not_yet_persistent", "opened"]


def test_two_looks_ten_minutes_apart_open_a_wire() -> None:
    assert watch(Looks(), [0, 9], "flying_wire")[-1] == {"flying_wire": "not_yet_persistent"}
    assert watch(Looks(), [0, 10], "flying_wire")[-1] == {"flying_wire": "opened"}


def test_two_frames_open_small_ads() -> None:
    assert [row["illegal_ad"] for row in watch(Looks(), [0, 0.02], "paper_ad")] == ["too_few_hits", "opened"]


def test_one_lucky_score_opens_nothing() -> None:
    looks = Looks()
    scores = [0.3, 0.9, 0.3, 0.3, 0.3]
    told = [
        reasons(looks.see(a_scene(5 * i), seen("litter", score=score), WEIGHTS))["litter"]
        for i, score in enumerate(scores)
    ]
    assert told[-1] == "below_threshold"


def test_an_open_condition_stays_open_at_a_low_score() -> None:
    looks = Looks()
    watch(looks, list(range(11)), "litter")
    assert watch(looks, [12, 13], "litter", score=0.3) == [{"litter": "told_recently"}] * 2
    assert looks.is_open("litter")


def test_it_is_gone_only_after_three_clear_looks() -> None:
    looks = Looks()
    watch(looks, list(range(11)), "litter")
    assert [row["litter"] for row in watch(looks, [12, 13])] == ["missed", "missed"]
    assert watch(looks, [14], "litter") == [{"litter": "told_recently"}]
    assert [row["litter"] for row in watch(looks, [15, 16, 17])] == ["missed", "missed", "gone"]
    assert not looks.is_open("litter")
    assert watch(looks, [18]) == [{}]


def test_somebody_in_front_means_unknown_and_not_gone() -> None:
    looks = Looks()
    watch(looks, list(range(11)), "litter")
    for minute in range(11, 31):
        blocked = looks.see(a_scene(minute), Detections.none(), WEIGHTS, unknown={"litter"})
        assert reasons(blocked) == {"litter": "unknown"}
    assert watch(looks, [41], "litter") == [{"litter": "seen_again"}]


def test_a_missed_look_does_not_start_the_ten_minutes_anew() -> None:
    looks = Looks()
    watch(looks, [0, 1, 2, 3], "litter")
    watch(looks, [4, 5])
    assert watch(looks, [6, 10], "litter")[-1] == {"litter": "opened"}


def test_a_long_outage_starts_it_anew() -> None:
    looks = Looks()
    watch(looks, [0, 1], "litter")
    assert watch(looks, [300], "litter") == [{"litter": "too_few_hits"}]


def test_a_score_below_the_low_threshold_is_no_hit() -> None:
    assert watch(Looks(), [0, 5, 10, 15], "litter", score=0.2) == [{"litter": "below_threshold"}] * 4


def test_one_heap_over_a_day_is_opened_once_and_said_again_each_half_hour() -> None:
    looks = Looks()
    told: Counter[str] = Counter()
    ids = set()
    for minute in range(24 * 60):
        for decision in looks.see(a_scene(minute), seen("litter", "overflowing_bin"), WEIGHTS):
            told[decision.reason] += 1
            if decision.observation:
                ids.add(decision.observation.id)
    assert told["opened"] == 1
    assert told["seen_again"] == (24 * 60 - 11) // 30
    assert len(ids) == told["opened"] + told["seen_again"]


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(hours=-30), timedelta(minutes=-2)])
def test_a_clock_that_steps_back_neither_opens_early_nor_never(step: timedelta) -> None:
    looks = Looks()
    watch(looks, [0, 1, 2, 3, 4], "litter")
    shift = step / MINUTE
    told = [row["litter"] for row in watch(looks, [shift + minute for minute in range(5, 13)], "litter")]
    assert told.index("opened") in (5, 6)


def test_conditions_without_a_rule_are_left_to_people() -> None:
    looks = Looks({"litter": FIXED_CAMERA["litter"]})
    assert watch(looks, [0], "flying_wire") == [{}]


def test_a_rule_that_contradicts_itself_cannot_exist() -> None:
    with pytest.raises(ValueError, match="keep_score"):
        Persistence(MINUTE, open_score=0.2, keep_score=0.3)
    with pytest.raises(ValueError, match="at least 1"):
        Persistence(MINUTE, min_hits=0)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Scene("cam_1", NOON.replace(tzinfo=None))
