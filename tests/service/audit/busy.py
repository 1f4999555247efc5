"""A small city in which a bit of everything has happened."""

from datetime import timedelta

from service.casework import Occasion, move_ticket, put_evidence
from service.domain.audit import AuditLine
from service.domain.moves import MoveRequest
from service.domain.states import Resolution, Role, State
from service.domain.verdict import Verdict, Word
from service.ingest import ingest
from service.review import judge
from service.store import Store
from tests.build import NOON, a_picture, a_place, a_policy, a_sighting, an_actor

POLICY = a_policy()
TO_CLOSED = (State.FILED, State.DISPATCHED, State.IN_PROGRESS, State.HANDLED, State.CHECKING, State.CLOSED)


def make_busy(store: Store) -> None:
    """Two tickets, one of them closed, with pictures, a verdict and a look at an original."""
    chief = Occasion(an_actor(Role.CHIEF), POLICY, NOON)
    seen = [a_sighting(), a_sighting(place=a_place(metres_north=500))]
    with store.write() as tx:
        for one in seen:
            tx.pictures.add(a_picture(picture_id=one.picture_id))
        [first, _] = ingest(tx, seen, actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
    assert first.ticket is not None
    with store.write() as tx:
        judge(tx, seen[1].id, Verdict(Word.TRUE), chief)
        put_evidence(tx, first.ticket.id, a_picture(), "after", chief)
        tx.audit.add(a_line(first.observation.seen.picture_id))
    for to in TO_CLOSED:
        with store.write() as tx:
            version = tx.tickets.get(first.ticket.id).version
            wish = MoveRequest(to, version, reason="the street was dug up", resolution=Resolution.FORCED)
            later = NOON + timedelta(hours=1)
            move_ticket(tx, first.ticket.id, wish, Occasion(an_actor(Role.CHIEF), POLICY, later))


def a_line(subject: str = "pic_1") -> AuditLine:
    """Somebody looked at an original."""
    return AuditLine(NOON, "ops", "evidence.original", subject, "a complaint", {"sha256": "0" * 64})
