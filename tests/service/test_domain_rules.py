"""Limits, policies, matching and verdicts as pure functions."""

import math
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from detector.catalog import Limit, LimitUnit, Name, load_catalog
from detector.types import Box, Detection, GeoPoint
from service.domain.deadlines import Calendar, WorkingHours, due_after_pause, due_at
from service.domain.geometry import covers
from service.domain.matching import distance_m, match
from service.domain.observation import Look, sightings_on
from service.domain.policy import parse_policy
from service.domain.routing import Grid
from service.domain.states import State
from service.domain.verdict import Verdict, Word, decide, redrawn
from service.domain.whereabouts import GridMap
from service.errors import (
    ConditionUnknown,
    PolicyWrong,
    VerdictBoxMissing,
    VerdictConditionMissing,
    VerdictReasonMissing,
)
from tests.build import (
    CAR,
    NOON,
    PERSON,
    POLE,
    POLICY_TOML,
    SHANGHAI,
    a_detection,
    a_place,
    a_policy,
    a_sighting,
    a_ticket,
)

POLICY = a_policy()
HOURS = WorkingHours(SHANGHAI)
CATALOG = load_catalog()


def a_star(dice: random.Random, at: GeoPoint) -> list[list[float]]:
    """A ring of many corners around a place, no two of them at one distance."""
    turns = sorted(dice.uniform(0, 2 * math.pi) for _ in range(dice.randrange(3, 30)))
    far = [dice.uniform(0.0005, 0.006) for _ in turns]
    ring = [[at.lon + r * math.cos(turn), at.lat + r * math.sin(turn)] for r, turn in zip(far, turns, strict=True)]
    return [*ring, ring[0]]


def test_a_map_of_grids_finds_the_first_that_covers_a_place() -> None:
    dice = random.Random(3)
    middles = [GeoPoint(31.2 + dice.uniform(-0.01, 0.01), 121.4 + dice.uniform(-0.01, 0.01)) for _ in range(30)]
    rings = [[a_star(dice, at), *([a_star(dice, at)] if number % 3 == 0 else [])] for number, at in enumerate(middles)]
    grids = [
        Grid(f"g{number}", Name(en="g", zh="g"), {"type": "Polygon", "coordinates": told}, {})
        for number, told in enumerate(rings)
    ]
    city = GridMap(grids)
    corners = [GeoPoint(lat, lon) for told in rings for ring in told for lon, lat in ring]
    places = [GeoPoint(31.2 + dice.uniform(-0.02, 0.02), 121.4 + dice.uniform(-0.02, 0.02)) for _ in range(2000)]
    found = [city.at(place) for place in (*places, *corners)]
    assert found == [
        next((one.id for one in grids if covers(one.polygon, place)), None) for place in (*places, *corners)
    ]
    assert len(set(found)) > 20


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


FRIDAY = "2026-11-27 17:30"
ENDS: list[tuple[str, float, LimitUnit, str]] = [
    (FRIDAY, 4, "working_hour", "2026-11-30 11:30"),
    (FRIDAY, 2, "urgent_hour", "2026-11-27 19:30"),
    (FRIDAY, 1, "working_day", "2026-11-30 17:30"),
    (FRIDAY, 1, "calendar_day", "2026-11-28 17:30"),
    (FRIDAY, 30, "minute", "2026-11-27 18:00"),
    ("2026-11-25 12:30", 1, "working_hour", "2026-11-25 15:00"),
    ("2026-11-28 09:00", 1, "working_hour", "2026-11-30 09:00"),
    ("2026-11-25 14:00", 4, "working_hour", "2026-11-25 18:00"),
]


@pytest.mark.parametrize(("start", "amount", "unit", "end"), ENDS)
def test_a_limit_ends_when_the_domain_says(start: str, amount: float, unit: LimitUnit, end: str) -> None:
    assert due_at(local(start), Limit(amount, unit), HOURS) == local(end)


def test_holidays_are_skipped_and_make_up_days_are_worked() -> None:
    calendar = Calendar(frozenset({date(2026, 11, 30)}), frozenset({date(2026, 11, 28)}))
    limit = Limit(4, "working_hour")
    assert due_at(local(FRIDAY), limit, replace(HOURS, calendar=calendar)) == local("2026-11-28 11:30")
    no_swap = Calendar(frozenset({date(2026, 11, 30)}))
    assert due_at(local(FRIDAY), limit, replace(HOURS, calendar=no_swap)) == local("2026-12-01 11:30")


moments = some.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=some.just(UTC))  # noqa: DTZ001  # bounds


