"""A reviewer's word on an observation, and all that follows from it, in one transaction."""

from dataclasses import replace
from datetime import timedelta
from typing import Final, Literal

from service.accounts.roles import OVERSEERS
from service.casework import Occasion, move_ticket
from service.domain.audit import AuditLine
from service.domain.moves import Circumstances, MoveRequest, edit, move
from service.domain.policy import Policy
from service.domain.states import DESK, State
from service.domain.ticket import Ticket
from service.domain.verdict import Ruling, Verdict, Word, decide, said_of
from service.errors import Forbidden, ReviewNotAsked
from service.ingest import Outcome, contested, find_same, hold_same, settle
from service.reviewing import ask_for_another, words_on
from service.store.observations import Judgement, Observation
from service.store.places import detections_as_json
from service.store.reviews import SecondLook
from service.store.transaction import Transaction

Reviewer = Literal["first", "second"]

OTHER_CONDITION: Final = "other_condition"
SETTLED: Final = "observation.settled"
NEXT_MOMENT: Final = timedelta(microseconds=1)

TO_MERGED: Final = {
    State.CANDIDATE: (State.REPORTED, State.VERIFYING, State.MERGED),
    State.NUDGED: (State.REPORTED, State.VERIFYING, State.MERGED),
    State.REPORTED: (State.VERIFYING, State.MERGED),
}
"""The steps from where a ticket stands before it is filed to where it is merged."""


def judge(tx: Transaction, observation_id: str, verdict: Verdict, on: Occasion, *, anew: bool = False) -> Outcome:
    """Write a reviewer's word down and do what follows from it; `anew`: also where it is what they said last.

    Raises:
        ObservationUnknown: there is no such observation.
        Forbidden: not a reviewer.
        ConditionUnknown: the other condition is in no catalog.
        TicketUnknown, MergeTargetMissing: what it is the same as is no ticket, or no open one of that condition.
        IllegalMove: its ticket was filed already, and is merged no more.
    """
    if on.actor.role not in DESK:
        raise Forbidden(role=on.actor.role.value, wanted="verdict")
    tx.lock([words_on(observation_id)])
    kept = tx.observations.get(observation_id)
    verdict = verdict.on(kept.seen.condition)
    _hold(tx, kept, verdict, on.policy)
    ticket = tx.tickets.get(kept.ticket_id) if kept.ticket_id else None
    waits_for_merge = verdict.same_as is not None and ticket is not None and ticket.state != State.MERGED
    if not (waits_for_merge or anew) and _said_already(tx, kept, verdict, on):
        return Outcome(kept, ticket)
    alone = ticket is not None and tx.observations.stands_alone(observation_id, ticket.id)
    ruling = decide(verdict, kept.seen, ticket, stands_alone=alone, conditions=on.policy.rules.keys())
    was = {"condition": kept.seen.condition, "detections": detections_as_json(kept.seen.detections)}
    tx.observations.add_verdict(Judgement(observation_id, verdict, on.actor.name, on.now, was))
    tx.reviews.forget(observation_id, on.now)
    ask_for_another(tx, kept, verdict, on)
    judged = replace(kept, seen=ruling.seen, verdict=verdict.word)
    outcome = _follow(tx, judged, ticket, ruling, on)
    if verdict.same_as is not None and ticket is not None:
        outcome = replace(outcome, ticket=_merge(tx, ticket.id, verdict.same_as, on))
    tx.observations.replace(outcome.observation)
    body = {"ticket": outcome.ticket.id if outcome.ticket else None, "verdict": verdict.word.value}
    tx.events.add(on.now, "observation.judged", observation_id, body)
    return outcome


