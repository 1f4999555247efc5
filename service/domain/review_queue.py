"""In which order reviewers look: risk x confidence x deadline; and which judged sightings somebody looks at again."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.domain.policy import Policy
from service.domain.verdict import Verdict, Word

LEASE: Final = timedelta(minutes=2)
"""For so long what a reviewer was handed is theirs alone; a page that is alive asks for it again well before."""

USUAL_WAIT: Final = timedelta(minutes=30)
"""By when a first look is due where the policy sets no limit for filing."""

HOURS: Final = {"minute": 1 / 60, "urgent_hour": 1.0, "working_hour": 3.0, "working_day": 24.0, "calendar_day": 24.0}
"""A unit of a limit in hours of the wall clock, as long as it takes on an ordinary day."""

LEAST_SURE: Final = 0.2
"""What a sighting of score 0 counts beside a person's word."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One sighting that nobody has judged yet.

    Attributes:
        score: of the best box, None where only a person saw it.
        by_person: a person sent it, who was there.
        opened_at: when its ticket was opened, aware.
    """

    id: str
    condition: str
    score: float | None
    by_person: bool
    opened_at: datetime


def urgency(one: Waiting, policy: Policy, now: datetime) -> float:
    """How soon a sighting should be looked at: risk x confidence x deadline, above 0, larger first.

    - risk: what the policy says of the condition (`[review.risk]`, 1 where it says nothing), times how quickly the
      city wants it put right: 24 h / its limit, at least 1/4 and at most 4.
    - confidence: 1 for a person's word, else 0.2 + 0.8 x score.
    - deadline: 1 + waited / limit of filing, without a bound, so that nothing waits for ever.
    """
    limit = policy.rule(one.condition).limit
    quick = min(4.0, max(0.25, 24.0 / (limit.amount * HOURS[limit.unit])))
    risk = policy.review.risk.get(one.condition, 1.0) * quick
    sure = 1.0 if one.by_person or one.score is None else LEAST_SURE + (1 - LEAST_SURE) * one.score
    filing = policy.stages.filing
    due = timedelta(hours=filing.amount * HOURS[filing.unit]) if filing else USUAL_WAIT
    return risk * sure * (1 + max(timedelta(0), now - one.opened_at) / due)


def in_order(waiting: Iterable[Waiting], policy: Policy, now: datetime) -> list[tuple[float, Waiting]]:
    """Sightings with their urgency, the most urgent first; of two that are equal the older."""
    ranked = [(urgency(one, policy, now), one) for one in waiting]
    return sorted(ranked, key=lambda pair: (-pair[0], pair[1].id))


def is_looked_at_again(observation_id: str, share: float) -> bool:
    """Whether a judged sighting is one of the share that another reviewer sees as well; always the same answer.

    >>> sum(is_looked_at_again(f"obs_{number}", 0.1) for number in range(1000))
    101
    """
    return int.from_bytes(hashlib.sha256(observation_id.encode()).digest()[:4]) < share * 2**32


def agrees(first: Verdict, second: Verdict, condition: str) -> bool:
    """Whether two words on a sighting of that condition say the same; where exactly it is does not matter.

    >>> agrees(Verdict(Word.TRUE), Verdict(Word.FALSE, reason="a shadow"), "litter")
    False
    """
    return _meaning(first, condition) == _meaning(second, condition)


def _meaning(verdict: Verdict, condition: str) -> str | None:
    """The condition that it is, None where there is none."""
    if verdict.word == Word.FALSE:
        return None
    return (verdict.condition or condition) if verdict.word != Word.TRUE else condition
