"""A policy tried out on the past: what happened, where nothing changed, and what a change would have done."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from service.casework import Occasion
from service.domain.gates import PERMIT_IN_FORCE, SCORE_BELOW_OPEN, Way
from service.domain.observation import Source
from service.domain.policy import Policy
from service.domain.policy.windows import Spot
from service.domain.replay import Known, Past, agreement, compare, run
from service.domain.states import State
from service.domain.verdict import Verdict, Word
from service.ingest import ingest
from service.replaying import replay
from service.review import judge
from service.store import Store
from tests.build import CAR, NOON, PERSON, POLE, a_picture, a_place, a_policy, a_sighting, an_actor
from tests.service.test_gates import NIGHT_MARKET, a_policy_where, at

POLICY = a_policy()
LITTER = "[conditions.litter]\n"
NOTHING_KNOWN = Known({}, lambda seen: Spot(seen.place, seen.source.id))


def keep(
    store: Store,
    *,
    north: float = 0,
    when: datetime = NOON,
    score: float = 0.8,
    source: Source = CAR,
    what: str = "litter",
) -> str:
    """A sighting that came in and was made into tickets by the shipped policy; its id."""
    seen = a_sighting(what, place=a_place(metres_north=north), seen_at=when, score=score, source=source)
    with store.write() as tx:
        tx.pictures.add(a_picture(picture_id=seen.picture_id))
        ingest(tx, [seen], actor=an_actor(), policy=POLICY, now=when)
    return seen.id


def replayed(store: Store, proposed: Policy, days: float = 7):  # type: ignore[no-untyped-def]  # a Replay
    with store.read() as tx:
        return replay(tx, POLICY, proposed, NOON + timedelta(days=1), days)


def test_the_policy_in_force_makes_the_same_tickets_again(store: Store) -> None:
    for north in (0, 20, 500, 520, 1000):
        keep(store, north=north)
    told = replayed(store, POLICY)
    assert (told.sightings, told.agreement, len(told.before.imagined)) == (5, 1.0, 3)
    differences = told.differences
    assert (differences.opened, differences.missed, differences.merged, differences.split) == ((), (), (), ())


def test_a_higher_threshold_says_which_tickets_it_would_have_missed(store: Store) -> None:
    keep(store, score=0.9)
    faint = keep(store, north=500, score=0.3)
    told = replayed(store, a_policy_where((LITTER, f"{LITTER}open_score = 0.6\n")))
    (missed,) = told.differences.missed
    assert [past.seen.id for past in missed.before[0].sightings] == [faint]
    assert told.after.refused == {faint: SCORE_BELOW_OPEN}
    assert told.numbers[missed.before[0].sightings[0].ticket_id or ""].startswith("SW-")


def test_a_larger_radius_says_which_tickets_it_would_have_merged(store: Store) -> None:
    keep(store)
    keep(store, north=120)
    told = replayed(store, a_policy_where((f"{LITTER}radius_m = 50", f"{LITTER}radius_m = 150")))
    (merged,) = told.differences.merged
    assert (len(merged.before), len(merged.after)) == (2, 1)
    assert told.differences.missed == ()


def test_a_smaller_radius_says_which_ticket_it_would_have_split(store: Store) -> None:
    keep(store)
    keep(store, north=40)
    told = replayed(store, a_policy_where((f"{LITTER}radius_m = 50", f"{LITTER}radius_m = 10")))
    (split,) = told.differences.split
    assert (len(split.before), len(split.after)) == (1, 2)


def test_a_permit_says_what_it_would_have_kept_silent(store: Store) -> None:
    keep(store, source=POLE, what="out_of_store", when=at(19))
    told = replayed(store, a_policy_where(more=NIGHT_MARKET))
    assert len(told.differences.missed) == 1
    assert told.after.reasons == {PERMIT_IN_FORCE: 1}


def test_what_people_ended_is_ended_in_the_replay_too(store: Store) -> None:
    first = keep(store)
    with store.write() as tx:
        on = Occasion(an_actor(), POLICY, NOON + timedelta(minutes=5))
        judge(tx, first, Verdict(Word.FALSE, "in_its_place"), on)
    keep(store, when=NOON + timedelta(hours=3))
    told = replayed(store, POLICY)
    assert [one.ticket.state for one in told.before.imagined] == [State.DISMISSED, State.CANDIDATE]
    assert told.agreement == 1.0


def test_a_replay_writes_nothing(store: Store) -> None:
    keep(store)
    with store.read() as tx:
        before = tx.events.last_seq()
    replayed(store, POLICY)
    with store.read() as tx:
        assert tx.events.last_seq() == before


def test_a_nudge_is_counted_as_the_way_that_a_ticket_would_have_gone() -> None:
    policy = a_policy_where(("conditions = []\nwait_min", 'conditions = ["out_of_store"]\nwait_min'))
    past = [Past(a_sighting("out_of_store", source=POLE, seen_at=at(23)), at(23))]
    assert run(past, policy, NOTHING_KNOWN).ways == {Way.NUDGE: 1}


@settings(max_examples=30, deadline=None)
@given(some.lists(some.tuples(some.floats(0, 2000), some.floats(0, 2000), some.integers(0, 3000)), max_size=25))
def test_the_squares_find_all_that_is_near(spots: list[tuple[float, float, int]]) -> None:
    """Against a run in which everything is near everything."""
    past = [
        Past(
            a_sighting(place=a_place(metres_north=north, metres_east=east), source=PERSON, seen_at=NOON),
            NOON + timedelta(minutes=minute),
        )
        for north, east, minute in sorted(spots, key=lambda spot: spot[2])
    ]
    wide = a_policy_where((f"{LITTER}radius_m = 50", f"{LITTER}radius_m = 200"))
    told = run(past, wide, NOTHING_KNOWN)
    assert sum(len(one.sightings) for one in told.imagined) == len(past)
    same = compare(told, run(past, wide, NOTHING_KNOWN))
    assert (same.opened, same.missed, same.merged, same.split) == ((), (), (), ())
    assert agreement(past, told) is None


@pytest.mark.parametrize("days", [0.5, 3])
def test_only_the_days_that_are_asked_for_are_looked_at(store: Store, days: float) -> None:
    keep(store)
    keep(store, north=500, when=NOON + timedelta(hours=20))
    assert replayed(store, POLICY, days).sightings == (1 if days < 1 else 2)
