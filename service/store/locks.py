"""Let no two writers decide about one name at once."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, text

_HOLD: Final = text(
    "SELECT count(pg_advisory_xact_lock(hashtextextended(name, 0)))"
    " FROM (SELECT name FROM unnest(CAST(:names AS text[]))"
    " WITH ORDINALITY AS told (name, place) ORDER BY place) AS one"
)


def lock(connection: Connection, names: Iterable[str]) -> None:
    """Hold these names until the transaction ends; SQLite has one writer at a time, so there is nothing to do.

    All writers take names in one order, so that no two wait for each other.
    """
    if connection.dialect.name != "postgresql":
        return
    sorted_names = sorted(set(names))
    if sorted_names:
        connection.execute(_HOLD, {"names": sorted_names})
