"""A city in which everything may happen to tickets, in any order, by anybody; after each step P7 has to hold."""

import atexit
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pysqlite3
from hypothesis import strategies as some
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from detector.catalog import Limit
from service import facts
from service.casework import Occasion, move_ticket, put_evidence
from service.domain.after_photos import Taken
from service.domain.co_units import Answer
from service.domain.facts import FACT_ROWS, FactKind
from service.domain.moves import MoveRequest
from service.domain.noting import Extension, Note
from service.domain.observation import Source
from service.domain.states import UNDO_MERGE, Override, Resolution, Role, State, find_move
from service.domain.ticket import SERVICE, Actor, HistoryEntry, Ticket
from service.domain.verdict import Verdict, Word
from service.errors import ServiceError
from service.ingest import ingest
from service.merges import undo_merge
from service.review import judge
from service.store import Store, Transaction, migrate, open_engine
from tests.build import CAR, NOON, PERSON, POLE, a_picture, a_place, a_policy, a_sighting, an_actor

POLICY = a_policy()
UNITS = ("sanitation", "housing")
SAYS = {"who": "shop owner", "result": "will clear", "reference": "ZF-1", "unit": "housing"}
MOST_EVENTS = 1000
TOTALS = """SELECT
    (SELECT coalesce(sum(version), 0) FROM tickets),
    (SELECT count(*) FROM history),
    (SELECT count(*) FROM audit WHERE action IN ('ticket.opened', 'ticket.moved', 'ticket.noted'))
"""
"""What all tickets together say of their changes, what their histories do, and what the trail does."""

MEMORY = Path("/dev/shm")  # where no power cut is rehearsed, a disk only costs time
Deed = Callable[[Transaction, Occasion], object]

people = [an_actor(role) for role in Role if role is not Role.UNIT]
crews = [an_actor(Role.UNIT, unit_id=unit) for unit in UNITS]
actors = some.sampled_from([*people, *crews, an_actor(Role.CHIEF), SERVICE])
words = some.sampled_from(
    [
        Verdict(Word.TRUE),
        Verdict(Word.FALSE, reason="a shadow"),
        Verdict(Word.OTHER_CONDITION, condition="illegal_ad"),
        Verdict(Word.OTHER_CONDITION, condition="litter"),
    ]
)
places = some.sampled_from([None, a_place(), a_place(metres_north=900)])
picks = some.integers(0, 99)

DEEPER = {
    State.CANDIDATE: State.REPORTED,
    State.REPORTED: State.FILED,
    State.FILED: State.DISPATCHED,
    State.DISPATCHED: State.IN_PROGRESS,
    State.IN_PROGRESS: State.HANDLED,
    State.HANDLED: State.CHECKING,
    State.CHECKING: State.CLOSED,
}
"""A way to the end, so that deep states are reached, too."""


