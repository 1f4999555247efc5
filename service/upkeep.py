"""Open the rows of a data folder, made and migrated where that has not happened, and say which city they are."""

from datetime import datetime
from typing import Final

import pysqlite3
from sqlalchemy.exc import ArgumentError, DBAPIError

from service.deployment import UNFINISHED, prepare_data
from service.errors import DataUnusable
from service.settings import Settings
from service.store import Store, migrate, open_engine
from service.store.engine import newest_revision, revision
from service.store.ids import new_id

CITY_PREFIX: Final = "cty"


def open_data(settings: Settings) -> Store:
    """The rows of a data folder, made and migrated where that has not happened; DataUnusable."""
    prepare_data(settings.data)
    if (settings.data / UNFINISHED).exists():
        raise DataUnusable(path=str(settings.data), problem="a restore was cut off here: run it again")
    try:
        engine = open_engine(settings.database_url)
        if revision(engine) != newest_revision():
            migrate(engine)
    except (DBAPIError, ArgumentError, pysqlite3.Error) as error:
        raise DataUnusable(problem=str(getattr(error, "orig", error)).splitlines()[0]) from error
    return Store(engine)


def new_city(now: datetime) -> str:
    """An id that no other city has."""
    return new_id(CITY_PREFIX, now)


def city_of(store: Store, now: datetime) -> str:
    """The id of the city that a database is, made the first time and kept; that of a restored copy is another one."""
    with store.read() as rows:
        found = rows.identity.city()
    if found is not None:
        return found
    with store.write() as rows:
        return rows.identity.name(new_city(now))
