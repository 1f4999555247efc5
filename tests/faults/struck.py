"""A migration that is struck at a statement of choice: the program that runs it dies, or the database under it."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import get_context
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

from service.errors import DataUnusable
from service.store import migrate, open_engine
from tests.olden import REVISIONS

COMMIT: Final = "commit"
AFTER: Final = "after"
"""Where a blow can fall but at a statement of a version: before the commit, and when it was done."""

TOLD: Final = 3
"""How the program ends when its database died and it said so."""

_NEXT: Final = dict(zip(REVISIONS, (*REVISIONS[1:], COMMIT), strict=True))
_STEP: Final = "UPDATE alembic_version"
_processes: Final = get_context("forkserver")
_processes.set_forkserver_preload([__name__, "alembic.command", "psycopg"])  # each one starts in no time


class Victim(StrEnum):
    """Who dies: the program that migrates, or the database's process that does its work."""

    PROGRAM = "program"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Blow:
    """From which version a migration starts, and before which statement of which version somebody dies.

    Attributes:
        start: the version at which the tables stand.
        during: the version that is being made, or `commit`, or `after`.
        at: the number of the statement within it, from 0.
        victim: who dies.
    """

    start: str
    during: str
    at: int = 0
    victim: Victim = Victim.PROGRAM

    def __str__(self) -> str:
        return f"from {self.start}, {self.during} {self.at}, the {self.victim}"


def strike(url: str, blow: Blow) -> bool:
    """Migrate in a process of its own and strike; whether the blow fell."""
    child = _processes.Process(target=_migrate, args=(url, blow))
    child.start()
    child.join()
    return child.exitcode == (-signal.SIGKILL if blow.victim is Victim.PROGRAM else TOLD)


def count_statements(url: str, start: str) -> Counter[str]:
    """How many statements each version takes, by migrating from `start` in peace."""
    engine, said = open_engine(url), Counter[str]()
    with _watched(engine, start) as walk:
        walk.heard = lambda during, _at, _connection: said.update([during])
        migrate(engine)
    engine.dispose()
    return Counter({version: count for version, count in said.items() if version in REVISIONS})


class _Walk:
    """Counts statements, version by version, and tells each one before it is done."""

    def __init__(self, start: str) -> None:
        self.during, self.at = _NEXT[start], 0
        self.heard: Any = None

    def statement(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        self.heard(self.during, self.at, connection)
        self.at += 1
        if statement.startswith(_STEP):
            self.during, self.at = _NEXT[self.during], 0

    def commit(self, connection: Connection) -> None:
        self.heard(COMMIT, 0, connection)


@contextmanager
def _watched(engine: Engine, start: str) -> Iterator[_Walk]:
    walk = _Walk(start)
    event.listen(engine, "before_cursor_execute", walk.statement)
    event.listen(engine, "commit", walk.commit)
    yield walk


def _migrate(url: str, blow: Blow) -> None:
    engine = open_engine(url)

    def fall(during: str, at: int, connection: Connection) -> None:
        if (during, at) == (blow.during, blow.at):
            os.kill(_pid_of(blow.victim, connection), signal.SIGKILL)

    with _watched(engine, blow.start) as walk:
        walk.heard = fall
        try:
            migrate(engine)
        except DataUnusable:
            sys.exit(TOLD)
    if blow.during == AFTER:
        os.kill(os.getpid(), signal.SIGKILL)


def _pid_of(victim: Victim, connection: Connection) -> int:
    if victim is Victim.PROGRAM:
        return os.getpid()
    raw: Any = connection.connection.driver_connection
    return int(raw.info.backend_pid)
