"""Let no two writers decide about one name at once."""

from collections.abc import Iterable

from sqlalchemy import Connection, text


def lock(connection: Connection, names: Iterable[str]) -> None:
    """Hold these names until the transaction ends; SQLite has one writer at a time, so there is nothing to do."""
    if connection.dialect.name != "postgresql":
        return
    query = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
    for name in sorted(set(names)):
        connection.execute(query, {"name": name})
