"""Settle a nudge whose time is over, by what the camera has seen since."""

from datetime import datetime
from typing import Final

from service.domain.moves import Circumstances, MoveRequest, move
from service.domain.nudges import NEXT, Became, what_became
from service.domain.policy import Policy
from service.domain.ticket import SERVICE, Ticket
from service.store.transaction import Transaction

UNSEEN: Final = frozenset({"unknown", "lost"})


def settle_nudge(tx: Transaction, ticket: Ticket, policy: Policy, now: datetime) -> Became:
    """Take a nudged ticket where the last looks say that it belongs: put right by the shop, or into the loop."""
    became = what_became(ticket, looked_at(tx, ticket), policy, now)
    request = MoveRequest(to=NEXT[became], version=ticket.version, reason=became.value)
    tx.tickets.save(move(ticket, request, SERVICE, now, Circumstances(policy)))
    return became


def looked_at(tx: Transaction, ticket: Ticket) -> datetime | None:
    """When the ticket's fixed camera last had a view of its spot; None if it has none, or is unwell.

    What stood before the spot, or left open whether it is there, was no view of it.
    """
    camera = tx.cameras.find(ticket.fixed_camera_id) if ticket.fixed_camera_id else None
    if camera is None or camera.trouble is not None or camera.disabled_at is not None:
        return None
    latest = tx.decisions.latest(camera.id, ticket.condition, ticket.zone)
    if latest is not None and latest.reason in UNSEEN:
        return latest.first_at
    return camera.last_frame_at
