"""Cities on both databases, for promises that hold whichever a city chose."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from service.settings import Settings
from service.store import Store
from service.upkeep import open_data
from tests.build import a_policy
from tests.postgresql import a_server, why_not
from tests.serving import settings_in

SQLITE: Final = "SQLite"
POSTGRESQL: Final = "PostgreSQL"

Deed = Callable[[str, Settings, Store], list[dict[str, Any]]]


def on_both(deed: Deed) -> tuple[list[dict[str, Any]], str]:
    """The rounds of a deed on an empty city of each kind, and what is missing where one cannot be had."""
    with TemporaryDirectory(prefix="faults-") as folder, a_store(settings_in(Path(folder) / "city")) as city:
        rounds = deed(SQLITE, *city)
    if (reason := why_not()) is not None:
        return rounds, f"only {SQLITE}: {reason}"
    with TemporaryDirectory(prefix="faults-") as folder, a_server() as server:
        settings = settings_in(Path(folder) / "city", database_url=server.format("postgres"))
        with a_store(settings) as city:
            return rounds + deed(POSTGRESQL, *city), f"{SQLITE} and {POSTGRESQL}"


@contextmanager
def a_store(settings: Settings) -> Iterator[tuple[Settings, Store]]:
    """A city's settings and its open, migrated store with the policy's units."""
    store = open_data(settings)
    with store.write() as tx:
        tx.units.put(a_policy().units)
    try:
        yield settings, store
    finally:
        store.engine.dispose()
