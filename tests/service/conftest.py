"""A real database for every test that asks: SQLite and PostgreSQL, migrated as a city's would be.

A test that takes `store` runs on both, so both behave alike; tests/databases.py puts all others on PostgreSQL, too.
"""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from service.store import Store, migrate, open_engine
from tests.buckets import Moto, a_bucket
from tests.build import a_policy
from tests.databases import (
    ASKED,
    BOTH,
    CITIES,
    FILE_ONLY,
    POSTGRESQL,
    SQLITE,
    TEMPLATE,
    drop_database,
    make_database,
    make_template,
)
from tests.postgresql import a_server, why_not


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A server with a migrated database that others are copied from; its address with `{}` for a database."""
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    with a_server() as server:
        make_template(server)
        yield server


@pytest.fixture(scope="session", autouse=True)
def _all_cities(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where the run asks for PostgreSQL, every city stands on it."""
    if ASKED == POSTGRESQL:
        CITIES.stand_on(request.getfixturevalue("postgresql"))
    yield
    CITIES.stand_on(None)


@pytest.fixture(autouse=True)
def _no_city_is_left() -> Iterator[None]:
    yield
    CITIES.forget()


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store with the policy's units."""
    if request.param == SQLITE:
        yield from _filled(f"sqlite:///{tmp_path / 'city.sqlite'}")
        return
    yield from _on_postgresql(request.getfixturevalue("postgresql"))


@pytest.fixture
def postgresql_store(postgresql: str) -> Iterator[Store]:
    """An empty store with the policy's units on PostgreSQL, for what only many writers at once do."""
    yield from _on_postgresql(postgresql)


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite, for what only SQLite does."""
    engine = open_engine(f"sqlite:///{tmp_path / 'city.sqlite'}")
    migrate(engine)
    yield Store(engine)
    engine.dispose()


@pytest.fixture
def _in_a_file() -> None:
    """For what a test does to the file of a database itself."""
    if not CITIES.are_files:
        pytest.skip(FILE_ONLY)


def _on_postgresql(server: str) -> Iterator[Store]:
    name = f"test_{uuid4().hex}"
    make_database(server, f"{name} TEMPLATE {TEMPLATE}")
    yield from _filled(server.format(name))
    drop_database(server, name)


def _filled(url: str) -> Iterator[Store]:
    engine = open_engine(url)
    migrate(engine)
    store = Store(engine)
    with store.write() as tx:
        tx.units.put(a_policy().units)
    yield store
    engine.dispose()


@pytest.fixture(scope="module")
def moto_server() -> Iterator[Moto]:
    with a_bucket() as moto:
        yield moto


@pytest.fixture
def moto(moto_server: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Moto]:
    """A server that is well at the end, with its keys in the environment."""
    for name, value in moto_server.environment.items():
        monkeypatch.setenv(name, value)
    yield moto_server
    moto_server.is_in("none")