@given(moments, some.integers(1, 40), some.integers(0, 30))
def test_more_work_never_ends_earlier_and_always_ends_in_working_hours(start: datetime, hours: int, more: int) -> None:
    end = due_at(start, Limit(hours, "working_hour"), HOURS)
    assert end <= due_at(start, Limit(hours + more, "working_hour"), HOURS)
    clock = end.astimezone(SHANGHAI)
    assert HOURS.works_on(clock.date())
    assert any(opens <= clock.time() <= closes for opens, closes in HOURS.windows)


@given(moments, some.integers(1, 30), some.integers(0, 200))
def test_a_pause_of_no_length_moves_nothing(start: datetime, hours: int, later: int) -> None:
    limit = Limit(hours, "working_hour")
    due = due_at(start, limit, HOURS)
    paused = start + timedelta(hours=later)
    assert due_after_pause(due, paused, paused, limit, HOURS) == due


def a_policy_text(**lines: str) -> str:
    text = POLICY_TOML.read_text(encoding="utf-8")
    for key, value in lines.items():
        old = next(line for line in text.splitlines() if line.startswith(f"{key} ="))
        text = text.replace(old, f"{key} = {value}")
    return text


WRONG: list[tuple[str, str]] = [
    ("default_radius_m", "0"),
    ("default_radius_m", "true"),
    ("field_verification", '"no"'),
    ("code_table", '"gb1999"'),
    ("default_unit", '"nobody"'),
    ("windows", '[["12:00", "08:00"]]'),
    ("weekdays", "[0]"),
    ("holidays", '["2027-01-01"]'),
    ("version", "7"),
]


@pytest.mark.parametrize(("key", "value"), WRONG)
def test_a_policy_with_a_value_out_of_bounds_is_refused(key: str, value: str) -> None:
    with pytest.raises(PolicyWrong):
        parse_policy(a_policy_text(**{key: value}), CATALOG, SHANGHAI)


@pytest.mark.parametrize("extra", ["raduis_m = 3\n", "[conditions.graffiti]\nradius_m = 3\n", "]"])
def test_a_policy_with_an_unknown_key_is_refused(extra: str) -> None:
    text = POLICY_TOML.read_text(encoding="utf-8")
    with pytest.raises(PolicyWrong):
        parse_policy(extra + text if extra.startswith("raduis") else text + extra, CATALOG, SHANGHAI)


def test_every_condition_of_the_catalog_has_a_rule_also_without_weights() -> None:
    assert set(POLICY.rules) == {condition.id for condition in CATALOG.conditions}
    assert POLICY.rule("street_drying").limit == Limit(4, "working_hour")


def test_another_text_is_another_hash() -> None:
    changed = parse_policy(a_policy_text(rebound_within_days="7"), CATALOG, SHANGHAI)
    assert changed.sha256 != POLICY.sha256


places = some.builds(GeoPoint, some.floats(-89, 89), some.floats(-180, 180))


@given(places, places)
def test_distance_is_the_same_both_ways_and_zero_at_home(a: GeoPoint, b: GeoPoint) -> None:
    assert distance_m(a, b) == pytest.approx(distance_m(b, a))
    assert distance_m(a, a) == 0
    assert distance_m(a, b) <= 20_037_600


def test_the_nearest_open_ticket_is_the_same_problem() -> None:
    far, near = a_ticket(id="far", place=a_place(metres_north=40)), a_ticket(id="near", place=a_place(metres_north=9))
    assert match(a_sighting(), [far, near], POLICY).ticket == near


def test_an_open_ticket_wins_over_one_that_was_just_closed_nearer() -> None:
    closed = a_ticket(State.CLOSED, id="closed", ended_at=NOON)
    opened = a_ticket(id="open", place=a_place(metres_north=40))
    assert match(a_sighting(), [closed, opened], POLICY).ticket == opened


def test_a_sighting_on_a_merged_ticket_goes_to_what_it_was_merged_into() -> None:
    merged = a_ticket(State.MERGED, id="merged", merged_into="target", ended_at=NOON)
    target = a_ticket(id="target", place=a_place(metres_north=400))
    assert match(a_sighting(), [merged, target], POLICY).ticket == target


def test_a_photo_taken_before_the_close_and_sent_after_it_is_the_same_problem() -> None:
    closed = a_ticket(State.CLOSED, ended_at=NOON + timedelta(hours=9))
    assert match(a_sighting(seen_at=NOON + timedelta(hours=1)), [closed], POLICY).ticket == closed


def test_a_problem_that_comes_back_after_a_month_is_new() -> None:
    closed = a_ticket(State.CLOSED, ended_at=NOON)
    late = match(a_sighting(seen_at=NOON + timedelta(days=31)), [closed], POLICY)
    assert (late.ticket, late.recurrence_of) == (None, None)


