"""What else is known of a place: tickets around it, and sightings from before."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from detector.types import GeoPoint
from service.domain.ticket import Ticket
from service.store.cells import cells_within
from service.store.observations import Observation, observation_in
from service.store.tables import observations, tickets
from service.store.ticket_rows import ticket_in


class Surroundings:
    """Questions over `tickets` and `observations` around one place."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tickets(self, place: GeoPoint, radius_m: float, limit: int) -> list[Ticket]:
        """The newest tickets in the cells over that circle, of whatever condition and state; some lie beyond it."""
        query = (
            select(tickets)
            .where(tickets.c.cell.in_(cells_within(place, radius_m)))
            .order_by(tickets.c.id.desc())
            .limit(limit)
        )
        return [ticket_in(row) for row in self._connection.execute(query).mappings()]

    def seen_by(self, source_id: str, before: datetime, limit: int) -> list[Observation]:
        """The last sightings of one source before that moment, newest first."""
        query = (
            select(observations)
            .where(observations.c.source_id == source_id, observations.c.seen_at < before)
            .order_by(observations.c.seen_at.desc(), observations.c.id.desc())
            .limit(limit)
        )
        return [observation_in(row) for row in self._connection.execute(query).mappings()]

    def seen_behind(self, ticket_ids: Collection[str], before: datetime, limit: int) -> list[Observation]:
        """The last sightings behind these tickets before that moment, newest first."""
        query = (
            select(observations)
            .where(observations.c.ticket_id.in_(list(ticket_ids)), observations.c.seen_at < before)
            .order_by(observations.c.seen_at.desc(), observations.c.id.desc())
            .limit(limit)
        )
        return [observation_in(row) for row in self._connection.execute(query).mappings()]
