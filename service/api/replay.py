"""A policy tried out on the past: which tickets it would have opened, missed, merged or split."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from service.api.city import city_of
from service.api.policy import Desk, PolicyToml
from service.api.wire import Moment, Place
from service.domain.replay import Difference, Imagined, Run
from service.replaying import Replay, replay

router = APIRouter(tags=["policy"])

MOST_SHOWN: Final = 200


class ReplayWish(BaseModel):
    """A policy and the days on which it is tried out."""

    model_config = ConfigDict(extra="forbid")

    text: PolicyToml
    days: Annotated[float, Field(gt=0, le=31)] = 7


class ImaginedAnswer(BaseModel):
    """A ticket that a policy would have made; `tickets` are the numbers of the kept ones behind its sightings."""

    condition: str
    opened_at: Moment
    place: Place | None
    sightings: int
    first_observation: str
    tickets: list[str]
    way: str


class DifferenceAnswer(BaseModel):
    """Tickets before, with the policy in force, and after, with the other; `reason` says why one was missed."""

    before: list[ImaginedAnswer]
    after: list[ImaginedAnswer]
    reason: str | None


class RunAnswer(BaseModel):
    """What a policy makes of the days: its tickets, which way they go, and why sightings are refused."""

    version: str
    sha256: str
    tickets: int
    ways: dict[str, int]
    refused: dict[str, int]


class Differing(BaseModel):
    """How many there are, and the first two hundred."""

    count: int
    items: list[DifferenceAnswer]


class ReplayAnswer(BaseModel):
    """Two policies over the same sightings.

    `agreement` is the share of kept tickets that the policy in force, run anew, makes of the same sightings: what
    people merged and moved by hand is not in it. With `is_cut`, only the latest sightings were looked at.
    """

    since: Moment
    until: Moment
    sightings: int
    is_cut: bool
    agreement: float | None
    before: RunAnswer
    after: RunAnswer
    opened: Differing
    missed: Differing
    merged: Differing
    split: Differing


@router.post("/api/policy/replay")
def replay_policy(request: Request, _: Desk, wish: ReplayWish) -> ReplayAnswer:
    """Run a policy over the sightings of the last days and compare it with the one in force; nothing is kept.

    A text with a problem is refused with its line.
    """
    city = city_of(request)
    proposed, in_force, now = city.in_force.parse(wish.text), city.policy, city.clock()
    with city.store.read() as rows:
        told = replay(rows, in_force, proposed, now, wish.days)
    differences = told.differences
    return ReplayAnswer(
        since=told.since,
        until=now,
        sightings=told.sightings,
        is_cut=told.is_cut,
        agreement=told.agreement,
        before=_run(told.before, in_force.version, in_force.sha256),
        after=_run(told.after, proposed.version, proposed.sha256),
        opened=_differing(differences.opened, told),
        missed=_differing(differences.missed, told),
        merged=_differing(differences.merged, told),
        split=_differing(differences.split, told),
    )


def _run(told: Run, version: str, sha256: str) -> RunAnswer:
    return RunAnswer(
        version=version,
        sha256=sha256,
        tickets=len(told.imagined),
        ways={way.value: count for way, count in sorted(told.ways.items())},
        refused=dict(sorted(told.reasons.items())),
    )


def _differing(found: Sequence[Difference], told: Replay) -> Differing:
    return Differing(count=len(found), items=[_difference(one, told) for one in found[:MOST_SHOWN]])


def _difference(one: Difference, told: Replay) -> DifferenceAnswer:
    missed = one.before[0].sightings[0].seen.id if one.before and not one.after else None
    return DifferenceAnswer(
        before=[_imagined(each, told) for each in one.before],
        after=[_imagined(each, told) for each in one.after],
        reason=told.after.refused.get(missed) if missed else None,
    )


def _imagined(one: Imagined, told: Replay) -> ImaginedAnswer:
    first = one.sightings[0]
    place = first.seen.place
    kept = dict.fromkeys(each.ticket_id for each in one.sightings if each.ticket_id is not None)
    return ImaginedAnswer(
        condition=first.seen.condition,
        opened_at=one.ticket.opened_at,
        place=Place(lat=place.lat, lon=place.lon, accuracy_m=place.accuracy_m) if place else None,
        sightings=len(one.sightings),
        first_observation=first.seen.id,
        tickets=[told.numbers[ticket_id] for ticket_id in kept if ticket_id in told.numbers],
        way=one.way.value,
    )
