"""Where cities of older versions are made anew, as often as somebody wants one: as files, and on a PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copy2
from tempfile import TemporaryDirectory
from typing import Final, Protocol

from service.store import open_engine
from tests.databases import drop_database, make_database
from tests.faults.both import POSTGRESQL, SQLITE
from tests.olden import Contents, contents, grow
from tests.postgresql import a_server, why_not

GROWING: Final = "growing"
CITY: Final = "city"


class Ground(Protocol):
    """Cities on one kind of database, with rows in all tables."""

    @property
    def database(self) -> str:
        """The kind."""

    def contents_at(self, version: str) -> Contents:
        """What a city holds whose tables stand at a version; versions are asked for in their order."""

    @contextmanager
    def a_city(self, version: str) -> Iterator[str]:
        """The address of such a city, gone afterwards."""


def grounds(rows: int) -> Iterator[Ground]:
    """SQLite, and PostgreSQL where there is one."""
    with TemporaryDirectory(prefix="faults-") as folder:
        yield Files(Path(folder), rows)
    if why_not() is None:
        with a_server(durable=True) as server:
            yield Databases(server, rows)


class Files:
    """Cities in files: one grows, and is copied at each version."""

    database = SQLITE

    def __init__(self, folder: Path, rows: int) -> None:
        self._folder, self._rows = folder, rows
        self._kept: dict[str, Contents] = {}

    def contents_at(self, version: str) -> Contents:
        """See Ground."""
        if version not in self._kept:
            growing = self._folder / GROWING
            self._kept[version] = _grown(f"sqlite:///{growing}", version, self._rows)
            copy2(growing, self._folder / version)
        return self._kept[version]

    @contextmanager
    def a_city(self, version: str) -> Iterator[str]:
        """See Ground."""
        self.contents_at(version)
        with TemporaryDirectory(prefix="faults-") as city:
            copy2(self._folder / version, Path(city) / CITY)
            yield f"sqlite:///{Path(city) / CITY}"


class Databases:
    """Cities on a server: one grows, and becomes a template at each version."""

    database = POSTGRESQL

    def __init__(self, server: str, rows: int) -> None:
        self._server, self._rows = server, rows
        self._kept: dict[str, Contents] = {}
        make_database(server, GROWING)

    def contents_at(self, version: str) -> Contents:
        """See Ground."""
        if version not in self._kept:
            self._kept[version] = _grown(self._server.format(GROWING), version, self._rows)
            make_database(self._server, f"at_{version} TEMPLATE {GROWING}")
        return self._kept[version]

    @contextmanager
    def a_city(self, version: str) -> Iterator[str]:
        """See Ground."""
        self.contents_at(version)
        make_database(self._server, f"{CITY} TEMPLATE at_{version}")
        try:
            yield self._server.format(CITY)
        finally:
            drop_database(self._server, CITY)


def _grown(url: str, version: str, rows: int) -> Contents:
    engine = open_engine(url)
    grow(engine, version, rows)
    kept = contents(engine)
    engine.dispose()
    return kept
