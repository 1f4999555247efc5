"""Tell the shop first, through the outbox; settle a nudge whose time is over, by what the camera has seen since."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from service.domain.moves import Circumstances, MoveRequest, move
from service.domain.nudges import NEXT, Became, nudge_ends_at, what_became
from service.domain.policy import Policy
from service.domain.premises import Doorsteps, Premises
from service.domain.states import State
from service.domain.ticket import SERVICE, Change, Ticket
from service.store.transaction import Transaction
from service.words import LANGUAGES, say

SENT: Final = "nudge.sent"
UNSEEN: Final = frozenset({"unknown", "lost"})


def save_step(tx: Transaction, change: Change, policy: Policy) -> None:
    """Write a step; one that begins a nudge names the shop in the history and tells whoever can reach it."""
    if change.ticket.state is not State.NUDGED:
        tx.tickets.save(change)
        return
    shop = answerable(tx, change.ticket)
    facts = {**change.entry.facts, **({"premises": shop.id, "name": shop.name} if shop else {})}
    tx.tickets.save(replace(change, entry=replace(change.entry, facts=facts)))
    tx.tickets.tell(change.entry.at, SENT, change.ticket, _told(change.ticket, shop, policy))


def answerable(tx: Transaction, ticket: Ticket) -> Premises | None:
    """The shop or yard that answers for a ticket: whose frontage its zone is, else before whose door its place lies."""
    if (drawn := _drawn_before(tx, ticket)) is not None:
        return drawn
    if ticket.place is None:
        return None
    around = Doorsteps.of(tx.premises.around(ticket.place), ticket.condition)
    door = around.at(ticket.place)
    return next((one for one in around.premises if one.id == door), None)


def _drawn_before(tx: Transaction, ticket: Ticket) -> Premises | None:
    """The premises that the zone of a ticket's fixed camera names, as it is drawn now."""
    kept = tx.zones.newest(ticket.fixed_camera_id) if ticket.fixed_camera_id and ticket.zone else None
    zone = next((one for one in kept.zones.zones if one.id == ticket.zone), None) if kept else None
    if zone is None or zone.premises is None or not zone.speaks_of(ticket.condition):
        return None
    shop = tx.premises.find(zone.premises)
    return shop if shop is not None and shop.ended_at is None else None


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


def _told(ticket: Ticket, shop: Premises | None, policy: Policy) -> dict[str, Any]:
    """What the receiver needs to tell the shop; `words` are ready to be sent as they are."""
    until = nudge_ends_at(ticket, policy) or ticket.changed_at
    place = ticket.place
    return {
        "until": until.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "premises": {"id": shop.id, "kind": shop.kind.value, "name": shop.name, "address": shop.address}
        if shop
        else None,
        "place": {"lat": place.lat, "lon": place.lon} if place else None,
        "words": {language: _words(language, ticket, shop, policy, until) for language in LANGUAGES},
    }


def _words(language: str, ticket: Ticket, shop: Premises | None, policy: Policy, until: datetime) -> str:
    name = policy.rule(ticket.condition).name
    facts = {
        "condition": getattr(name, language) if name else ticket.condition,
        "until": policy.local(until).strftime("%m-%d %H:%M"),
        "number": ticket.number,
    }
    return say(language, "nudges.shop", shop=shop.name, **facts) if shop else say(language, "nudges.nobody", **facts)
