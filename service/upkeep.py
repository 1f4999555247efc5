"""Open the rows of a data folder, made and migrated where that has not happened."""

import pysqlite3
from sqlalchemy.exc import ArgumentError, DBAPIError

from service.deployment import UNFINISHED, prepare_data
from service.errors import DataUnusable
from service.settings import Settings
from service.store import Store, migrate, open_engine
from service.store.engine import newest_revision, revision


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
