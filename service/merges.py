"""Taking a merge back: the ticket stands again, and gets back the sightings that came by while it was merged."""

from dataclasses import replace
from datetime import datetime

from service.casework import Occasion
from service.domain.facts import EntryFact, FactKind
from service.domain.matching import belongs_rather
from service.domain.moves import undo_merge as decide_undoing
from service.domain.noting import Note, consequence
from service.domain.policy import Policy
from service.domain.states import State
from service.domain.ticket import Ticket
from service.spots import doorsteps_around
from service.store.ids import new_id
from service.store.transaction import Transaction

MOST_SIGHTINGS = 10_000


def undo_merge(tx: Transaction, ticket_id: str, version: int, reason: str | None, on: Occasion) -> Ticket:
    """Take a merge back; raises what `service.domain.moves.undo_merge` raises, and TicketUnknown.

    Of what the other ticket saw since the merge, that returns which lies before this one's door and not before the
    other's, or nearer to this one than to the other.
    """
    target_id = tx.tickets.get(ticket_id).merged_into
    tx.tickets.hold_all(filter(None, (target_id, tx.tickets.get(ticket_id).id)))
    merged = tx.tickets.get(ticket_id)
    change = decide_undoing(merged, version, reason, on.actor, on.now, on.policy)
    target = tx.tickets.get(target_id) if target_id else None
    returned = _give_back(tx, merged, target, on.policy) if target else []
    if returned:
        entry = replace(change.entry, facts={**change.entry.facts, "sightings": len(returned)})
        last_seen = max(merged.last_seen, *returned)
        change = replace(change, entry=entry, ticket=replace(change.ticket, last_seen=last_seen))
    tx.tickets.save(change)
    if target is not None:
        told: dict[str, EntryFact] = {"ticket": merged.id, "number": merged.number, "sightings": len(returned)}
        note = Note(FactKind.MERGE_UNDONE, reason=reason, details=told)
        tx.tickets.save(consequence(target, note, new_id("fct", on.now), on.actor, on.now, on.policy))
    return change.ticket


def _give_back(tx: Transaction, merged: Ticket, target: Ticket, policy: Policy) -> list[datetime]:
    """Move the sightings that belong to the merged ticket back to it, and say when they were seen."""
    merged_at = max(entry.at for entry in tx.tickets.history_of(merged.id) if entry.to is State.MERGED)
    since = [one for one in tx.observations.of_ticket(target.id, MOST_SIGHTINGS) if one.created_at >= merged_at]
    radius_m = policy.rule(merged.condition).radius_m
    theirs = [
        one
        for one in since
        if belongs_rather(one.seen, merged, target, policy, doorsteps_around(tx, one.seen, radius_m))
    ]
    for one in theirs:
        tx.observations.replace(replace(one, ticket_id=merged.id))
    return [one.seen.seen_at for one in theirs]