def test_boxes_of_one_condition_are_one_sighting_and_a_closed_bin_makes_none() -> None:
    bin_ = replace(a_detection(), kind="closed_bin", condition=None)
    boxes = [a_detection(score=0.5), bin_, a_detection(score=0.9), a_detection("illegal_ad")]
    seen = sightings_on(Look(CAR, "pic_1", NOON, a_place(), "exif"), boxes, weights_sha256="f" * 64)
    assert [(one.condition, len(one.detections), one.score) for one in seen] == [
        ("illegal_ad", 1, 0.8),
        ("litter", 2, 0.9),
    ]


def test_a_person_names_what_no_model_sees() -> None:
    [seen] = sightings_on(Look(PERSON, "pic_1", NOON), [], told="street_drying", weights_sha256="f" * 64)
    assert (seen.condition, seen.score, seen.weights_sha256) == ("street_drying", None, None)


def rule_on(verdict: Verdict, state: State = State.CANDIDATE, *, alone: bool = True) -> tuple[State | None, bool, bool]:
    ticket = a_ticket(state)
    ruling = decide(verdict, a_sighting(source=POLE), ticket, stands_alone=alone, conditions=POLICY.rules.keys())
    return ruling.to, ruling.renames_ticket, ruling.leaves_ticket


FALSE = Verdict(Word.FALSE, reason="a shadow")
OTHER = Verdict(Word.OTHER_CONDITION, condition="illegal_ad")


def test_true_reports_a_candidate_and_leaves_the_rest_alone() -> None:
    assert rule_on(Verdict(Word.TRUE)) == (State.REPORTED, False, False)
    assert rule_on(Verdict(Word.TRUE), State.FILED) == (None, False, False)


def test_false_dismisses_a_candidate_that_nothing_else_supports() -> None:
    assert rule_on(FALSE) == (State.DISMISSED, False, False)
    assert rule_on(FALSE, alone=False) == (None, False, False)
    assert rule_on(FALSE, State.REPORTED) == (None, False, False)


def test_another_condition_renames_a_ticket_before_filing_and_leaves_it_later() -> None:
    assert rule_on(OTHER) == (State.REPORTED, True, False)
    assert rule_on(OTHER, alone=False) == (None, False, True)
    assert rule_on(OTHER, State.DISPATCHED) == (None, False, True)


def test_another_box_replaces_the_models() -> None:
    seen = a_sighting()
    ruling = decide(
        Verdict(Word.OTHER_BOX, boxes=(Box(1, 2, 3, 4),)), seen, a_ticket(), stands_alone=True, conditions=["litter"]
    )
    assert [box.box for box in ruling.seen.detections] == [Box(1, 2, 3, 4)]


def test_a_box_that_nobody_moved_keeps_its_kind_and_score_and_another_takes_the_nearest_kind() -> None:
    bins = Detection("overflowing_bin", "litter", 0.4, Box(500, 500, 600, 600))
    heap = Detection("litter", "litter", 0.8, Box(10, 20, 110, 220))
    seen = replace(a_sighting(), detections=(heap, bins))
    drawn = redrawn(seen, [Box(10.04, 20, 110, 219.96), Box(480, 490, 600, 610)])
    assert [(one.kind, one.score) for one in drawn.detections] == [("overflowing_bin", 1.0), ("litter", 0.8)]


def test_new_boxes_with_another_condition_are_another_condition() -> None:
    drawn = Verdict(Word.OTHER_BOX, condition="illegal_ad", boxes=(Box(1, 2, 30, 40),))
    assert drawn.on("illegal_ad").word == Word.OTHER_BOX
    ruling = decide(
        drawn.on("litter"), a_sighting(), a_ticket(), stands_alone=True, conditions=["illegal_ad", "litter"]
    )
    assert [(one.condition, one.box) for one in ruling.seen.detections] == [("illegal_ad", Box(1, 2, 30, 40))]
    assert ruling.renames_ticket


def test_a_verdict_that_lacks_what_it_needs_cannot_exist() -> None:
    with pytest.raises(VerdictReasonMissing):
        Verdict(Word.FALSE, reason=" ")
    with pytest.raises(VerdictConditionMissing):
        Verdict(Word.OTHER_CONDITION)
    with pytest.raises(VerdictBoxMissing):
        Verdict(Word.OTHER_BOX)
    with pytest.raises(ConditionUnknown):
        rule_on(Verdict(Word.OTHER_CONDITION, condition="graffiti"))
