"""Run a policy over sightings of the past, and tell two policies apart by the tickets that they would have made.

Nothing of it is kept. People's decisions are taken as they were: a ticket of the run ends when the kept ticket of the
sighting that opened it ended; one that was never there is taken to be put right at its limit.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from detector.types import GeoPoint
from service.domain.deadlines import due_at
from service.domain.gates import Record, Way, course_of, refused_before_matching, refused_before_opening
from service.domain.geometry import distance_m
from service.domain.matching import match
from service.domain.observation import Sighting
from service.domain.policy import LARGEST_RADIUS_M, Policy
from service.domain.policy.windows import Spot
from service.domain.premises import NOWHERE, Doorsteps
from service.domain.states import OPEN_STATES, State
from service.domain.ticket import Ticket

METRES_A_DEGREE: Final = 111_195.0
NO_PLACE: Final = "place.missing"
FARTHEST_LAT: Final = 84.0
LATEST: Final = timedelta(days=1)
"""So much later than it was seen a sighting of a machine may come in."""


@dataclass(frozen=True, slots=True)
class Past:
    """A sighting of the past: when it came in, and the ticket that it has, None where it has none."""

    seen: Sighting
    came_at: datetime
    ticket_id: str | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """How a kept ticket ended; merged ones end with what they were merged into."""

    state: State
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the run takes from the city as it is."""

    lives: Mapping[str, Life]
    spot_of: Callable[[Sighting], Spot]
    record_of: Callable[[Sighting], Record] = lambda _: Record()
    doorsteps_of: Callable[[Sighting], Doorsteps] = lambda _: NOWHERE


@dataclass(slots=True)
class Imagined:
    """A ticket that a policy would have made, with the sightings that would belong to it.

    Attributes:
        ticket: as it ended, or stands.
        living: the same before its end.
    """

    ticket: Ticket
    living: Ticket
    sightings: list[Past]
    way: Way = Way.REVIEW

    def as_of(self, moment: datetime) -> Ticket:
        """The ticket as it was then: open until it ended."""
        ended_at = self.ticket.ended_at
        return self.ticket if ended_at is not None and moment >= ended_at else self.living


@dataclass(slots=True)
class Run:
    """What a policy would have made of the past.

    Attributes:
        imagined: the tickets, in the order of their opening.
        refused: why a sighting would have belonged to none, by its id.
    """

    imagined: list[Imagined] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def ways(self) -> Mapping[Way, int]:
        """How many tickets would have gone which way."""
        return Counter(one.way for one in self.imagined)

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many sightings would have been refused for which reason."""
        return Counter(self.refused.values())


@dataclass(frozen=True, slots=True)
class Difference:
    """Tickets of one policy that the other one would have made otherwise; `before` and `after` are the tickets."""

    before: tuple[Imagined, ...] = ()
    after: tuple[Imagined, ...] = ()


@dataclass(frozen=True, slots=True)
class Differences:
    """What another policy would have opened more, missed, merged and split."""

    opened: tuple[Difference, ...]
    missed: tuple[Difference, ...]
    merged: tuple[Difference, ...]
    split: tuple[Difference, ...]


def run(past: Sequence[Past], policy: Policy, known: Known) -> Run:
    """What the policy would have made of sightings, which come in the order in which they came in."""
    told = Run()
    nearby = _Nearby(past)
    openings: dict[tuple[str, str, str | None], list[tuple[datetime, GeoPoint | None]]] = {}
    for one in past:
        seen, spot = one.seen, known.spot_of(one.seen)
        if seen.place is None and not seen.source.fixed:
            told.refused[seen.id] = NO_PLACE
            continue
        if (refusal := refused_before_matching(seen, spot, policy)) is not None:
            told.refused[seen.id] = refusal
            continue
        doorsteps = known.doorsteps_of(seen)
        door = doorsteps.at(seen.place)
        around = nearby.of(seen, door)
        found = match(seen, [each.as_of(one.came_at) for each in around], policy, doorsteps)
        if found.ticket is not None:
            next(each for each in around if each.ticket.id == found.ticket.id).sightings.append(one)
            continue
        cooling = _is_cooling(openings.get((seen.source.id, seen.condition, seen.zone), ()), seen, policy)
        if (refusal := refused_before_opening(seen, policy, is_cooling_down=cooling)) is not None:
            told.refused[seen.id] = refusal
            continue
        imagined = _open(one, len(told.imagined), policy, known)
        told.imagined.append(imagined)
        nearby.add(imagined, door)
        openings.setdefault((seen.source.id, seen.condition, seen.zone), []).append((seen.seen_at, seen.place))
    return told


def compare(before: Run, after: Run) -> Differences:
    """What `after` would have made otherwise than `before`, by the sightings that they share."""
    old, new = _by_sighting(before), _by_sighting(after)
    joined = [(one, _those(one, old)) for one in after.imagined]
    parted = [(one, _those(one, new)) for one in before.imagined]
    return Differences(
        opened=tuple(Difference(after=(one,)) for one, others in joined if not others),
        missed=tuple(Difference(before=(one,)) for one, others in parted if not others),
        merged=tuple(Difference(others, (one,)) for one, others in joined if len(others) > 1),
        split=tuple(Difference((one,), others) for one, others in parted if len(others) > 1),
    )


def agreement(past: Iterable[Past], told: Run) -> float | None:
    """The share of kept tickets that a run made of exactly the same sightings; None where there are none."""
    kept: dict[str, set[str]] = {}
    for one in past:
        if one.ticket_id is not None:
            kept.setdefault(one.ticket_id, set()).add(one.seen.id)
    if not kept:
        return None
    made = {frozenset(one.seen.id for one in imagined.sightings) for imagined in told.imagined}
    return sum(frozenset(sightings) in made for sightings in kept.values()) / len(kept)


def _open(one: Past, number: int, policy: Policy, known: Known) -> Imagined:
    seen = one.seen
    life = known.lives.get(one.ticket_id) if one.ticket_id else None
    if life is None:
        life = Life(State.CLOSED, due_at(one.came_at, policy.rule(seen.condition).limit, policy.hours))
    ticket = Ticket(
        id=f"imagined_{number}",
        number="",
        version=1,
        state=life.state,
        condition=seen.condition,
        place=seen.place,
        place_source=seen.place_source,
        opened_at=one.came_at,
        last_seen=seen.seen_at,
        changed_at=one.came_at,
        policy_sha256=policy.sha256,
        fixed_camera_id=seen.source.id if seen.source.fixed else None,
        zone=seen.zone if seen.source.fixed else None,
        ended_at=None if life.state in OPEN_STATES else life.ended_at,
    )
    way = Way.REVIEW if seen.source.by_person else course_of(seen, policy, known.record_of(seen), None).way
    return Imagined(ticket, replace(ticket, state=State.REPORTED, ended_at=None), [one], way)


def _is_cooling(openings: Sequence[tuple[datetime, GeoPoint | None]], seen: Sighting, policy: Policy) -> bool:
    """Whether one of a source's openings, in the order in which they came in, is still too fresh here."""
    rule = policy.rule(seen.condition)
    if rule.cooldown <= timedelta(0):
        return False
    for at, place in reversed(openings):
        if seen.seen_at - at > rule.cooldown + LATEST:
            return False
        if seen.seen_at - at >= rule.cooldown:
            continue
        if seen.source.fixed or (place and seen.place and distance_m(place, seen.place) <= rule.radius_m):
            return True
    return False


