"""Settle a nudge whose time is over, by what the camera has seen since."""

from datetime import datetime

from service.domain.moves import Circumstances, MoveRequest, move
from service.domain.nudges import NEXT, Became, what_became
from service.domain.policy import Policy
from service.domain.ticket import SERVICE, Ticket
from service.store.transaction import Transaction


def settle_nudge(tx: Transaction, ticket: Ticket, policy: Policy, now: datetime) -> Became:
    """Take a nudged ticket where the last looks say that it belongs: put right by the shop, or into the loop."""
    became = what_became(ticket, looked_at(tx, ticket), policy, now)
    request = MoveRequest(to=NEXT[became], version=ticket.version, reason=became.value)
    tx.tickets.save(move(ticket, request, SERVICE, now, Circumstances(policy)))
    return became


def looked_at(tx: Transaction, ticket: Ticket) -> datetime | None:
    """When the ticket's fixed camera last sent a picture that could be used; None if it has none, or is unwell."""
    camera = tx.cameras.find(ticket.fixed_camera_id) if ticket.fixed_camera_id else None
    if camera is None or camera.trouble is not None or camera.disabled_at is not None:
        return None
    return camera.last_frame_at
