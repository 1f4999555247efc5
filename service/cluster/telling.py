"""Who watches how much, told line by line to whoever started the watchmen."""

import json
import time
from typing import Final, NoReturn

import structlog
from sqlalchemy.exc import DBAPIError

from service.errors import ServiceError
from service.store import Store

TELLS_EVERY_S: Final = 2.0

log = structlog.get_logger(__name__)


def tell(store: Store) -> NoReturn:
    """Say for ever who watches how much, whenever that changes."""
    said = ""
    while True:
        try:
            with store.read() as rows:
                watchmen, watched = rows.charges.watchmen(), rows.charges.watched()
        except (ServiceError, DBAPIError) as error:  # the watchmen wait for the database too
            log.warning("who watches what cannot be read now", exc_info=error)
            time.sleep(TELLS_EVERY_S)
            continue
        told = json.dumps(
            {
                "watchmen": {one.id: {"node": one.node, "cameras": one.charges} for one in watchmen},
                "cameras": len(watched),
                "unwatched": sum(who is None for who in watched.values()),
            }
        )
        if told != said:
            print(told, flush=True)
        said = told
        time.sleep(TELLS_EVERY_S)