class City(RuleBasedStateMachine):
    """Tickets that are seen, judged, moved, noted, extended, merged and shown, also by those who may not.

    `steps` and `done` count over all runs what was tried and which events it led to.
    """

    observations: Bundle[str] = Bundle("observations")
    steps: ClassVar[int] = 0
    done: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self) -> None:
        file = _file()
        for left in file.parent.glob(f"{file.name}*"):
            left.unlink()  # of a city whose end was cut off
        shutil.copy(_migrated(), file)
        self.store = _store()
        self.beside = pysqlite3.connect(str(file))
        self.committed = 0
        self.now = NOON
        self.tickets: dict[str, Ticket] = {}
        self.heard = 0

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.beside.close()
            self.store.engine.dispose()

    @rule(
        target=observations,
        source=some.sampled_from([PERSON, POLE, CAR]),
        metres=some.sampled_from([0, 30, 60, 300]),
        condition=some.sampled_from(["litter", "illegal_ad"]),
        minutes=some.integers(0, 300),
    )
    def see(self, source: Source, metres: float, condition: str, minutes: int) -> str:
        self.now += timedelta(minutes=minutes)
        seen = a_sighting(condition, source=source, place=a_place(metres_north=metres), seen_at=self.now)
        with self.store.write() as tx:
            tx.pictures.add(a_picture(picture_id=seen.picture_id))
            ingest(tx, [seen], actor=an_actor(), policy=POLICY, now=self.now)
        return seen.id

    @rule(observation=observations, word=words, actor=actors)
    def judge(self, observation: str, word: Verdict, actor: Actor) -> None:
        self._try(lambda tx, on: judge(tx, observation, word, on), actor)

    @rule(pick=picks, to=some.sampled_from(State), actor=actors, stale=some.integers(0, 9), bare=some.booleans())
    def move(self, pick: int, to: State, actor: Actor, stale: int, *, bare: bool) -> None:
        if (ticket := self._picked(pick)) is None:
            return
        request = MoveRequest(
            to,
            ticket.version - (stale == 0),
            reason=None if bare else "seen on site",
            resolution=None if bare else Resolution.FIXED,
            review_at=self.now + timedelta(days=1),
            override=Override.AFTER_PHOTO_PLACE,
        )
        moved = self._try(lambda tx, on: move_ticket(tx, ticket.id, request, on), actor)
        assert not moved or find_move(ticket.state, to, field_verification=False)

    @rule(pick=picks)
    def walk_on(self, pick: int) -> None:
        if (ticket := self._picked(pick)) is not None and ticket.state in DEEPER:
            self._walk(ticket, DEEPER[ticket.state])

    @rule(pick=picks, kind=some.sampled_from(FactKind), actor=actors, ago=some.integers(-10, 600))
    def note(self, pick: int, kind: FactKind, actor: Actor, ago: int) -> None:
        if (ticket := self._picked(pick)) is None:
            return
        told = Note(kind, "seen on site", self.now - timedelta(minutes=ago), key=f"{kind}:{ago % 7}", details=SAYS)
        before = ticket.version
        noted = self._try(lambda tx, on: facts.note(tx, ticket.id, told, on), actor)
        assert not noted or ticket.state in FACT_ROWS[kind].states or self._fresh(ticket).version == before

    @rule(pick=picks, actor=actors, hours=some.integers(-2, 30), form=some.sampled_from([None, "YQ-1"]))
    def extend(self, pick: int, actor: Actor, hours: int, form: str | None) -> None:
        if (ticket := self._picked(pick)) is None:
            return
        by = Limit(hours, "urgent_hour") if hours > 0 else None
        wanted = Extension("the crane is late", ticket.version, self.now + timedelta(hours=hours), by, form)
        done = self._try(lambda tx, on: facts.extend(tx, ticket.id, wanted, on), actor)
        assert not done or (actor.role is Role.CHIEF and (ticket.extensions == 0 or form))

    @rule(pick=picks, unit=some.sampled_from(UNITS), actor=actors, what=some.sampled_from(["ask", "answer", "release"]))
    def share(self, pick: int, unit: str, actor: Actor, what: str) -> None:
        if (ticket := self._picked(pick)) is None:
            return
        deeds: dict[str, Deed] = {
            "ask": lambda tx, on: facts.ask_co_unit(tx, ticket.id, unit, "a gate", ticket.version, on),
            "answer": lambda tx, on: facts.answer_co_unit(tx, ticket.id, unit, Answer.DONE, None, on),
            "release": lambda tx, on: facts.release_co_unit(tx, ticket.id, unit, "done", ticket.version, on),
        }
        self._try(deeds[what], actor)

    @rule(pick=picks, other=picks)
    def merge(self, pick: int, other: int) -> None:
        ticket, target = self._picked(pick), self._picked(other)
        if ticket is None or target is None:
            return
        if ticket.state is State.REPORTED:
            self._walk(ticket, State.VERIFYING)
            ticket = self._fresh(ticket)
        request = MoveRequest(State.MERGED, ticket.version, merge_target=target.id)
        done = self._try(lambda tx, on: move_ticket(tx, ticket.id, request, on), an_actor())
        assert not done or (target.is_open and target.id != ticket.id and target.condition == ticket.condition)

    @rule(pick=picks, actor=actors)
    def unmerge(self, pick: int, actor: Actor) -> None:
        if (ticket := self._picked(pick)) is not None:
            done = self._try(lambda tx, on: undo_merge(tx, ticket.id, ticket.version, "another heap", on), actor)
            assert not done or ticket.state is State.MERGED

    @rule(pick=picks, role=some.sampled_from(["before", "after"]), place=places, actor=actors)
    def show(self, pick: int, role: str, place: object, actor: Actor) -> None:
        if (ticket := self._picked(pick)) is not None:
            taken = Taken(place, "exif" if place else None)  # type: ignore[arg-type]  # drawn
            picture = a_picture(at=self.now)
            self._try(lambda tx, on: put_evidence(tx, ticket.id, picture, role, on, taken), actor)

    @invariant()
    def every_change_has_one_entry_and_lies_on_the_table(self) -> None:
        if not hasattr(self, "store"):
            return
        City.steps += 1
        committed = self._asked("PRAGMA data_version")[0]
        if committed == self.committed:  # nobody has written anything since the last look
            return
        self.committed = committed
        versions, lines, said = self._asked(TOTALS)
        assert versions == lines == said
        with self.store.read() as tx:
            happened = tx.events.after(self.heard, MOST_EVENTS)
            self.heard = happened[-1].seq if happened else self.heard
            changes = [event for event in happened if event.type in ("ticket.opened", "ticket.moved", "ticket.noted")]
            City.done.update(event.body.get("fact") or event.body["state"] for event in changes)
            told = 0
            for ticket_id in {event.subject for event in happened if event.type.startswith("ticket.")}:
                ticket = tx.tickets.get(ticket_id)
                earlier = self.tickets.get(ticket_id)
                told += ticket.version - (earlier.version if earlier else 0)
                self.tickets[ticket_id] = ticket
                check(tx, ticket)
            assert len(changes) == told

    def _asked(self, question: str) -> tuple[int, ...]:
        """One row, on a connection that never writes."""
        found: tuple[int, ...] = self.beside.execute(question).fetchone()
        return found

    def _picked(self, pick: int) -> Ticket | None:
        return self.tickets[sorted(self.tickets)[pick % len(self.tickets)]] if self.tickets else None

    def _fresh(self, ticket: Ticket) -> Ticket:
        with self.store.read() as tx:
            return tx.tickets.get(ticket.id)

    def _walk(self, ticket: Ticket, to: State) -> None:
        """The duty chief takes a step that nothing but a co-unit's silence can stop."""
        request = MoveRequest(to, ticket.version, "seen", resolution=Resolution.FORCED)
        self._try(lambda tx, on: move_ticket(tx, ticket.id, request, on), an_actor(Role.CHIEF))

    def _try(self, deed: Deed, actor: Actor) -> bool:
        try:
            with self.store.write() as tx:
                deed(tx, Occasion(actor, POLICY, self.now))
        except ServiceError:
            return False
        return True


