"""Copy a city's data while it is in use, and put a copy back, on either database: a backup is the same for both.

A backup holds the rows as a SQLite file, the evidence, the anchors and a note of what it is. The rows are copied first
and at one moment; evidence is only ever added meanwhile, so every row of the copy finds its pictures. What no row of it
speaks of stays behind: nobody would take an original away from a copy that retention had let go of.

A copy does not say which city it is of, and what is restored from it is a city of its own: else a drill would pass for
the living one at the bucket where that keeps its pictures.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pysqlite3
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from service.accounts.names import OPERATOR
from service.deployment import UNFINISHED, hold_data, prepare_data
from service.domain.audit import AuditLine
from service.errors import DataUnusable, SettingsWrong
from service.evidence import Evidence, EvidenceFolder, open_evidence, scrub, take_bucket
from service.settings import Settings
from service.store import Store, migrate, open_engine
from service.store.copying import copy_rows, is_empty
from service.store.engine import newest_revision
from service.store.identity import Identity
from service.upkeep import new_city, open_data

DATABASE: Final = "streetwarden.sqlite"
ANCHORS: Final = "anchors.jsonl"
NOTE: Final = "backup.json"
EXTRAS: Final = ("streets.geojson",)
HOLD: Final = "backup.lock"
PASSING: Final = "restoring.sqlite"
AT_ONCE: Final = 4
BEGINNINGS: Final = tuple(f"{number:02x}" for number in range(256))

Told = dict[str, Any]


@contextmanager
def hold_evidence(data: Path, *, to_remove: bool = False) -> Iterator[bool]:
    """Keep evidence where it is while it is copied; says whether that was to be had, and never waits.

    Args:
        data: the data folder.
        to_remove: ask for the opposite, the right to remove some, which nobody has during a backup.
    """
    with (data / HOLD).open("a") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if to_remove else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def backup(settings: Settings, to: Path, now: datetime) -> Told:
    """Copy everything into an absent or empty folder, also while the service runs, and say what was copied.

    Raises:
        DataUnusable: there is no database to copy, the folder is not empty, or originals are just being removed.
    """
    if not settings.data.is_dir():
        raise DataUnusable(path=str(settings.data), problem="no such folder")
    _prepare_empty(to)
    with hold_evidence(settings.data) as held:
        if not held:
            raise DataUnusable(path=str(settings.data), problem="evidence is being removed, try again")
        if settings.anchor_file.is_file():
            shutil.copy2(settings.anchor_file, to / ANCHORS)  # first, so that no anchor is ahead of the rows
        _copy_database(settings.database_url, to / DATABASE)
        _name(f"sqlite:///{to / DATABASE}", None)
        evidence, wanted = open_evidence(settings), _spoken_of(to / DATABASE)
        copied = _copy_evidence(evidence, EvidenceFolder(to / "evidence"), wanted.__contains__)
    for name in EXTRAS:
        if (settings.data / name).is_file():
            shutil.copy2(settings.data / name, to / name)
    told = {"at": now.isoformat(), "revision": newest_revision(), **_head_of(to / DATABASE)}
    told |= {"pictures": copied["pictures"], "damaged": copied["damaged"]}
    (to / NOTE).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    os.sync()
    return {"to": str(to)} | told


def restore(settings: Settings, source: Path, now: datetime, *, takes_bucket: bool = False) -> Told:
    """Put a backup into an absent or empty data folder, and its rows into an absent or empty database.

    With `takes_bucket` the bucket of the city that was lost is this one's from now on: it keeps what it has, and gets
    what it lacks.

    A restore that is cut off leaves a mark, with which no service starts; run again, it begins anew.

    Raises:
        DataUnusable: it is no backup, or not of this program's version, or folder, database or bucket are not empty.
        SettingsWrong: there is no bucket to take, or it cannot be written.
    """
    if not (source / DATABASE).is_file():
        raise DataUnusable(path=str(source), problem="not a backup")
    if takes_bucket and settings.bucket is None:
        raise SettingsWrong(name="bucket")
    city, was = _begin(settings, now, takes_bucket=takes_bucket)
    taken: Told = {}
    with hold_data(settings.data):
        if takes_bucket:
            taken = {"bucket": settings.bucket, "city": city, "was": _take(settings, city) or was}
        evidence = open_evidence(settings, city)
        copied = _copy_evidence(EvidenceFolder(source / "evidence"), evidence)
        for name in EXTRAS:
            if (source / name).is_file():
                shutil.copy2(source / name, settings.data / name)
        if settings.anchor is None and (source / ANCHORS).is_file():
            shutil.copy2(source / ANCHORS, settings.anchor_file)
        _put_database(source / DATABASE, settings)
        _name(settings.database_url, city)
        os.sync()
        (settings.data / UNFINISHED).unlink()
    store = open_data(settings)
    with store.write() as rows:
        head = rows.audit.head()
        noted = {"seq": head.seq, "sha256": head.sha256}
        rows.audit.add(AuditLine(now, OPERATOR, "data.restored", "backup", None, noted | taken))
    store.engine.dispose()
    return {"to": str(settings.data), **copied, **taken, **_disagreement(source, noted)}


def _disagreement(source: Path, head: Told) -> Told:
    """Whether the rows of a backup end where its note says."""
    if not (source / NOTE).is_file():
        return {}
    noted = json.loads((source / NOTE).read_text(encoding="utf-8"))["head"]
    return {} if noted == head else {"head": head, "noted": noted}


def _copy_database(url: str, to: Path) -> None:
    path = _file_of(url)
    if path is not None:
        if not path.is_file():
            raise DataUnusable(path=str(path), problem="no such database")
        with closing(pysqlite3.connect(str(path))) as live, closing(pysqlite3.connect(str(to))) as copy:
            live.backup(copy)  # in one step: a writer would make one of several begin anew for ever
        return
    with _opened(url) as source, _opened(f"sqlite:///{to}") as target:
        migrate(target)
        _copy(source, target)


def _put_database(source: Path, settings: Settings) -> None:
    path = _file_of(settings.database_url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, path)
        return
    passing = settings.data / PASSING
    shutil.copy2(source, passing)
    with _opened(f"sqlite:///{passing}") as rows, _opened(settings.database_url) as target:
        migrate(rows)  # an older backup is brought to this version first
        migrate(target)
        _copy(rows, target)
    for left in settings.data.glob(f"{PASSING}*"):
        left.unlink()


def _copy(source: Engine, target: Engine) -> None:
    with Store(source).read() as rows, target.connect() as into, into.begin():
        copy_rows(rows.connection, into)


def _file_of(url: str) -> Path | None:
    """Where a SQLite database lies, None for PostgreSQL."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return None
    if not address.database:
        raise DataUnusable(problem="the database is no file")
    return Path(address.database)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    try:
        engine = open_engine(url)
        try:
            yield engine
        finally:
            engine.dispose()
    except (DBAPIError, ArgumentError) as error:
        raise DataUnusable(problem=str(getattr(error, "orig", error)).splitlines()[0]) from error


