"""Very many sightings into tickets at once, by the decisions of `service.ingest` and with the same result."""

from collections.abc import Sequence
from datetime import datetime

from service.domain.observation import Sighting
from service.domain.policy import Policy
from service.domain.ticket import Actor
from service.errors import ConditionUnknown
from service.ingest import Outcome, contested, ingest
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
    for seen in sightings:
        if seen.condition not in policy.rules:
            raise ConditionUnknown(condition=seen.condition)
    tx.lock(name for seen in sightings for name in contested(seen, policy))
    gathering = Gathering(tx)
    radius_m = {condition: rule.radius_m for condition, rule in policy.rules.items()}
    gathering.gather(sightings, radius_m, policy.rebound_within)
    outcomes = ingest(gathering, sightings, actor=actor, policy=policy, now=now)
    gathering.write()
    return outcomes
