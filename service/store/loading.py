"""Many rows into one table at once: COPY on PostgreSQL, one prepared statement on SQLite."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table, insert
from sqlalchemy.exc import DBAPIError

from service.store.tables import UtcTime


def load(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in their order; all have the columns of the first, and what they leave out gets its default.

    Raises:
        DBAPIError: what an INSERT of these rows would raise.
    """
    if not rows:
        return
    columns = [column for column in table.columns if column.name in rows[0]]
    written = [_written(column, connection.dialect, [row[column.name] for row in rows]) for column in columns]
    told = list(zip(*written, strict=True))
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, told)
        return
    statement = insert(table).compile(dialect=connection.dialect, column_keys=[column.name for column in columns])
    connection.exec_driver_sql(str(statement), told)


def _written(column: Column[Any], dialect: Dialect, values: list[Any]) -> Iterable[Any]:
    """Values as the driver takes them."""
    write = column.type.dialect_impl(dialect).bind_processor(dialect)
    if write is None:
        return values
    return map(cache(write) if isinstance(column.type, UtcTime) else write, values)  # few moments, many times


def _copy(connection: Connection, table: Table, columns: Sequence[Column[Any]], rows: Iterable[Sequence[Any]]) -> None:
    driver, write = connection.dialect.loaded_dbapi, connection.dialect.identifier_preparer
    names = ", ".join(write.format_column(column) for column in columns)
    statement = f"COPY {write.format_table(table)} ({names}) FROM STDIN"
    raw: Any = connection.connection.driver_connection
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except driver.Error as error:
        raise DBAPIError.instance(statement, None, error, driver.Error, dialect=connection.dialect) from error
