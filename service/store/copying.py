"""Copy all rows from one database to another one, of whichever kind."""

from typing import Any, Final

from sqlalchemy import Column, Connection, Engine, Table, bindparam, func, insert, inspect, select, text, update

from service.errors import DataUnusable
from service.store.tables import metadata

ROWS_AT_ONCE: Final = 1000
OF_MIGRATIONS: Final = "alembic_version"


def is_empty(engine: Engine) -> bool:
    """Whether a database has no tables."""
    return not inspect(engine).get_table_names()


def copy_rows(source: Connection, target: Connection) -> None:
    """Copy the rows of all tables into migrated tables; what a migration has put there is replaced.

    Raises:
        DataUnusable: the source has other tables than this program.
    """
    there = set(inspect(source).get_table_names()) - {OF_MIGRATIONS}
    if there != set(metadata.tables):
        raise DataUnusable(problem="the tables are of another version")
    for table in reversed(metadata.sorted_tables):
        target.execute(table.delete())
    for table in metadata.sorted_tables:
        _copy_table(table, source, target)
    if target.dialect.name == "postgresql":
        for table in metadata.sorted_tables:
            _go_on_counting(table, target)


def _copy_table(table: Table, source: Connection, target: Connection) -> None:
    """Rows that point at rows of their own table are joined up once all are there."""
    own = [key.parent for key in table.foreign_keys if key.column.table is table]
    rows = source.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table)).mappings()
    pointing = []
    for page in rows.partitions(ROWS_AT_ONCE):
        columns = [dict(row) for row in page]
        pointing += [row.copy() for row in columns if any(row[column.name] is not None for column in own)]
        target.execute(insert(table), [row | {column.name: None for column in own} for row in columns])
    if pointing:
        _join_up(table, own, pointing, target)


def _join_up(table: Table, own: list[Column[Any]], rows: list[dict[str, Any]], target: Connection) -> None:
    [key] = table.primary_key
    pointers: dict[Any, Any] = {column: bindparam(f"to_{column.name}") for column in own}
    query = update(table).where(key == bindparam("row")).values(pointers)
    told = [{"row": row[key.name], **{f"to_{column.name}": row[column.name] for column in own}} for row in rows]
    target.execute(query, told)


def _go_on_counting(table: Table, target: Connection) -> None:
    """PostgreSQL's own counters know nothing of numbers that were written by hand."""
    column = table.autoincrement_column
    if column is None:
        return
    largest = target.execute(select(func.max(column))).scalar()
    if largest is not None:
        told = {"table": f'"{table.name}"', "column": column.name, "largest": largest}
        target.execute(text("SELECT setval(pg_get_serial_sequence(:table, :column), :largest)"), told)
