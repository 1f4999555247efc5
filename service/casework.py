"""What people do with tickets: move them and put pictures to them, each in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.domain.moves import Circumstances, MoveRequest, move
from service.domain.policy import Policy
from service.domain.routing import unit_for
from service.domain.states import Need, Role, State, find_move
from service.domain.ticket import Actor, Ticket
from service.errors import Forbidden
from service.store.pictures import Exhibit, Picture
from service.store.transaction import Transaction

AFTER: Final = "after"
EVIDENCE_ROLES: Final = ("before", "after", "near", "far")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who acts, under which policy, when (aware)."""

    actor: Actor
    policy: Policy
    now: datetime


def move_ticket(tx: Transaction, ticket_id: str, request: MoveRequest, on: Occasion) -> Ticket:
    """Take a ticket one step along the table; raises what `service.domain.ticket.move` raises, and TicketUnknown."""
    ticket = tx.tickets.get(ticket_id)
    change = move(ticket, request, on.actor, on.now, circumstances(tx, ticket, request.to, on.policy))
    tx.tickets.save(change)
    return change.ticket


def circumstances(tx: Transaction, ticket: Ticket, to: State, policy: Policy) -> Circumstances:
    """What the step to `to` asks for, read from the store."""
    row = find_move(ticket.state, to, field_verification=policy.field_verification)
    needs = row.needs if row else ()
    return Circumstances(
        policy=policy,
        has_after_photo=Need.AFTER_PHOTO in needs and _has_after_photo(tx, ticket),
        units=tx.units.ids() if Need.UNIT in needs else frozenset(),
        routed_unit=routed_unit(tx, ticket, policy) if Need.UNIT in needs else None,
        open_targets=tx.tickets.open_ids(ticket.condition) - {ticket.id} if Need.MERGE_TARGET in needs else frozenset(),
    )


def routed_unit(tx: Transaction, ticket: Ticket, policy: Policy) -> str:
    """The id of the unit that a ticket goes to if nobody names one: that of its duty grid, else of the policy."""
    return unit_for(ticket.condition, ticket.place, tx.units.grids(), policy)


def put_evidence(tx: Transaction, ticket_id: str, picture: Picture, role: str, on: Occasion) -> None:
    """Put a picture to a ticket, as `before`, `after`, `near` or `far`.

    Raises:
        TicketUnknown: there is no such ticket.
        Forbidden: a viewer's or camera's wish, or another unit's ticket.
    """
    ticket = tx.tickets.get(ticket_id)
    if on.actor.role in (Role.VIEWER, Role.CAMERA) or not sees_ticket(on.actor, ticket):
        raise Forbidden(role=on.actor.role.value, wanted="evidence")
    tx.pictures.add(picture)
    tx.pictures.attach(ticket.id, Exhibit(picture, role, on.actor.name, on.now))
    tx.events.add(on.now, "ticket.evidence", ticket.id, {"number": ticket.number, "role": role, "id": picture.id})


def sees_ticket(actor: Actor, ticket: Ticket) -> bool:
    """Whether a ticket is this actor's to look at: a unit sees its own."""
    return actor.role != Role.UNIT or (ticket.unit_id is not None and ticket.unit_id == actor.unit_id)


def _has_after_photo(tx: Transaction, ticket: Ticket) -> bool:
    """Whether there is an after-photo of the latest work; one from before a rework shows what was refused."""
    reworked = [entry.at for entry in tx.tickets.history_of(ticket.id) if entry.to == State.REWORK]
    since = max(reworked, default=ticket.opened_at)
    return any(exhibit.role == AFTER and exhibit.at >= since for exhibit in tx.pictures.of_ticket(ticket.id))
