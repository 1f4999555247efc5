"""What the people of the demo city have done with the first tickets, so that no board is empty."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from service.api.city import City
from service.casework import Occasion, move_ticket, put_evidence
from service.demo.people import UNIT
from service.domain.moves import MoveRequest
from service.domain.states import Resolution, Role, State
from service.domain.ticket import Ticket
from service.domain.verdict import Verdict, Word
from service.review import judge, let_stand
from service.reviewing import look_again
from service.store.reviews import SecondLook
from service.store.tables import observations, photos, tickets

Step = tuple[Role, State]

TO_FILED: Final[tuple[Step, ...]] = ((Role.OPS, State.FILED),)
TO_DISPATCHED: Final = (*TO_FILED, (Role.OPS, State.DISPATCHED))
TO_IN_PROGRESS: Final = (*TO_DISPATCHED, (Role.UNIT, State.IN_PROGRESS))
TO_HANDLED: Final = (*TO_IN_PROGRESS, (Role.UNIT, State.HANDLED))
TO_CLOSED: Final = (*TO_HANDLED, (Role.INSPECTOR, State.CHECKING), (Role.OPS, State.CLOSED))
CHAPTERS: Final = (TO_HANDLED, TO_IN_PROGRESS, TO_DISPATCHED, TO_FILED)

TRUE: Final = Verdict(Word.TRUE)
DOUBTS: Final = Verdict(Word.FALSE, reason="unclear")
SECOND_WORDS: Final = ((TRUE, False), (TRUE, False), (DOUBTS, True), (DOUBTS, False))
"""What a second reviewer said of the sighting behind each chapter, and whether a third has decided since."""


def tell_story(city: City, after: Sequence[Mapping[str, Any]]) -> None:
    """Close the tickets of pictures that have an after-photo, and move the next few along."""
    here = Path(__file__).parent
    told = {str(row["after_of"]): (here / str(row["file"])).read_bytes() for row in after}
    for file, photo in told.items():
        for ticket in _tickets_of(city, f"demo {file}"):
            _walk(city, ticket, TO_HANDLED)
            _put_after(city, ticket, photo)
            _walk(city, ticket, TO_CLOSED)
    untouched = [ticket for ticket in _reported(city) if ticket.version == 1]
    for ticket, chapter, (second, is_decided) in zip(untouched, CHAPTERS, SECOND_WORDS, strict=False):
        _look_twice(city, ticket, second, is_decided=is_decided)
        _walk(city, ticket, chapter)


def _walk(city: City, ticket: Ticket, steps: Sequence[Step]) -> None:
    """Take the steps that are still ahead of a ticket; another unit's work is noted by the desk."""
    for number, (role, to) in enumerate(steps, start=1):
        with city.store.read() as rows:
            now = rows.tickets.get(ticket.id)
        if now.version != number:
            continue
        by = Role.OPS if role is Role.UNIT and now.unit_id != UNIT else role
        request = MoveRequest(to, now.version, resolution=Resolution.FIXED if to is State.CLOSED else None)
        with city.store.write() as rows:
            move_ticket(rows, ticket.id, request, _occasion(city, by))


def _look_twice(city: City, ticket: Ticket, second: Verdict, *, is_decided: bool) -> None:
    """Two reviewers judge the sighting behind a ticket, whether or not the sample would take it."""
    with city.store.write() as rows:
        kept = rows.observations.of_ticket(ticket.id, 1)[0]
        seen, first_on = kept.seen, _occasion(city, Role.OPS)
        judge(rows, seen.id, TRUE, first_on)
        rows.reviews.ask_again(
            SecondLook(seen.id, seen.condition, seen.detections, TRUE, first_on.actor.name, first_on.now)
        )
        look_again(rows, seen.id, second, _occasion(city, Role.CHIEF))
        if is_decided and not rows.reviews.last_words([seen.id]):
            let_stand(rows, seen.id, "first", _occasion(city, Role.ADMIN))


def _put_after(city: City, ticket: Ticket, photo: bytes) -> None:
    with city.store.read() as rows:
        ticket = rows.tickets.get(ticket.id)
    crew = city.people.actor((Role.UNIT if ticket.unit_id == UNIT else Role.OPS).value)
    shot = city.intake.shot(photo, crew)
    with city.store.write() as rows:
        put_evidence(rows, ticket.id, shot.picture, "after", Occasion(crew, city.policy, city.clock()), shot.taken)


def _occasion(city: City, by: Role) -> Occasion:
    return Occasion(city.people.actor(by.value), city.policy, city.clock())


def _tickets_of(city: City, key: str) -> list[Ticket]:
    query = (
        select(observations.c.ticket_id)
        .join(photos, photos.c.id == observations.c.photo_id)
        .where(photos.c.key == key, observations.c.ticket_id.is_not(None))
    )
    with city.store.read() as rows:
        return [rows.tickets.get(ticket_id) for ticket_id in rows.connection.execute(query).scalars()]


def _reported(city: City) -> list[Ticket]:
    query = select(tickets.c.id).where(tickets.c.state == State.REPORTED.value).order_by(tickets.c.id)
    with city.store.read() as rows:
        return [rows.tickets.get(ticket_id) for ticket_id in rows.connection.execute(query).scalars()]
