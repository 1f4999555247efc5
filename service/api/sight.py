"""What is whose to look at: everybody sees everything blurred, but a handling unit only what is its own."""

from collections.abc import Iterable

from service.casework import sees_ticket
from service.domain.states import Role
from service.domain.ticket import Actor, Ticket
from service.errors import EvidenceUnknown, ObservationUnknown, PhotoUnknown, TicketUnknown
from service.store import Transaction
from service.store.observations import Observation
from service.store.photos import Photo
from service.store.pictures import Picture


def own_ticket(rows: Transaction, actor: Actor, ticket_id: str) -> Ticket:
    """The ticket, if it is this actor's to see; another unit's is as unknown as none."""
    ticket = rows.tickets.get(ticket_id)
    if not sees_ticket(actor, ticket):
        raise TicketUnknown(id=ticket_id)
    return ticket


def own_photo(rows: Transaction, actor: Actor, photo_id: str) -> Photo:
    """The photo, if this actor sent it or may see one of its tickets."""
    photo = rows.photos.get(photo_id)
    if photo.actor != actor.id and not _sees_one(rows, actor, rows.observations.of_photo(photo_id)):
        raise PhotoUnknown(id=photo_id)
    return photo


def own_observation(rows: Transaction, actor: Actor, observation_id: str) -> Observation:
    """The observation, if this actor may see its ticket."""
    observation = rows.observations.get(observation_id)
    if not _sees_one(rows, actor, [observation]):
        raise ObservationUnknown(id=observation_id)
    return observation


def own_picture(rows: Transaction, actor: Actor, picture_id: str) -> Picture:
    """The picture, if this actor made it or may see a ticket that it belongs to."""
    picture = rows.pictures.get(picture_id)
    if actor.role is not Role.UNIT or picture.by == actor.id:
        return picture
    put_to = (rows.tickets.find(ticket_id) for ticket_id in rows.pictures.tickets_of(picture_id))
    if any(ticket and sees_ticket(actor, ticket) for ticket in put_to):
        return picture
    if not _sees_one(rows, actor, rows.observations.of_picture(picture_id)):
        raise EvidenceUnknown(id=picture_id)
    return picture


def _sees_one(rows: Transaction, actor: Actor, observations: Iterable[Observation]) -> bool:
    if actor.role is not Role.UNIT:
        return True
    tickets = (rows.tickets.find(seen.ticket_id) for seen in observations if seen.ticket_id)
    return any(ticket and sees_ticket(actor, ticket) for ticket in tickets)