def check(tx: Transaction, ticket: Ticket) -> None:
    """All that P7 promises of one ticket."""
    told = tx.tickets.history_of(ticket.id)
    assert [entry.version for entry in told] == list(range(1, ticket.version + 1))
    assert (told[0].was, told[-1].to) == (None, ticket.state)
    for earlier, later in pairwise(told):
        assert later.was == earlier.to
        assert later.was == later.to or _leads(later)
    noted = {fact.version: fact.kind.value for fact in tx.facts.of_ticket(ticket.id)}
    assert noted == {entry.version: entry.facts["fact"] for entry in told if "fact" in entry.facts}
    trail = [line.facts["version"] for line in tx.audit.about(ticket.id) if "entry_sha256" in line.facts]
    assert trail == [entry.version for entry in told]
    assert (ticket.state is State.MERGED) == (ticket.merged_into is not None)
    assert ticket.extensions == sum(entry.facts.get("fact") == "extended" for entry in told)


def _leads(entry: HistoryEntry) -> bool:
    if (entry.was, entry.to) == (UNDO_MERGE.was, UNDO_MERGE.to):
        return "merged_into_was" in entry.facts
    return entry.was is not None and find_move(entry.was, entry.to, field_verification=False) is not None


@cache
def _file() -> Path:
    """Where this process's cities lie, one after another."""
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    atexit.register(shutil.rmtree, folder)
    return folder / "city.sqlite"


@cache
def _store() -> Store:
    """One for all cities: it knows the statements that it has composed before."""
    return Store(open_engine(f"sqlite:///{_file()}"))


@cache
def _migrated() -> Path:
    """A city's empty file, made once and copied for each run."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    engine = open_engine(f"sqlite:///{folder / 'city.sqlite'}")
    migrate(engine)
    with Store(engine).write() as tx:
        tx.units.put(POLICY.units)
    engine.dispose()
    return folder / "city.sqlite"
