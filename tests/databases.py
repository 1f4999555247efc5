"""On which database a test's city stands: SQLite in its own folder, or PostgreSQL where the run asks for that.

`TEST_DATABASE=postgresql python -m pytest tests/service` runs every test of the service on PostgreSQL, also those whose
city would otherwise be a file. Without it, a test that takes `store` runs on both and all others on SQLite.
"""

import hashlib
import os
from pathlib import Path
from typing import Final

from sqlalchemy import text

from service.store import migrate, open_engine

VARIABLE: Final = "TEST_DATABASE"
SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
ASKED: Final = os.environ.get(VARIABLE)
BOTH: Final = (SQLITE, POSTGRESQL) if ASKED is None else (ASKED,)
"""What a test of the store runs on."""
TEMPLATE: Final = "migrated"
FILE_ONLY: Final = "a database of its own kind: a file"
"""Why a test is left out on PostgreSQL: it spoils the file of a SQLite database, which PostgreSQL does not have."""


class Cities:
    """The databases of a run's data folders."""

    def __init__(self) -> None:
        self._server: str | None = None
        self._made: set[str] = set()

    def stand_on(self, server: str | None) -> None:
        """Give every city a database on this server from now on; None: a file in its folder."""
        self._server = server

    @property
    def are_files(self) -> bool:
        """Whether a city's database is a file in its folder."""
        return self._server is None

    def address(self, data: Path, *, migrated: bool = True) -> str:
        """The address of the database that belongs to a data folder, made when it is first asked for.

        Args:
            data: the folder.
            migrated: it already has this version's tables; else it is empty.
        """
        if self._server is None:
            return f"sqlite:///{data / 'streetwarden.sqlite'}"
        name = f"city_{hashlib.sha256(os.fsencode(data.absolute())).hexdigest()[:24]}"
        if name not in self._made:
            make_database(self._server, f"{name} TEMPLATE {TEMPLATE}" if migrated else name)
            self._made.add(name)
        return self._server.format(name)

    def forget(self) -> None:
        """Take all that were made away."""
        while self._server is not None and self._made:
            drop_database(self._server, self._made.pop())


CITIES: Final = Cities()


def make_template(server: str) -> None:
    """Migrate once what all others are copied from."""
    make_database(server, TEMPLATE)
    engine = open_engine(server.format(TEMPLATE))
    migrate(engine)
    engine.dispose()


def make_database(server: str, name: str) -> None:
    """Make an empty database, or `name TEMPLATE other` a copy of another one."""
    _say(server, f"CREATE DATABASE {name}")


def drop_database(server: str, name: str) -> None:
    """Take a database away, whoever is connected."""
    _say(server, f"DROP DATABASE {name} WITH (FORCE)")


def _say(server: str, words: str) -> None:
    engine = open_engine(server.format("postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(words))
    engine.dispose()
