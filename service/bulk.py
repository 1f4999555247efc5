"""Very many sightings into tickets at once, by the decisions of `service.ingest` and with the same result."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from service.domain.observation import Sighting
from service.domain.policy import Policy
from service.domain.ticket import Actor
from service.ingest import Outcome, contend, take
from service.spots import doorsteps_around
from service.store.gathered_tickets import Around
from service.store.gathering import Gathering
from service.store.transaction import Transaction


def ingest_many(
    tx: Transaction, sightings: Sequence[Sighting], *, actor: Actor, policy: Policy, now: datetime
) -> list[Outcome]:
    """What `ingest` does and answers; some thousand sightings a transaction are a good number.

    Raises:
        ConditionUnknown: the policy knows no such condition; nothing is kept.
        TicketChanged: somebody moved one of the tickets meanwhile; to be tried again.
    """
    if not sightings:
        return []
    with _collecting_nothing():
        gathering = Gathering(tx)
        contend(gathering, sightings, policy)
        gathering.gather(_around(gathering, sightings, policy))
        outcomes = [take(gathering, seen, actor, policy, now) for seen in sightings]
        gathering.write()
    return outcomes


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """Let Python's search for cycles rest: it would go through all that waits again and again, and find none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _around(tx: Transaction, sightings: Sequence[Sighting], policy: Policy) -> Around:
    radius_m = {condition: rule.radius_m for condition, rule in policy.rules.items()}
    doors = (doorsteps_around(tx, seen, radius_m[seen.condition]).door_at(seen.place) for seen in sightings)
    frontages = frozenset(door.bounds for door in doors if door is not None)
    ended_after = min(seen.seen_at for seen in sightings) - policy.rebound_within
    return Around(sightings, radius_m, ended_after, frontages)
