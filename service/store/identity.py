"""Which city this database is: a name of its own, made once, that goes into no copy."""

from typing import Final

from sqlalchemy import Connection, delete, select, text

from service.store.tables import meta

CITY: Final = "city"

_NAME: Final = text("INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING")


class Identity:
    """One row of `meta`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def city(self) -> str | None:
        """The city's id, None if nobody has asked for it yet."""
        return self._connection.execute(select(meta.c.value).where(meta.c.key == CITY)).scalar()

    def name(self, city: str) -> str:
        """Give a city that has none this id, and answer the one that it has."""
        self._connection.execute(_NAME, {"key": CITY, "value": city})
        return self.city() or city

    def forget(self) -> None:
        """Be nobody: a copy is another city than the one that lives."""
        self._connection.execute(delete(meta).where(meta.c.key == CITY))
