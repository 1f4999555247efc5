"""A real database for every test that asks: SQLite in a folder of its own, migrated as a city's would be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.store import Store, migrate, open_engine
from tests.build import a_policy


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store with the policy's units."""
    engine = open_engine(f"sqlite:///{tmp_path / 'city.sqlite'}")
    migrate(engine)
    store = Store(engine)
    with store.write() as tx:
        tx.units.put(a_policy().units)
    yield store
    engine.dispose()
