"""Many sightings at once make the tickets that they would make one by one."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from detector.catalog import Name
from service.bulk import ingest_many
from service.domain.observation import Sighting
from service.domain.policy import Policy
from service.domain.routing import Grid
from service.domain.states import Role
from service.errors import ConditionUnknown
from service.ingest import ingest
from service.store import Store
from service.store.tables import events, history, observations, tickets
from service.verifying import damage_of_rows
from tests.build import CAR, NOON, PERSON, POLE, a_picture, a_place, a_policy, a_sighting, an_actor
from tests.service.test_gates import AUTO, SQUARE, a_policy_where, reviewed

POLICY = a_policy()


def a_crowd(count: int, seed: int = 1) -> list[Sighting]:
    """Sightings of few problems by many sources, over three days, some of them twice."""
    dice = random.Random(seed)
    seen = [
        a_sighting(
            dice.choice(["litter", "litter", "illegal_ad", "out_of_store"]),
            place=dice.choice([None, *(a_place(metres_north=dice.uniform(0, 400)) for _ in range(9))]),
            source=dice.choice([PERSON, POLE, CAR]),
            seen_at=NOON + timedelta(hours=dice.uniform(-72, 0)),
        )
        for _ in range(count)
    ]
    return [*seen, *dice.sample(seen, count // 10)]


def kept(store: Store) -> list[Any]:
    """All that came of it, with ids replaced by the order in which tickets were opened."""
    with store.read() as tx:
        numbers = {row.id: row.number for row in tx.connection.execute(select(tickets.c.id, tickets.c.number))}
        seen = sorted(
            (row.seen_at, row.source_id, row.condition, str(numbers.get(row.ticket_id)), row.outcome, row.reason)
            for row in tx.connection.execute(select(observations))
        )
        told = [
            (row.number, row.state, row.last_seen, row.version, row.fixed_camera_id, numbers.get(row.recurrence_of))
            for row in tx.connection.execute(select(tickets).order_by(tickets.c.number))
        ]
        lines = sorted(
            (numbers[row.ticket_id], row.version, row.to, str(row.reason), str(row.facts.get("held")))
            for row in tx.connection.execute(select(history))
        )
    return [seen, told, lines]


def said(store: Store) -> list[Any]:
    """What subscribers are told, each thing once."""
    with store.read() as tx:
        rows = tx.connection.execute(select(events).order_by(events.c.seq))
        return list(dict.fromkeys((row.type, row.body.get("number"), row.body.get("version")) for row in rows))


def make_both(store: Store, other: Store, crowd: list[Sighting], policy: Policy, portion: int = 100) -> None:
    """Take the crowd at once, in portions, into one store, and one by one into the other."""
    for each in (store, other):
        add_pictures(each, crowd)
    for seen in crowd:
        with other.write() as tx:
            ingest(tx, [seen], actor=an_actor(Role.INSPECTOR), policy=policy, now=NOON)
    for start in range(0, len(crowd), portion):
        some = crowd[start : start + portion]
        with store.write() as tx:
            outcomes = ingest_many(tx, some, actor=an_actor(Role.INSPECTOR), policy=policy, now=NOON)
            assert [outcome.observation.seen.id for outcome in outcomes] == [seen.id for seen in some]


def add_pictures(store: Store, crowd: list[Sighting]) -> None:
    with store.write() as tx:
        for seen in {seen.id: seen for seen in crowd}.values():
            tx.pictures.add(a_picture(picture_id=seen.picture_id))


@pytest.fixture
def other(sqlite_store: Store) -> Store:
    """A second city with the policy's units."""
    with sqlite_store.write() as tx:
        tx.units.put(POLICY.units)
    return sqlite_store


def test_many_at_once_make_the_tickets_that_they_make_one_by_one(store: Store, other: Store) -> None:
    make_both(store, other, a_crowd(160), POLICY)
    assert kept(store) == kept(other)
    assert said(store) == said(other)
    assert list(damage_of_rows(store, {})) == []


def test_many_at_once_keep_to_cool_downs_budgets_and_nudges_as_one_by_one(store: Store, other: Store) -> None:
    policy = a_policy_where(
        AUTO,
        ("conditions = []\nwait_min", 'conditions = ["out_of_store"]\nwait_min'),
        ("[conditions.litter]\n", "[conditions.litter]\ncooldown_min = 60\nopen_score = 0.5\n"),
        more="\n[budget]\nper_grid = 3\n",
    )
    for each in (store, other):
        with each.write() as tx:
            tx.units.put_grids([Grid("g1", Name("one", "一"), SQUARE, {})])
        reviewed(each, policy, confirmed=20)
    dice = random.Random(7)
    crowd = [
        replace(
            a_sighting(
                dice.choice(["litter", "out_of_store"]),
                place=a_place(metres_north=dice.uniform(0, 400), metres_east=dice.uniform(0, 200)),
                source=dice.choice([CAR, POLE]),
                seen_at=NOON - timedelta(minutes=dice.uniform(0, 90)),
            ),
            is_lasting=dice.random() < 0.5,
        )
        for _ in range(90)
    ]
    make_both(store, other, crowd, policy, portion=40)
    assert kept(store) == kept(other)
    assert said(store) == said(other)
    assert {"nudged", "filed"} <= {line[2] for line in kept(store)[2]}
    assert {"budget.spent", "persistence.not_yet"} <= {line[4] for line in kept(store)[2]}


def test_a_ticket_that_is_seen_again_and_again_at_once_is_told_of_once(store: Store) -> None:
    crowd = [a_sighting(seen_at=NOON - timedelta(minutes=number)) for number in range(5)]
    add_pictures(store, crowd)
    with store.write() as tx:
        ingest_many(tx, crowd, actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
    with store.read() as tx:
        assert [event.type for event in tx.events.after(0)] == ["ticket.opened", "ticket.seen_again"]
        assert tx.connection.execute(select(tickets.c.last_seen)).scalar_one() == NOON


def test_an_unknown_condition_refuses_all(store: Store) -> None:
    with pytest.raises(ConditionUnknown), store.write() as tx:
        ingest_many(tx, [a_sighting("graffiti")], actor=an_actor(), policy=POLICY, now=NOON)
