"""What a reviewer may want to see beside a sighting: open tickets nearby, and pictures of the place from before."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from service.api.access import Caseworker
from service.api.city import city_of
from service.api.telling import detection_answer, ticket_listed
from service.api.wire import DetectionAnswer, Moment, TicketListed
from service.store import Transaction
from service.surroundings import Neighbour, Pass, neighbours, passes

router = APIRouter(tags=["observations"])


class PassAnswer(BaseModel):
    """A picture of the same place from before; `role` is `seen`, `before`, `after`, `near`, `far` or `reference`."""

    evidence_id: str
    width: int
    height: int
    at: Moment
    role: str
    condition: str | None
    detections: list[DetectionAnswer]


class NeighbourAnswer(BaseModel):
    """An open ticket of the same condition nearby, with its latest picture: it may be the same problem."""

    ticket: TicketListed
    metres: float
    picture: PassAnswer


class AroundAnswer(BaseModel):
    """What is known around a sighting: `neighbours` the nearest first, `earlier` the newest first."""

    neighbours: list[NeighbourAnswer]
    earlier: list[PassAnswer]


@router.get("/api/observations/{observation_id}/around")
def get_around(request: Request, _: Caseworker, observation_id: str) -> AroundAnswer:
    """Open tickets that this sighting may belong to after all, and the same place in earlier pictures."""
    city = city_of(request)
    with city.store.read() as rows:
        seen = rows.observations.get(observation_id)
        return AroundAnswer(
            neighbours=[_neighbour(rows, one) for one in neighbours(rows, seen, city.policy)],
            earlier=[_pass(one) for one in passes(rows, seen)],
        )


def _neighbour(rows: Transaction, one: Neighbour) -> NeighbourAnswer:
    seen = one.latest.seen
    shown = Pass(one.picture, seen.seen_at, "seen", seen.condition, seen.detections)
    sightings = rows.observations.count_of_ticket(one.ticket.id)
    return NeighbourAnswer(
        ticket=ticket_listed(one.ticket, one.picture.id, sightings),
        metres=round(one.metres, 1),
        picture=_pass(shown),
    )


def _pass(one: Pass) -> PassAnswer:
    return PassAnswer(
        evidence_id=one.picture.id,
        width=one.picture.width,
        height=one.picture.height,
        at=one.at,
        role=one.role,
        condition=one.condition,
        detections=[detection_answer(box) for box in one.detections],
    )
