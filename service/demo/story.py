"""What the people of the demo city have done with the first tickets, so that no board is empty."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from service.api.city import City
from service.casework import Occasion, move_ticket, put_evidence
from service.demo.people import UNIT
from service.domain.moves import MoveRequest
from service.domain.states import Resolution, Role, State
from service.domain.ticket import Ticket
from service.store.tables import observations, photos, tickets

Step = tuple[Role, State]

TO_FILED: Final[tuple[Step, ...]] = ((Role.OPS, State.FILED),)
TO_DISPATCHED: Final = (*TO_FILED, (Role.OPS, State.DISPATCHED))
TO_IN_PROGRESS: Final = (*TO_DISPATCHED, (Role.UNIT, State.IN_PROGRESS))
TO_HANDLED: Final = (*TO_IN_PROGRESS, (Role.UNIT, State.HANDLED))
TO_CLOSED: Final = (*TO_HANDLED, (Role.INSPECTOR, State.CHECKING), (Role.OPS, State.CLOSED))
CHAPTERS: Final = (TO_HANDLED, TO_IN_PROGRESS, TO_DISPATCHED, TO_FILED)


def tell_story(city: City, after: Sequence[Mapping[str, Any]]) -> None:
    """Close the tickets of pictures that have an after-photo, and move the next few along."""
    here = Path(__file__).parent
    told = {str(row["after_of"]): (here / str(row["file"])).read_bytes() for row in after}
    for file, photo in told.items():
        for ticket in _tickets_of(city, f"demo {file}"):
            _walk(city, ticket, TO_HANDLED)
            _put_after(city, ticket, photo)
            _walk(city, ticket, TO_CLOSED)
    untouched = [ticket for ticket in _reported(city) if ticket.version == 1]
    for ticket, chapter in zip(untouched, CHAPTERS, strict=False):
        _walk(city, ticket, chapter)


def _walk(city: City, ticket: Ticket, steps: Sequence[Step]) -> None:
    """Take the steps that are still ahead of a ticket; another unit's work is noted by the desk."""
    for number, (role, to) in enumerate(steps, start=1):
        with city.store.read() as rows:
            now = rows.tickets.get(ticket.id)
        if now.version != number:
            continue
        by = Role.OPS if role is Role.UNIT and now.unit_id != UNIT else role
        request = MoveRequest(to, now.version, resolution=Resolution.FIXED if to is State.CLOSED else None)
        occasion = Occasion(city.people.actor(by.value), city.policy, city.clock())
        with city.store.write() as rows:
            move_ticket(rows, ticket.id, request, occasion)


def _put_after(city: City, ticket: Ticket, photo: bytes) -> None:
    with city.store.read() as rows:
        ticket = rows.tickets.get(ticket.id)
    crew = city.people.actor((Role.UNIT if ticket.unit_id == UNIT else Role.OPS).value)
    shot = city.intake.shot(photo, crew)
    with city.store.write() as rows:
        put_evidence(rows, ticket.id, shot.picture, "after", Occasion(crew, city.policy, city.clock()), shot.taken)


def _tickets_of(city: City, key: str) -> list[Ticket]:
    query = (
        select(observations.c.ticket_id)
        .join(photos, photos.c.id == observations.c.photo_id)
        .where(photos.c.key == key, observations.c.ticket_id.is_not(None))
    )
    with city.store.read() as rows:
        return [rows.tickets.get(ticket_id) for ticket_id in rows.connection.execute(query).scalars()]


def _reported(city: City) -> list[Ticket]:
    query = select(tickets.c.id).where(tickets.c.state == State.REPORTED.value).order_by(tickets.c.id)
    with city.store.read() as rows:
        return [rows.tickets.get(ticket_id) for ticket_id in rows.connection.execute(query).scalars()]
