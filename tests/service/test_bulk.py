"""Many sightings at once make the tickets that they would make one by one."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.bulk import ingest_many
from service.domain.observation import Sighting
from service.domain.states import Role
from service.errors import ConditionUnknown
from service.ingest import ingest
from service.store import Store
from service.store.tables import events, history, observations, tickets
from service.verifying import damage_of_rows
from tests.build import CAR, NOON, PERSON, POLE, a_picture, a_place, a_policy, a_sighting, an_actor

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
        shown = (observations.c.id, observations.c.ticket_id, observations.c.outcome, observations.c.reason)
        seen = [
            (row.id, numbers.get(row.ticket_id), row.outcome, row.reason)
            for row in tx.connection.execute(select(*shown).order_by(observations.c.id))
        ]
        told = [
            (row.number, row.state, row.last_seen, row.version, row.fixed_camera_id, numbers.get(row.recurrence_of))
            for row in tx.connection.execute(select(tickets).order_by(tickets.c.number))
        ]
        said = [
            (row.type, numbers[row.subject]) for row in tx.connection.execute(select(events).order_by(events.c.seq))
        ]
        lines = sorted((numbers[row.ticket_id], row.version, row.to) for row in tx.connection.execute(select(history)))
    return [seen, told, said, lines]


def add_pictures(store: Store, crowd: list[Sighting]) -> None:
    with store.write() as tx:
        for seen in {seen.id: seen for seen in crowd}.values():
            tx.pictures.add(a_picture(picture_id=seen.picture_id))


def test_many_at_once_make_the_tickets_that_they_make_one_by_one(store: Store, sqlite_store: Store) -> None:
    crowd = a_crowd(160)
    with sqlite_store.write() as tx:
        tx.units.put(POLICY.units)
    for each in (store, sqlite_store):
        add_pictures(each, crowd)
    for seen in crowd:
        with sqlite_store.write() as tx:
            ingest(tx, [seen], actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
    for some in (crowd[:100], crowd[100:]):
        with store.write() as tx:
            outcomes = ingest_many(tx, some, actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
            assert [outcome.observation.seen.id for outcome in outcomes] == [seen.id for seen in some]
    assert kept(store) == kept(sqlite_store)
    assert list(damage_of_rows(store, {})) == []


def test_an_unknown_condition_refuses_all(store: Store) -> None:
    with pytest.raises(ConditionUnknown), store.write() as tx:
        ingest_many(tx, [a_sighting("graffiti")], actor=an_actor(), policy=POLICY, now=NOON)
