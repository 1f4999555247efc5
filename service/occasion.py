"""Who acts, under which policy, when."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.policy import Policy
from service.domain.ticket import Actor


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who acts, under which policy, when (aware)."""

    actor: Actor
    policy: Policy
    now: datetime
