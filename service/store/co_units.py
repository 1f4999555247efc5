"""Units that help with a ticket, and what each of them said about its part."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from service.domain.co_units import Answer, CoUnit
from service.store.fact_tables import ticket_units
from service.store.places import Row


class CoUnits:
    """Rows of `ticket_units`; which of them still help is written on the ticket itself."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, ticket_id: str, asked: CoUnit) -> None:
        """Keep that a unit was asked; one that was released before begins anew."""
        self._connection.execute(delete(ticket_units).where(*_one(ticket_id, asked.unit_id)))
        columns = {
            "unit_id": asked.unit_id,
            "asked_at": asked.asked_at,
            "asked_by": asked.asked_by,
            "task": asked.task,
        }
        self._connection.execute(insert(ticket_units).values(ticket_id=ticket_id, **columns))

    def answer(self, ticket_id: str, answered: CoUnit) -> None:
        """Keep what a unit said; what it said before stays in the history."""
        said = {
            "answer": answered.answer.value if answered.answer else None,
            "remark": answered.remark,
            "answered_at": answered.answered_at,
            "answered_by": answered.answered_by,
        }
        self._connection.execute(update(ticket_units).where(*_one(ticket_id, answered.unit_id)).values(**said))

    def release(self, ticket_id: str, unit_id: str, now: datetime) -> None:
        """Let a unit go."""
        self._connection.execute(update(ticket_units).where(*_one(ticket_id, unit_id)).values(released_at=now))

    def of_ticket(self, ticket_id: str) -> list[CoUnit]:
        """All units that were asked, the first one first."""
        query = select(ticket_units).where(ticket_units.c.ticket_id == ticket_id)
        query = query.order_by(ticket_units.c.asked_at, ticket_units.c.unit_id)
        return [_co_unit(row) for row in self._connection.execute(query).mappings()]


def _one(ticket_id: str, unit_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ticket_units.c.ticket_id == ticket_id, ticket_units.c.unit_id == unit_id


def _co_unit(row: Row) -> CoUnit:
    told = {name: value for name, value in row.items() if name != "ticket_id"}
    return CoUnit(**{**told, "answer": Answer(row["answer"]) if row["answer"] else None})
