"""One problem, one ticket: which ticket a sighting belongs to, by condition, metres, camera and time."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from service.domain.geometry import distance_m
from service.domain.observation import Sighting
from service.domain.policy import Policy
from service.domain.premises import NOWHERE, Doorsteps
from service.domain.states import State
from service.domain.ticket import Ticket

REFUSED: Final = frozenset({State.DISMISSED, State.NOT_FILED})
NEIGHBOURS_WITHIN_M: Final = 150.0
"""Farther away nothing is suggested as the same problem."""

PUT_RIGHT: Final = frozenset({State.CLOSED, State.SELF_CORRECTED})

Nearness = tuple[bool, float, str]
"""Sorts tickets around a sighting: in another view, metres, and the id where all else is equal."""


@dataclass(frozen=True, slots=True)
class Match:
    """The ticket that a sighting belongs to, or None; then perhaps the earlier ticket that it brings back."""

    ticket: Ticket | None
    recurrence_of: str | None = None


def match(seen: Sighting, nearby: Sequence[Ticket], policy: Policy, doorsteps: Doorsteps = NOWHERE) -> Match:
    """Which of the tickets `nearby` is the same problem: the nearest open one, else one that has just ended.

    A ticket that was closed is the same problem for a while (`same_after_close`), and for whatever was seen before
    the close; later it comes back as a rebound. What a reviewer has just refused is not opened again by a camera,
    but always by a person. Before two doors that answer for it are two problems however near, before one it is one.
    """
    nearest = sorted(_same_problem(seen, nearby, policy, doorsteps), key=itemgetter(0))
    same = _targets_of([ticket for _, ticket in nearest], nearby)
    living = [ticket for ticket in same if ticket.is_open]
    if living:
        return Match(living[0])
    recent = [ticket for ticket in same if _has_just_ended(ticket, seen, policy)]
    if recent:
        return Match(recent[0])
    return Match(None, _brought_back(same, seen, policy))


def belongs_rather(
    seen: Sighting, ticket: Ticket, other: Ticket, policy: Policy, doorsteps: Doorsteps = NOWHERE
) -> bool:
    """Whether a sighting is the problem of `ticket`, and not that of `other` or nearer to the first."""
    same = {each.id: nearness[:2] for nearness, each in _same_problem(seen, (ticket, other), policy, doorsteps)}
    if ticket.id not in same:
        return False
    return other.id not in same or same[ticket.id] < same[other.id]


def neighbours_of(seen: Sighting, tickets: Iterable[Ticket], policy: Policy) -> list[tuple[float, Ticket]]:
    """Open tickets of the same condition a little beyond its radius, with their metres, the nearest first.

    What lies within the radius is one ticket already; up to three times as far, and at least 60 m, a person decides.
    """
    reach_m = min(NEIGHBOURS_WITHIN_M, max(60.0, 3 * policy.rule(seen.condition).radius_m))
    near = [(_metres(seen, one), one) for one in tickets if one.is_open and one.condition == seen.condition]
    return sorted((pair for pair in near if pair[0] <= reach_m), key=lambda pair: (pair[0], pair[1].id))


def _same_problem(
    seen: Sighting, nearby: Iterable[Ticket], policy: Policy, doorsteps: Doorsteps
) -> Iterator[tuple[Nearness, Ticket]]:
    """Those of the tickets that are the same problem, and how near each is."""
    radius_m = policy.rule(seen.condition).radius_m
    for ticket in nearby:
        if ticket.condition != seen.condition:
            continue
        same_view = _same_view(seen, ticket)
        if same_view is False:
            continue
        one_door = None if same_view else doorsteps.same(seen.place, ticket.place)
        if one_door is False:
            continue
        metres = _metres(seen, ticket)
        if one_door or same_view or metres <= radius_m:
            yield (not same_view, metres, ticket.id), ticket


def _same_view(seen: Sighting, ticket: Ticket) -> bool | None:
    """Whether one fixed camera sees both in one zone; False in two zones, however near, None for two cameras."""
    if not seen.source.fixed or seen.source.id != ticket.fixed_camera_id:
        return None
    return seen.zone is None or ticket.zone is None or seen.zone == ticket.zone


def _metres(seen: Sighting, ticket: Ticket) -> float:
    if seen.place is None or ticket.place is None:
        return math.inf
    return distance_m(seen.place, ticket.place)


def _targets_of(tickets: Sequence[Ticket], nearby: Iterable[Ticket]) -> Sequence[Ticket]:
    """What the tickets were merged into, each once, in their order."""
    if all(ticket.merged_into is None for ticket in tickets):
        return tickets
    known = {other.id: other for other in nearby}
    return list({target.id: target for target in (_target_of(ticket, known) for ticket in tickets)}.values())


def _target_of(ticket: Ticket, known: Mapping[str, Ticket]) -> Ticket:
    """The ticket that one was merged into, and that was merged into another one, to the end."""
    while ticket.merged_into is not None and ticket.merged_into in known:
        ticket = known[ticket.merged_into]
    return ticket


def _has_just_ended(ticket: Ticket, seen: Sighting, policy: Policy) -> bool:
    if ticket.ended_at is None:
        return False
    just_now = seen.seen_at - ticket.ended_at < policy.same_after_close
    since_opened = seen.seen_at >= ticket.opened_at
    if ticket.state in REFUSED:
        return just_now and since_opened and not seen.source.by_person
    return ticket.state in PUT_RIGHT and just_now and since_opened


def _brought_back(same: Iterable[Ticket], seen: Sighting, policy: Policy) -> str | None:
    ended = [
        (ticket.ended_at, ticket.id)
        for ticket in same
        if ticket.state in PUT_RIGHT
        and ticket.ended_at
        and ticket.ended_at <= seen.seen_at <= ticket.ended_at + policy.rebound_within
    ]
    return max(ended)[1] if ended else None
