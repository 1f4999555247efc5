"""What lies before which reviewer: sightings are handed out in order, each to one reviewer, a few of them twice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from service.domain.audit import AuditLine
from service.domain.review_pace import Pace, pace_of
from service.domain.review_queue import LEASE, agrees, in_order, is_looked_at_again
from service.domain.states import DESK
from service.domain.verdict import Verdict
from service.errors import ConditionUnknown, Forbidden, ObservationUnknown, ReviewNotAsked
from service.occasion import Occasion
from service.store.observations import Observation
from service.store.reviews import SecondLook
from service.store.transaction import Transaction

QUEUE: Final = "review queue"
"""Who hands out holds it to the end, so that no two take the same."""

LOOK_AGAIN_WITHIN: Final = timedelta(days=7)
AGAIN_AT_ONCE: Final = 1
LOOKED_AGAIN: Final = "observation.looked_again"


@dataclass(frozen=True, slots=True)
class Handed:
    """What a reviewer has got.

    Attributes:
        first: sightings that nobody has judged, in order.
        again: sightings that somebody else has judged, as they were before.
        lost: of what the reviewer still held, what somebody else has by now, and what waits no more.
        rest: how many more wait that nobody holds.
        until: when all that this reviewer holds goes to others, unless asked for again.
    """

    first: Sequence[Observation]
    again: Sequence[Observation]
    lost: Collection[str]
    rest: int
    until: datetime


def words_on(observation_id: str) -> str:
    """Who judges a sighting holds this to the end, so that a word that is sent twice at once is kept once."""
    return f"words on {observation_id}"


def hand_out(tx: Transaction, holding: Collection[str], limit: int, on: Occasion) -> Handed:
    """Give a reviewer up to `limit` more sightings, and keep for them what they hold and still may judge.

    What they held too long is theirs again as long as nobody else was handed it.

    Raises:
        Forbidden: not a reviewer.
        ObservationUnknown: what they say that they hold is no sighting.
    """
    if on.actor.role not in DESK:
        raise Forbidden(role=on.actor.role.value, wanted="review")
    tx.lock([QUEUE])
    reviews, until = tx.reviews, on.now + LEASE
    if unknown := set(holding) - reviews.known(holding):
        raise ObservationUnknown(id=min(unknown))
    others = reviews.held_by_others(on.actor.id, on.now)
    ranked = [one.id for _, one in in_order(reviews.waiting(), on.policy, on.now)]
    free = [one for one in ranked if one not in others and one not in holding]
    since = on.now - LOOK_AGAIN_WITHIN
    asked = reviews.to_look_again(on.actor.name, since, len(others) + len(holding) + AGAIN_AT_ONCE) if limit else []
    again = [one for one in asked if one.observation_id not in others and one.observation_id not in holding]
    again = again[:AGAIN_AT_ONCE]
    taken = free[: max(0, limit - len(again))]
    kept = reviews.still_to_judge(holding, on.actor.name) - others
    reviews.hold([*kept, *taken, *(one.observation_id for one in again)], on.actor.id, until)
    return Handed(
        first=[tx.observations.get(one) for one in taken],
        again=[as_first_seen(tx, one) for one in again],
        lost=sorted(set(holding) - kept),
        rest=len(free) - len(taken),
        until=until,
    )


def as_first_seen(tx: Transaction, look: SecondLook) -> Observation:
    """A judged sighting as it was before anybody judged it: no verdict, no ticket, its first boxes."""
    kept = tx.observations.get(look.observation_id)
    seen = replace(kept.seen, condition=look.condition, detections=look.detections)
    return replace(kept, seen=seen, ticket_id=None, result=None, reason=None, verdict=None)


def ask_for_another(tx: Transaction, before: Observation, verdict: Verdict, on: Occasion) -> None:
    """Let somebody else look as well, if it is the first word on this sighting and the sample takes it."""
    if before.verdict is None and is_looked_at_again(before.seen.id, on.policy.review.second_look):
        seen = before.seen
        look = SecondLook(seen.id, seen.condition, seen.detections, verdict, on.actor.name, on.now)
        tx.reviews.ask_again(look)


def look_again(tx: Transaction, observation_id: str, verdict: Verdict, on: Occasion) -> SecondLook:
    """Write down what a second reviewer said; it changes no ticket.

    Raises:
        Forbidden: not a reviewer, or the one who has judged it.
        ReviewNotAsked: nobody asks for a second look at it, or somebody has looked.
        ConditionUnknown: the policy knows no such condition.
    """
    if on.actor.role not in DESK:
        raise Forbidden(role=on.actor.role.value, wanted="review")
    tx.lock([words_on(observation_id)])
    look = tx.reviews.second_look(observation_id)
    if look is None:
        raise ReviewNotAsked(id=observation_id)
    if look.second is not None and look.second_by == on.actor.name:
        return look  # its page never heard the answer
    if look.second is not None:
        raise ReviewNotAsked(id=observation_id)
    if look.first_by == on.actor.name:
        raise Forbidden(role=on.actor.role.value, wanted="second_look")
    verdict = verdict.on(look.condition)
    if verdict.condition is not None and verdict.condition not in on.policy.rules:
        raise ConditionUnknown(condition=verdict.condition)
    same = agrees(look.first, verdict, look.condition)
    done = replace(look, second=verdict, second_by=on.actor.name, second_at=on.now, agrees=same)
    tx.reviews.looked_again(done)
    facts = {"verdict": verdict.word.value, "condition": verdict.condition, "agrees": same}
    tx.audit.add(AuditLine(on.now, on.actor.name, LOOKED_AGAIN, observation_id, verdict.reason, facts))
    tx.reviews.forget(observation_id, on.now)
    return done


def pace_today(tx: Transaction, on: Occasion) -> Pace:
    """What this reviewer has done since the city's midnight."""
    midnight = on.policy.local(on.now).replace(hour=0, minute=0, second=0, microsecond=0)
    looked, agreed = tx.reviews.agreement(on.actor.name, midnight)
    return pace_of(tx.reviews.words_of(on.actor.name, midnight), looked, agreed)
