"""Addresses of tickets, as people typed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from service.store.field_tables import ticket_places

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Address:
    """Where a ticket is in words, who typed it and when."""

    text: str
    by: str
    at: datetime


class Addresses:
    """Rows of `ticket_places`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, ticket_id: str, address: Address) -> None:
        """Keep the address of a ticket; the last word counts."""
        columns = {"address": address.text, "by": address.by, "at": address.at}
        query = update(ticket_places).where(ticket_places.c.ticket_id == ticket_id).values(**columns)
        if self._connection.execute(query).rowcount == 0:
            self._connection.execute(insert(ticket_places).values(ticket_id=ticket_id, **columns))

    def of_tickets(self, ticket_ids: Sequence[str]) -> dict[str, Address]:
        """Addresses by ticket, of those that have one."""
        found: dict[str, Address] = {}
        for start in range(0, len(ticket_ids), BATCH):
            query = select(ticket_places).where(ticket_places.c.ticket_id.in_(ticket_ids[start : start + BATCH]))
            rows = self._connection.execute(query).mappings()
            found |= {row["ticket_id"]: Address(row["address"], row["by"], row["at"]) for row in rows}
        return found
