"""Very many sightings into tickets at once, by the decisions of `service.ingest` and with the same result."""

from collections.abc import Sequence
from datetime import datetime

from service.domain.observation import Sighting
from service.domain.policy import Policy
from service.domain.ticket import Actor
from service.ingest import Outcome, contend, take
from service.spots import doorsteps_around
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
    gathering = Gathering(tx)
    contend(gathering, sightings, policy)
    radius_m = {condition: rule.radius_m for condition, rule in policy.rules.items()}
    doors = (doorsteps_around(gathering, seen, radius_m[seen.condition]).door_at(seen.place) for seen in sightings)
    frontages = {door.bounds for door in doors if door is not None}
    gathering.gather(sightings, radius_m, policy.rebound_within, frontages)
    outcomes = [take(gathering, seen, actor, policy, now) for seen in sightings]
    gathering.write()
    return outcomes
