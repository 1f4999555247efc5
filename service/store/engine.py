"""Open a database so that what is committed survives: SQLite in WAL with full sync, or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pysqlite3
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from service.errors import DataUnusable, LibraryTooOld

if TYPE_CHECKING:
    from alembic.config import Config

OLDEST_SQLITE: Final = (3, 51, 3)
"""Older ones have a bug that can corrupt a write-ahead log."""

BUSY_TIMEOUT_MS: Final = 10_000
CACHE_KIB: Final = 512
"""Of a connection to SQLite, full within minutes: it is worth nothing once another connection has written, and the
system's page cache holds the file anyway."""

SQLITE_POOL: Final[dict[str, Any]] = {"pool_size": 4, "max_overflow": 124, "pool_timeout": 30, "pool_use_lifo": True}
"""Whoever comes takes the connection that was used last, and what a crowd opened beyond four is closed again: a
connection remembers pages and statements, some more with each that it meets."""

ROOMY_KIB: Final = 32 * 1024
ALL_TABLES: Final = 0x10012
"""Also those that this connection has asked nothing of; of each that has grown tenfold since the last time some rows,
a number that does not grow with the table, since everybody else who writes waits meanwhile."""

AWAY_AFTER_S: Final = 5
"""A server that does not take a connection within this time is away."""

POSTGRESQL_LINE: Final = {
    "connect_timeout": AWAY_AFTER_S,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""A line that broke without a word is noticed within half a minute; the address of the database may say otherwise."""

MIGRATIONS: Final = Path(__file__).with_name("migrations")


def open_engine(url: str) -> Engine:
    """Connect to `sqlite:///PATH` or `postgresql://…`; LibraryTooOld, DataUnusable if that cannot be."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        if address.drivername in ("postgresql", "postgres"):
            address = address.set(drivername="postgresql+psycopg")
        line = {name: told for name, told in POSTGRESQL_LINE.items() if name not in address.query}
        pool: dict[str, Any] = {"pool_size": 16, "max_overflow": 32, "pool_pre_ping": True}
        try:
            return create_engine(address, connect_args=line, hide_parameters=True, **pool)
        except (ImportError, NoSuchModuleError) as error:
            raise DataUnusable(problem=f"no driver for {address.drivername}") from error
    if pysqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise LibraryTooOld(found=pysqlite3.sqlite_version, wanted=".".join(map(str, OLDEST_SQLITE)))
    engine = create_engine(url, module=pysqlite3, hide_parameters=True, **SQLITE_POOL)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def know_sizes(connection: Connection) -> None:
    """Let SQLite look at how much its tables hold, so that it goes the short way; PostgreSQL does so by itself."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA optimize = {ALL_TABLES}")


@contextmanager
def roomy(connection: Connection) -> Iterator[None]:
    """Let SQLite hold the pages of a large write in memory; else it writes the same ones again and again."""
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{ROOMY_KIB}")
    try:
        yield
    finally:
        if is_sqlite:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIB}")


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the tables to this program's revision, or an earlier one; DataUnusable if they are newer or unreadable."""
    from alembic import command  # only where there is something to migrate: it doubles the time of a start
    from alembic.util.exc import CommandError

    try:
        with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection, connection.begin():
            command.upgrade(_alembic(connection), to)
    except (DBAPIError, pysqlite3.DatabaseError) as error:
        raise DataUnusable(problem=_first_line(error)) from error
    except CommandError as error:
        raise DataUnusable(problem="the tables are of another version") from error


def revision(engine: Engine) -> str | None:
    """The revision at which the tables stand, None before the first migration."""
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def newest_revision() -> str | None:
    """The revision that this program wants: that of the last file of migrations, `v0001_….py`."""
    return max((path.name[1:5] for path in MIGRATIONS.glob("versions/v*.py")), default=None)


def _alembic(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Full sync before every answer; SQLAlchemy, not the driver, says when a transaction begins."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the write lock at once, so that what it reads is still true when it writes."""
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0]
