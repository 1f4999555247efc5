"""Why there is a ticket, and why there is none: what a camera decided at any moment, box by box."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel

from service.accounts.roles import PEOPLE
from service.api.access import Allowed, Person
from service.api.body import TEXT, in_utc
from service.api.city import city_of
from service.api.sight import own_ticket
from service.api.wire import Moment
from service.domain.states import Role
from service.domain.ticket import Actor
from service.store import Transaction
from service.store.decisions import Stretch
from service.store.observations import Observation

router = APIRouter(tags=["cameras"])

Reader = Annotated[Actor, Depends(Allowed(PEOPLE - {Role.UNIT}))]
MomentQuery = Annotated[Annotated[AwareDatetime, AfterValidator(in_utc)] | None, Query()]
ConditionQuery = Annotated[str | None, Query(max_length=64, pattern=TEXT)]


class ThingAnswer(BaseModel):
    """One box, or a remembered thing that was not seen, and what was made of it.

    `median` of the latest scores is compared with `opens_at`; `hits` looks saw it, for `lasted_s` seconds; `missed`
    clear looks in a row did not. `cause` says why it was not seen: `clear`, `hidden`, `unchanged`, `unsettled`,
    `blocked`.
    """

    reason: str
    kind: str
    xyxy: tuple[float, float, float, float]
    score: float | None = None
    median: float | None = None
    opens_at: float | None = None
    hits: int = 0
    missed: int = 0
    lasted_s: float = 0
    track: int | None = None
    cause: str | None = None


class DecisionAnswer(BaseModel):
    """Looks in a row that decided the same; `things` are those of the last one, `boxes` says how many there were.

    Without a `condition` it is about the frames as a whole: `unchanged`, `dropped`, or what the camera suffered from.
    What was said has an `observation_id`; then `outcome`, or `refused`, says what became of it.
    """

    camera_id: str
    condition: str | None
    zone: str | None
    reason: str
    first_at: Moment
    last_at: Moment
    looks: int
    is_lasting: bool
    boxes: int
    things: list[ThingAnswer]
    observation_id: str | None
    ticket_id: str | None
    outcome: str | None
    refused: str | None


class DecisionPage(BaseModel):
    """Decisions, newest first."""

    items: list[DecisionAnswer]
    next: str | None


class WhyAnswer(BaseModel):
    """One sighting behind a ticket, and why it was made; `decision` is None where nothing was kept about it.

    `before` is what was decided about the same condition until it was said, newest first.
    """

    observation_id: str
    at: Moment
    source: str
    condition: str
    score: float | None
    outcome: str | None
    evidence_id: str
    verdict: str | None
    decision: DecisionAnswer | None
    before: list[DecisionAnswer]


class WhyPage(BaseModel):
    """Sightings behind a ticket, newest first, with why it took the way that it took.

    `held` says why a machine that could have acted left it to people, in the ticket's own history.
    """

    ticket_id: str
    held: str | None
    facts: dict[str, str | int | float | bool | None]
    items: list[WhyAnswer]
    next: str | None


@router.get("/api/cameras/{camera_id}/decisions")
def get_decisions(
    request: Request,
    _: Reader,
    camera_id: str,
    at: MomentQuery = None,
    condition: ConditionQuery = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=20, pattern="^[0-9]{1,18}$")] = None,
) -> DecisionPage:
    """What a camera decided, newest first; with `at`, what held at that moment of each condition and zone."""
    city = city_of(request)
    city.intake.walks.write(camera_id)
    with city.store.read() as rows:
        camera = rows.cameras.get(camera_id)
        if at is not None:
            return DecisionPage(items=_told(rows, rows.decisions.at(camera.id, at, condition)), next=None)
        found = rows.decisions.page(camera.id, limit + 1, None if cursor is None else int(cursor), condition)
        following = str(found[limit - 1].seq) if len(found) > limit else None
        return DecisionPage(items=_told(rows, found[:limit]), next=following)


@router.get("/api/tickets/{ticket_id}/why", tags=["tickets"])
def get_why(
    request: Request, caller: Person, ticket_id: str, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> WhyPage:
    """Why there is this ticket: its latest sightings with the boxes, scores, counts and times that decided."""
    with city_of(request).store.read() as rows:
        ticket = own_ticket(rows, caller, ticket_id)
        seen = rows.observations.of_ticket(ticket.id, limit)
        behind = rows.decisions.behind([one.seen.id for one in seen])
        before = {name: rows.decisions.before(stretch) for name, stretch in behind.items()}
        opening = next(iter(rows.tickets.history_of(ticket.id)), None)
    facts = dict(opening.facts) if opening else {}
    held = facts.get("held")
    return WhyPage(
        ticket_id=ticket.id,
        held=held if isinstance(held, str) else None,
        facts=facts,
        items=[_why(one, behind.get(one.seen.id), before.get(one.seen.id, [])) for one in seen],
        next=None,
    )


def _why(one: Observation, stretch: Stretch | None, before: Sequence[Stretch]) -> WhyAnswer:
    seen = one.seen
    return WhyAnswer(
        observation_id=seen.id,
        at=seen.seen_at,
        source=seen.source.id,
        condition=seen.condition,
        score=None if seen.score is None else round(seen.score, 4),
        outcome=one.result.value if one.result else None,
        evidence_id=seen.picture_id,
        verdict=one.verdict.value if one.verdict else None,
        decision=None if stretch is None else _answer(stretch, one),
        before=[_answer(earlier, None) for earlier in before],
    )


def _told(rows: Transaction, stretches: list[Stretch]) -> list[DecisionAnswer]:
    kept = {one: rows.observations.find(one) for one in {stretch.observation_id for stretch in stretches} if one}
    return [_answer(stretch, kept.get(stretch.observation_id or "")) for stretch in stretches]


def _answer(stretch: Stretch, seen: Observation | None) -> DecisionAnswer:
    return DecisionAnswer(
        camera_id=stretch.camera_id,
        condition=stretch.condition,
        zone=stretch.zone,
        reason=stretch.reason,
        first_at=stretch.first_at,
        last_at=stretch.last_at,
        looks=stretch.looks,
        is_lasting=bool(stretch.facts.get("is_lasting", False)),
        boxes=int(stretch.facts.get("n", 0)),
        things=[ThingAnswer.model_validate(thing) for thing in stretch.facts.get("things", ())],
        observation_id=stretch.observation_id,
        ticket_id=seen.ticket_id if seen else None,
        outcome=seen.result.value if seen and seen.result else None,
        refused=seen.reason if seen else None,
    )
