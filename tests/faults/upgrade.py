"""P11: an upgrade that is killed loses nothing; a backup under load restores."""

import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Engine, MetaData, func, insert, select

from service.backup import backup, restore
from service.domain.states import Role
from service.evidence import Evidence
from service.ingest import ingest
from service.settings import Settings
from service.store import Store, open_engine
from service.store.engine import migrate, newest_revision, revision
from service.verifying import damages
from tests.build import A_SHA256, NOON, a_picture, a_place, a_policy, a_sighting, an_actor
from tests.faults.both import on_both
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import SERVICE, environment
from tests.serving import settings_in

KILLED: Final = "a migration that is killed leaves the old tables or the new ones, and no row is lost"
DRILL: Final = "a backup taken under load restores into an empty city and verifies"
FIRST: Final = "0001"
ROWS: Final = 400
PHOTOS: Final = 60
POLICY: Final = a_policy()


def measure(n: int = 20) -> Outcome:
    """Kill `n` migrations, then drill a restore from and into SQLite and PostgreSQL."""
    kills = kill_migrations(n)
    lost = [f"{one['database']}: {line}" for one in kills for line in one["broken"]]
    rounds, scope = on_both(_drill)
    broken = [f"{one['database']}: {line}" for one in rounds for line in one["broken"]]
    return Outcome(
        [
            broken_cases("P11", KILLED, lost, kills, f"{n} kills, {ROWS} rows of the first version"),
            broken_cases("P11-restore", DRILL, broken, rounds, scope),
        ]
    )


def kill_migrations(n: int, seed: int = 11) -> list[dict[str, Any]]:
    """Start `service migrate` on a first version's data and kill it, again and again, until it was let through."""
    dice, rounds = random.Random(seed), []
    for number in range(n):
        with TemporaryDirectory(prefix="faults-") as folder:
            settings = settings_in(Path(folder) / "city")
            settings.data.mkdir()
            engine = open_engine(settings.database_url)
            _first_version(engine)
            engine.dispose()
            after_s = dice.uniform(0.3, 2.0)
            _kill_after(settings.data, after_s)
            rounds.append(
                {"database": "SQLite", "kill": number, "after_s": round(after_s, 2), "broken": _lost(settings)}
            )
    return rounds


def _first_version(engine: Engine) -> None:
    """Tables and rows as the first version left them."""
    migrate(engine, FIRST)
    old = MetaData()
    old.reflect(engine)
    moment = NOON.replace(tzinfo=None)
    tickets = [
        {"id": f"tic_{n}", "number": f"SW-{n}", "version": 1, "state": "reported", "condition": "litter",
         "opened_at": moment, "last_seen": moment, "changed_at": moment, "policy_sha256": A_SHA256}
        for n in range(ROWS)
    ]  # fmt: skip
    lines = [
        {"ticket_id": one["id"], "version": 1, "at": moment, "actor": "ann", "to": "reported", "facts": {},
         "policy_sha256": A_SHA256}
        for one in tickets
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(old.tables["tickets"]), tickets)
        connection.execute(insert(old.tables["history"]), lines)


def _kill_after(data: Path, seconds: float) -> None:
    process = subprocess.Popen(
        [*SERVICE, "migrate", "--data", str(data)],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _lost(settings: Settings) -> list[str]:
    engine = open_engine(settings.database_url)
    stands_at = revision(engine)
    broken = [] if stands_at in (FIRST, newest_revision()) else [f"half way: {stands_at}"]
    migrate(engine)
    new = MetaData()
    new.reflect(engine, only=["tickets", "history"])
    with engine.connect() as connection:
        for table in (new.tables["tickets"], new.tables["history"]):
            if (count := connection.execute(select(func.count()).select_from(table)).scalar_one()) != ROWS:
                broken.append(f"{count} of {ROWS} rows of {table.name}")
    engine.dispose()
    return broken + [str(damage) for damage in damages(settings)][:3]


def _drill(database: str, settings: Settings, store: Store) -> list[dict[str, Any]]:
    evidence, over = Evidence(settings.evidence), threading.Event()
    for number in range(PHOTOS):
        _see(store, evidence, number)
    load = threading.Thread(target=_go_on, args=(store, evidence, over))
    load.start()
    with TemporaryDirectory(prefix="faults-") as folder:
        begun = time.monotonic()
        told = backup(settings, Path(folder) / "copy", NOON)
        between = time.monotonic()
        over.set()
        load.join()
        again = settings_in(Path(folder) / "again")
        restored = restore(again, Path(folder) / "copy", NOON)
        ended = time.monotonic()
        broken = [str(damage) for damage in damages(again)]
    broken += [f"damaged: {one}" for one in (*told["damaged"], *restored["damaged"])]
    broken += [] if told["pictures"] >= PHOTOS else [f"{told['pictures']} pictures copied"]
    took = {"backup_s": round(between - begun, 2), "restore_s": round(ended - between, 2)}
    return [{"database": database, "pictures": told["pictures"], **took, "broken": broken}]


def _go_on(store: Store, evidence: Evidence, over: threading.Event) -> None:
    number = PHOTOS
    while not over.is_set():
        _see(store, evidence, number)
        number += 1


def _see(store: Store, evidence: Evidence, number: int) -> None:
    seen = a_sighting(place=a_place(metres_north=60 * number))
    picture = a_picture(picture_id=seen.picture_id)
    sha256 = evidence.write(f"street {number}".encode() * 1000)
    with store.write() as tx:
        tx.pictures.add(type(picture)(picture.id, sha256, picture.original_type, 1, 1, picture.by, NOON))
        ingest(tx, [seen], actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
