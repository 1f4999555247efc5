"""P10: timed work has its effect once, whoever is killed; `python -m tests.faults.workers URL LEASE_S` is a worker."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

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
from service.store import Store, migrate, open_engine
from service.timed import LEASE, Timed
from tests.build import a_picture, a_place, a_sighting, an_actor
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import environment

TITLE: Final = "a job of a dead worker is taken over within 60 s, and its effect happens once"
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
WORKERS: Final = 3
LONGEST_LIFE_S: Final = 6.0
LOOK_EVERY_S: Final = 0.05
TAKEN_OVER_WITHIN_S: Final = 60.0
WANTED: Final = Counter({FactKind.URGED: 2, FactKind.OVERDUE: 1})
"""What the clocks of a ticket leave that was filed long ago and lies where it lay."""


def work(url: str, lease_s: float) -> None:
    """One worker, until it is killed."""
    store = Store(open_engine(url))
    in_force = InForce(store, load_catalog(), SHANGHAI, utc_now)
    name = f"worker {random.getrandbits(32):08x}"
    timed = Timed(store, in_force, utc_now, name, {CLOCK: ring}, lease=timedelta(seconds=lease_s))
    while True:
        timed.run_due()
        time.sleep(LOOK_EVERY_S)


def measure(kills: int = 60, lease_s: float = LEASE.total_seconds(), seed: int = 10) -> Outcome:
    """Kill workers at random instants, then let those that live finish; each clock must have rung once."""
    with TemporaryDirectory(prefix="faults-") as folder:
        url = f"sqlite:///{Path(folder) / 'city.sqlite'}"
        tickets = late_tickets(url, count=4 * kills)
        rounds = besiege(url, kills, lease_s, random.Random(seed))
        broken = [*judge(url, tickets), *_too_slow(rounds)]
    scope = f"{len(tickets)} tickets, {kills} workers killed"
    return Outcome([broken_cases("P10", TITLE, broken, rounds, scope)])


def late_tickets(url: str, count: int) -> list[str]:
    """Tickets that were filed twelve days ago, whose clocks are planned and none of which has rung."""
    store = Store(open_engine(url))
    migrate(store.engine)
    policy = InForce(store, load_catalog(), SHANGHAI, utc_now)()
    filed_at = utc_now() - timedelta(days=12)
    with store.write() as rows:
        made = [_filed(rows, number, filed_at, policy) for number in range(count)]
    while plan_clocks(store, policy, utc_now(), 500):
        pass
    store.engine.dispose()
    return made


def _filed(rows: Any, number: int, at: datetime, policy: Policy) -> str:
    seen = a_sighting(place=a_place(metres_north=150 * number), seen_at=at)
    rows.pictures.add(a_picture(picture_id=seen.picture_id))
    (outcome,) = ingest(rows, [seen], actor=an_actor(), policy=policy, now=at)
    on = Occasion(an_actor(), policy, at)
    ticket = move_ticket(rows, outcome.ticket.id, MoveRequest(State.FILED, 1), on)
    return str(ticket.id)


def besiege(url: str, kills: int, lease_s: float, dice: random.Random) -> list[dict[str, Any]]:
    """Workers that are killed and replaced; the last ones live until everything is done."""
    lives: list[dict[str, Any]] = []
    with workers(url, lease_s) as running:
        for _ in range(kills):
            after_s = dice.uniform(0.0, LONGEST_LIFE_S)
            time.sleep(after_s / WORKERS)
            victim = dice.randrange(WORKERS)
            running[victim].send_signal(signal.SIGKILL)
            running[victim].wait()
            running[victim] = _launch(url, lease_s)
            lives.append({"killed_after_s": round(after_s, 3)})
        began = time.monotonic()
        while (left := _left(url)) and time.monotonic() - began < 2 * TAKEN_OVER_WITHIN_S:
            time.sleep(0.5)
        lives.append({"left": left, "finished_after_s": round(time.monotonic() - began, 2)})
    return lives


@contextmanager
def workers(url: str, lease_s: float) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """So many workers at once; all are dead afterwards."""
    running = [_launch(url, lease_s) for _ in range(WORKERS)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


def judge(url: str, tickets: list[str]) -> list[str]:
    """Facts that are missing or double, lines of history that do not follow each other, letters that belong to none."""
    store = Store(open_engine(url))
    broken = []
    with store.read() as rows:
        for ticket in tickets:
            found = Counter(fact.kind for fact in rows.facts.of_ticket(ticket))
            broken += [f"{ticket}: {dict(found)}"] if found != WANTED else []
            versions = [entry.version for entry in rows.tickets.history_of(ticket)]
            broken += [f"{ticket}: versions {versions}"] if versions != list(range(1, len(versions) + 1)) else []
    store.engine.dispose()
    return broken


def _too_slow(rounds: list[dict[str, Any]]) -> list[str]:
    last = rounds[-1]
    if last["left"]:
        return [f"{last['left']} jobs were never done"]
    late = last["finished_after_s"] > TAKEN_OVER_WITHIN_S
    return [f"taken over after {last['finished_after_s']} s"] if late else []


def _left(url: str) -> int:
    store = Store(open_engine(url))
    with store.read() as rows:
        left = len(rows.jobs.page(open_only=True, limit=1000))
    store.engine.dispose()
    return left


def _launch(url: str, lease_s: float) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.faults.workers", url, str(lease_s)]
    return subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL, start_new_session=True)


if __name__ == "__main__":
    work(sys.argv[1], float(sys.argv[2]))