def _by_sighting(told: Run) -> dict[str, Imagined]:
    return {one.seen.id: imagined for imagined in told.imagined for one in imagined.sightings}


def _those(one: Imagined, others: Mapping[str, Imagined]) -> tuple[Imagined, ...]:
    """The tickets of the other run that share a sighting with this one."""
    found = {id(other): other for each in one.sightings if (other := others.get(each.seen.id)) is not None}
    return tuple(found.values())


class _Nearby:
    """Tickets of a run by square, door and fixed camera, so that each sighting meets only what may be the same."""

    def __init__(self, past: Sequence[Past]) -> None:
        far = max((abs(one.seen.place.lat) for one in past if one.seen.place), default=0.0)
        self._lat_step = LARGEST_RADIUS_M / METRES_A_DEGREE * 1.05
        self._lon_step = self._lat_step / math.cos(math.radians(min(far + 1, FARTHEST_LAT)))
        self._squares: dict[tuple[str, int, int], list[Imagined]] = {}
        self._doors: dict[tuple[str, str], list[Imagined]] = {}
        self._cameras: dict[tuple[str, str], list[Imagined]] = {}

    def add(self, imagined: Imagined, door: str | None) -> None:
        """Let later sightings find a ticket, which lies before a door or before none."""
        ticket = imagined.ticket
        if door is not None:
            self._doors.setdefault((ticket.condition, door), []).append(imagined)
        if ticket.place is not None:
            self._squares.setdefault((ticket.condition, *self._square(ticket.place)), []).append(imagined)
        if ticket.fixed_camera_id is not None:
            self._cameras.setdefault((ticket.condition, ticket.fixed_camera_id), []).append(imagined)

    def of(self, seen: Sighting, door: str | None) -> list[Imagined]:
        """Tickets that may be the same problem."""
        before = self._doors.get((seen.condition, door), ()) if door is not None else ()
        found = {one.ticket.id: one for one in before}
        if seen.place is not None:
            row, column = self._square(seen.place)
            for north in (-1, 0, 1):
                for east in (-1, 0, 1):
                    for one in self._squares.get((seen.condition, row + north, column + east), ()):
                        found[one.ticket.id] = one
        if seen.source.fixed:
            for one in self._cameras.get((seen.condition, seen.source.id), ()):
                found[one.ticket.id] = one
        return list(found.values())

    def _square(self, place: GeoPoint) -> tuple[int, int]:
        return math.floor(place.lat / self._lat_step), math.floor(place.lon / self._lon_step)
