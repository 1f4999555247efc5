"""Clocks as jobs: rung once, at their time, by whichever worker is alive, and never for a ticket that has moved on."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from detector.catalog import load_catalog
from service.casework import Occasion, move_ticket
from service.clocks import CLOCK, plan_clocks, ring
from service.domain.clocks import alarms_of
from service.domain.facts import FactKind
from service.domain.forecast import forecast, share_used
from service.domain.moves import MoveRequest
from service.domain.states import Role, State
from service.domain.ticket import Ticket
from service.errors import Busy
from service.forecasts import clocked
from service.ingest import ingest
from service.policies import InForce
from service.store import Store
from service.store.jobs import Effect, Job
from service.store.policies import PolicyText
from service.store.tickets import TicketFilter
from service.timed import LEASE, Timed
from tests.build import POLICY_TOML, SHANGHAI, a_picture, a_place, a_policy, a_sighting, a_ticket, an_actor
from tests.fakes import FakeClock

POLICY = a_policy()
LETTER = '\n[[escalations]]\nid = "letter"\ndoes = "supervise"\nafter = { amount = 4, unit = "working_hour" }\n'
FRIDAY = datetime(2026, 11, 27, 17, 30, tzinfo=SHANGHAI).astimezone(UTC)


def local(moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(SHANGHAI).strftime("%a %H:%M")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(FRIDAY)


@pytest.fixture
def worker(store: Store, clock: FakeClock) -> Timed:
    return a_worker(store, clock, "first")


def a_worker(store: Store, clock: FakeClock, name: str) -> Timed:
    return Timed(store, InForce(store, load_catalog(), SHANGHAI, clock), clock, name, {CLOCK: ring})


def filed(store: Store, now: datetime, *, condition: str = "litter", metres_north: float = 0) -> Ticket:
    """A report that was filed at once."""
    seen = a_sighting(condition, seen_at=now, place=a_place(metres_north=metres_north))
    with store.write() as tx:
        tx.pictures.add(a_picture(picture_id=seen.picture_id))
        (outcome,) = ingest(tx, [seen], actor=an_actor(), policy=POLICY, now=now)
        assert outcome.ticket is not None
        return move_ticket(tx, outcome.ticket.id, MoveRequest(State.FILED, 1), Occasion(an_actor(), POLICY, now))


def moved(store: Store, ticket: Ticket, now: datetime, *states: State, **more: object) -> Ticket:
    for to in states:
        with store.write() as tx:
            version = tx.tickets.get(ticket.id).version
            request = MoveRequest(to, version, **more)  # type: ignore[arg-type]  # the test names fields of MoveRequest
            ticket = move_ticket(tx, ticket.id, request, Occasion(an_actor(Role.CHIEF), POLICY, now))
    return ticket


def facts_of(store: Store, ticket: Ticket) -> list[tuple[FactKind, str]]:
    with store.read() as tx:
        return [(fact.kind, local(fact.at)) for fact in tx.facts.of_ticket(ticket.id)]


def test_friday_half_past_five_gives_the_two_due_times_and_a_swapped_saturday_is_worked(store: Store) -> None:
    """Scenario 13."""
    assert local(filed(store, FRIDAY).due_at) == "Mon 11:30"
    assert local(filed(store, FRIDAY, condition="out_of_store").due_at) == "Fri 19:30"
    swapped = InForce(store, load_catalog(), SHANGHAI, FakeClock(FRIDAY)).parse(
        POLICY_TOML.read_text(encoding="utf-8")
        .replace("workdays = []", "workdays = [2026-11-28]")
        .replace("holidays = []", "holidays = [2026-11-30]")
    )
    with store.write() as tx:
        seen = a_sighting(seen_at=FRIDAY, place=a_place(metres_north=900))
        tx.pictures.add(a_picture(picture_id=seen.picture_id))
        (outcome,) = ingest(tx, [seen], actor=an_actor(), policy=swapped, now=FRIDAY)
        assert outcome.ticket is not None
        on = Occasion(an_actor(), swapped, FRIDAY)
        assert local(move_ticket(tx, outcome.ticket.id, MoveRequest(State.FILED, 1), on).due_at) == "Sat 11:30"


def test_work_that_comes_back_after_its_due_time_is_overdue_from_that_time(
    store: Store, worker: Timed, clock: FakeClock
) -> None:
    ticket = moved(store, filed(store, FRIDAY), FRIDAY, State.DISPATCHED, State.IN_PROGRESS)
    worker.run_due()
    moved(store, ticket, FRIDAY, State.HANDLED)
    worker.run_due()
    moved(store, ticket, FRIDAY, State.CHECKING, State.REWORK, reason="half of it is still there")
    clock.now = datetime(2026, 11, 30, 11, 31, tzinfo=SHANGHAI)
    worker.run_due()
    assert (FactKind.OVERDUE, "Mon 11:30") in facts_of(store, ticket)


def test_a_late_ticket_is_urged_and_marked_overdue(store: Store, worker: Timed, clock: FakeClock) -> None:
    ticket = moved(store, filed(store, FRIDAY), FRIDAY, State.DISPATCHED, State.IN_PROGRESS)
    worker.run_due()
    assert facts_of(store, ticket) == []
    clock.now = datetime(2026, 11, 30, 11, 0, tzinfo=SHANGHAI)
    worker.run_due()
    assert facts_of(store, ticket) == [(FactKind.URGED, "Mon 11:00")]
    clock.now = datetime(2026, 11, 30, 17, 31, tzinfo=SHANGHAI)
    worker.run_due()
    worker.run_due()
    assert sorted(facts_of(store, ticket)) == [
        (FactKind.OVERDUE, "Mon 11:30"),
        (FactKind.URGED, "Mon 11:00"),
        (FactKind.URGED, "Mon 11:30"),
    ]
    with store.read() as tx:
        kept = tx.tickets.get(ticket.id)
    assert (kept.state, local(kept.overdue_at), kept.supervised_at) == (State.IN_PROGRESS, "Mon 11:30", None)


def test_a_city_that_wants_letters_has_them_written_and_numbered(store: Store, clock: FakeClock) -> None:
    worker = a_worker(store, clock, "first")
    text = POLICY_TOML.read_text(encoding="utf-8") + LETTER
    with store.write() as tx:
        tx.policies.add(PolicyText(text, "1" * 64, "letters", "ops", "we write", FRIDAY, FRIDAY))
    ticket = moved(store, filed(store, FRIDAY), FRIDAY, State.DISPATCHED, State.IN_PROGRESS)
    worker.run_due()
    clock.now = datetime(2026, 11, 30, 17, 31, tzinfo=SHANGHAI)
    worker.run_due()
    with store.read() as tx:
        (letter,) = [fact for fact in tx.facts.of_ticket(ticket.id) if fact.kind is FactKind.SUPERVISED]
    assert (local(letter.at), str(letter.details["number"])[:3]) == ("Mon 17:30", "SL-")


def test_no_clock_rings_for_work_that_was_handed_in(store: Store, worker: Timed, clock: FakeClock) -> None:
    ticket = moved(store, filed(store, FRIDAY), FRIDAY, State.DISPATCHED, State.IN_PROGRESS)
    worker.run_due()
    moved(store, ticket, FRIDAY + timedelta(minutes=5), State.HANDLED, State.CHECKING)
    clock.now = datetime(2026, 11, 30, 16, 0, tzinfo=SHANGHAI)
    worker.run_due()
    assert FactKind.OVERDUE not in {kind for kind, _ in facts_of(store, ticket)}


def test_a_pause_stops_the_clock_and_what_was_left_runs_on(store: Store, worker: Timed, clock: FakeClock) -> None:
    ticket = moved(store, filed(store, FRIDAY), FRIDAY, State.DISPATCHED, State.IN_PROGRESS)
    monday = datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI)
    tuesday = monday + timedelta(days=1)
    moved(store, ticket, monday, State.SUSPENDED, reason="no key", review_at=tuesday + timedelta(days=1))
    clock.now = tuesday
    worker.run_due()
    assert facts_of(store, ticket) == []
    resumed = moved(store, ticket, tuesday, State.IN_PROGRESS)
    assert local(resumed.due_at) == "Tue 11:30"
    clock.now = tuesday + timedelta(hours=2, minutes=31)
    worker.run_due()
    assert (FactKind.OVERDUE, "Tue 11:30") in facts_of(store, ticket)


def test_a_suspended_ticket_is_looked_at_again_on_its_date(store: Store, worker: Timed, clock: FakeClock) -> None:
    ticket = moved(store, filed(store, FRIDAY), FRIDAY, State.DISPATCHED, State.IN_PROGRESS)
    review = datetime(2026, 12, 4, 9, 0, tzinfo=SHANGHAI)
    moved(store, ticket, FRIDAY, State.SUSPENDED, reason="no key", review_at=review)
    clock.now = review + timedelta(minutes=1)
    worker.run_due()
    with store.read() as tx:
        (fact,) = tx.facts.of_ticket(ticket.id)
    assert (fact.kind, fact.details["timer"], local(fact.at)) == (FactKind.URGED, "paused", "Fri 09:00")


def test_a_ticket_that_stands_too_long_before_it_is_sent_out_is_urged(
    store: Store, worker: Timed, clock: FakeClock
) -> None:
    ticket = filed(store, FRIDAY)
    clock.now = FRIDAY + timedelta(minutes=31)
    worker.run_due()
    with store.read() as tx:
        (fact,) = tx.facts.of_ticket(ticket.id)
    assert (fact.kind, fact.details["timer"]) == (FactKind.URGED, "dispatch")


def test_a_dead_workers_job_is_taken_over_and_its_effect_happens_once(
    store: Store, worker: Timed, clock: FakeClock
) -> None:
    """P10: the first worker dies after its claim, comes back from the dead too late, and does nothing."""
    ticket = filed(store, FRIDAY)
    worker.run_due()
    clock.now = FRIDAY + timedelta(minutes=31)
    claimed = worker.claim()
    assert [job.holder for job in claimed] == ["first"]
    second = a_worker(store, clock, "second")
    assert second.run_due() == 0
    clock.now += LEASE + timedelta(seconds=1)
    assert second.run_due() == 1
    assert [worker.do(job) for job in claimed] == [False]
    assert len(facts_of(store, ticket)) == 1


def test_many_workers_at_once_ring_each_clock_once(store: Store, clock: FakeClock) -> None:
    tickets = [filed(store, FRIDAY, metres_north=200 * number) for number in range(12)]
    a_worker(store, clock, "planner").run_due()
    clock.now = FRIDAY + timedelta(minutes=31)
    workers, gate = [a_worker(store, clock, f"w{number}") for number in range(4)], Barrier(4)

    def run(worker: Timed) -> None:
        gate.wait()
        worker.run_due()

    threads = [Thread(target=run, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(facts_of(store, ticket)) for ticket in tickets] == [1] * 12


def test_a_job_that_fails_is_tried_again_later_and_says_why(store: Store, clock: FakeClock) -> None:
    calls: list[int] = []

    def fail_once(_tx: object, job: Job, _policy: object, _now: datetime) -> Effect:
        calls.append(job.tries)
        if len(calls) == 1:
            raise Busy(retry_after_s=1)
        return Effect("done")

    in_force = InForce(store, load_catalog(), SHANGHAI, clock)
    worker = Timed(store, in_force, clock, "first", {"odd": fail_once})
    with store.write() as tx:
        tx.jobs.plan(Job("odd:1", "odd", "thing", FRIDAY))
    assert worker.run_due() == 0
    with store.read() as tx:
        waiting = tx.jobs.find("odd:1")
    assert waiting is not None
    assert (waiting.outcome, waiting.done_at, waiting.at > FRIDAY) == ("busy", None, True)
    clock.now = waiting.at
    assert worker.run_due() == 1
    assert calls == [1, 2]


def test_a_job_that_fails_half_way_leaves_nothing_and_keeps_no_other_from_being_done(
    store: Store, clock: FakeClock
) -> None:
    def half(tx: object, _job: Job, _policy: object, now: datetime) -> Effect:
        tx.events.add(now, "half.done", "thing", {})  # type: ignore[attr-defined]  # a Transaction
        raise MemoryError

    def whole(_tx: object, _job: Job, _policy: object, _now: datetime) -> Effect:
        return Effect("whole")

    in_force = InForce(store, load_catalog(), SHANGHAI, clock)
    worker = Timed(store, in_force, clock, "first", {"odd": half, "even": whole})
    with store.write() as tx:
        tx.jobs.plan(Job("odd:1", "odd", "thing", FRIDAY - timedelta(hours=1)))
        tx.jobs.plan(Job("even:2", "even", "thing", FRIDAY))
    assert worker.run_due() == 1
    with store.read() as tx:
        assert [event.type for event in tx.events.after(0) if event.type == "half.done"] == []
        kept = tx.jobs.find("odd:1")
    assert kept is not None
    assert (kept.done_at, kept.outcome) == (None, "failed")


def test_another_policy_rings_at_other_times() -> None:
    ticket = a_ticket(State.IN_PROGRESS, due_at=FRIDAY, filed_at=FRIDAY - timedelta(hours=4))
    assert [(alarm.name, local(alarm.at)) for alarm in alarms_of(ticket, POLICY)] == [
        ("soon", "Fri 17:00"),
        ("overdue", "Fri 17:30"),
        ("due", "Fri 17:30"),
    ]
    assert [alarm.name for alarm in alarms_of(ticket, a_policy(escalations=()))] == ["overdue"]


def test_a_forecast_counts_those_that_had_lasted_as_long() -> None:
    past = [0.3] * 20 + [0.9] * 6 + [1.4] * 14
    assert forecast(0.1, past).chance == pytest.approx(14 / 40)
    assert forecast(0.5, past).will_miss
    assert forecast(1.2, past).chance == 1.0
    assert forecast(0.5, past[:25]).chance is None


def test_a_share_of_a_limit_is_counted_in_its_own_time() -> None:
    ticket = a_ticket(State.IN_PROGRESS, filed_at=FRIDAY, due_at=FRIDAY + timedelta(hours=66))
    sunday = FRIDAY + timedelta(days=2)
    assert share_used(ticket, sunday, POLICY) == pytest.approx(0.5 / 4)


def test_the_list_of_clocks_foretells_who_will_be_late(store: Store, worker: Timed) -> None:
    for number in range(8):
        late = filed(store, FRIDAY - timedelta(days=7), metres_north=300 * number)
        moved(store, late, FRIDAY - timedelta(days=7), State.DISPATCHED, State.IN_PROGRESS)
        moved(store, late, FRIDAY - timedelta(days=3), State.HANDLED)
    now = filed(store, FRIDAY, metres_north=5000)
    moved(store, now, FRIDAY, State.DISPATCHED)
    worker.run_due()
    with store.read() as tx:
        first = clocked(tx, POLICY, FRIDAY + timedelta(minutes=1), TicketFilter(), 1, None)[0]
    assert first.ticket.id == now.id
    assert first.forecast is not None
    assert (first.forecast.will_miss, first.forecast.comparable) == (True, 8)
    assert local(first.next_alarm_at) == "Fri 18:00"


def test_clocks_are_planned_around_a_ticket_that_somebody_holds(store: Store) -> None:
    """Two sides that cross: one holds the second ticket and then wants the first, while the first is planned."""
    first, second = (filed(store, FRIDAY, metres_north=north) for north in (0, 300))
    if store.engine.dialect.name == "sqlite":  # one writer at a time
        assert plan_clocks(store, POLICY, FRIDAY, 10) == 2
        return
    with store.write() as person:
        person.tickets.hold(second.id)
        assert plan_clocks(store, POLICY, FRIDAY, 10) == 1
        person.tickets.hold(first.id)
    assert plan_clocks(store, POLICY, FRIDAY, 10) == 1
