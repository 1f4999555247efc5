"""P11: a backup that is taken under load goes back into an empty folder and an empty database, and how long it takes.

The city's rows and pictures go from SQLite into PostgreSQL and from there back into SQLite, so that each database is
copied once and filled once.
"""

import hashlib
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import func, insert, select

from benchmarks.figures import Figure
from service.backup import backup, restore
from service.bulk import ingest_many
from service.domain.audit import AuditLine
from service.domain.observation import Sighting, Source, SourceType
from service.domain.seals import KEPT
from service.domain.states import Role
from service.evidence import EvidenceFolder
from service.ingest import ingest
from service.settings import Settings
from service.store import Transaction
from service.store.ids import new_id
from service.store.pictures import Picture
from service.store.places import place_columns
from service.store.tables import photos as photo_rows
from service.store.tables import pictures as picture_rows
from service.upkeep import open_data
from service.verifying import damages
from tests.build import A_SHA256, NOON, a_picture, a_place, a_policy, a_sighting, an_actor
from tests.faults.both import POSTGRESQL, SQLITE
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.pictures import draw
from tests.postgresql import a_server, why_not
from tests.serving import settings_in

PROMISE: Final = "P11-restore"
COMMAND: Final = f"make faults ONLY={PROMISE}"
TITLE: Final = "a backup taken under load restores into an empty folder and an empty database, and verifies"
TIME: Final = "the slower of two restores, one into PostgreSQL and one into SQLite"
WITHIN_S: Final = 600.0
AT_ONCE: Final = 2000
PHOTOS_A_PROBLEM: Final = 4
SCENES: Final = 20
SIZE: Final = (640, 360)
POLICY: Final = a_policy()


@dataclass(frozen=True, slots=True)
class City:
    """A city and the kind of its database."""

    database: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Sent:
    """One photo of somebody: its picture, what was seen on it, and how many bytes lie there for it."""

    picture: Picture
    seen: Sighting
    bytes: int


def measure(n: int = 100_000) -> Outcome:
    """Make a city of `n` photos, then let it go there and back."""
    with TemporaryDirectory(prefix="faults-") as name, _another_database() as other:
        folder = Path(name)
        first, last = (_on_files(folder / place) for place in ("city", "again"))
        between = _on_files(folder / "there")
        if other is not None:
            between = City(POSTGRESQL, settings_in(folder / "there", database_url=other))
        size_mb = populate(first.settings, n) / 1e6
        rounds = [_drill(first, between, n, folder)]
        shutil.rmtree(first.settings.data)
        rounds.append(_drill(between, last, n, folder))
    broken = [f"from {one['from']} to {one['to']}: {line}" for one in rounds for line in one["broken"]]
    note = f"{n} photos, {2 * n} pictures of {1000 * size_mb / (2 * n):.0f} KB, {size_mb:.0f} MB in all"
    note += f"; only {SQLITE}: {reason}" if (reason := why_not()) else ""
    whole = replace(broken_cases(PROMISE, TITLE, broken, rounds, note), command=COMMAND)
    slowest = max(one["restore_s"] for one in rounds)
    return Outcome([whole, Figure("P11-restore-time", TIME, slowest, "s", WITHIN_S, rounds, COMMAND, note=note)])


def _on_files(data: Path) -> City:
    return City(SQLITE, settings_in(data, database_url=f"sqlite:///{data / 'streetwarden.sqlite'}"))


@contextmanager
def _another_database() -> Iterator[str | None]:
    if why_not() is not None:
        yield None
        return
    with a_server(durable=True) as server:
        yield server.format("postgres")


