"""A policy as a document: what it can say, and how it names the line of what it says wrongly."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from detector.catalog import Limit, Name, load_catalog
from service.domain.policy import Passing, Policy, Problem, check_policy, parse_policy
from service.domain.policy.changes import changed_keys
from service.domain.policy.places import Places, named_places, unknown_places
from service.domain.policy.windows import Area, Spot, Weekly
from service.domain.routing import Grid, unit_for
from service.errors import PolicyWrong
from tests.build import NOON, POLICY_TOML, SHANGHAI, a_place

CATALOG = load_catalog()
SHIPPED = POLICY_TOML.read_text(encoding="utf-8")

HOURS = '[["08:00", "12:00"], ["14:00", "18:00"]]'

PERMIT = """
[[permits]]
id = "night-market"
name = { en = "Night market", zh = "夜市" }
conditions = ["out_of_store"]
area = { cameras = ["pole-1"] }
windows = [["18:00", "22:00"]]
"""


def problems_of(text: str) -> list[tuple[str, str]]:
    _, problems = check_policy(text, CATALOG, SHANGHAI)
    return [(problem.key, problem.problem) for problem in problems]


def the_problem(text: str) -> Problem:
    _, problems = check_policy(text, CATALOG, SHANGHAI)
    (problem,) = problems
    return problem


def a_policy_with(more: str) -> Policy:
    return parse_policy(SHIPPED + more, CATALOG, SHANGHAI)


def line(text: str, words: str) -> int:
    return next(number for number, row in enumerate(text.splitlines(), 1) if words in row)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def test_the_shipped_policy_has_no_problem() -> None:
    assert problems_of(SHIPPED) == []


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ("same_after_close_h = 2", "same_after_close_h = 2000", "same_after_close_h", "out_of_bounds"),
        ("default_radius_m = 30", "default_radius_m = true", "default_radius_m", "wrong_type"),
        ("default_radius_m = 30", "defualt_radius_m = 30", "default_radius_m", "missing"),
        ('code_table = "gb2026"', 'code_table = "gb1999"', "code_table", "unknown_value"),
        (HOURS, '[["08:00", "12:00"], ["15:00", "18:00"]]', "working_hours.windows", "hole"),
        (HOURS, '[["08:00", "13:00"], ["12:00", "15:00"]]', "working_hours.windows", "overlap"),
        ('["14:00", "18:00"]', '["18:00", "14:00"]', "working_hours.windows", "backwards"),
        ("weekdays = [1, 2, 3, 4, 5]", "weekdays = [0]", "working_hours.weekdays", "out_of_bounds"),
        ("holidays = []", "holidays = [2027-01-01, 2027-01-01]", "calendar.holidays", "twice"),
        ("after_h = [24, 72, 168]", "after_h = [24, 0]", "look_back.after_h", "out_of_bounds"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_line(old: str, new: str, key: str, problem: str) -> None:
    text = SHIPPED.replace(old, new)
    _, found = check_policy(text, CATALOG, SHANGHAI)
    named = [one for one in found if (one.key, one.problem) == (key, problem)]
    assert named
    if problem != "missing":
        assert named[0].line == line(text, new)


def test_every_problem_is_told_at_once_by_line() -> None:
    text = SHIPPED.replace("same_after_close_h = 2", "same_after_close_h = -1").replace(
        "radius_m = 10\n", 'radius_m = 0\ncolour = "red"\n'
    )
    assert problems_of(text) == [
        ("same_after_close_h", "out_of_bounds"),
        ("conditions.illegal_ad.radius_m", "out_of_bounds"),
        ("conditions.illegal_ad.colour", "unknown_key"),
    ]


def test_an_unknown_condition_is_named_at_the_line_of_its_table() -> None:
    text = SHIPPED + "\n[conditions.graffiti]\nradius_m = 3\n"
    problem = the_problem(text)
    assert (problem.key, problem.problem, problem.line) == (
        "conditions.graffiti", "unknown_key", line(text, "[conditions.graffiti]"),
    )  # fmt: skip


def test_a_text_that_is_no_toml_is_named_at_its_line() -> None:
    problem = the_problem('version = "a"\nfield_verification = perhaps\n')
    assert (problem.line, problem.problem) == (2, "syntax")


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 20_000, ".".join(["a"] * 2_000) + " = 1", "a = " + "9" * 10_000, 'version = "\\u0000"', "a = nan"],
)
def test_a_text_that_nobody_would_write_is_refused_like_any_other(text: str) -> None:
    policy, problems = check_policy(text, CATALOG, SHANGHAI)
    assert policy is None
    assert problems


def test_an_id_that_no_database_keeps_is_refused() -> None:
    text = SHIPPED + PERMIT.replace("night-market", "n" * 65)
    assert problems_of(text) == [("permits[0].id", "out_of_bounds")]


def test_a_day_is_a_holiday_or_a_working_day() -> None:
    text = SHIPPED.replace("holidays = []", "holidays = [2027-02-06]").replace(
        "workdays = []", "workdays = [2027-02-06]"
    )
    problem = the_problem(text)
    assert (problem.key, problem.problem) == ("calendar.workdays", "conflict")
    assert problem.line == line(text, "workdays = [2027-02-06]")


def test_the_second_of_two_rows_with_one_id_is_named() -> None:
    text = SHIPPED + PERMIT + PERMIT
    problem = the_problem(text)
    assert (problem.key, problem.problem, problem.line) == ("permits[1].id", "twice", len(text.splitlines()) - 4)


def test_two_units_for_one_condition_in_one_grid_overlap() -> None:
    route = '\n[[routes]]\nconditions = ["litter"]\narea = { grids = ["g1"] }\nunit = "sanitation"\n'
    assert problems_of(SHIPPED + route + route.replace("sanitation", "housing")) == [("routes[1].area", "overlap")]
    assert problems_of(SHIPPED + route + route.replace("g1", "g2")) == []


def test_special_hours_that_overlap_in_one_place_are_refused() -> None:
    special = (
        '\n[[specials]]\nid = "{id}"\nname = "school"\nconditions = ["litter"]\narea = {{ grids = ["g1"] }}\n'
        'windows = [["{opens}", "{closes}"]]\nlimit = {{ amount = 30, unit = "minute" }}\n'
    )
    morning = special.format(id="a", opens="07:00", closes="09:00")
    assert problems_of(SHIPPED + morning + special.format(id="b", opens="08:30", closes="10:00")) == [
        ("specials[1].area", "overlap")
    ]
    assert problems_of(SHIPPED + morning + special.format(id="b", opens="16:00", closes="18:00")) == []


def test_the_refusal_tells_the_first_line_and_how_many_problems_there_are() -> None:
    with pytest.raises(PolicyWrong) as refused:
        parse_policy(SHIPPED.replace("rebound_within_days = 30", "rebound_within_days = 0"), CATALOG, SHANGHAI)
    facts = refused.value.facts
    assert (facts["line"], facts["key"], facts["problems"]) == (8, "rebound_within_days", 1)


def test_a_permit_holds_in_its_hours_and_place_only() -> None:
    policy = a_policy_with(PERMIT)
    there, elsewhere = Spot(camera="pole-1"), Spot(camera="pole-2")
    assert policy.permit_for("out_of_store", there, local(25, 19)) is not None
    assert policy.permit_for("out_of_store", there, local(25, 23)) is None
    assert policy.permit_for("out_of_store", elsewhere, local(25, 19)) is None
    assert policy.permit_for("litter", there, local(25, 19)) is None


def test_a_permit_that_ends_on_a_day_covers_the_night_that_follows() -> None:
    night = PERMIT.replace('["18:00", "22:00"]', '["18:00", "02:00"]') + "last = 2026-11-25\n"
    policy, there = a_policy_with(night), Spot(camera="pole-1")
    assert policy.permit_for("out_of_store", there, local(26, 1)) is not None
    assert policy.permit_for("out_of_store", there, local(26, 19)) is None


def test_special_hours_have_a_limit_of_their_own() -> None:
    policy = a_policy_with(
        '\n[[specials]]\nid = "school"\nname = "School gate"\nconditions = ["litter"]\n'
        f"area = {{ circle = {{ lat = {a_place().lat}, lon = {a_place().lon}, radius_m = 100 }} }}\n"
        'weekdays = [1, 2, 3, 4, 5]\nwindows = [["07:00", "09:00"]]\nlimit = { amount = 30, unit = "minute" }\n'
    )
    gate = Spot(a_place(metres_north=90))
    assert policy.limit_for("litter", gate, local(25, 8)) == Limit(30, "minute")
    assert policy.limit_for("litter", gate, local(25, 12)) == policy.rule("litter").limit
    assert policy.limit_for("litter", Spot(a_place(metres_north=120)), local(25, 8)) == policy.rule("litter").limit


def test_cameras_look_more_often_where_and_when_a_policy_says_so() -> None:
    minute, policy = (
        timedelta(minutes=1),
        a_policy_with(
            '\n[[watching]]\nid = "market"\nname = "Night market"\narea = { cameras = ["pole-1"] }\n'
            'windows = [["18:00", "22:00"]]\nlook_every_s = 15\n'
        ),
    )
    assert policy.look_every(Spot(camera="pole-1"), local(25, 19), minute) == timedelta(seconds=15)
    assert policy.look_every(Spot(camera="pole-1"), local(25, 12), minute) == minute
    assert policy.look_every(Spot(camera="pole-2"), local(25, 19), minute) == minute
    assert policy.look_every(Spot(camera="pole-1"), local(25, 19), timedelta(seconds=6)) == timedelta(seconds=6)


def test_a_condition_is_enforced_in_its_windows() -> None:
    policy = parse_policy(
        SHIPPED.replace(
            "[conditions.out_of_store]\n",
            '[conditions.out_of_store]\nenforced = [{ windows = [["06:00", "23:00"]] }]\n',
        ),
        CATALOG,
        SHANGHAI,
    )
    assert policy.is_enforced("out_of_store", NOON)
    assert not policy.is_enforced("out_of_store", local(25, 23, 30))
    assert policy.is_enforced("litter", local(25, 23, 30))


def test_an_area_is_what_lies_in_any_of_what_it_names() -> None:
    ring = ((121.0, 31.0), (122.0, 31.0), (122.0, 32.0), (121.0, 32.0), (121.0, 31.0))
    area = Area(grids=frozenset({"g1"}), polygon=ring)
    assert area.holds(Spot(grids=frozenset({"g1"})))
    assert area.holds(Spot(a_place()))
    assert not area.holds(Spot())
    assert Area().holds(Spot())


def test_windows_without_a_time_are_whole_days() -> None:
    assert Weekly(frozenset({3})).holds_at(local(25, 23, 59))
    assert not Weekly(frozenset({4})).holds_at(local(25, 0))
    assert Weekly(windows=((time(0), time(23, 59)),)).holds_at(local(25, 0))


def test_two_texts_differ_key_by_key() -> None:
    newer = SHIPPED.replace("default_radius_m = 30", "default_radius_m = 40") + PERMIT
    changes = {change.key: (change.was, change.now) for change in changed_keys(SHIPPED, newer)}
    assert changes["default_radius_m"] == ("30", "40")
    assert changes["permits[0].id"] == (None, "night-market")


def test_how_long_a_thing_lasts_is_the_citys_word_for_fixed_and_for_moving_cameras() -> None:
    rule = a_policy_with(
        "[conditions.street_drying]\n"
        "patience = { lasting_s = 600, hits = 2, gone_after = 5 }\n"
        "passing = { hits = 2, frames = 6, cell_m = 20 }\n"
    ).rule("street_drying")
    assert (rule.patience.lasting.total_seconds(), rule.patience.hits, rule.patience.gone_after) == (600, 2, 5)
    assert rule.passing == Passing(hits=2, frames=6, cell_m=20)
    assert a_policy_with("").rule("litter").passing == Passing(hits=3, frames=8, cell_m=15)


def test_more_hits_than_frames_is_a_conflict() -> None:
    told = SHIPPED + "[conditions.street_drying.passing]\nhits = 9\nframes = 8\n"
    assert problems_of(told) == [("conditions.street_drying.passing.hits", "conflict")]


def test_a_route_may_name_a_street_which_is_all_of_its_grids() -> None:
    route = '\n[[routes]]\nconditions = ["litter"]\narea = { streets = ["yunqiao"] }\nunit = "housing"\n'
    policy = a_policy_with(route)
    here = a_place()
    ring = [[here.lon + x, here.lat + y] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
    name = Name("g", "g")
    there = Grid("g1", name, {"type": "Polygon", "coordinates": [ring]}, {"litter": "city_management"}, "yunqiao")
    assert policy.needs_grids
    assert unit_for("litter", here, [there], policy) == "housing"
    assert unit_for("litter", here, [replace(there, street="bailu")], policy) == "city_management"


def test_a_place_that_the_city_does_not_have_is_named_with_its_line() -> None:
    text = SHIPPED + PERMIT + "\n[budget.grids]\ng1 = 5\ng2 = 5\n"
    policy = parse_policy(text, CATALOG, SHANGHAI)
    found = unknown_places(policy, text, Places(grids=frozenset({"g1"})))
    assert [(one.key, one.problem, one.value, one.line) for one in found] == [
        ("permits[0].area.cameras", "unknown_value", "pole-1", line(text, "area = {")),
        ("budget.grids.g2", "unknown_value", "g2", line(text, "g2 = 5")),
    ]
    assert named_places(policy) == Places(frozenset({"g1", "g2"}), frozenset(), frozenset({"pole-1"}))
