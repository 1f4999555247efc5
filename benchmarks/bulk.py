"""F10: observations into tickets, very many at once against one by one, on both databases."""

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figures import Figure, Reference
from service.bulk import ingest_many
from service.domain.observation import Sighting, Source, SourceType
from service.domain.states import Role
from service.ingest import ingest
from service.store import Store, migrate, open_engine
from tests.build import NOON, a_picture, a_place, a_policy, a_sighting, an_actor
from tests.postgresql import a_server, why_not

ROUNDS: Final = 5
AT_ONCE: Final = 4000
ONE_BY_ONE: Final = 60
PROBLEMS: Final = 400
TARGET: Final = 15.0
TARGET_A_SECOND: Final = 20_000.0
COMMAND: Final = "make bench ONLY=F10"
POLICY: Final = a_policy()


def measure() -> list[Figure]:
    """Rounds of both ways in turn on a database that fills up; the disk is waited for as a city's service does."""
    figures = []
    with TemporaryDirectory(prefix="bench-") as folder:
        figures += _figures("SQLite", "F10", f"sqlite:///{Path(folder) / 'city.sqlite'}")
    if (reason := why_not()) is not None:
        return [*figures, Figure("F10-postgresql", "the same on PostgreSQL", None, "", None, [], COMMAND, note=reason)]
    with a_server(durable=True) as server:
        figures += _figures("PostgreSQL", "F10-postgresql", server.format("postgres"))
    return figures


def _figures(database: str, name: str, url: str) -> list[Figure]:
    with _city(url) as store:
        rounds = [_round(store, random.Random(number)) for number in range(ROUNDS)]
    many, one = (statistics.median(part[key] for part in rounds) for key in ("many_a_s", "one_a_s"))
    cpu = statistics.median(part["many_a_cpu_s"] for part in rounds)
    size = f"{AT_ONCE} sightings of {PROBLEMS} problems a transaction, evidence kept before"
    note = f"{cpu:.0f} a second of our own CPU; {database}, {size}"
    reference = Reference("service.ingest, a transaction each", version("sqlalchemy"), one)
    return [
        Figure(name, "observations into tickets, many at once against one by one", round(many / one, 1), "times",
               TARGET, rounds, COMMAND, "at_least", reference, note),
        Figure(f"{name}-rate", "observations into tickets", round(many), "a second", TARGET_A_SECOND, rounds, COMMAND,
               "at_least", note=note),
    ]  # fmt: skip


@contextmanager
def _city(url: str) -> Iterator[Store]:
    engine = open_engine(url)
    migrate(engine)
    store = Store(engine)
    with store.write() as tx:
        tx.units.put(POLICY.units)
    yield store
    engine.dispose()


def _round(store: Store, dice: random.Random) -> dict[str, float]:
    many, few = _sightings(store, AT_ONCE, dice), _sightings(store, ONE_BY_ONE, dice)
    begun = time.perf_counter()
    for seen in few:
        _take(store, [seen], at_once=False)
    between, cpu = time.perf_counter(), time.process_time()
    _take(store, many, at_once=True)
    ended, cpu_ended = time.perf_counter(), time.process_time()
    return {
        "one_a_s": round(len(few) / (between - begun), 1),
        "many_a_s": round(len(many) / (ended - between), 1),
        "many_a_cpu_s": round(len(many) / (cpu_ended - cpu), 1),
    }


def _take(store: Store, seen: Sequence[Sighting], *, at_once: bool) -> None:
    way = ingest_many if at_once else ingest
    with store.write() as tx:
        way(tx, seen, actor=an_actor(Role.CAMERA), policy=POLICY, now=NOON)


def _sightings(store: Store, count: int, dice: random.Random) -> list[Sighting]:
    """A fleet of vehicles passes the same problems again and again."""
    seen = []
    with store.write() as tx:
        for _ in range(count):
            spot = dice.randrange(PROBLEMS)
            place = a_place(metres_north=120 * (spot // 20) + dice.uniform(-9, 9), metres_east=120 * (spot % 20))
            source = Source(SourceType.CAMERA, f"car-{dice.randrange(20)}")
            seen_at = NOON - timedelta(seconds=dice.uniform(0, 3600))
            seen.append(a_sighting(place=place, source=source, seen_at=seen_at))
            tx.pictures.add(a_picture(picture_id=seen[-1].picture_id))
    return seen
