"""Observations: what was seen, and what a person says about it."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from service.api.access import Caseworker, Person
from service.api.city import city_of
from service.api.sight import own_observation
from service.api.telling import observation_answer, ticket_behind
from service.api.verdicts import VerdictWish
from service.api.wire import ObservationAnswer, TicketListed
from service.casework import Occasion
from service.review import judge

router = APIRouter(tags=["observations"])


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
        verdict = wish.on(rows.pictures.get(rows.observations.get(observation_id).seen.picture_id))
        outcome = judge(rows, observation_id, verdict, Occasion(caller, city.policy, city.clock()))
    with city.store.read() as rows:
        kept = rows.observations.get(outcome.observation.seen.id)
        return Judged(
            observation=observation_answer(kept, rows.pictures.get(kept.seen.picture_id)),
            ticket=ticket_behind(rows, kept),
        )
