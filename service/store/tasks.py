"""Whose tasks are: given, taken, given back, passed on, done; nothing is ever written over."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from service.domain.states import Role
from service.domain.tasks import Ended, Holding, TaskKind
from service.domain.ticket import Actor
from service.store.field_tables import task_holders
from service.store.places import Row
from service.store.tables import users

_NAMES: Final = tuple(field.name for field in fields(Holding))


class Tasks:
    """Rows of `task_holders`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def give(self, holding: Holding) -> None:
        """Keep whose a task is from now on."""
        self._connection.execute(insert(task_holders).values({name: getattr(holding, name) for name in _NAMES}))

    def end(self, holding: Holding, at: datetime, by: str, how: Ended, why: str | None = None) -> None:
        """Somebody holds a task no longer."""
        told = {"ended_at": at, "ended_by": by, "ended_how": how.value, "ended_why": why}
        self._connection.execute(update(task_holders).where(task_holders.c.id == holding.id).values(**told))

    def held(self, ticket_ids: Iterable[str]) -> dict[str, Holding]:
        """Who holds the tasks of these tickets now, by ticket."""
        query = select(task_holders).where(
            task_holders.c.ticket_id.in_(list(ticket_ids)), task_holders.c.ended_at.is_(None)
        )
        return {row["ticket_id"]: _holding(row) for row in self._connection.execute(query).mappings()}

    def of_ticket(self, ticket_id: str) -> list[Holding]:
        """Everybody who has held a task of a ticket, the latest first."""
        latest = (task_holders.c.at.desc(), task_holders.c.ended_at.is_(None).desc(), task_holders.c.id.desc())
        query = select(task_holders).where(task_holders.c.ticket_id == ticket_id).order_by(*latest)
        return [_holding(row) for row in self._connection.execute(query).mappings()]

    def inspector(self, login: str) -> Actor | None:
        """The inspector of that login whose account is open, None if there is none."""
        return next((one for one in self.inspectors() if one.name == login), None)

    def inspectors(self) -> list[Actor]:
        """All inspectors whose accounts are open, by login."""
        where = (users.c.role == Role.INSPECTOR.value, users.c.disabled_at.is_(None))
        rows = self._connection.execute(select(users.c.id, users.c.login).where(*where).order_by(users.c.login))
        return [Actor(row.id, row.login, Role.INSPECTOR) for row in rows]

    def counts(self, now: datetime) -> dict[str, tuple[int, int]]:
        """How many tasks each account or key holds now, and how many of them are late."""
        query = select(
            task_holders.c.holder_id,
            func.count(),
            func.count().filter(task_holders.c.due_at < now),
        ).where(task_holders.c.ended_at.is_(None))
        rows = self._connection.execute(query.group_by(task_holders.c.holder_id))
        return {holder: (held, late) for holder, held, late in rows}


def _holding(row: Row) -> Holding:
    told = {name: row[name] for name in _NAMES}
    how = row["ended_how"]
    return Holding(**{**told, "kind": TaskKind(row["kind"]), "ended_how": Ended(how) if how else None})
