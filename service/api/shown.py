"""A ticket as one caller may see it: with everything behind it, and what this caller may do next."""

from collections.abc import Sequence
from typing import Final

from service.api.city import City
from service.api.sight import own_ticket
from service.api.telling import exhibit_answer, history_answer, observation_answer, sighting_answer, ticket_listed
from service.api.ticket_wire import CoUnitAnswer, FactAnswer, LinkedTicket, OpenNote, TicketAnswer
from service.api.wire import EvidenceAnswer, ObservationAnswer, OpenMove, TicketListed
from service.domain.moves import may_move
from service.domain.noting import notes_for
from service.domain.states import UNDO_MERGE, Move, moves_from
from service.domain.ticket import Actor, Ticket
from service.store import Transaction

MOST_OBSERVATIONS: Final = 100


def show_ticket(city: City, caller: Actor, ticket_id: str) -> TicketAnswer:
    """The ticket of that id or number; TicketUnknown if there is none that this caller may see."""
    with city.store.read() as rows:
        ticket = own_ticket(rows, caller, ticket_id)
        observations, pictures = _seen(rows, ticket)
        exhibits = rows.pictures.of_ticket(ticket.id)
        pictures += [exhibit_answer(exhibit, ticket, city.policy.after_photo_within_m) for exhibit in exhibits]
        merged, rebounds = rows.tickets.linked(ticket.id)
        undo = ticket.state is UNDO_MERGE.was and may_move(caller, UNDO_MERGE, ticket)
        return TicketAnswer(
            **listed(rows, [ticket])[0].model_dump(),
            observations=observations,
            evidence=list({picture.id: picture for picture in pictures}.values()),
            history=[history_answer(entry) for entry in rows.tickets.history_of(ticket.id)],
            facts=[FactAnswer.of(fact) for fact in rows.facts.of_ticket(ticket.id)],
            helping=[CoUnitAnswer.of(asked) for asked in rows.co_units.of_ticket(ticket.id)],
            moves=_moves(city, caller, ticket),
            notes=[OpenNote.of(row) for row in notes_for(caller, ticket)],
            merge_undo=_open(UNDO_MERGE) if undo else None,
            merged=[LinkedTicket.of(other) for other in merged],
            rebounds=[LinkedTicket.of(other) for other in rebounds],
        )


def listed(rows: Transaction, shown: Sequence[Ticket]) -> list[TicketListed]:
    """Tickets as they stand in a list, each with its latest picture and the address that was typed."""
    behind = rows.observations.behind(ticket.id for ticket in shown)
    typed = rows.addresses.of_tickets([ticket.id for ticket in shown])
    told = []
    for ticket in shown:
        back, address = behind.get(ticket.id), typed.get(ticket.id)
        picture, sightings = (back.picture_id, back.sightings) if back else (None, 0)
        told.append(ticket_listed(ticket, picture, sightings, address.text if address else None))
    return told


def _seen(rows: Transaction, ticket: Ticket) -> tuple[list[ObservationAnswer], list[EvidenceAnswer]]:
    seen = rows.observations.of_ticket(ticket.id, MOST_OBSERVATIONS)
    shown = [(one, rows.pictures.get(one.seen.picture_id)) for one in seen]
    observations = [observation_answer(one, picture) for one, picture in shown]
    return observations, [sighting_answer(one, picture) for one, picture in shown]


def _moves(city: City, caller: Actor, ticket: Ticket) -> list[OpenMove]:
    return [
        _open(step)
        for step in moves_from(ticket.state, field_verification=city.policy.field_verification)
        if may_move(caller, step, ticket)
    ]


def _open(step: Move) -> OpenMove:
    return OpenMove(to=step.to, needs=[need.value for need in step.needs])
