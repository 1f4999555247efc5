"""The reviewers' queue on a real database: one reviewer an item, the urgent first, a few judged twice."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from detector.catalog import Limit
from service.casework import Occasion
from service.domain.policy.values import Reviewing, StageLimits
from service.domain.review_queue import LEASE, Waiting, in_order, urgency
from service.domain.states import Role, State
from service.domain.verdict import Verdict, Word
from service.errors import ConditionUnknown, Forbidden, ObservationUnknown, ReviewNotAsked
from service.ingest import ingest
from service.review import Reviewer, judge, let_stand
from service.reviewing import Handed, as_first_seen, hand_out, look_again, pace_today
from service.store import Store
from tests.build import CAR, NOON, a_picture, a_place, a_policy, a_sighting, an_actor

POLICY = replace(a_policy(), review=Reviewing(second_look=0.0))  # else one sighting in twenty is judged twice
ALL_TWICE = replace(POLICY, review=Reviewing(second_look=0.5))
WANG = Occasion(replace(an_actor(Role.OPS, name="wang"), id="usr_wang"), POLICY, NOON)
ZHAO = Occasion(replace(an_actor(Role.OPS, name="zhao"), id="usr_zhao"), POLICY, NOON)
TRUE = Verdict(Word.TRUE)
FALSE = Verdict(Word.FALSE, reason="a shadow")


def heaps(store: Store, count: int) -> list[str]:
    """Ids of candidates, each a ticket of its own, the oldest first."""
    seen = [
        a_sighting(source=CAR, place=a_place(metres_north=500 * north), seen_at=NOON - timedelta(seconds=count - north))
        for north in range(count)
    ]
    with store.write() as tx:
        for one in seen:
            tx.pictures.add(a_picture(picture_id=one.picture_id))
        ingest(tx, seen, actor=WANG.actor, policy=POLICY, now=NOON)
    return [one.id for one in seen]


def hand(store: Store, on: Occasion, limit: int = 2, holding: Sequence[str] = ()) -> Handed:
    with store.write() as tx:
        return hand_out(tx, holding, limit, on)


def ids(handed: Handed) -> list[str]:
    return [one.seen.id for one in handed.first]


def later(on: Occasion, by: timedelta) -> Occasion:
    return replace(on, now=on.now + by)


def test_two_reviewers_never_get_the_same(store: Store) -> None:
    waiting = heaps(store, 5)
    first, second = hand(store, WANG), hand(store, ZHAO)
    assert (ids(first), ids(second)) == (waiting[:2], waiting[2:4])
    assert (first.rest, second.rest) == (3, 1)
    assert ids(hand(store, WANG, 9, holding=waiting[:2])) == waiting[4:]


def test_many_reviewers_at_once_share_the_queue_without_an_overlap(store: Store) -> None:
    waiting = heaps(store, 24)
    reviewers = [Occasion(replace(WANG.actor, id=f"usr_{number}"), POLICY, NOON) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        handed = list(pool.map(lambda on: ids(hand(store, on, 3)), reviewers))
    assert sorted(one for got in handed for one in got) == sorted(waiting)


def test_what_nobody_asks_for_again_goes_to_others_and_is_told_as_lost(store: Store) -> None:
    waiting = heaps(store, 2)
    hand(store, WANG)
    assert ids(hand(store, later(ZHAO, LEASE - timedelta(seconds=1)))) == []
    kept = hand(store, later(WANG, LEASE - timedelta(seconds=1)), 0, holding=waiting)
    assert kept.until == NOON + 2 * LEASE - timedelta(seconds=1)
    assert ids(hand(store, later(ZHAO, LEASE))) == []
    assert ids(hand(store, later(ZHAO, 2 * LEASE), 1)) == waiting[:1]
    assert hand(store, later(WANG, 2 * LEASE), 0, holding=waiting).lost == waiting[:1]


def test_who_leaves_gives_all_back_and_what_is_judged_is_held_by_nobody(store: Store) -> None:
    waiting = heaps(store, 3)
    hand(store, WANG, 3)
    with store.write() as tx:
        judge(tx, waiting[0], FALSE, WANG)
        assert tx.reviews.let_go(WANG.actor.id) == 2
    assert ids(hand(store, ZHAO, 9)) == waiting[1:]


def test_who_holds_what_is_no_sighting_is_told_so(store: Store) -> None:
    with pytest.raises(ObservationUnknown):
        hand(store, WANG, 2, holding=["obs_none"])


def test_what_somebody_else_has_judged_is_lost_to_who_still_holds_it(store: Store) -> None:
    waiting = heaps(store, 2)
    hand(store, WANG)
    with store.write() as tx:
        judge(tx, waiting[0], FALSE, ZHAO)
    handed = hand(store, WANG, 2, holding=waiting)
    assert handed.lost == waiting[:1]
    with store.read() as tx:
        assert tx.reviews.held_by_others(ZHAO.actor.id, NOON) == {waiting[1]}


def test_a_second_look_stays_with_who_was_handed_it(store: Store) -> None:
    one = judged_by_wang(store)
    assert [look.seen.id for look in hand(store, ZHAO, 1).again] == [one]
    assert hand(store, ZHAO, 0, holding=[one]).lost == []
    assert hand(store, WANG, 0, holding=[one]).lost == [one]


def test_a_second_look_knows_no_condition_that_the_city_does_not_know(store: Store) -> None:
    one = judged_by_wang(store)
    with pytest.raises(ConditionUnknown), store.write() as tx:
        look_again(tx, one, Verdict(Word.OTHER_CONDITION, condition="graffiti"), ZHAO)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.INSPECTOR, Role.UNIT, Role.CAMERA])
def test_only_the_desk_is_handed_anything(store: Store, role: Role) -> None:
    with pytest.raises(Forbidden):
        hand(store, replace(WANG, actor=an_actor(role)))


def a_waiting(**changes: object) -> Waiting:
    told = Waiting("obs_1", "litter", 0.8, by_person=False, opened_at=NOON)
    return replace(told, **changes)  # type: ignore[arg-type]  # the test names fields of Waiting


def test_what_is_riskier_surer_or_waits_longer_comes_first() -> None:
    policy = replace(POLICY, review=Reviewing(risk={"flying_wire": 3.0}), stages=StageLimits(Limit(30, "minute")))
    now = NOON + timedelta(minutes=30)
    plain = urgency(a_waiting(), policy, now)
    assert urgency(a_waiting(score=0.4), policy, now) < plain
    assert urgency(a_waiting(score=None, by_person=True), policy, now) > plain
    assert urgency(a_waiting(condition="flying_wire"), policy, now) == pytest.approx(3 * plain)
    assert urgency(a_waiting(opened_at=now), policy, now) == pytest.approx(plain / 2)
    assert urgency(a_waiting(condition="illegal_ad"), policy, now) < plain


def test_a_faint_one_that_waits_overtakes_in_the_end() -> None:
    faint, fresh = a_waiting(id="obs_2", score=0.0), NOON + timedelta(days=1)
    ranked = in_order([a_waiting(opened_at=fresh), faint], POLICY, fresh)
    assert [one.id for _, one in ranked] == ["obs_2", "obs_1"]


def judged_by_wang(store: Store, verdict: Verdict = TRUE) -> str:
    """A sighting that the sample takes, after its first word."""
    on = replace(WANG, policy=ALL_TWICE)
    for one in heaps(store, 12):
        with store.write() as tx:
            judge(tx, one, verdict, on)
            if tx.reviews.second_look(one) is not None:
                return one
    raise AssertionError("half of twelve, and none was taken")


def test_another_reviewer_looks_again_blind_and_no_ticket_moves(store: Store) -> None:
    one = judged_by_wang(store, Verdict(Word.OTHER_CONDITION, condition="illegal_ad"))
    assert hand(store, WANG, 50).again == []
    (again,) = hand(store, ZHAO, 50).again
    assert (again.seen.id, again.verdict, again.ticket_id, again.seen.condition) == (one, None, None, "litter")
    assert [box.condition for box in again.seen.detections] == ["litter"]
    with store.write() as tx:
        look = look_again(tx, one, TRUE, ZHAO)
        kept = tx.observations.get(one)
        assert kept.ticket_id is not None
        assert tx.tickets.get(kept.ticket_id).state == State.REPORTED
    assert (look.agrees, look.first_by, look.second_by) == (False, "wang", "zhao")
    assert hand(store, later(ZHAO, LEASE), 50).again == []


def test_two_who_hold_a_second_look_at_once_are_one(store: Store) -> None:
    judged_by_wang(store)
    chen = replace(ZHAO, actor=replace(ZHAO.actor, id="usr_chen", name="chen"))
    assert (len(hand(store, ZHAO, 1).again), len(hand(store, chen, 1).again)) == (1, 0)


def test_agreement_is_counted_for_both(store: Store) -> None:
    one = judged_by_wang(store)
    with store.write() as tx:
        look_again(tx, one, Verdict(Word.OTHER_CONDITION, condition="litter"), ZHAO)
    with store.read() as tx:
        told = [pace_today(tx, on) for on in (WANG, ZHAO)]
        assert [(pace.looked_again, pace.agreed) for pace in told] == [(1, 1), (1, 1)]
        assert [look.observation_id for look in tx.reviews.looks(9, agrees=True)] == [one]
        assert tx.reviews.looks(9, agrees=False) == []
        assert tx.reviews.looks(9, before=one) == []
        assert as_first_seen(tx, tx.reviews.looks(1)[0]).verdict is None
        assert [line.action for line in tx.audit.about(one)][-1] == "observation.looked_again"


CHIEF = later(Occasion(replace(an_actor(Role.CHIEF, name="qian"), id="usr_qian"), POLICY, NOON), timedelta(hours=1))
OTHER = Verdict(Word.OTHER_CONDITION, condition="illegal_ad")


def disputed(store: Store, first: Verdict, second: Verdict) -> str:
    """A sighting on which wang and zhao do not agree."""
    one = judged_by_wang(store, first)
    with store.write() as tx:
        assert not look_again(tx, one, second, ZHAO).agrees
    return one


@pytest.mark.parametrize(
    ("first", "second", "stands", "word", "condition"),
    [
        (TRUE, FALSE, "first", Word.TRUE, "litter"),
        (TRUE, FALSE, "second", Word.FALSE, "litter"),
        (OTHER, TRUE, "second", Word.OTHER_CONDITION, "litter"),
        (TRUE, OTHER, "second", Word.OTHER_CONDITION, "illegal_ad"),
    ],
)
def test_a_third_person_lets_one_of_two_words_stand(
    store: Store, first: Verdict, second: Verdict, stands: Reviewer, word: Word, condition: str
) -> None:
    one = disputed(store, first, second)
    with store.write() as tx:
        assert [look.observation_id for look in tx.reviews.looks(9, agrees=False, settled=False)] == [one]
        let_stand(tx, one, stands, CHIEF)
        kept = tx.observations.get(one)
        assert (kept.verdict, kept.seen.condition) == (word, condition)
        assert tx.reviews.looks(9, settled=False) == []
        assert tx.reviews.last_words([one])[one].by == "qian"
        assert "observation.settled" in [line.action for line in tx.audit.about(one)]


def test_a_decision_settles_also_what_the_overseer_has_said_before(store: Store) -> None:
    one = judged_by_wang(store, FALSE)
    earlier = replace(CHIEF, now=NOON)
    with store.write() as tx:
        judge(tx, one, TRUE, earlier)
        look_again(tx, one, TRUE, later(ZHAO, timedelta(minutes=5)))
        let_stand(tx, one, "second", CHIEF)
        assert tx.reviews.looks(9, settled=False) == []
        assert tx.reviews.last_words([one])[one].by == "qian"


def test_a_decision_settles_also_where_the_clock_was_put_back(store: Store) -> None:
    one = disputed(store, TRUE, FALSE)
    with store.write() as tx:
        let_stand(tx, one, "second", later(CHIEF, -timedelta(hours=2)))
        assert tx.reviews.looks(9, settled=False) == []
        assert tx.observations.get(one).verdict == Word.FALSE


def test_only_an_overseer_who_said_neither_decides_and_only_once(store: Store) -> None:
    one = disputed(store, TRUE, FALSE)
    of_the_two = replace(CHIEF, actor=replace(CHIEF.actor, name="zhao"))
    with store.write() as tx:
        for nobody in (of_the_two, later(ZHAO, timedelta(hours=1))):
            with pytest.raises(Forbidden):
                let_stand(tx, one, "first", nobody)
        let_stand(tx, one, "first", CHIEF)
        with pytest.raises(ReviewNotAsked):
            let_stand(tx, one, "second", later(CHIEF, timedelta(hours=1)))
        with pytest.raises(ReviewNotAsked):
            let_stand(tx, "obs_none", "second", CHIEF)


def test_how_often_each_agrees_is_told_by_name(store: Store) -> None:
    disputed(store, TRUE, FALSE)
    with store.read() as tx:
        told = [(one.reviewer, one.looked_again, one.agreed) for one in tx.reviews.agreements(NOON)]
        assert told == [("wang", 1, 0), ("zhao", 1, 0)]
        assert tx.reviews.agreements(NOON + timedelta(days=1)) == []


def test_nobody_looks_again_at_their_own_nor_a_third_time_nor_unasked(store: Store) -> None:
    one = judged_by_wang(store)
    with store.write() as tx:
        with pytest.raises(Forbidden):
            look_again(tx, one, TRUE, WANG)
        done = look_again(tx, one, TRUE, ZHAO)
        assert look_again(tx, one, TRUE, ZHAO) == done
        with pytest.raises(ReviewNotAsked):
            look_again(tx, one, TRUE, replace(ZHAO, actor=replace(ZHAO.actor, name="chen")))
        with pytest.raises(ReviewNotAsked):
            look_again(tx, "obs_none", TRUE, ZHAO)


def test_a_word_that_is_sent_several_times_at_once_is_kept_once(store: Store) -> None:
    on = replace(WANG, policy=ALL_TWICE)

    def say(observation_id: str) -> None:
        with store.write() as tx:
            judge(tx, observation_id, TRUE, on)

    for one in heaps(store, 8):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(say, [one] * 4))
        with store.read() as tx:
            assert len(tx.observations.verdicts_on(one)) == 1


def test_of_several_who_look_again_at_once_one_is_heard(store: Store) -> None:
    one = judged_by_wang(store)

    def look(name: str) -> bool:
        on = replace(ZHAO, actor=replace(ZHAO.actor, id=f"usr_{name}", name=name))
        with store.write() as tx:
            try:
                return look_again(tx, one, FALSE, on).second_by == name
            except ReviewNotAsked:
                return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(look, ["zhao", "chen", "qian", "sun"])) == 1
    with store.read() as tx:
        assert [line.action for line in tx.audit.about(one)].count("observation.looked_again") == 1


def test_minutes_for_each_true_ticket_leave_breaks_out(store: Store) -> None:
    waiting = heaps(store, 4)
    moments = [NOON + timedelta(seconds=seconds) for seconds in (0, 30, 1000, 1090)]
    for one, at, verdict in zip(waiting, moments, (TRUE, FALSE, FALSE, TRUE), strict=True):
        with store.write() as tx:
            judge(tx, one, verdict, replace(WANG, now=at))
    with store.read() as tx:
        pace = pace_today(tx, later(WANG, timedelta(hours=1)))
        assert (pace.verdicts, pace.true, pace.minutes, pace.minutes_per_true) == (4, 2, 2.0, 1.0)
        assert pace_today(tx, later(WANG, timedelta(days=1))).minutes_per_true is None
