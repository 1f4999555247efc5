"""Observations and the reviewer's queue: what was seen, and what a person says about it."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from detector.types import Box
from service.api.access import Caseworker, Person
from service.api.body import TEXT
from service.api.city import city_of
from service.api.sight import own_observation
from service.api.telling import observation_answer, photo_answer, ticket_listed
from service.api.wire import ObservationAnswer, PhotoAnswer, TicketListed
from service.casework import Occasion
from service.domain.verdict import Verdict, Word
from service.errors import Unprocessable
from service.review import judge
from service.store import Transaction
from service.store.observations import Observation
from service.store.pictures import Picture

router = APIRouter(tags=["observations"])

MOST_BOXES: Final = 300

Xyxy = tuple[float, float, float, float]


class VerdictWish(BaseModel):
    """A reviewer's word. `false` needs a reason, `other_condition` the condition, `other_box` the box or the boxes.

    `boxes` are all that stand on the picture afterwards, `xyxy` says the same of one; a `condition` beside them makes
    it another condition as well.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"verdict": "false", "reason": "legal_sign"}]}
    )

    verdict: bool | Word
    reason: Annotated[str, Field(max_length=500, pattern=TEXT)] | None = None
    condition: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None
    xyxy: Xyxy | None = None
    boxes: Annotated[list[Xyxy], Field(max_length=MOST_BOXES)] = []


class PictureSize(BaseModel):
    """Where an observation's picture is, when no photo was sent: a frame's."""

    evidence_id: str
    width: int
    height: int


class ReviewItem(BaseModel):
    """One thing to look at."""

    observation: ObservationAnswer
    ticket: TicketListed | None
    photo: PhotoAnswer | PictureSize


class ReviewPage(BaseModel):
    """What waits for a reviewer, oldest first."""

    items: list[ReviewItem]
    next: str | None


class Judged(BaseModel):
    """An observation after a verdict, and its ticket."""

    observation: ObservationAnswer
    ticket: TicketListed | None


@router.get("/api/observations/{observation_id}")
def get_observation(request: Request, caller: Person, observation_id: str) -> ObservationAnswer:
    """What was seen, with its boxes."""
    with city_of(request).store.read() as rows:
        observation = own_observation(rows, caller, observation_id)
        return observation_answer(observation, rows.pictures.get(observation.seen.picture_id))


@router.post("/api/observations/{observation_id}/verdict")
def give_verdict(request: Request, caller: Caseworker, observation_id: str, wish: VerdictWish) -> Judged:
    """Say whether it is true. A candidate becomes a report, is dismissed, or takes another condition."""
    city = city_of(request)
    with city.store.write() as rows:
        picture = rows.pictures.get(rows.observations.get(observation_id).seen.picture_id)
        verdict = Verdict(_word(wish.verdict), wish.reason, wish.condition, _boxes(wish, picture))
        outcome = judge(rows, observation_id, verdict, Occasion(caller, city.policy, city.clock()))
    with city.store.read() as rows:
        kept = rows.observations.get(outcome.observation.seen.id)
        return Judged(
            observation=observation_answer(kept, rows.pictures.get(kept.seen.picture_id)),
            ticket=_ticket_of(rows, kept),
        )


@router.get("/api/review")
def review(
    request: Request,
    _: Caseworker,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> ReviewPage:
    """Observations of candidates and reports that nobody has judged yet."""
    with city_of(request).store.read() as rows:
        found = rows.observations.to_review(limit + 1, cursor)
        shown = found[:limit]
        return ReviewPage(
            items=[_item(rows, observation) for observation in shown],
            next=shown[-1].seen.id if len(found) > limit else None,
        )


def _item(rows: Transaction, observation: Observation) -> ReviewItem:
    picture = rows.pictures.get(observation.seen.picture_id)
    photo_id = observation.seen.photo_id
    return ReviewItem(
        observation=observation_answer(observation, picture),
        ticket=_ticket_of(rows, observation),
        photo=photo_answer(rows.photos.get(photo_id), picture)
        if photo_id
        else PictureSize(evidence_id=picture.id, width=picture.width, height=picture.height),
    )


def _ticket_of(rows: Transaction, observation: Observation) -> TicketListed | None:
    if observation.ticket_id is None:
        return None
    ticket = rows.tickets.get(observation.ticket_id)
    return ticket_listed(ticket, observation.seen.picture_id, rows.observations.count_of_ticket(ticket.id))


def _word(told: bool | Word) -> Word:
    """JSON's `true` and `false` are words, too."""
    if isinstance(told, bool):
        return Word.TRUE if told else Word.FALSE
    return told


def _boxes(wish: VerdictWish, picture: Picture) -> tuple[Box, ...]:
    if wish.boxes:
        return tuple(_box(xyxy, picture, "boxes") for xyxy in wish.boxes)
    return () if wish.xyxy is None else (_box(wish.xyxy, picture, "xyxy"),)


def _box(xyxy: Xyxy, picture: Picture, field: str) -> Box:
    """The part of a drawn box that lies on the picture; Unprocessable if none does."""
    x0, y0, x1, y1 = xyxy
    try:
        return Box(x0, y0, min(x1, picture.width), min(y1, picture.height))
    except ValueError as error:
        raise Unprocessable(field=field, problem="not_a_box") from error
