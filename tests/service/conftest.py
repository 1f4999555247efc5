"""A real database for every test that asks: SQLite and PostgreSQL, migrated as a city's would be.

A test that takes `store` runs on both, so both behave alike.
"""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from service.store import Store, migrate, open_engine
from tests.build import a_policy
from tests.postgresql import a_server, why_not


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A server with a migrated database that others are copied from; its address with `{}` for a database."""
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    with a_server() as server:
        make_database(server, "migrated")
        engine = open_engine(server.format("migrated"))
        migrate(engine)
        engine.dispose()
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store with the policy's units."""
    if request.param == "sqlite":
        yield from _filled(f"sqlite:///{tmp_path / 'city.sqlite'}")
        return
    server: str = request.getfixturevalue("postgresql")
    name = f"test_{uuid4().hex}"
    make_database(server, f"{name} TEMPLATE migrated")
    yield from _filled(server.format(name))
    drop_database(server, name)


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite, for what only SQLite does."""
    engine = open_engine(f"sqlite:///{tmp_path / 'city.sqlite'}")
    migrate(engine)
    yield Store(engine)
    engine.dispose()


def _filled(url: str) -> Iterator[Store]:
    engine = open_engine(url)
    migrate(engine)
    store = Store(engine)
    with store.write() as tx:
        tx.units.put(a_policy().units)
    yield store
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
