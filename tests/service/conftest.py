"""A real database for every test that asks: SQLite in a folder of its own, migrated as a city's would be.

`TEST_DATABASE_URL=postgresql+psycopg://…` runs the same tests on PostgreSQL, each in a schema of its own.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from service.store import Store, migrate, open_engine
from tests.build import a_policy

SERVER = os.environ.get("TEST_DATABASE_URL")


@contextmanager
def a_database(folder: Path) -> Iterator[Engine]:
    """An empty database that is gone afterwards."""
    if SERVER is None:
        engine = open_engine(f"sqlite:///{folder / 'city.sqlite'}")
        yield engine
        engine.dispose()
        return
    schema = f"test_{uuid4().hex}"
    engine = open_engine(f"{SERVER}?options=-csearch_path%3D{schema}")
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store with the policy's units."""
    with a_database(tmp_path) as engine:
        migrate(engine)
        store = Store(engine)
        with store.write() as tx:
            tx.units.put(a_policy().units)
        yield store


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite, for what only SQLite does."""
    engine = open_engine(f"sqlite:///{tmp_path / 'city.sqlite'}")
    migrate(engine)
    yield Store(engine)
    engine.dispose()
