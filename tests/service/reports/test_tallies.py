"""What the database counts is what the cases come to, on chance lives of tickets: every number of every group."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from detector.catalog import Name
from service.domain.after_photos import Proof
from service.domain.campaigns import Campaign
from service.domain.cases import Case, Period, milestones_of
from service.domain.facts import FACT_ROWS, FactKind
from service.domain.indicators import Look, Measure
from service.domain.moves import Circumstances, MoveRequest, move, undo_merge
from service.domain.noting import Extension, extend
from service.domain.routing import Grid, Street
from service.domain.states import Resolution, Role, State, moves_from
from service.domain.ticket import Change, Ticket, TicketName, open_ticket
from service.domain.trends import Dated, trends
from service.reports.counting import cases_in, grouped, key_of, total
from service.reports.scopes import By, Scope
from service.reports.tallying import Tallying
from service.store import Store, Transaction
from service.store.cameras import Camera, CameraKind
from tests.build import CAR, NOON, PERSON, SHANGHAI, a_place, a_policy, a_sighting, an_actor

POLICY = a_policy()
UNITS = [unit.id for unit in POLICY.units]
CHIEF = an_actor(Role.CHIEF)
TICKETS = 80
FIRST = date(2026, 11, 5)
ACROSS_M = 900.0
DETOURS = {State.SUSPENDED, State.REWORK, State.RETURNED, State.MERGED, State.NOT_FILED, State.DISMISSED}
MAY_TAKE_LONGER = FACT_ROWS[FactKind.EXTENDED].states


def a_life(tx: Transaction, number: int, dice: random.Random, earlier: list[str]) -> Ticket:
    """A ticket from its opening through steps that the table allows, with an extension now and then."""
    at = datetime(2026, 11, 5, tzinfo=UTC) + timedelta(hours=dice.uniform(0, 24 * 20))
    change = _opened(number, at, dice, earlier)
    tx.tickets.save(change)
    for _ in range(dice.randrange(16)):
        at += timedelta(minutes=dice.choice([7, 90, 600, 3000]))
        step = _step(change.ticket, at, dice, earlier)
        if step is None:
            break
        change = step
        tx.tickets.save(change)
    return change.ticket


def _opened(number: int, at: datetime, dice: random.Random, earlier: list[str]) -> Change:
    place = a_place(metres_east=dice.uniform(0, ACROSS_M), metres_north=dice.uniform(0, 250))
    condition = dice.choice(list(POLICY.rules))
    seen = a_sighting(condition, place=place, source=dice.choice([PERSON, CAR]), seen_at=at)
    if dice.random() < 0.1:
        seen = replace(seen, place=None, place_source=None)
    recurrence_of = dice.choice(earlier) if earlier and dice.random() < 0.2 else None
    name = TicketName(f"tic_{number:04d}", f"SW-20261105-{number:04d}")
    return open_ticket(name, seen, an_actor(), POLICY, at, recurrence_of)


def _step(ticket: Ticket, at: datetime, dice: random.Random, earlier: list[str]) -> Change | None:
    if ticket.state is State.MERGED:
        return undo_merge(ticket, ticket.version, "not the same", CHIEF, at, POLICY)
    if ticket.due_at is not None and ticket.state in MAY_TAKE_LONGER and dice.random() < 0.15:
        until = max(ticket.due_at, at) + timedelta(hours=dice.uniform(1, 90))
        wanted = Extension("rain", ticket.version, until, form="F-1")
        return extend(ticket, wanted, f"fac_{ticket.id}_{ticket.version}", CHIEF, at, POLICY)
    allowed = [row.to for row in moves_from(ticket.state, field_verification=POLICY.field_verification)]
    if not earlier:
        allowed = [to for to in allowed if to is not State.MERGED]
    if not allowed:
        return None
    onward = [to for to in allowed if to not in DETOURS]
    request = MoveRequest(
        dice.choice(onward if onward and dice.random() < 0.6 else allowed),
        ticket.version,
        reason="seen on site",
        resolution=dice.choice(list(Resolution)),
        unit=dice.choice(UNITS),
        review_at=at + timedelta(days=9),
        merge_target=earlier[0] if earlier else None,
    )
    around = Circumstances(POLICY, Proof(shown=True), frozenset(UNITS), open_targets=frozenset(earlier[:1]))
    return move(ticket, request, CHIEF, at, around)


def a_strip(name: str, street: str | None, west_m: float, east_m: float) -> Grid:
    a, b = a_place(metres_east=west_m, metres_north=-50), a_place(metres_east=east_m, metres_north=200)
    ring = [[a.lon, a.lat], [b.lon, a.lat], [b.lon, b.lat], [a.lon, b.lat], [a.lon, a.lat]]
    return Grid(name, Name(en=name, zh=name), {"type": "Polygon", "coordinates": [ring]}, {}, street)


@pytest.fixture
def city(store: Store) -> tuple[Store, random.Random]:
    """A store with tickets of all kinds, grids that overlap, and cameras that watched."""
    dice = random.Random(1)
    with store.write() as tx:
        tx.units.put(POLICY.units)
        tx.grids.put_streets([Street("west", Name(en="West", zh="西街"))])
        tx.units.put_grids([a_strip("a", "west", 0, 400), a_strip("b", None, 300, 600)])
        for name, metres in (("pole-a", 100.0), ("pole-b", 500.0), ("pole-c", 5000.0)):
            tx.cameras.add(Camera(name, name, CameraKind.FIXED, NOON, place=a_place(metres_east=metres)))
            tx.watched.add(name, NOON, timedelta(minutes=40))
        earlier: list[str] = []
        for number in range(TICKETS):
            earlier.append(a_life(tx, number, dice, earlier).id)
    return store, dice


def looks(dice: random.Random) -> Iterator[Look]:
    for days in (1, 7, 30):
        first = FIRST + timedelta(days=dice.randrange(20))
        period = Period(first, first + timedelta(days=days - 1), SHANGHAI)
        yield Look(period, NOON + timedelta(days=dice.uniform(-12, 12)))


def scopes(dice: random.Random) -> Iterator[Scope]:
    conditions = frozenset(dice.sample(list(POLICY.rules), 2))
    yield Scope()
    yield Scope(conditions=conditions, units=frozenset(UNITS[:1]))
    yield Scope(grids=frozenset({"a"}))
    yield Scope(streets=frozenset({"west"}), conditions=conditions)
    wide = Campaign("cpn_1", 1, "spring", FIRST, date(2026, 11, 18), "ops", NOON)
    yield Scope(campaign=replace(wide, units=frozenset(UNITS[:2]), conditions=conditions))
    yield Scope(campaign=replace(wide, grids=frozenset({"b"})), conditions=conditions)


def test_every_indicator_of_every_group_is_what_its_cases_come_to(city: tuple[Store, random.Random]) -> None:
    store, dice = city
    seen: set[str] = set()
    with store.read() as tx:
        for look, scope in ((look, scope) for look in looks(dice) for scope in scopes(dice)):
            cases = cases_in(tx, look.period, scope)
            wanted = {None: total(tx, cases, look, scope).measures}
            seen |= {one.id for one in wanted[None] if one.part}
            assert Tallying(tx).states(look, scope) == _states(case.ticket for case in cases)
            for by in By:
                wanted_by = wanted | {one.key: one.measures for one in grouped(tx, cases, look, by, scope)}
                told = {one.key: one.measures for one in Tallying(tx).groups(look, scope, by)}
                assert list(told) == list(wanted_by)
                for key, measures in told.items():
                    assert _numbers(measures) == pytest.approx(_numbers(wanted_by[key])), (look, scope, by, key)
    assert {"overdue", "rework_rate", "rebound_rate", "extension_rate", "mean_handling_time", "camera_filed"} <= seen


def _states(found: Iterator[Ticket]) -> dict[State, int]:
    states = [ticket.state for ticket in found]
    return {state: states.count(state) for state in State if state in states}


def _numbers(measures: Iterable[Measure]) -> dict[str, float | None]:
    return {f"{one.id} {name}": getattr(one, name) for one in measures for name in ("value", "part", "base")}


def test_trends_are_those_of_the_cases(city: tuple[Store, random.Random]) -> None:
    store, dice = city
    with store.read() as tx:
        for look, scope, by in ((look, scope, by) for look in looks(dice) for scope in scopes(dice) for by in By):
            period = look.period
            cases = cases_in(tx, period, scope)
            wanted = [_dated(case, by) for case in cases]
            assert Tallying(tx).trends(period, scope, by, 100) == trends(wanted, period, 100)


def _dated(case: Case, by: By) -> Dated:
    place = case.ticket.place
    lat, lon = (place.lat, place.lon) if place else (None, None)
    reported_s, closed_s = (int(at.timestamp()) if at else None for at in (case.reported_at, case.closed_at))
    return Dated(key_of(case, by), reported_s, closed_s, lat, lon)


def test_what_a_ticket_carries_is_what_its_history_comes_to(city: tuple[Store, random.Random]) -> None:
    store, _ = city
    with store.read() as tx:
        kept = [tx.tickets.get(f"tic_{number:04d}") for number in range(TICKETS)]
        assert [one.milestones for one in kept] == [milestones_of(tx.tickets.history_of(one.id)) for one in kept]
    assert any(one.milestones.paused for one in kept)
