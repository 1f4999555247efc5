"""P11: a migration that is killed, at any statement of any version and on either database, loses nothing."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from service.store import Store, migrate, open_engine
from service.store.engine import newest_revision, revision
from service.store.tables import metadata
from service.verifying import damage_of_rows
from tests.faults.both import POSTGRESQL, SQLITE
from tests.faults.grounds import Ground, grounds
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import SERVICE, environment
from tests.faults.struck import AFTER, COMMIT, Blow, Victim, count_statements, strike
from tests.olden import REVISIONS, Contents, contents, lost
from tests.postgresql import why_not

TITLE: Final = "a migration that is killed leaves the old tables or the new ones, and no row is lost"
FIRST: Final = REVISIONS[0]
ROWS: Final = 60
EVERY_FIFTH: Final = 5
"""So many blows on PostgreSQL fall upon the database itself."""
BACK_WITHIN_S: Final = 60.0
MOST_COMMANDS: Final = 20


def measure(n: int = 300, rows: int = ROWS) -> Outcome:
    """Strike up to `n` times on each database, in all versions alike, and kill the command at a tenth as many times."""
    told = [one for ground in grounds(rows) for one in _strike_on(ground, n, random.Random(11))]
    broken = [f"{one['database']}: {line}" for one in told for line in one["broken"]]
    where = " and ".join(dict.fromkeys(one["database"] for one in told))
    scope = f"{len(told)} kills on {where}, {rows} rows in each table of each version"
    missing = f"; only {SQLITE}: {reason}" if (reason := why_not()) else ""
    return Outcome([broken_cases("P11", TITLE, broken, told, scope + missing)])


def blows(counted: Mapping[str, int], n: int, dice: random.Random) -> list[Blow]:
    """At most `n` blows; each version gets its first before one gets its second, and each statement at most one."""
    of_versions = [dice.sample(range(count), count) for count in counted.values()]
    turns = zip_longest(*of_versions)
    spread = [(during, at) for turn in turns for during, at in zip(counted, turn, strict=True) if at is not None]
    ends = [Blow(FIRST, COMMIT), Blow(FIRST, AFTER)]
    return (ends + [Blow(dice.choice((FIRST, _before(during))), during, at) for during, at in spread])[:n]


def _before(version: str) -> str:
    return REVISIONS[REVISIONS.index(version) - 1]


def _strike_on(ground: Ground, n: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    with ground.a_city(FIRST) as url:
        counted = count_statements(url, FIRST)
    for number, blow in enumerate(sorted(blows(counted, n, dice), key=lambda blow: blow.start)):
        if ground.database == POSTGRESQL and number % EVERY_FIFTH == 0 and blow.during != AFTER:
            blow = replace(blow, victim=Victim.DATABASE)
        with ground.a_city(blow.start) as url:
            broken = [] if strike(url, blow) else ["nobody was killed"]
            stands_at = newest_revision() if blow.during == AFTER else blow.start
            broken += judge(url, ground.contents_at(blow.start), {stands_at})
        yield {"database": ground.database, "kill": str(blow), "broken": broken}
    yield from _kill_commands(ground, min(1 + n // 10, MOST_COMMANDS), dice)


def _kill_commands(ground: Ground, n: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    """Kill `service migrate` itself at a time of chance, somewhere between its start and its end."""
    with ground.a_city(FIRST) as url:
        whole_s = _command(url, None)
    for _ in range(n):
        after_s = dice.uniform(0.3, 1.0) * whole_s
        with ground.a_city(FIRST) as url:
            _command(url, after_s)
            broken = list(judge(url, ground.contents_at(FIRST), {FIRST, newest_revision()}))
        yield {"database": ground.database, "kill": f"the command after {after_s:.2f} s", "broken": broken}


def _command(url: str, kill_after_s: float | None) -> float:
    """Run the command, or kill it; how long it ran."""
    begun = time.monotonic()
    with TemporaryDirectory(prefix="faults-") as folder:
        process = subprocess.Popen(
            [*SERVICE, "migrate", "--data", folder],
            env=environment({"STREETWARDEN_DATABASE_URL": url}),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(kill_after_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return time.monotonic() - begun


def judge(url: str, before: Contents, wanted: Collection[str | None]) -> Iterator[str]:
    """What is wrong after a blow, and after the migration that is run once more."""
    engine = _reached(url)
    try:
        stands_at = revision(engine)
        if stands_at not in wanted:
            yield f"the tables stand at {stands_at}"
        if stands_at != newest_revision():
            now = contents(engine)
            yield from [*lost(before, now), *(f"new: {line}" for line in lost(now, before))][:3]
        migrate(engine)
        yield from list(lost(before, contents(engine, metadata)))[:3]
        yield from [str(damage) for damage in damage_of_rows(Store(engine), {})][:3]
    finally:
        engine.dispose()


def _reached(url: str) -> Engine:
    """The database, once it answers again after it was killed."""
    engine, until = open_engine(url), time.monotonic() + BACK_WITHIN_S
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return engine