def populate(settings: Settings, photos: int) -> int:
    """Fill a city with photos of people, some of each problem, all of them looked at; how many bytes they have."""
    store, evidence = open_data(settings), EvidenceFolder(settings.evidence)
    scenes, written = [draw(seed, SIZE) for seed in range(SCENES)], 0
    with store.write() as tx:
        tx.units.put(POLICY.units)
    for first in range(0, photos, AT_ONCE):
        sent = [_drawn(evidence, scenes, number) for number in range(first, min(first + AT_ONCE, photos))]
        written += sum(one.bytes for one in sent)
        with store.write() as tx:
            _keep(tx, [one.picture for one in sent])
            tx.connection.execute(insert(photo_rows), [_photo_row(one) for one in sent])
            ingest_many(tx, [one.seen for one in sent], actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
    store.engine.dispose()
    return written


def _drawn(evidence: EvidenceFolder, scenes: Sequence[bytes], number: int) -> "Sent":
    """One photo and its blurred picture, of bytes that no other has; they lie there as those of years would."""
    scene, at = scenes[number % len(scenes)], NOON - timedelta(seconds=number)
    objects = [_put(evidence, _noted(scene, f"{noun} {number}".encode())) for noun in ("original", "blurred")]
    picture = replace(a_picture(at=at), original_sha256=objects[0], blurred_sha256=objects[1])
    problem = number // PHOTOS_A_PROBLEM
    place = a_place(metres_north=120 * (problem // 200), metres_east=120 * (problem % 200))
    source = Source(SourceType.PHOTO, new_id("pho", at), by_person=True)
    return Sent(picture, a_sighting(place=place, source=source, picture_id=picture.id), 2 * len(scene))


def _noted(jpeg: bytes, words: bytes) -> bytes:
    """The same picture with a comment."""
    return jpeg[:2] + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + jpeg[2:]


def _put(evidence: EvidenceFolder, data: bytes) -> str:
    """Where evidence lies, but without waiting for the disk."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = evidence.path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return sha256


def _keep(tx: Transaction, kept: Sequence[Picture]) -> None:
    names = [column.name for column in picture_rows.c]
    tx.connection.execute(insert(picture_rows), [{name: getattr(one, name) for name in names} for one in kept])
    for one in kept:
        tx.audit.add(AuditLine(one.created_at, one.by, KEPT, one.id, None, {"sha256": one.original_sha256}))


def _photo_row(sent: "Sent") -> dict[str, Any]:
    told = {"status": "done", "actor": "usr_inspector", "actor_role": "inspector", "request_sha256": A_SHA256}
    when = {"taken_at": sent.picture.created_at, "created_at": sent.picture.created_at, "time_source": "exif"}
    place = place_columns(sent.seen.place, "exif")
    return {"id": sent.seen.source.id, "picture_id": sent.picture.id, "answer": {"photo": {}}, **told, **when, **place}


def _drill(source: City, target: City, photos: int, folder: Path) -> dict[str, Any]:
    """Back one city up while it is in use, restore it as another one, and verify that."""
    over = threading.Event()
    load = threading.Thread(target=_go_on, args=(source.settings, photos, over))
    load.start()
    try:
        begun = time.monotonic()
        told = backup(source.settings, folder / "copy", NOON)
        backed_up = time.monotonic()
    finally:
        over.set()
        load.join()
    begun_again = time.monotonic()
    restored = restore(target.settings, folder / "copy", NOON)
    ended = time.monotonic()
    broken = [str(damage) for damage in damages(target.settings)]
    verified = time.monotonic()
    broken += [f"damaged: {one}" for one in (*told["damaged"], *restored["damaged"])]
    broken += [] if told["pictures"] >= 2 * photos else [f"{told['pictures']} pictures copied"]
    broken += [] if (kept := _photos_in(target.settings)) == photos else [f"{kept} of {photos} photos there"]
    shutil.rmtree(folder / "copy")
    return {
        "from": source.database,
        "to": target.database,
        "photos": kept,
        "pictures": told["pictures"],
        "backup_s": round(backed_up - begun, 2),
        "restore_s": round(ended - begun_again, 2),
        "verify_s": round(verified - ended, 2),
        "broken": broken,
    }


def _photos_in(settings: Settings) -> int:
    store = open_data(settings)
    with store.read() as rows:
        found: int = rows.connection.execute(select(func.count()).select_from(photo_rows)).scalar_one()
    store.engine.dispose()
    return found


def _go_on(settings: Settings, photos: int, over: threading.Event) -> None:
    """The city is in use: people see things elsewhere, one after another."""
    store, evidence = open_data(settings), EvidenceFolder(settings.evidence)
    number = 0
    while not over.is_set():
        seen = a_sighting(place=a_place(metres_north=-120 * (1 + number)))
        picture = replace(
            a_picture(picture_id=seen.picture_id), original_sha256=evidence.write(f"{photos} {number}".encode())
        )
        with store.write() as tx:
            tx.pictures.add(picture)
            ingest(tx, [seen], actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
        number += 1
    store.engine.dispose()
