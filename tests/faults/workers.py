"""P10: timed work has its effect once, whoever is killed; `python -m tests.faults.workers URL LEASE_S NAME` is one."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from detector.catalog import load_catalog
from service.casework import Occasion, move_ticket
from service.clock import utc_now
from service.clocks import CLOCK, plan_clocks, ring
from service.domain.facts import FactKind
from service.domain.moves import MoveRequest
from service.domain.policy import Policy
from service.domain.states import State
from service.ingest import ingest
from service.policies import InForce
from service.settings import Settings
from service.store import Store, open_engine
from service.store.policy_tables import jobs
from service.timed import LEASE, Timed
from tests.build import a_picture, a_place, a_sighting, an_actor
from tests.faults.both import on_both
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import environment

TITLE: Final = "a job of a dead worker is taken over within 60 s, and its effect happens once"
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
WORKERS: Final = 3
LONGEST_LIFE_S: Final = 6.0
LOOK_EVERY_S: Final = 0.05
TAKEN_OVER_WITHIN_S: Final = 60.0
STARTED_WITHIN_S: Final = 15.0
FINISHED_WITHIN_S: Final = 600.0
TICKETS_A_KILL: Final = 8
HASTE: Final = 20
"""Who holds work is killed so many times sooner, while it still does."""

Running = tuple[str, "subprocess.Popen[bytes]"]
WANTED: Final = Counter({FactKind.URGED: 2, FactKind.OVERDUE: 1})
"""What the clocks of a ticket leave that was filed long ago and lies where it lay."""


def work(url: str, lease_s: float, name: str) -> None:
    """One worker, until it is killed or whoever started it is gone."""
    parent = os.getppid()
    store = Store(open_engine(url))
    in_force = InForce(store, load_catalog(), SHANGHAI, utc_now)
    timed = Timed(store, in_force, utc_now, name, {CLOCK: ring}, lease=timedelta(seconds=lease_s))
    while os.getppid() == parent:
        timed.run_due()
        time.sleep(LOOK_EVERY_S)


def measure(kills: int = 60, lease_s: float = LEASE.total_seconds(), seed: int = 10) -> Outcome:
    """Kill workers on both databases, then let those that live finish; each clock must have rung once."""

    def deed(database: str, settings: Settings, store: Store) -> list[dict[str, Any]]:
        tickets = late_tickets(store, how_many=TICKETS_A_KILL * kills)
        rounds = besiege(settings.database_url, store, kills, lease_s, random.Random(seed))
        rounds[-1]["broken"] = [*judge(store, tickets), *_too_slow(rounds[-1])]
        return [{"database": database, **one} for one in rounds]

    rounds, where = on_both(deed)
    broken = [f"{one['database']}: {line}" for one in rounds for line in one.get("broken", [])]
    scope = f"{TICKETS_A_KILL * kills} tickets, {kills} workers killed on {where}"
    return Outcome([broken_cases("P10", TITLE, broken, rounds, scope)])


def late_tickets(store: Store, how_many: int) -> list[str]:
    """Tickets that were filed twelve days ago, whose clocks are planned and none of which has rung."""
    policy = InForce(store, load_catalog(), SHANGHAI, utc_now)()
    filed_at = utc_now() - timedelta(days=12)
    with store.write() as rows:
        made = [_filed(rows, number, filed_at, policy) for number in range(how_many)]
    while plan_clocks(store, policy, utc_now(), 500):
        pass
    return made


def _filed(rows: Any, number: int, at: datetime, policy: Policy) -> str:
    seen = a_sighting(place=a_place(metres_north=150 * number), seen_at=at)
    rows.pictures.add(a_picture(picture_id=seen.picture_id))
    [outcome] = ingest(rows, [seen], actor=an_actor(), policy=policy, now=at)
    assert outcome.ticket is not None
    on = Occasion(an_actor(), policy, at)
    ticket = move_ticket(rows, outcome.ticket.id, MoveRequest(State.FILED, 1), on)
    return ticket.id


def besiege(url: str, store: Store, kills: int, lease_s: float, dice: random.Random) -> list[dict[str, Any]]:
    """Workers that are killed and replaced, every second one while it holds work; the last ones finish everything."""
    lives: list[dict[str, Any]] = []
    names = (f"worker {number}" for number in count())
    dead: list[str] = []
    with workers(url, lease_s, names) as running:
        for number in range(kills):
            victim = dice.randrange(WORKERS)
            name, process = running[victim]
            after_s = dice.uniform(0.0, LONGEST_LIFE_S) / WORKERS
            busy = number % 2 == 0 and _begins(store, name)
            time.sleep(after_s / HASTE if busy else after_s)
            process.kill()
            process.wait()
            dead.append(name)
            lives.append({"killed": name, "held": _held(store, [name])})
            running[victim] = _launch(url, lease_s, next(names))
        began = time.monotonic()
        taken_over_s = _until(lambda: _held(store, dead) == 0, 2 * TAKEN_OVER_WITHIN_S)
        _until(lambda: _left(store) == 0, FINISHED_WITHIN_S)
        finished_s = time.monotonic() - began
        lives.append({"left": _left(store), "taken_over_s": round(taken_over_s, 2), "finished_s": round(finished_s, 2)})
    return lives


def _begins(store: Store, name: str) -> bool:
    """Wait until a worker holds work; False if there is none or it takes too long."""
    begun = time.monotonic()
    while _held(store, [name]) == 0:
        if time.monotonic() - begun > STARTED_WITHIN_S or _left(store) == 0:
            return False
        time.sleep(LOOK_EVERY_S)
    return True


def _until(done: Callable[[], bool], limit_s: float) -> float:
    begun = time.monotonic()
    while not done() and time.monotonic() - begun < limit_s:
        time.sleep(0.25)
    return time.monotonic() - begun


@contextmanager
def workers(url: str, lease_s: float, names: Iterator[str]) -> Iterator[list[Running]]:
    """So many workers at once; all are dead afterwards."""
    running = [_launch(url, lease_s, next(names)) for _ in range(WORKERS)]
    try:
        yield running
    finally:
        for _, process in running:
            process.kill()
            process.wait()


def judge(store: Store, tickets: list[str]) -> list[str]:
    """Facts that are missing or double, lines of history that do not follow each other."""
    broken = []
    with store.read() as rows:
        for ticket in tickets:
            found = Counter(fact.kind for fact in rows.facts.of_ticket(ticket))
            broken += [f"{ticket}: {dict(found)}"] if found != WANTED else []
            versions = [entry.version for entry in rows.tickets.history_of(ticket)]
            broken += [f"{ticket}: versions {versions}"] if versions != list(range(1, len(versions) + 1)) else []
    return broken


def _too_slow(end: dict[str, Any]) -> list[str]:
    if end["left"]:
        return [f"{end['left']} jobs were never done"]
    late = end["taken_over_s"] > TAKEN_OVER_WITHIN_S
    return [f"taken over after {end['taken_over_s']} s"] if late else []


def _left(store: Store) -> int:
    return _count(store, jobs.c.done_at.is_(None))


def _held(store: Store, names: list[str]) -> int:
    """How much work is not done that these workers took."""
    return _count(store, jobs.c.done_at.is_(None) & jobs.c.holder.in_(names))


def _count(store: Store, where: ColumnElement[bool]) -> int:
    with store.read() as rows:
        found: int = rows.connection.execute(select(func.count()).select_from(jobs).where(where)).scalar_one()
    return found


def _launch(url: str, lease_s: float, name: str) -> Running:
    command = [sys.executable, "-m", "tests.faults.workers", url, str(lease_s), name]
    process = subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL, start_new_session=True)
    return name, process


if __name__ == "__main__":
    work(sys.argv[1], float(sys.argv[2]), sys.argv[3])
