"""Read a whole table without holding it: some hundred rows at a time, by a column that sorts."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, Select

ROWS_AT_ONCE: Final = 500


def pages_of(connection: Connection, query: Select[Any], by: Column[Any]) -> Iterator[list[Row[Any]]]:
    """All rows of a query in handy pages, sorted by a column that is unique and among those selected."""
    page = list(connection.execute(query.order_by(by).limit(ROWS_AT_ONCE)))
    while page:
        yield page
        last = page[-1]._mapping[by]
        page = list(connection.execute(query.where(by > last).order_by(by).limit(ROWS_AT_ONCE)))
