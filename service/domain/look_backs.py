"""Look-back 回头看: after a ticket is closed, its place is looked at again; and spots where it always comes back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.domain.facts import Fact, Found
from service.domain.policy import Policy
from service.domain.states import Resolution, State
from service.domain.ticket import Ticket

WORTH_A_LOOK: Final = frozenset({Resolution.FIXED, Resolution.SELF_CORRECTED, Resolution.FORCED})
"""What was never there, or is somebody else's, is not looked at again."""

SAME_HOUR: Final = timedelta(minutes=30)
"""By so much earlier or later a look counts as one at the same hour."""


@dataclass(frozen=True, slots=True)
class Chronic:
    """A spot where a problem came back again and again.

    Attributes:
        first: the ticket of which all others are rebounds, one of another.
        rebounds: the latest ones, oldest first.
    """

    first: Ticket
    rebounds: tuple[Ticket, ...]


@dataclass(frozen=True, slots=True)
class DueLook:
    """One look-back of a ticket, and what was found, by whom and when; None where nobody has said so far."""

    after_h: float
    due_at: datetime
    found: Found | None = None
    by: str | None = None
    at: datetime | None = None

    def is_wanted(self, now: datetime) -> bool:
        """Whether it is due and somebody has to go there, because no camera can tell."""
        return self.due_at <= now and self.found in (None, Found.NOBODY_LOOKED)


def look_backs_of(ticket: Ticket, policy: Policy) -> Iterable[tuple[float, datetime]]:
    """After how many hours, and when, a closed ticket's place is looked at again."""
    if ticket.state is not State.CLOSED or ticket.ended_at is None or ticket.resolution not in WORTH_A_LOOK:
        return ()
    return tuple((hours, ticket.ended_at + timedelta(hours=hours)) for hours in policy.look_back.after_h)


def what_was_found(due: datetime, now: datetime, looked_at: datetime | None, *, is_back: bool) -> Found | None:
    """What a look at the same hour says; None while one may still come.

    Args:
        due: when the place is to be looked at.
        now: aware.
        looked_at: when the ticket's own fixed camera last sent a picture that could be used.
        is_back: a rebound was opened since.
    """
    if is_back:
        return Found.BACK
    if looked_at is not None and due - SAME_HOUR <= looked_at <= due + SAME_HOUR:
        return Found.CLEAN
    return Found.NOBODY_LOOKED if now >= due + SAME_HOUR else None


def looks_of(ticket: Ticket, told: Sequence[Fact], policy: Policy) -> list[DueLook]:
    """Every look-back of a closed ticket, the earliest first, with what has been found.

    The machine's word holds for its own hour; a person's for every look-back that was due when the person looked, and
    where the problem came back once, nothing later is asked any more.

    Args:
        ticket: any; only a closed one has look-backs.
        told: its facts of the kind `looked_back`, in the order in which they were noted.
        policy: after how many hours the place is looked at again.
    """
    looks = []
    for hours, at in look_backs_of(ticket, policy):
        own = [fact for fact in told if fact.details.get("after_h") == f"{hours:g}"]
        persons = [fact for fact in told if "after_h" not in fact.details and fact.at >= at - SAME_HOUR]
        back = [fact for fact in told if fact.details.get("result") == Found.BACK.value]
        seen = [fact for fact in (*own, *persons) if fact.details.get("result") != Found.NOBODY_LOOKED.value]
        answers = [*seen, *back, *own]
        looks.append(_look(hours, at, answers[0] if answers else None))
    return looks


def _look(hours: float, at: datetime, fact: Fact | None) -> DueLook:
    if fact is None:
        return DueLook(hours, at)
    return DueLook(hours, at, Found(str(fact.details["result"])), fact.by, fact.at)


def chronic_spots(rebounds: Sequence[Ticket], known: Mapping[str, Ticket], least: int) -> list[Chronic]:
    """Spots with at least so many rebounds, the most first.

    Args:
        rebounds: those of the days that count.
        known: these and all the tickets that they go back to, by id.
        least: how many make a spot chronic.
    """
    by_first: dict[str, list[Ticket]] = {}
    for ticket in sorted(rebounds, key=lambda one: (one.opened_at, one.id)):
        by_first.setdefault(_first_of(ticket, known).id, []).append(ticket)
    found = [Chronic(known[first], tuple(back)) for first, back in by_first.items() if len(back) >= least]
    return sorted(found, key=lambda spot: (-len(spot.rebounds), spot.first.id))


def _first_of(ticket: Ticket, known: Mapping[str, Ticket]) -> Ticket:
    while ticket.recurrence_of is not None and ticket.recurrence_of in known:
        ticket = known[ticket.recurrence_of]
    return ticket
