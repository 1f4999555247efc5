"""Look after a data folder: open it, copy it while it is in use, put a copy back, compare rows and files."""

import os
import shutil
from pathlib import Path
from typing import Any, Final

import pysqlite3
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from service.deployment import hold_data, prepare_data
from service.errors import DataUnusable
from service.settings import Settings
from service.store import Store, migrate, open_engine
from service.store.engine import newest_revision, revision

DATABASE: Final = "streetwarden.sqlite"
PAGES_AT_ONCE: Final = 1024
EXTRAS: Final = ("streets.geojson",)


def open_data(settings: Settings) -> Store:
    """The rows of a data folder, made and migrated where that has not happened; DataUnusable."""
    prepare_data(settings.data)
    try:
        engine = open_engine(settings.database_url)
        if revision(engine) != newest_revision():
            migrate(engine)
    except (DBAPIError, ArgumentError, pysqlite3.Error) as error:
        raise DataUnusable(problem=str(getattr(error, "orig", error)).splitlines()[0]) from error
    return Store(engine)


def backup(settings: Settings, to: Path) -> dict[str, Any]:
    """Copy rows and evidence into an absent or empty folder, also while the service runs.

    The rows are copied first, and evidence is only ever added, so every row of the copy finds its pictures.
    """
    source = _database_of(settings)
    _prepare_empty(to)
    with pysqlite3.connect(str(source)) as live, pysqlite3.connect(str(to / DATABASE)) as copy:
        live.backup(copy, pages=PAGES_AT_ONCE)
    live.close()
    copy.close()
    pictures = _copy_evidence(settings.evidence, to / "evidence")
    for name in EXTRAS:
        if (settings.data / name).is_file():
            shutil.copy2(settings.data / name, to / name)
    _sync_tree(to)
    return {"to": str(to), "pictures": pictures}


def restore(settings: Settings, source: Path) -> dict[str, Any]:
    """Put a backup into an absent or empty data folder."""
    if not (source / DATABASE).is_file():
        raise DataUnusable(path=str(source), problem="not a backup")
    _prepare_empty(settings.data)
    with hold_data(settings.data):
        pictures = _copy_evidence(source / "evidence", settings.evidence)
        for name in (*EXTRAS, DATABASE):
            if (source / name).is_file():
                shutil.copy2(source / name, settings.data / name)
        _sync_tree(settings.data)
    open_data(settings).engine.dispose()
    return {"to": str(settings.data), "pictures": pictures}


def _database_of(settings: Settings) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise DataUnusable(problem="only SQLite is copied here; use pg_dump for PostgreSQL")
    path = Path(url.database)
    if not path.is_file():
        raise DataUnusable(path=str(path), problem="no such database")
    return path


def _prepare_empty(folder: Path) -> None:
    prepare_data(folder)
    if any(folder.iterdir()):
        raise DataUnusable(path=str(folder), problem="not empty")


def _copy_evidence(source: Path, to: Path) -> int:
    """Copies with bytes of their own: what spoils a picture in one place leaves it whole in the other."""
    count = 0
    for path in sorted(source.glob("??/*")):
        if path.suffix == ".part":
            continue
        target = to / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
        count += 1
    return count


def _sync_tree(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
