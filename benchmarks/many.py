"""A city with very many tickets on SQLite: kept by the service's own decisions, then spread over all states."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import bindparam, insert, select, update

from detector.catalog import Name
from service.bulk import ingest_many
from service.domain.milestones import Milestones
from service.domain.observation import Sighting
from service.domain.premises import Premises, PremisesKind
from service.domain.routing import Grid
from service.domain.states import Role, State
from service.evidence import EvidenceFolder
from service.store import Store, migrate, open_engine
from service.store.field_tables import ticket_places
from service.store.ids import new_id
from service.store.tables import pictures, tickets
from service.store.ticket_rows import milestone_columns
from tests.build import CAR, a_jpeg, a_picture, a_place, a_policy, a_sighting, an_actor

SHOPS: Final = 2000
AT_ONCE: Final = 2500
ACROSS: Final = 250
GRIDS: Final = 400
GRIDS_ACROSS: Final = 20
DAYS: Final = timedelta(days=60)
APART_M: Final = 70.0
"""Farther than one problem reaches, so that each sighting is a ticket."""

OPEN: Final = (State.REPORTED, State.FILED, State.DISPATCHED, State.IN_PROGRESS, State.HANDLED, State.CHECKING)
ADDRESS_OF_EVERY: Final = 2
POLICY: Final = a_policy()


def fill(data: Path, count: int, now: datetime, progress: Callable[[int], None]) -> None:
    """Put `count` tickets of the last days, `SHOPS` shops and `GRIDS` duty grids into an empty data folder.

    All show one picture. States, units, limits and moments are written over those that the decisions gave, without a
    history: neither a list nor a count reads one.
    """
    dice = random.Random(count)
    engine = open_engine(f"sqlite:///{data / 'streetwarden.sqlite'}")
    migrate(engine)
    store = Store(engine)
    (data / "evidence").mkdir()
    shown = EvidenceFolder(data / "evidence").write(a_jpeg(width=640, height=480))
    with store.write() as tx:
        tx.units.put(POLICY.units)
        tx.premises.add_all(list(_shops(now)))
    seen = list(_sightings(count, now, dice))
    for begin in range(0, count, AT_ONCE):
        _take(store, seen[begin : begin + AT_ONCE], shown)
        progress(min(count, begin + AT_ONCE))
    _spread(store, now, dice)
    engine.dispose()


def _take(store: Store, seen: Sequence[Sighting], shown: str) -> None:
    with store.write() as tx:
        kept = (replace(a_picture(picture_id=one.picture_id, at=one.seen_at), blurred_sha256=shown) for one in seen)
        tx.connection.execute(insert(pictures), [asdict(one) | {"original_sha256": shown} for one in kept])
        ingest_many(tx, seen, actor=an_actor(Role.CAMERA), policy=POLICY, now=seen[-1].seen_at)


def _sightings(count: int, now: datetime, dice: random.Random) -> Iterator[Sighting]:
    conditions = list(POLICY.rules)
    begun = now - DAYS
    for number in range(count):
        row, column = divmod(number, ACROSS)
        place = a_place(metres_north=APART_M * row, metres_east=APART_M * column)
        seen_at = begun + (now - begun) * (number / count)
        yield a_sighting(dice.choice(conditions), place=place, source=CAR, seen_at=seen_at)


def _shops(now: datetime) -> Iterator[Premises]:
    for number in range(SHOPS):
        row, column = divmod(number * 7, ACROSS)
        corner = a_place(metres_north=APART_M * row - 5, metres_east=APART_M * column - 5)
        south, west, north, east = corner.lat, corner.lon, corner.lat + 0.0001, corner.lon + 0.0001
        ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
        name = f"河东街{number}号小吃店" if number % 2 else f"Noodles {number}"
        yield Premises(new_id("prm", now), 1, PremisesKind.SHOP, name, ring, now)


def _grids(count: int) -> Iterator[Grid]:
    """Side by side over all tickets."""
    wide_m, high_m = APART_M * ACROSS / GRIDS_ACROSS, APART_M * (count / ACROSS) / (GRIDS // GRIDS_ACROSS)
    for number in range(GRIDS):
        row, column = divmod(number, GRIDS_ACROSS)
        a = a_place(metres_north=high_m * row - 5, metres_east=wide_m * column - 5)
        b = a_place(metres_north=high_m * (row + 1) - 5, metres_east=wide_m * (column + 1) - 5)
        ring = [[a.lon, a.lat], [b.lon, a.lat], [b.lon, b.lat], [a.lon, b.lat], [a.lon, a.lat]]
        name = f"grid-{number:03d}"
        yield Grid(name, Name(en=name, zh=f"第{number}网格"), {"type": "Polygon", "coordinates": [ring]}, {})


def _spread(store: Store, now: datetime, dice: random.Random) -> None:
    with store.write() as tx:
        connection = tx.connection
        ids = list(connection.execute(select(tickets.c.id).order_by(tickets.c.id)).scalars())
        ages = (DAYS * (1 - at / len(ids)) for at in range(len(ids)))
        rows = [{"of": one, **_standing(at, now, dice), **_reached(now - next(ages))} for at, one in enumerate(ids)]
        connection.execute(update(tickets).where(tickets.c.id == bindparam("of")), rows)
        typed = [
            {"ticket_id": one, "address": f"青浦路 {at} 号", "by": "wang", "at": now} for at, one in enumerate(ids)
        ]
        connection.execute(insert(ticket_places), typed[::ADDRESS_OF_EVERY])
        tx.units.put_grids(list(_grids(len(ids))))


def _standing(at: int, now: datetime, dice: random.Random) -> dict[str, object]:
    """Two of three are open, one of nine of them late."""
    unit = {"unit_id": dice.choice([unit.id for unit in POLICY.units])}
    if at % 3 == 0:
        return {**unit, "state": State.CLOSED.value, "ended_at": now, "due_at": None, "overdue_at": None}
    due_at = now + timedelta(hours=dice.uniform(-8, 72))
    overdue_at = due_at if due_at < now else None
    return {**unit, "state": dice.choice(OPEN).value, "ended_at": None, "due_at": due_at, "overdue_at": overdue_at}


def _reached(at: datetime) -> dict[str, object]:
    hour = timedelta(hours=1)
    return milestone_columns(
        Milestones(reported_at=at, dispatched_at=at + hour, handled_at=at + 3 * hour, accepted_at=at + 3 * hour)
    )
