"""Try a policy out on what was really seen in the last days, before it is saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from detector.types import Box, Detection
from service.domain.gates import Record
from service.domain.observation import Sighting, Source, SourceType
from service.domain.policy import LARGEST_RADIUS_M, Policy
from service.domain.policy.windows import Spot
from service.domain.premises import NOWHERE, Doorsteps
from service.domain.replay import Differences, Known, Life, Past, Run, agreement, compare, run
from service.domain.routing import grids_at, spot_in
from service.domain.states import State
from service.spots import doorsteps_around
from service.store import Transaction
from service.store.records import Ending, Glimpse

MOST: Final = 30_000
"""Sightings of one replay; of more, the latest."""

A_BOX: Final = Box(0, 0, 1, 1)


@dataclass(frozen=True, slots=True)
class Replay:
    """What two policies would have made of the same days.

    Attributes:
        since: the first moment that was looked at.
        is_cut: there were more sightings than are looked at once, so `since` is later than asked for.
        agreement: the share of kept tickets that the policy in force, run anew, makes of the same sightings; what
            people merged and moved by hand makes it smaller than 1.
        numbers: of the kept tickets, by id.
    """

    since: datetime
    sightings: int
    is_cut: bool
    before: Run
    after: Run
    differences: Differences
    agreement: float | None
    numbers: Mapping[str, str]


def replay(tx: Transaction, in_force: Policy, proposed: Policy, now: datetime, days: float) -> Replay:
    """Run the policy in force and another one over the sightings of the last days; nothing is written."""
    since = now - timedelta(days=days)
    glimpses = tx.records.glimpses(since, MOST + 1)
    is_cut = len(glimpses) > MOST
    past = [_past(one) for one in glimpses[-MOST:]]
    kept = {ticket.id: ticket for ticket in _kept(tx, past)}
    known = Known(_lives(kept), _Spots(tx, in_force, proposed).of, _Records(tx, proposed).of, _Doors(tx).of)
    before, after = run(past, in_force, known), run(past, proposed, known)
    return Replay(
        since=past[0].came_at if is_cut else since,
        sightings=len(past),
        is_cut=is_cut,
        before=before,
        after=after,
        differences=compare(before, after),
        agreement=agreement(past, before),
        numbers={ticket.id: ticket.number for ticket in kept.values()},
    )


class _Spots:
    """Where sightings are; the duty grids are read once, and only where one of the policies asks for them."""

    def __init__(self, tx: Transaction, *policies: Policy) -> None:
        asked = any(policy.needs_grids for policy in policies)
        self._grids = tx.units.grids() if asked else []

    def of(self, seen: Sighting) -> Spot:
        camera = seen.source.id if seen.source.type is SourceType.CAMERA else None
        return spot_in(seen.place, camera, grids_at(seen.place, self._grids))


class _Doors:
    """The premises around sightings, read once each, and only where the city has any."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._any = bool(tx.premises.page(limit=1))
        self._known: dict[str, Doorsteps] = {}

    def of(self, seen: Sighting) -> Doorsteps:
        if not self._any or seen.place is None:
            return NOWHERE
        if seen.id not in self._known:
            self._known[seen.id] = doorsteps_around(self._tx, seen, LARGEST_RADIUS_M)
        return self._known[seen.id]


class _Records:
    """What reviewers said about each camera and condition, as of now, read once each."""

    def __init__(self, tx: Transaction, policy: Policy) -> None:
        self._tx, self._policy = tx, policy
        self._known: dict[tuple[str, str], Record] = {}

    def of(self, seen: Sighting) -> Record:
        if seen.condition not in self._policy.auto_filing.conditions:
            return Record()
        key = (seen.source.id, seen.condition)
        if key not in self._known:
            self._known[key] = self._tx.records.of_source(*key, self._policy.auto_filing.last)
        return self._known[key]


def _kept(tx: Transaction, past: Iterable[Past]) -> Iterable[Ending]:
    """The kept tickets of these sightings, and what they were merged into."""
    wanted = {one.ticket_id for one in past if one.ticket_id is not None}
    known: set[str] = set()
    while wanted:
        batch = sorted(wanted)[:500]
        found = tx.records.endings(batch)
        known |= set(batch)
        yield from found
        wanted = (wanted | {ticket.merged_into for ticket in found if ticket.merged_into}) - known


def _lives(kept: Mapping[str, Ending]) -> dict[str, Life]:
    """How each ticket ended; a merged one lives on in the ticket that it was merged into."""
    lives = {}
    for ticket in kept.values():
        end = ticket
        while end.state is State.MERGED and (target := kept.get(end.merged_into or "")) is not None:
            end = target
        lives[ticket.id] = Life(end.state, end.ended_at)
    return lives


def _past(one: Glimpse) -> Past:
    boxes = () if one.score is None else (Detection(one.condition, one.condition, one.score, A_BOX),)
    seen = Sighting(
        id=one.id,
        condition=one.condition,
        detections=boxes,
        seen_at=one.seen_at,
        place=one.place,
        place_source=one.place_source,
        source=Source(SourceType(one.source_type), one.source_id, one.fixed, one.by_person),
        picture_id="",
        zone=one.zone,
    )
    return Past(seen, one.created_at, one.ticket_id)
