"""What the service does by itself with a ticket that a machine has opened: leave it to review, nudge, or file it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from service.domain.gates import NOT_YET_LASTING, Budgeted, Course, Record, Way, course_of
from service.domain.geometry import covers, distance_m
from service.domain.moves import Circumstances, MoveRequest, move
from service.domain.observation import Sighting
from service.domain.policy import Policy
from service.domain.policy.windows import Spot
from service.domain.states import State
from service.domain.ticket import SERVICE, Change, Ticket
from service.nudges import save_step
from service.store.transaction import Transaction

STEPS: Final = {
    Way.REVIEW: (),
    Way.NUDGE: (State.NUDGED,),
    Way.FILE: (State.REPORTED, State.FILED),
}

OPENING: Final = "opening"
"""Who opens a ticket, or counts what is left of a day, holds it to the end, so that no two take the last: after the
places, before any row of a ticket."""


def is_cooling_down(tx: Transaction, seen: Sighting, policy: Policy) -> bool:
    """Whether this source opened a ticket of this condition here a short while ago."""
    rule = policy.rule(seen.condition)
    if rule.cooldown <= timedelta(0):
        return False
    earlier = tx.records.opened_by(seen.source.id, seen.condition, seen.seen_at - rule.cooldown, seen.zone)
    if seen.source.fixed:
        return bool(earlier)
    place = seen.place
    return place is not None and any(other and distance_m(place, other) <= rule.radius_m for other in earlier)


def plan_course(tx: Transaction, seen: Sighting, spot: Spot, policy: Policy, now: datetime) -> Course:
    """Which way a new ticket goes; what a person reported waits for a person."""
    if seen.source.by_person:
        return Course(Way.REVIEW)
    return course_of(seen, policy, _record_of(tx, seen, policy), _budget_of(tx, spot, policy, now))


def opened_with(change: Change, course: Course) -> Change:
    """The opening of a ticket, whose history says why a machine that could have filed it left it to review."""
    if course.way is not Way.REVIEW or course.reason is None:
        return change
    facts = {**change.entry.facts, "held": course.reason, **course.facts}
    return replace(change, entry=replace(change.entry, facts=facts))


def act_after_all(tx: Transaction, seen: Sighting, ticket: Ticket, spot: Spot, policy: Policy, now: datetime) -> Ticket:
    """Take a candidate that was left to review only because it had not yet stood for long enough on its way."""
    opening = next(iter(tx.tickets.history_of(ticket.id)), None)
    if opening is None or opening.facts.get("held") != NOT_YET_LASTING:
        return ticket
    return set_out(tx, ticket, plan_course(tx, seen, spot, policy, now), spot, policy, now)


def set_out(tx: Transaction, ticket: Ticket, course: Course, spot: Spot, policy: Policy, now: datetime) -> Ticket:
    """Take a new ticket as far as its course goes."""
    for to in STEPS[course.way]:
        if to is State.FILED and policy.field_verification:
            break
        ticket = _step(tx, ticket, to, course, _around(spot, policy, ticket, now), now)
    return ticket


def _step(tx: Transaction, ticket: Ticket, to: State, course: Course, around: Circumstances, now: datetime) -> Ticket:
    request = MoveRequest(to=to, version=ticket.version, reason=course.reason)
    change = move(ticket, request, SERVICE, now, around)
    entry = replace(change.entry, facts={**change.entry.facts, **course.facts})
    save_step(tx, replace(change, entry=entry), around.policy)
    return change.ticket


def _around(spot: Spot, policy: Policy, ticket: Ticket, now: datetime) -> Circumstances:
    return Circumstances(policy, limit=policy.limit_for(ticket.condition, spot, now))


def _record_of(tx: Transaction, seen: Sighting, policy: Policy) -> Record:
    if seen.condition not in policy.auto_filing.conditions:
        return Record()
    return tx.records.of_source(seen.source.id, seen.condition, policy.auto_filing.last)


def _budget_of(tx: Transaction, spot: Spot, policy: Policy, now: datetime) -> Budgeted | None:
    """The duty grid around that has the least left of its day."""
    if not policy.auto_filing.conditions:
        return None
    limited = [(grid, allowed) for grid in spot.grids if (allowed := policy.budget.of(grid)) is not None]
    if not limited:
        return None
    tx.lock([OPENING])
    midnight = policy.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    filed = tx.records.filed_by_itself(midnight).values()
    shapes = {grid.id: grid.polygon for grid in tx.units.grids()}
    counted = [
        Budgeted(grid, sum(covers(shapes[grid], place) for place in filed), allowed) for grid, allowed in limited
    ]
    return min(counted, key=lambda one: (one.allowed - one.spent, one.grid))
