"""What became of a nudge when its time is over: the shop has put it right, it is still there, or nobody looked."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service.domain.policy import Policy
from service.domain.states import State
from service.domain.ticket import Ticket

SHARE: Final = 3
"""A look counts in the last third of the time that the shop had."""


class Became(StrEnum):
    """What a machine can say about a nudge; the word is the reason in the ticket's history."""

    GONE = "nudge_gone"
    STILL_THERE = "nudge_still_there"
    NOBODY_LOOKED = "nudge_nobody_looked"


NEXT: Final = {
    Became.GONE: State.SELF_CORRECTED,
    Became.STILL_THERE: State.REPORTED,
    Became.NOBODY_LOOKED: State.REPORTED,
}
"""What nobody looked at is never taken for settled: a person decides."""


def nudge_ends_at(ticket: Ticket, policy: Policy) -> datetime | None:
    """When the time of a nudged ticket is over, None for every other one."""
    return ticket.changed_at + policy.nudging.wait if ticket.state is State.NUDGED else None


def what_became(ticket: Ticket, looked_at: datetime | None, policy: Policy, now: datetime) -> Became:
    """What the last looks say.

    Args:
        ticket: a nudged one.
        looked_at: when its fixed camera last sent a picture that could be used; None: it has none, or is unwell.
        policy: how long the shop has, and how often a condition that stands is said again.
        now: aware.
    """
    lately = now - last_looks(ticket.condition, policy)
    if ticket.last_seen >= lately:
        return Became.STILL_THERE
    if looked_at is None or looked_at < lately:
        return Became.NOBODY_LOOKED
    return Became.GONE


def last_looks(condition: str, policy: Policy) -> timedelta:
    """How far back a look counts: long enough for a camera to say twice what still stands there."""
    return max(2 * policy.rule(condition).patience.again_every, policy.nudging.wait / SHARE)
