"""What two reviewers judged: where they differ, side by side, for a third to decide; and how often each agrees."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict

from service.api.access import Caseworker, Overseer
from service.api.city import city_of
from service.api.telling import observation_answer, ticket_behind
from service.api.wire import Moment, ObservationAnswer, TicketListed
from service.domain.verdict import Verdict
from service.occasion import Occasion
from service.review import Reviewer, let_stand
from service.reviewing import as_first_seen
from service.store import Transaction
from service.store.reviews import LastWord, SecondLook

router = APIRouter(tags=["observations"])


class ReviewWord(BaseModel):
    """What somebody said about a sighting."""

    by: str
    at: Moment
    verdict: str
    reason: str | None
    condition: str | None


class SecondLookAnswer(BaseModel):
    """A sighting that two reviewers judged, the second without knowing what the first one said.

    `observation` is as both saw it; `settled` is the last word after them, None where nobody has said one.
    """

    observation_id: str
    condition: str
    observation: ObservationAnswer
    ticket: TicketListed | None
    first: ReviewWord
    second: ReviewWord
    agrees: bool
    settled: ReviewWord | None


class SecondLookPage(BaseModel):
    """Second looks, the newest sighting first."""

    items: list[SecondLookAnswer]
    next: str | None


class DecisionWish(BaseModel):
    """Whose word stands."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"stands": "first"}]})

    stands: Reviewer


class AgreementAnswer(BaseModel):
    """Of what a reviewer judged: how much another one judged as well, and how often both said the same."""

    reviewer: str
    looked_again: int
    agreed: int
    share: float


class AgreementPage(BaseModel):
    """All reviewers of whose sightings two judged some, by name."""

    items: list[AgreementAnswer]
    next: str | None = None


@router.get("/api/review/second-looks")
def list_second_looks(
    request: Request,
    _: Caseworker,
    agrees: Annotated[bool | None, Query()] = None,
    settled: Annotated[bool | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> SecondLookPage:
    """Sightings that two reviewers judged; `agrees=false&settled=false` for those to decide."""
    with city_of(request).store.read() as rows:
        found = rows.reviews.looks(limit + 1, cursor, agrees=agrees, settled=settled)
        shown = found[:limit]
        last = rows.reviews.last_words([one.observation_id for one in shown])
        items = [_answer(rows, one, last.get(one.observation_id)) for one in shown]
    return SecondLookPage(items=items, next=shown[-1].observation_id if len(found) > limit else None)


@router.post("/api/observations/{observation_id}/second-look/decision")
def decide_second_look(request: Request, caller: Overseer, observation_id: str, wish: DecisionWish) -> SecondLookAnswer:
    """Say which of two words stands that do not say the same; neither of the two who said them may."""
    city = city_of(request)
    with city.store.write() as rows:
        look = let_stand(rows, observation_id, wish.stands, Occasion(caller, city.policy, city.clock()))
        return _answer(rows, look, rows.reviews.last_words([observation_id]).get(observation_id))


@router.get("/api/review/agreement")
def list_agreement(request: Request, _: Overseer, days: Annotated[int, Query(ge=1, le=366)] = 30) -> AgreementPage:
    """How often each reviewer said the same as another one who judged the same sighting, in the last days."""
    city = city_of(request)
    with city.store.read() as rows:
        found = rows.reviews.agreements(city.clock() - timedelta(days=days))
    return AgreementPage(
        items=[
            AgreementAnswer(
                reviewer=one.reviewer,
                looked_again=one.looked_again,
                agreed=one.agreed,
                share=round(one.agreed / one.looked_again, 4),
            )
            for one in found
        ]
    )


def _answer(rows: Transaction, look: SecondLook, last: LastWord | None) -> SecondLookAnswer:
    kept = rows.observations.get(look.observation_id)
    return SecondLookAnswer.model_validate(
        {
            "observation_id": look.observation_id,
            "condition": look.condition,
            "observation": observation_answer(as_first_seen(rows, look), rows.pictures.get(kept.seen.picture_id)),
            "ticket": ticket_behind(rows, kept),
            "first": _word(look.first, look.first_by, look.first_at),
            "second": _word(look.second, look.second_by, look.second_at),
            "agrees": look.agrees,
            "settled": last and _word(last.verdict, last.by, last.at),
        }
    )


def _word(verdict: Verdict | None, by: str | None, at: object) -> dict[str, object] | None:
    if verdict is None:
        return None
    said = {"verdict": verdict.word.value, "reason": verdict.reason, "condition": verdict.condition}
    return {"by": by, "at": at, **said}
