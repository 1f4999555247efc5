"""The indicators as a city counts them, on a real database."""

from datetime import date, datetime, timedelta

import pytest

from detector.catalog import Name
from service.domain.campaigns import Campaign
from service.domain.cases import Case, Period, case_of
from service.domain.indicators import NAMES, Look, Measure, measure, tally
from service.domain.routing import Grid
from service.domain.states import Resolution, State
from service.reports.counting import cases_in, grouped, hours_by_grid, total
from service.reports.scopes import By, Scope
from service.reports.words import words_of
from service.store import Store
from service.store.cameras import Camera, CameraKind
from tests.build import CAR, NOON, SHANGHAI, a_place, a_ticket
from tests.service.reports.build import (
    CHECKED,
    CLOSED,
    FILED,
    HANDLED,
    LATER,
    WEDNESDAY,
    WEEK,
    a_look,
    a_reported,
    walk,
)


def values(store: Store, look: Look | None = None, scope: Scope | None = None) -> dict[str, Measure]:
    look, scope = look or a_look(), scope or Scope()
    with store.read() as tx:
        counted = total(tx, cases_in(tx, look.period, scope), look, scope)
    return {one.id: one for one in counted.measures}


def told(store: Store, *names: str, look: Look | None = None) -> list[float | None]:
    counted = values(store, look)
    return [counted[name].value for name in names]


def test_nothing_counts_nothing_and_divides_nothing(store: Store) -> None:
    counted = values(store)
    assert tuple(counted) == NAMES
    assert counted["reported"].value == 0
    assert counted["on_time_closing_rate"].value is None


def test_a_report_counts_at_once_and_a_candidate_once_a_person_confirms_it(store: Store) -> None:
    a_reported(store)
    seen = a_reported(store, "flying_wire", source=CAR)
    assert told(store, "reported", "filed", "filing_rate") == [1, 0, 0]
    walk(store, seen.id, [State.REPORTED, State.FILED])
    assert told(store, "reported", "filed", "filing_rate") == [2, 1, 0.5]


def test_a_refused_report_is_not_a_valid_one(store: Store) -> None:
    walk(store, a_reported(store).id, [State.VERIFYING, State.NOT_FILED])
    walk(store, a_reported(store, "flying_wire").id, FILED)
    a_reported(store, "illegal_ad")
    counted = values(store)["valid_report_rate"]
    assert (counted.value, counted.part, counted.base) == (0.5, 1, 2)


def test_closing_is_on_time_by_the_moment_of_the_work_not_of_the_check(store: Store) -> None:
    in_time = walk(store, a_reported(store).id, HANDLED)
    assert in_time.due_at is not None
    walk(store, in_time.id, [State.CHECKING, State.CLOSED], at=in_time.due_at + timedelta(hours=9))
    late = walk(store, a_reported(store, "flying_wire").id, FILED)
    assert late.due_at is not None
    walk(store, late.id, CLOSED[2:], at=late.due_at)
    counted = values(store)
    assert (counted["on_time_closing_rate"].part, counted["on_time_closing_rate"].base) == (1, 2)
    assert (counted["overdue"].value, counted["closed"].value) == (1, 2)


def test_a_forced_close_is_in_the_base_and_never_on_time(store: Store) -> None:
    walk(store, a_reported(store).id, CLOSED, resolution=Resolution.FORCED)
    assert told(store, "on_time_closing_rate", "closed", "fixed") == [0, 1, 0]


def test_a_suspended_ticket_leaves_the_base_and_is_not_overdue(store: Store) -> None:
    walk(store, a_reported(store).id, [*FILED, State.IN_PROGRESS, State.SUSPENDED])
    walk(store, a_reported(store, "flying_wire").id, FILED)
    counted = values(store)
    assert (counted["on_time_closing_rate"].base, counted["overdue"].value) == (1, 1)


def test_a_limit_that_is_not_over_yet_is_nobodys_failure(store: Store) -> None:
    walk(store, a_reported(store).id, FILED)
    assert told(store, "overdue", "on_time_closing_rate", look=a_look(now=NOON + timedelta(hours=1))) == [0, None]


def test_rework_counts_once_however_often_it_happens(store: Store) -> None:
    ticket = walk(store, a_reported(store).id, CHECKED)
    walk(store, ticket.id, [State.REWORK, State.IN_PROGRESS, State.HANDLED, State.CHECKING] * 2)
    walk(store, a_reported(store, "flying_wire").id, HANDLED)
    counted = values(store)["rework_rate"]
    assert (counted.value, counted.part, counted.base) == (0.5, 1, 2)


def test_a_returned_ticket_was_not_dispatched_right(store: Store) -> None:
    walk(store, a_reported(store).id, [*FILED, State.RETURNED])
    walk(store, a_reported(store, "flying_wire").id, FILED)
    assert told(store, "dispatch_accuracy") == [0.5]


def test_a_problem_that_is_back_makes_the_close_before_it_a_rebound(store: Store) -> None:
    first = walk(store, a_reported(store).id, CLOSED)
    again = a_reported(store, at=NOON + timedelta(days=1))
    assert again.recurrence_of == first.id
    assert told(store, "rebound_rate") == [1]


def test_self_correction_is_counted_apart(store: Store) -> None:
    walk(store, a_reported(store, "out_of_store", source=CAR).id, [State.NUDGED, State.SELF_CORRECTED])
    walk(store, a_reported(store, "litter", source=CAR).id, [State.NUDGED])
    counted = told(store, "self_corrected", "self_correction_rate", "reported", "closed")
    assert counted == [1, 1, 0, 0]