def let_stand(tx: Transaction, observation_id: str, stands: Reviewer, on: Occasion) -> SecondLook:
    """Let one of two words stand that do not say the same; it becomes the last one on that sighting, whatever the
    clock says.

    Raises:
        Forbidden: no overseer, or one of the two.
        ReviewNotAsked: it was not judged twice, both said the same, or somebody has decided.
    """
    if on.actor.role not in OVERSEERS:
        raise Forbidden(role=on.actor.role.value, wanted="second_look")
    tx.lock([words_on(observation_id)])
    look = tx.reviews.second_look(observation_id)
    if look is None or look.second is None or look.agrees or tx.reviews.last_words([observation_id]):
        raise ReviewNotAsked(id=observation_id)
    if on.actor.name in (look.first_by, look.second_by):
        raise Forbidden(role=on.actor.role.value, wanted="second_look")
    said = look.first if stands == "first" else look.second
    facts = {"stands": stands, "first_by": look.first_by, "second_by": look.second_by}
    tx.audit.add(AuditLine(on.now, on.actor.name, SETTLED, observation_id, None, facts))
    now = max(on.now, look.second_at + NEXT_MOMENT) if look.second_at else on.now
    word = said_of(said, look.condition, tx.observations.get(observation_id).seen.condition)
    judge(tx, observation_id, word, replace(on, now=now), anew=True)
    return look


def _hold(tx: Transaction, kept: Observation, verdict: Verdict, policy: Policy) -> None:
    """Take all that the word may write, in the order of `service.ingest`: places, then tickets."""
    target = tx.tickets.get(verdict.same_as).id if verdict.same_as else None
    told = [each for each in (kept.ticket_id, target) if each is not None]
    renamed = replace(kept.seen, condition=verdict.condition or kept.seen.condition)
    if verdict.word is not Word.OTHER_CONDITION or renamed.condition not in policy.rules:
        tx.tickets.hold_all(told)
        return
    tx.lock(contested(tx, renamed, policy))
    hold_same(tx, [renamed], policy, told)


def _said_already(tx: Transaction, kept: Observation, verdict: Verdict, on: Occasion) -> bool:
    """Whether it is the word that this reviewer gave last: a page that never heard the answer sends it again."""
    if kept.verdict != verdict.word:
        return False
    last = tx.observations.verdicts_on(kept.seen.id)[-1]
    return (last.by, last.verdict) == (on.actor.name, replace(verdict, same_as=None))


def _follow(tx: Transaction, judged: Observation, ticket: Ticket | None, ruling: Ruling, on: Occasion) -> Outcome:
    if ticket is None:
        return Outcome(judged, None)
    if ruling.leaves_ticket or ruling.renames_ticket:
        return _sort_anew(tx, judged, ticket, ruling, on)
    return Outcome(judged, _step(tx, ticket, ruling.to, ruling.reason, on))


def _sort_anew(tx: Transaction, judged: Observation, ticket: Ticket, ruling: Ruling, on: Occasion) -> Outcome:
    """Another condition: an open ticket of that condition takes the observation, else its own is renamed or left."""
    confirmed = replace(judged.seen, source=replace(judged.seen.source, by_person=True))
    if ruling.renames_ticket and find_same(tx, confirmed, on.policy).ticket is None:
        change = edit(ticket, on.actor, on.now, on.policy, condition=confirmed.condition, reason=OTHER_CONDITION)
        tx.tickets.save(change)
        return Outcome(judged, _step(tx, change.ticket, ruling.to, None, on))
    settled, found = settle(tx, replace(judged, seen=confirmed), actor=on.actor, policy=on.policy, now=on.now)
    if ruling.renames_ticket and ticket.state == State.CANDIDATE:
        _step(tx, ticket, State.DISMISSED, OTHER_CONDITION, on)
    return Outcome(replace(settled, seen=judged.seen), found)


def _merge(tx: Transaction, ticket_id: str, target_id: str, on: Occasion) -> Ticket:
    """Walk a ticket to `merged` along the table; both are held from the start."""
    target = tx.tickets.get(target_id)
    ticket = tx.tickets.get(ticket_id)
    for to in TO_MERGED.get(ticket.state, (State.MERGED,)):
        wish = MoveRequest(to, ticket.version, merge_target=target.id if to is State.MERGED else None)
        ticket = move_ticket(tx, ticket_id, wish, on)
    return ticket


def _step(tx: Transaction, ticket: Ticket, to: State | None, reason: str | None, on: Occasion) -> Ticket:
    if to is None:
        return ticket
    request = MoveRequest(to=to, version=ticket.version, reason=reason)
    change = move(ticket, request, on.actor, on.now, Circumstances(on.policy))
    tx.tickets.save(change)
    return change.ticket
