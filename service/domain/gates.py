"""What a machine's sighting may do by itself: nothing, join a ticket, open one for review, nudge, or file."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from service.domain.observation import Sighting
from service.domain.policy import AutoFiling, Policy
from service.domain.policy.windows import Spot
from service.domain.states import State
from service.domain.ticket import Ticket

PERMIT_IN_FORCE: Final = "permit.in_force"
NOT_ENFORCED: Final = "schedule.not_enforced"
SCORE_BELOW_FOLLOW: Final = "score.below_follow"
SCORE_BELOW_OPEN: Final = "score.below_open"
COOLING_DOWN: Final = "cooldown.running"
BUDGET_SPENT: Final = "budget.spent"
NOT_YET_LASTING: Final = "persistence.not_yet"

AUTO_FILING: Final = "auto_filing"
NUDGED: Final = "nudge"
NORMAL_95: Final = 1.959964
"""Standard deviations of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Record:
    """What reviewers said about the last sightings of one camera and condition."""

    confirmed: int = 0
    reviewed: int = 0

    @property
    def lower_bound(self) -> float:
        """Of the 95 % interval (Wilson) of the share that was confirmed; 0 where nothing was reviewed.

        >>> round(Record(200, 200).lower_bound, 3), round(Record(190, 200).lower_bound, 3)
        (0.981, 0.91)
        """
        if self.reviewed == 0:
            return 0.0
        n, z2 = self.reviewed, NORMAL_95**2
        share = self.confirmed / n
        centre = share + z2 / (2 * n)
        spread = NORMAL_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        return max(0.0, (centre - spread) / (1 + z2 / n))

    def earns(self, rule: AutoFiling) -> bool:
        """Whether it is good enough for filing without a person's look."""
        return self.reviewed >= rule.least and self.lower_bound >= rule.lower_bound


class Way(StrEnum):
    """Where a machine's new ticket goes."""

    REVIEW = "review"
    NUDGE = "nudge"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Course:
    """The way of a new ticket, with what its history is told about it."""

    way: Way
    reason: str | None = None
    facts: Mapping[str, str | int | float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Budgeted:
    """How many tickets the tightest duty grid around got today without a person's look, and how many it may get."""

    grid: str
    spent: int
    allowed: int


def refused_before_matching(seen: Sighting, spot: Spot, policy: Policy) -> str | None:
    """Why a machine's sighting does not count at all, neither for an open ticket; a person's always counts."""
    if seen.source.by_person:
        return None
    if policy.permit_for(seen.condition, spot, seen.seen_at) is not None:
        return PERMIT_IN_FORCE
    if not policy.is_enforced(seen.condition, seen.seen_at):
        return NOT_ENFORCED
    if (seen.score or 0) < policy.rule(seen.condition).follow_score:
        return SCORE_BELOW_FOLLOW
    return None


def refused_before_opening(seen: Sighting, policy: Policy, *, is_cooling_down: bool) -> str | None:
    """Why a machine's sighting that belongs to no ticket opens none; a person's always does."""
    if seen.source.by_person:
        return None
    if (seen.score or 0) < policy.rule(seen.condition).open_score:
        return SCORE_BELOW_OPEN
    return COOLING_DOWN if is_cooling_down else None


def has_now_lasted(seen: Sighting, ticket: Ticket, policy: Policy) -> bool:
    """Whether a fixed camera's candidate has just stood for as long as a machine waits before it acts by itself."""
    if seen.source.by_person or not (seen.source.fixed and seen.is_lasting):
        return False
    rule = policy.rule(seen.condition)
    is_fresh = seen.seen_at - ticket.opened_at <= rule.persistence + 2 * rule.patience.again_every
    return ticket.state is State.CANDIDATE and ticket.version == 1 and is_fresh


def course_of(seen: Sighting, policy: Policy, record: Record, budget: Budgeted | None) -> Course:
    """Which way a machine's new ticket goes. What is over the day's budget goes to review, not to crews."""
    condition = seen.condition
    if not seen.is_lasting and condition in policy.nudging.conditions | policy.auto_filing.conditions:
        return Course(Way.REVIEW, NOT_YET_LASTING)
    told: dict[str, str | int | float] = {}
    if condition in policy.nudging.conditions and policy.nudging.weekly.holds_at(policy.local(seen.seen_at)):
        return Course(Way.NUDGE, NUDGED, MappingProxyType({"wait_min": policy.nudging.wait.total_seconds() / 60}))
    if condition not in policy.auto_filing.conditions or not record.earns(policy.auto_filing):
        return Course(Way.REVIEW)
    if budget is not None and budget.spent >= budget.allowed:
        told = {"grid": budget.grid, "spent": budget.spent, "allowed": budget.allowed}
        return Course(Way.REVIEW, BUDGET_SPENT, MappingProxyType(told))
    told = {"confirmed": record.confirmed, "reviewed": record.reviewed, "lower_bound": round(record.lower_bound, 4)}
    return Course(Way.FILE, AUTO_FILING, MappingProxyType(told))
