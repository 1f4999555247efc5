"""What a machine's sighting may do by itself: permits, schedules, cool-downs, nudges, budgets and filing."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from detector.catalog import Limit, Name, load_catalog
from service.casework import Occasion
from service.domain.gates import (
    BUDGET_SPENT,
    COOLING_DOWN,
    NOT_ENFORCED,
    PERMIT_IN_FORCE,
    SCORE_BELOW_FOLLOW,
    Record,
)
from service.domain.observation import Sighting
from service.domain.policy import Policy, parse_policy
from service.domain.routing import Grid, unit_for
from service.domain.states import State
from service.domain.verdict import Verdict, Word
from service.ingest import Outcome, ingest
from service.review import judge
from service.store import Store
from tests.build import CAR, PERSON, POLE, POLICY_TOML, SHANGHAI, a_picture, a_place, a_sighting, an_actor

NIGHT_MARKET = """
[[permits]]
id = "night-market"
name = { en = "Night market", zh = "夜市" }
conditions = ["out_of_store"]
area = { cameras = ["pole-1"] }
windows = [["18:00", "22:00"]]
"""
SQUARE = {"type": "Polygon", "coordinates": [[[121, 31], [122, 31], [122, 32], [121, 32], [121, 31]]]}


def a_policy_where(*changes: tuple[str, str], more: str = "") -> Policy:
    """The shipped policy with other lines, and more of them."""
    text = POLICY_TOML.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse_policy(text + more, load_catalog(), SHANGHAI)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 25, hour, minute, tzinfo=SHANGHAI)


def take(store: Store, seen: Sighting, policy: Policy) -> Outcome:
    with store.write() as tx:
        tx.pictures.add(a_picture(picture_id=seen.picture_id))
        (outcome,) = ingest(tx, [seen], actor=an_actor(), policy=policy, now=seen.seen_at + timedelta(seconds=1))
    return outcome


def test_tables_out_in_permitted_hours_are_nothing_and_an_hour_later_a_nudge(store: Store) -> None:
    """Scenario 4."""
    policy = a_policy_where(("conditions = []\nwait_min", 'conditions = ["out_of_store"]\nwait_min'), more=NIGHT_MARKET)
    evening = take(store, a_sighting("out_of_store", source=POLE, seen_at=at(19)), policy)
    assert (evening.ticket, evening.observation.reason) == (None, PERMIT_IN_FORCE)
    night = take(store, a_sighting("out_of_store", source=POLE, seen_at=at(23)), policy)
    assert night.ticket is not None
    assert night.ticket.state is State.NUDGED
    with store.read() as tx:
        opened, nudged = tx.tickets.history_of(night.ticket.id)
    assert (opened.to, nudged.to, nudged.actor) == (State.CANDIDATE, State.NUDGED, "service")
    assert nudged.facts["wait_min"] == 30


def test_a_permit_keeps_a_machine_silent_and_not_a_person(store: Store) -> None:
    told = take(store, a_sighting("out_of_store", source=PERSON, seen_at=at(19)), a_policy_where(more=NIGHT_MARKET))
    assert told.ticket is not None
    assert told.ticket.state is State.REPORTED


def test_an_open_ticket_is_not_seen_again_while_a_permit_holds(store: Store) -> None:
    policy = a_policy_where(more=NIGHT_MARKET)
    noon = take(store, a_sighting("out_of_store", source=POLE, seen_at=at(12)), policy)
    evening = take(store, a_sighting("out_of_store", source=POLE, seen_at=at(19)), policy)
    assert evening.ticket is None
    with store.read() as tx:
        assert noon.ticket is not None
        assert tx.tickets.get(noon.ticket.id).last_seen == at(12)


def test_outside_of_its_hours_a_condition_is_not_enforced(store: Store) -> None:
    policy = a_policy_where(
        ("[conditions.litter]\n", '[conditions.litter]\nenforced = [{ windows = [["06:00", "22:00"]] }]\n')
    )
    night = take(store, a_sighting(source=POLE, seen_at=at(23)), policy)
    assert (night.ticket, night.observation.reason) == (None, NOT_ENFORCED)


def test_a_score_opens_high_and_stays_open_low(store: Store) -> None:
    policy = a_policy_where(("[conditions.litter]\n", "[conditions.litter]\nopen_score = 0.7\nfollow_score = 0.4\n"))
    outcomes = [
        take(store, a_sighting(source=POLE, seen_at=at(12, minute), score=score), policy)
        for minute, score in ((0, 0.8), (10, 0.5), (20, 0.3))
    ]
    assert [outcome.observation.reason for outcome in outcomes] == [None, None, SCORE_BELOW_FOLLOW]
    assert [outcome.ticket is None for outcome in outcomes] == [False, False, True]


def test_a_camera_cools_down_after_it_has_opened_a_ticket(store: Store) -> None:
    policy = a_policy_where(
        ("same_after_close_h = 2", "same_after_close_h = 0"),
        ("[conditions.litter]\n", "[conditions.litter]\ncooldown_min = 60\n"),
    )
    first = take(store, a_sighting(source=POLE, seen_at=at(12)), policy)
    with store.write() as tx:
        on = Occasion(an_actor(), policy, at(12, 5))
        judge(tx, first.observation.seen.id, Verdict(Word.FALSE, "in_its_place"), on)
    soon = take(store, a_sighting(source=POLE, seen_at=at(12, 30)), policy)
    later = take(store, a_sighting(source=POLE, seen_at=at(13, 30)), policy)
    assert (soon.ticket, soon.observation.reason) == (None, COOLING_DOWN)
    assert later.ticket is not None


AUTO = (
    "conditions = []\nlower_bound = 0.95\nlast = 200",
    'conditions = ["litter"]\nlower_bound = 0.8\nlast = 20\nleast = 20',
)


def reviewed(store: Store, policy: Policy, *, confirmed: int, refused: int = 0) -> None:
    """Sightings of the car, each at a place of its own, on which a reviewer has spoken."""
    for number in range(confirmed + refused):
        place = a_place(metres_north=-1000 - 200 * number)
        seen = take(store, a_sighting(source=CAR, place=place, seen_at=at(8)), policy).observation.seen
        verdict = Verdict(Word.TRUE) if number < confirmed else Verdict(Word.FALSE, "looks_alike")
        with store.write() as tx:
            judge(tx, seen.id, verdict, Occasion(an_actor(), policy, at(9)))


def test_a_camera_with_a_good_record_files_by_itself(store: Store) -> None:
    policy = a_policy_where(AUTO)
    reviewed(store, policy, confirmed=19)
    asked = take(store, a_sighting(source=CAR, seen_at=at(10)), policy)
    assert asked.ticket is not None
    assert asked.ticket.state is State.CANDIDATE
    with store.write() as tx:
        judge(tx, asked.observation.seen.id, Verdict(Word.TRUE), Occasion(an_actor(), policy, at(11)))
    filed = take(store, a_sighting(source=CAR, place=a_place(metres_north=500), seen_at=at(12)), policy).ticket
    assert filed is not None
    assert (filed.state, filed.due_at is not None) == (State.FILED, True)
    with store.read() as tx:
        last = tx.tickets.history_of(filed.id)[-1]
    assert (last.actor, last.reason, last.facts["reviewed"]) == ("service", "auto_filing", 20)


def test_a_camera_with_a_bad_record_asks_a_person(store: Store) -> None:
    policy = a_policy_where(AUTO)
    reviewed(store, policy, confirmed=15, refused=5)
    asked = take(store, a_sighting(source=CAR, seen_at=at(10)), policy)
    assert asked.ticket is not None
    assert asked.ticket.state is State.CANDIDATE


def test_what_is_over_the_days_budget_of_a_grid_goes_to_review(store: Store) -> None:
    policy = a_policy_where(AUTO, more="\n[budget]\nper_grid = 1\n")
    with store.write() as tx:
        tx.units.put_grids([Grid("g1", Name("one", "一"), SQUARE, {})])
    reviewed(store, policy, confirmed=20)
    first, second = (
        take(store, a_sighting(source=CAR, place=a_place(metres_north=north), seen_at=at(12)), policy).ticket
        for north in (500, 700)
    )
    assert first is not None
    assert second is not None
    assert (first.state, second.state) == (State.FILED, State.CANDIDATE)
    with store.read() as tx:
        (opened,) = tx.tickets.history_of(second.id)
    assert (opened.facts["held"], opened.facts["grid"], opened.facts["allowed"]) == (BUDGET_SPENT, "g1", 1)


def test_a_route_of_the_policy_goes_before_the_grids_own_unit() -> None:
    grid = Grid("g1", Name("one", "一"), SQUARE, {"litter": "sanitation"})
    route = '\n[[routes]]\nconditions = ["litter"]\narea = { grids = ["g1"] }\nunit = "housing"\n'
    assert unit_for("litter", a_place(), [grid], a_policy_where()) == "sanitation"
    assert unit_for("litter", a_place(), [grid], a_policy_where(more=route)) == "housing"
    assert unit_for("flying_wire", a_place(), [grid], a_policy_where(more=route)) == "housing"


def test_special_hours_shorten_the_limit_of_what_a_machine_files(store: Store) -> None:
    special = (
        '\n[[specials]]\nid = "gate"\nname = "School gate"\nconditions = ["litter"]\n'
        'windows = [["11:00", "13:00"]]\nlimit = { amount = 30, unit = "minute" }\n'
    )
    policy = a_policy_where(AUTO, more=special)
    reviewed(store, policy, confirmed=20)
    filed = take(store, a_sighting(source=CAR, seen_at=at(12)), policy).ticket
    assert filed is not None
    assert filed.due_at == at(12, 30) + timedelta(seconds=1)
    assert policy.rule("litter").limit == Limit(4, "working_hour")


@given(some.integers(0, 400), some.integers(0, 400))
def test_the_lower_bound_lies_under_the_share_and_rises_with_it(confirmed: int, refused: int) -> None:
    record = Record(confirmed, confirmed + refused)
    share = confirmed / max(1, record.reviewed)
    assert 0 <= record.lower_bound <= share
    assert record.lower_bound <= Record(confirmed + 1, record.reviewed + 1).lower_bound
