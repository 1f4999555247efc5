"""P7: no state change without exactly one audit entry in the same transaction; states move only along the table.

`P7_STEPS=1000000 pytest tests/service/test_promise_p7.py` is the long run.
"""

import os
import tempfile
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from service.casework import Occasion, move_ticket, put_evidence
from service.domain.moves import MoveRequest
from service.domain.states import Resolution, Role, State, find_move
from service.domain.verdict import Verdict, Word
from service.errors import ServiceError
from service.ingest import ingest
from service.review import judge
from service.store import Store, migrate, open_engine
from service.store.tickets import TicketFilter
from tests.build import CAR, NOON, PERSON, POLE, a_picture, a_place, a_policy, a_sighting, an_actor

STEPS_A_RUN = 40
RUNS = max(1, int(os.environ.get("P7_STEPS", "400")) // STEPS_A_RUN)
POLICY = a_policy()

actors = some.sampled_from([an_actor(role, unit_id="sanitation" if role == Role.UNIT else None) for role in Role])
words = some.sampled_from(
    [
        Verdict(Word.TRUE),
        Verdict(Word.FALSE, reason="a shadow"),
        Verdict(Word.OTHER_CONDITION, condition="illegal_ad"),
        Verdict(Word.OTHER_CONDITION, condition="litter"),
    ]
)


class City(RuleBasedStateMachine):
    """Everything that may happen to tickets, in any order, by anybody, also what is refused."""

    observations: Bundle[str] = Bundle("observations")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        engine = open_engine(f"sqlite:///{Path(self.folder.name) / 'city.sqlite'}")
        migrate(engine)
        self.store = Store(engine)
        self.now = NOON
        self.known: dict[str, tuple[State, int]] = {}
        with self.store.write() as tx:
            tx.units.put(POLICY.units)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.engine.dispose()
            self.folder.cleanup()

    @rule(
        target=observations,
        source=some.sampled_from([PERSON, POLE, CAR]),
        metres=some.sampled_from([0, 30, 60, 300]),
        condition=some.sampled_from(["litter", "illegal_ad"]),
        minutes=some.integers(0, 300),
    )
    def see(self, source: object, metres: float, condition: str, minutes: int) -> str:
        self.now += timedelta(minutes=minutes)
        seen = a_sighting(condition, source=source, place=a_place(metres_north=metres), seen_at=self.now)  # type: ignore[arg-type]  # drawn
        with self.store.write() as tx:
            tx.pictures.add(a_picture(picture_id=seen.picture_id))
            ingest(tx, [seen], actor=an_actor(), policy=POLICY, now=self.now)
        return seen.id

    @rule(observation=observations, word=words, actor=actors)
    def judge(self, observation: str, word: Verdict, actor: object) -> None:
        self._try(lambda tx, on: judge(tx, observation, word, on), actor)

    @rule(
        pick=some.integers(0, 99),
        to=some.sampled_from(State),
        actor=actors,
        stale=some.integers(0, 9),
        bare=some.booleans(),
    )
    def move(self, pick: int, to: State, actor: object, stale: int, *, bare: bool) -> None:
        if not self.known:
            return
        ticket_id = sorted(self.known)[pick % len(self.known)]
        state, version = self.known[ticket_id]
        request = MoveRequest(
            to,
            version - (stale == 0),
            reason=None if bare else "seen on site",
            resolution=None if bare else Resolution.FIXED,
            review_at=self.now + timedelta(days=1),
        )
        moved = self._try(lambda tx, on: move_ticket(tx, ticket_id, request, on), actor)
        assert not moved or find_move(state, to, field_verification=False)

    @rule(pick=some.integers(0, 99))
    def walk_on(self, pick: int) -> None:
        """Take the first step that is open, so that deep states are reached, too."""
        if not self.known:
            return
        ticket_id = sorted(self.known)[pick % len(self.known)]
        state, version = self.known[ticket_id]
        request = MoveRequest(State.FILED, version, reason="seen", resolution=Resolution.FORCED)
        deeper = {
            State.CANDIDATE: State.REPORTED,
            State.REPORTED: State.FILED,
            State.FILED: State.DISPATCHED,
            State.DISPATCHED: State.IN_PROGRESS,
            State.IN_PROGRESS: State.HANDLED,
            State.HANDLED: State.CHECKING,
            State.CHECKING: State.CLOSED,
        }
        if state in deeper:
            wanted = MoveRequest(deeper[state], version, reason=request.reason, resolution=request.resolution)
            assert self._try(lambda tx, on: move_ticket(tx, ticket_id, wanted, on), an_actor(Role.CHIEF))

    @rule(pick=some.integers(0, 99), role=some.sampled_from(["before", "after"]), actor=actors)
    def show(self, pick: int, role: str, actor: object) -> None:
        if self.known:
            ticket_id = sorted(self.known)[pick % len(self.known)]
            self._try(lambda tx, on: put_evidence(tx, ticket_id, a_picture(at=self.now), role, on), actor)

    @invariant()
    def every_change_has_one_entry_and_lies_on_the_table(self) -> None:
        if not hasattr(self, "store"):
            return
        with self.store.read() as tx:
            tickets = tx.tickets.page(TicketFilter(), limit=1000)
            for ticket in tickets:
                told = tx.tickets.history_of(ticket.id)
                assert [entry.version for entry in told] == list(range(1, ticket.version + 1))
                assert (told[0].was, told[-1].to) == (None, ticket.state)
                for earlier, later in pairwise(told):
                    assert later.was == earlier.to
                    assert later.was == later.to or find_move(later.was, later.to, field_verification=False)
            openings = [
                event for event in tx.events.after(0, 10_000) if event.type in ("ticket.opened", "ticket.moved")
            ]
            assert len(openings) == sum(ticket.version for ticket in tickets)
        self.known = {ticket.id: (ticket.state, ticket.version) for ticket in tickets}

    def _try(self, deed, actor) -> bool:  # type: ignore[no-untyped-def]  # a lambda over a transaction
        try:
            with self.store.write() as tx:
                deed(tx, Occasion(actor, POLICY, self.now))
        except ServiceError:
            return False
        return True


TestPromiseP7 = City.TestCase
TestPromiseP7.settings = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS_A_RUN,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
