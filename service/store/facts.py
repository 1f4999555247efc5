"""Dated facts of tickets as they were noted; `Tickets.save` writes them with their line of history."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from service.domain.facts import Fact, FactKind
from service.store.fact_tables import ticket_facts
from service.store.places import Row


class Facts:
    """Rows of `ticket_facts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, fact: Fact) -> None:
        """Keep a fact; nothing changes it later."""
        self._connection.execute(insert(ticket_facts).values(**_columns(fact)))

    def of_ticket(self, ticket_id: str, kinds: Iterable[FactKind] = FactKind) -> list[Fact]:
        """The facts of one ticket, in the order in which they were noted."""
        wanted = [kind.value for kind in kinds]
        query = select(ticket_facts).where(ticket_facts.c.ticket_id == ticket_id, ticket_facts.c.kind.in_(wanted))
        return [_fact(row) for row in self._connection.execute(query.order_by(ticket_facts.c.version)).mappings()]

    def latest(self, ticket_ids: Iterable[str], kind: FactKind) -> dict[str, Fact]:
        """The latest fact of a kind of each ticket that has one."""
        query = select(ticket_facts).where(ticket_facts.c.ticket_id.in_(list(ticket_ids)))
        query = query.where(ticket_facts.c.kind == kind.value).order_by(ticket_facts.c.version)
        return {row["ticket_id"]: _fact(row) for row in self._connection.execute(query).mappings()}

    def named(self, ticket_id: str, key: str) -> Fact | None:
        """The fact that was noted of a ticket under that name, None if there is none."""
        query = select(ticket_facts).where(ticket_facts.c.ticket_id == ticket_id, ticket_facts.c.key == key)
        row = self._connection.execute(query).mappings().first()
        return _fact(row) if row else None


def _columns(fact: Fact) -> dict[str, object]:
    plain = ("id", "ticket_id", "version", "at", "noted_at", "by", "reason", "key")
    return {**{name: getattr(fact, name) for name in plain}, "kind": fact.kind.value, "details": dict(fact.details)}


def _fact(row: Row) -> Fact:
    return Fact(**{**row, "kind": FactKind(row["kind"])})