def test_handling_time_runs_from_dispatch_to_the_work_that_stood_without_pauses(store: Store) -> None:
    ticket = walk(store, a_reported(store).id, FILED, every=timedelta(hours=1))
    steps = [State.IN_PROGRESS, State.SUSPENDED, State.IN_PROGRESS, State.HANDLED, State.CHECKING, State.CLOSED]
    walk(store, ticket.id, steps, at=NOON + timedelta(hours=2), every=timedelta(hours=1))
    assert told(store, "mean_handling_time") == [3]


def test_each_group_has_its_own_counts_and_they_add_up(store: Store) -> None:
    walk(store, a_reported(store).id, FILED)
    walk(store, a_reported(store, metres_east=300).id, FILED)
    walk(store, a_reported(store, "flying_wire").id, FILED)
    a_reported(store, "illegal_ad")
    look = a_look()
    with store.read() as tx:
        cases = cases_in(tx, look.period, Scope())
        by = {
            way: {group.key: group.measures[0].value for group in grouped(tx, cases, look, way, Scope())} for way in By
        }
    assert by[By.CONDITION] == {"litter": 2, "flying_wire": 1, "illegal_ad": 1}
    assert by[By.UNIT] == {"housing": 1, "sanitation": 2, "": 1}
    assert by[By.GRID] == {"": 4}


def a_square(name: str, metres_east: float) -> Grid:
    a, b = a_place(metres_east=metres_east - 100, metres_north=-100), a_place(metres_east=metres_east + 100)
    ring = [[a.lon, a.lat], [b.lon, a.lat], [b.lon, b.lat + 0.001], [a.lon, b.lat + 0.001], [a.lon, a.lat]]
    return Grid(name, Name(en=name, zh=name), {"type": "Polygon", "coordinates": [ring]}, {})


def a_watching_camera(store: Store, name: str, metres_east: float, minutes: int) -> None:
    with store.write() as tx:
        tx.cameras.add(Camera(name, name, CameraKind.FIXED, NOON, place=a_place(metres_east=metres_east)))
        for minute in range(minutes + 1):
            tx.cameras.saw_frame(name, NOON + timedelta(minutes=minute))


def test_more_cameras_do_not_make_a_worse_street(store: Store) -> None:
    with store.write() as tx:
        tx.units.put_grids([a_square("one", 0), a_square("two", 1000)])
    a_watching_camera(store, "pole-a", 0, 60)
    for number in range(2):
        a_watching_camera(store, f"pole-b{number}", 1000, 60)
    for metres in (0, 1000, 1060):
        walk(store, a_reported(store, metres_east=metres, source=CAR).id, [State.REPORTED])
    look = a_look()
    with store.read() as tx:
        assert hours_by_grid(tx, look.period) == {"one": 1.0, "two": 2.0}
        groups = grouped(tx, cases_in(tx, look.period, Scope()), look, By.GRID, Scope())
    shown = {group.key: {one.id: one.value for one in group.measures} for group in groups}
    assert [shown[grid]["camera_reported"] for grid in ("one", "two")] == [100, 100]
    assert values(store)["camera_hours"].value == 3
    assert values(store, scope=Scope(units=frozenset({"sanitation"})))["camera_hours"].value is None


def test_a_gap_a_trouble_and_a_clock_that_steps_back_are_not_watched(store: Store) -> None:
    with store.write() as tx:
        tx.cameras.add(Camera("pole", "pole", CameraKind.FIXED, NOON, place=a_place()))
        for minutes in (0, 1, 61, 62, 60, 61):
            tx.cameras.saw_frame("pole", NOON + timedelta(minutes=minutes))
        tx.camera_events.tell("pole", "camera.covered", NOON + timedelta(minutes=61))
        tx.cameras.saw_frame("pole", NOON + timedelta(minutes=62))
        hours = tx.watched.hours(WEEK.start, WEEK.end)
    assert hours == {"pole": pytest.approx(3 / 60)}


def test_a_campaign_counts_its_own_days_conditions_and_units(store: Store) -> None:
    campaign = Campaign(
        "cpn_1", 1, "wires", date(2026, 11, 25), date(2026, 11, 26), "ops", NOON, conditions=frozenset({"flying_wire"})
    )
    walk(store, a_reported(store, "flying_wire").id, FILED)
    a_reported(store, "flying_wire", metres_east=500, at=NOON - timedelta(days=1))
    a_reported(store)
    assert values(store, scope=Scope(campaign=campaign))["reported"].value == 1


def test_every_indicator_has_a_name_and_a_definition_in_both_languages() -> None:
    zh, en = words_of("zh"), words_of("en")
    assert zh.keys == en.keys
    for name in NAMES:
        assert {f"indicators.{name}.name", f"indicators.{name}.definition"} <= zh.keys


def test_a_day_of_the_city_begins_at_its_own_midnight() -> None:
    assert WEDNESDAY.holds(datetime(2026, 11, 24, 16, tzinfo=NOON.tzinfo))
    assert not WEDNESDAY.holds(datetime(2026, 11, 25, 16, tzinfo=NOON.tzinfo))
    assert [day.first for day in WEEK.each_day()] == [date(2026, 11, number) for number in range(23, 30)]
    with pytest.raises(ValueError, match="ends on or after"):
        Period(date(2026, 11, 2), date(2026, 11, 1), SHANGHAI)


def test_a_ticket_without_history_is_counted_nowhere() -> None:
    case = case_of(a_ticket(), [], has_rebound=False)
    assert isinstance(case, Case)
    assert {one.part for one in measure(tally([case], Look(WEEK, LATER)))} == {0}
