"""When a ticket's clocks ring: at its due time, at each step against lateness, at the end of a stage's own limit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from service.domain.deadlines import due_at, moment_before
from service.domain.facts import LIMITED
from service.domain.look_backs import look_backs_of
from service.domain.nudges import nudge_ends_at
from service.domain.policy import Escalation, Policy
from service.domain.states import STANDINGS, State, Timer
from service.domain.ticket import Ticket

Rings = Literal["overdue", "urge", "supervise", "stage", "nudge", "look_back"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One moment at which something is to be noted of a ticket, once.

    Attributes:
        key: the same for the same ticket, alarm and due time; another due time is another alarm.
        at: when, UTC.
        rings: what is to be noted.
        name: of the step in the policy, or of the timer.
        due_at: the moment that it is about.
        is_before: it warns of a due time that has not come.
    """

    key: str
    at: datetime
    rings: Rings
    name: str
    due_at: datetime
    is_before: bool = False


def alarms_of(ticket: Ticket, policy: Policy) -> tuple[Alarm, ...]:
    """All alarms of a ticket as it stands, the earliest first; while its clock is paused, only that of its review."""
    found: list[Alarm] = []
    if ticket.state in LIMITED and ticket.due_at is not None:
        found.append(_alarm(ticket, "overdue", "overdue", ticket.due_at, ticket.due_at))
        found += [_escalation(ticket, step, ticket.due_at, policy) for step in policy.escalations]
    if (nudge := nudge_ends_at(ticket, policy)) is not None:
        found.append(_alarm(ticket, "nudge", "nudge", nudge, nudge))
    found += [_alarm(ticket, "look_back", f"{hours:g}", at, at) for hours, at in look_backs_of(ticket, policy)]
    if ticket.state is State.SUSPENDED and ticket.review_at is not None:
        found.append(_alarm(ticket, "stage", Timer.PAUSED.value, ticket.review_at, ticket.review_at))
    if (stage := stage_due_at(ticket, policy)) is not None:
        found.append(_alarm(ticket, "stage", STANDINGS[ticket.state].timer.value, stage, stage))
    return tuple(sorted(found, key=lambda alarm: (alarm.at, alarm.key)))


def stage_due_at(ticket: Ticket, policy: Policy) -> datetime | None:
    """When a ticket should have left its stage, None where the policy sets no limit for it."""
    stages = policy.stages
    limits = {Timer.FILING: stages.filing, Timer.DISPATCH: stages.dispatch, Timer.CHECK: stages.check}
    limit = limits.get(STANDINGS[ticket.state].timer)
    return None if limit is None else due_at(ticket.changed_at, limit, policy.hours)


def _escalation(ticket: Ticket, step: Escalation, due: datetime, policy: Policy) -> Alarm:
    at = due
    if step.offset is not None and step.is_before:
        at = moment_before(due, step.offset, policy.hours)
    elif step.offset is not None:
        at = due_at(due, step.offset, policy.hours)
    alarm = _alarm(ticket, step.does, step.id, at, due)
    return Alarm(alarm.key, at, step.does, step.id, due, is_before=at < due)


def _alarm(ticket: Ticket, rings: Rings, name: str, at: datetime, due: datetime) -> Alarm:
    return Alarm(f"{ticket.id}:{rings}:{name}:{int(due.timestamp())}", at, rings, name, due)