def _spoken_of(database: Path) -> set[str]:
    """The objects that have to be there, of all rows."""
    with _opened(f"sqlite:///{database}") as engine, Store(engine).read() as rows:
        return {sha256 for _, sha256 in rows.pictures.hashes()}


def _head_of(database: Path) -> Told:
    with _opened(f"sqlite:///{database}") as engine, Store(engine).read() as rows:
        head = rows.audit.head()
    return {"head": {"seq": head.seq, "sha256": head.sha256}}


def _name(url: str, city: str | None) -> None:
    """Let the rows be of that city, and of no other."""
    with _opened(url) as engine, engine.connect() as connection, connection.begin():
        identity = Identity(connection)
        identity.forget()
        if city is not None:
            identity.name(city)


def _take(settings: Settings, city: str) -> str | None:
    """Take the bucket and say whose it was; the mark keeps it, since the line of the trail is written at the end."""

    @contextmanager
    def noting(was: str | None) -> Iterator[None]:
        if was is not None:
            _note(settings.data, was)
        yield

    return take_bucket(settings, city, noting)


def _begin(settings: Settings, now: datetime, *, takes_bucket: bool) -> tuple[str, str | None]:
    """Mark the data folder as one into which a backup is being put.

    What a restore left that was cut off goes; its city stays, since a bucket may bear its mark already.

    Returns:
        Which city it is to be, and whose the bucket was that it had taken before it was cut off.
    """
    mark = settings.data / UNFINISHED
    into = hashlib.sha256(f"{settings.database_url} {settings.bucket or ''}".encode()).hexdigest()
    told = mark.read_text(encoding="utf-8").split() if mark.is_file() else []
    city = told[1] if len(told) > 1 else new_city(now)
    if told[:1] == [into]:
        with hold_data(settings.data):  # else it may be another restore's that still runs
            shutil.rmtree(settings.evidence, ignore_errors=True)
            for left in settings.data.glob(f"{PASSING}*"):
                left.unlink()
            if len(told) == 1:  # by a program that noted no city
                _note(settings.data, city)
        return city, told[2] if len(told) > 2 else None
    _prepare_empty(settings.data)
    _refuse_rows(settings.database_url)
    if not takes_bucket and not open_evidence(settings).is_empty():  # a city of today keeps its evidence there
        raise DataUnusable(path=settings.bucket or str(settings.evidence), problem="not empty")
    _note(settings.data, into, city)
    return city, None


def _note(data: Path, *told: str) -> None:
    """Add to the mark of a restore; on return it survives a power cut, else the bucket would know more."""
    with (data / UNFINISHED).open("a", encoding="utf-8") as mark:
        mark.writelines(f"{one}\n" for one in told)
    os.sync()


def _refuse_rows(url: str) -> None:
    path = _file_of(url)
    if path is not None:
        if path.exists():
            raise DataUnusable(path=str(path), problem="not empty")
        return
    with _opened(url) as target:
        if not is_empty(target):
            raise DataUnusable(problem="the database is not empty")


def _prepare_empty(folder: Path) -> None:
    prepare_data(folder)
    if any(folder.iterdir()):
        raise DataUnusable(path=str(folder), problem="not empty")


def _all(_: str) -> bool:
    return True


def _copy_evidence(source: Evidence, to: Evidence, is_wanted: Callable[[str], bool] = _all) -> Told:
    """Copies with bytes of their own: what spoils a picture in one place leaves it whole in the other."""
    with ThreadPoolExecutor(AT_ONCE) as hands:
        copied = list(hands.map(lambda beginning: _copy_some(source, to, beginning, is_wanted), BEGINNINGS))
    return {"pictures": sum(count for count, _ in copied), "damaged": [name for _, names in copied for name in names]}


def _copy_some(
    source: Evidence, to: Evidence, beginning: str, is_wanted: Callable[[str], bool]
) -> tuple[int, list[str]]:
    """Copy the objects whose names begin so; how many there were, and the names of those that are damaged."""
    names = list(filter(is_wanted, source.names(beginning)))
    return len(names), [name for name in names if not _copy_object(source, to, name)]


def _copy_object(source: Evidence, to: Evidence, name: str) -> bool:
    """Copy one object and say whether it still is what its name says; a damaged one is better than none."""
    data = source.read(name)
    is_whole = hashlib.sha256(data).hexdigest() == name
    if is_whole or any(scrub(to, [name])):  # damaged bytes go over no whole ones
        to.lay(name, data)
    return is_whole
