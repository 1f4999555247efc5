"""The reviewers' queue: handed out in order, to one reviewer at a time; a few sightings are judged twice."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from service.api.access import Caseworker
from service.api.body import TEXT
from service.api.city import city_of
from service.api.telling import observation_answer, photo_answer, ticket_behind
from service.api.verdicts import VerdictWish
from service.api.wire import Moment, ObservationAnswer, PhotoAnswer, TicketListed
from service.domain.review_queue import in_order
from service.errors import Unprocessable
from service.occasion import Occasion
from service.reviewing import hand_out, look_again, pace_today
from service.store import Transaction
from service.store.observations import Observation

router = APIRouter(tags=["observations"])

MOST_HELD: Final = 200

ObservationId = Annotated[str, Field(max_length=64, pattern=TEXT)]
Kept = Annotated[list[ObservationId] | None, Query(max_length=MOST_HELD)]


class PictureSize(BaseModel):
    """Where an observation's picture is, when no photo was sent: a frame's."""

    evidence_id: str
    width: int
    height: int


class ReviewItem(BaseModel):
    """One thing to look at. `again`: it goes to `/second-look`, and changes no ticket."""

    observation: ObservationAnswer
    ticket: TicketListed | None
    photo: PhotoAnswer | PictureSize
    again: bool = False


class ReviewPage(BaseModel):
    """What waits for a reviewer, the most urgent first; `next` keeps to the order of the first page."""

    items: list[ReviewItem]
    next: str | None


class LeaseWish(BaseModel):
    """How many more sightings a reviewer wants, and which they still have before them or on the way."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"limit": 12, "holding": ["obs_01kax5zq7c40241466cb2fb4bb"]}]}
    )

    limit: Annotated[int, Field(ge=0, le=50)] = 12
    holding: Annotated[list[ObservationId], Field(max_length=MOST_HELD)] = []


class Leased(BaseModel):
    """What a reviewer has got: theirs alone until `held_until`, unless asked for again.

    `lost` of what they held is somebody else's by now; `rest` more wait that nobody holds.
    """

    items: list[ReviewItem]
    lost: list[str]
    rest: int
    held_until: Moment


class PaceAnswer(BaseModel):
    """What the caller has done today. `looked_again` of their sightings two reviewers judged, `agreed` alike."""

    verdicts: int
    true: int
    minutes: float
    minutes_per_true: float | None
    looked_again: int
    agreed: int


class LookedAgain(BaseModel):
    """A second word was kept; what the first one was stays untold, so that nobody learns to agree."""

    observation_id: str


@router.get("/api/review")
def review(
    request: Request,
    _: Caseworker,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=128)] = None,
) -> ReviewPage:
    """Observations of candidates and reports that nobody has judged yet, by risk x confidence x deadline.

    Reading takes nothing from other reviewers; `POST /api/review/leases` does.
    """
    city = city_of(request)
    at, after = _place_in(cursor) if cursor else (city.clock(), None)
    with city.store.read() as rows:
        ranked = in_order(rows.reviews.waiting(), city.policy, at)
        left = [pair for pair in ranked if after is None or (-pair[0], pair[1].id) > after]
        items = [_item(rows, rows.observations.get(one.id)) for _, one in left[:limit]]
    urgency, last = (left[limit - 1][0], left[limit - 1][1].id) if len(left) > limit else (0.0, None)
    return ReviewPage(items=items, next=f"{at.timestamp()!r}~{urgency!r}~{last}" if last else None)


@router.post("/api/review/leases")
def lease(request: Request, caller: Caseworker, wish: LeaseWish) -> Leased:
    """Take the next sightings, which nobody else is handed for two minutes, and keep those that are still held."""
    city = city_of(request)
    with city.store.write() as rows:
        handed = hand_out(rows, wish.holding, wish.limit, Occasion(caller, city.policy, city.clock()))
        items = [_item(rows, one) for one in handed.first]
        for one in handed.again:
            items.insert(len(items) // 2, _item(rows, one, again=True))
    return Leased(items=items, lost=list(handed.lost), rest=handed.rest, held_until=handed.until)


@router.delete("/api/review/leases", status_code=204)
def release(request: Request, caller: Caseworker, keep: Kept = None) -> Response:
    """Give everything that this reviewer holds to the others, but for verdicts that are still on their way (`keep`)."""
    with city_of(request).store.write() as rows:
        rows.reviews.let_go(caller.id, keep or ())
    return Response(status_code=204)


@router.get("/api/review/pace")
def get_pace(request: Request, caller: Caseworker) -> PaceAnswer:
    """Verdicts, minutes and minutes for each true ticket of the caller since midnight."""
    city = city_of(request)
    with city.store.read() as rows:
        pace = pace_today(rows, Occasion(caller, city.policy, city.clock()))
    each = pace.minutes_per_true
    return PaceAnswer(
        verdicts=pace.verdicts,
        true=pace.true,
        minutes=round(pace.minutes, 1),
        minutes_per_true=None if each is None else round(each, 2),
        looked_again=pace.looked_again,
        agreed=pace.agreed,
    )


@router.post("/api/observations/{observation_id}/second-look")
def give_second_look(request: Request, caller: Caseworker, observation_id: str, wish: VerdictWish) -> LookedAgain:
    """Judge what another reviewer has judged, blind. It moves no ticket; how often both agree is counted."""
    city = city_of(request)
    with city.store.write() as rows:
        verdict = wish.on(rows.pictures.get(rows.observations.get(observation_id).seen.picture_id))
        look = look_again(rows, observation_id, verdict, Occasion(caller, city.policy, city.clock()))
    return LookedAgain(observation_id=look.observation_id)


def _place_in(cursor: str) -> tuple[datetime, tuple[float, str]]:
    """The moment of the order, and the last place in it that was told; Unprocessable for what is no cursor."""
    try:
        at, urgency, last = cursor.split("~")
        return datetime.fromtimestamp(float(at), UTC), (-float(urgency), last)
    except (ValueError, OverflowError, OSError) as error:
        raise Unprocessable(field="cursor", problem="unknown") from error


def _item(rows: Transaction, observation: Observation, *, again: bool = False) -> ReviewItem:
    picture = rows.pictures.get(observation.seen.picture_id)
    photo_id = observation.seen.photo_id
    return ReviewItem(
        observation=observation_answer(observation, picture),
        ticket=ticket_behind(rows, observation),
        photo=photo_answer(rows.photos.get(photo_id), picture)
        if photo_id
        else PictureSize(evidence_id=picture.id, width=picture.width, height=picture.height),
        again=again,
    )
