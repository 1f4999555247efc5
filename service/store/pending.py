"""Rows that a transaction is still to write, table by table."""

from collections import defaultdict
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Table

from service.store.loading import load
from service.store.tables import events, history, observations, tickets

IN_ORDER: Final = (tickets, history, observations, events)
"""A row comes after those that it names."""

BY_ID: Final = frozenset({tickets, observations})
"""Rows in the order of their ids go to neighbouring pages of an index; others are counted as they come."""


@dataclass(slots=True)
class Pending:
    """Rows that wait, each table's in the order in which they came."""

    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def write(self, connection: Connection) -> None:
        """Write them all."""
        for table in IN_ORDER:
            rows = self.rows.pop(table, [])
            load(connection, table, sorted(rows, key=itemgetter("id")) if table in BY_ID else rows)
