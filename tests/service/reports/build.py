"""Cases and tickets at every point of their life, for those who count them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from service.casework import Occasion, move_ticket, put_evidence
from service.domain.cases import Period
from service.domain.indicators import Look
from service.domain.moves import MoveRequest
from service.domain.observation import Source
from service.domain.states import Resolution, Role, State
from service.domain.ticket import Ticket
from service.ingest import ingest
from service.store import Store
from tests.build import NOON, PERSON, SHANGHAI, a_picture, a_place, a_policy, a_sighting, an_actor

POLICY = a_policy()
WEDNESDAY = Period(date(2026, 11, 25), date(2026, 11, 25), SHANGHAI)
WEEK = Period(date(2026, 11, 23), date(2026, 11, 29), SHANGHAI)
LATER = NOON + timedelta(days=4)

FILED = (State.FILED, State.DISPATCHED)
HANDLED = (*FILED, State.IN_PROGRESS, State.HANDLED)
CHECKED = (*HANDLED, State.CHECKING)
CLOSED = (*CHECKED, State.CLOSED)


def a_look(period: Period = WEEK, now: datetime = LATER) -> Look:
    """This week, seen from its end."""
    return Look(period, now)


def a_reported(
    store: Store,
    condition: str = "litter",
    *,
    metres_east: float = 0.0,
    at: datetime = NOON,
    source: Source = PERSON,
) -> Ticket:
    """A ticket as a sighting opens it."""
    seen = a_sighting(condition, place=a_place(metres_east=metres_east), seen_at=at, source=source)
    with store.write() as tx:
        tx.pictures.add(a_picture(picture_id=seen.picture_id))
        (outcome,) = ingest(tx, [seen], actor=an_actor(Role.INSPECTOR), policy=POLICY, now=at)
    assert outcome.ticket is not None
    return outcome.ticket


def walk(
    store: Store,
    ticket_id: str,
    steps: Sequence[State],
    *,
    at: datetime = NOON,
    every: timedelta = timedelta(minutes=5),
    resolution: Resolution = Resolution.FIXED,
) -> Ticket:
    """Take steps at the desk, one after the other; an after-photo is put where one is needed."""
    for number, to in enumerate(steps, start=1):
        on = Occasion(an_actor(Role.CHIEF), POLICY, at + number * every)
        with store.write() as tx:
            if to is State.CLOSED:
                put_evidence(tx, ticket_id, a_picture(at=on.now), "after", on)
            version = tx.tickets.get(ticket_id).version
            request = MoveRequest(
                to, version, reason="seen on site", resolution=resolution, review_at=on.now + timedelta(days=3)
            )
            ticket = move_ticket(tx, ticket_id, request, on)
    return ticket
