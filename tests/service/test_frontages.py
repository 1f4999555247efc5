"""Before one door there is one problem, however long the frontage; before two doors there are two, however near."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from service.bulk import ingest_many
from service.domain.matching import belongs_rather
from service.domain.observation import Sighting, Source
from service.domain.premises import Doorsteps, Premises
from service.domain.replay import Known, Past, run
from service.domain.routing import spot_in
from service.domain.states import Role
from service.ingest import Outcome, ingest
from service.spots import doorsteps_around
from service.store import Store
from service.store.cells import cell_of, cells_over
from service.store.observations import Result
from tests.build import NOON, PERSON, a_picture, a_place, a_policy, a_shop, a_sighting, a_ticket, an_actor

POLICY = a_policy()
SHOPS = "out_of_store"


MARKET = a_shop("market", (0, 1500))
KIOSK = a_shop("kiosk", (1500.5, 1510))


def build(store: Store, *doors: Premises) -> None:
    with store.write() as tx:
        for door in doors:
            tx.premises.add(door)


def at(east_m: float, phone: str = "pho_1") -> Sighting:
    source = Source(PERSON.type, phone, by_person=True)
    return a_sighting(SHOPS, place=a_place(metres_east=east_m), source=source)


def take(store: Store, *sightings: Sighting, many: bool = False) -> list[Outcome]:
    way = ingest_many if many else ingest
    with store.write() as tx:
        for seen in sightings:
            tx.pictures.add(a_picture(picture_id=seen.picture_id))
        return way(tx, sightings, actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)


def opened(outcomes: list[Outcome]) -> list[bool]:
    return [outcome.observation.result is Result.OPENED for outcome in outcomes]


@pytest.mark.parametrize("many", [False, True])
def test_both_ends_of_a_market_are_one_problem_and_the_kiosk_beside_it_another(store: Store, *, many: bool) -> None:
    build(store, MARKET, KIOSK)
    first = take(store, at(3), many=many)
    later = take(store, at(1499), at(1501), at(700), at(1505), many=many)
    assert opened(first + later) == [True, False, True, False, False]
    tickets = [outcome.ticket.id if outcome.ticket else None for outcome in first + later]
    assert tickets[0] == tickets[1] == tickets[3]


def test_many_at_once_along_one_market_are_one_ticket(store: Store) -> None:
    build(store, MARKET)
    assert opened(take(store, *(at(east_m) for east_m in (10, 1400, 600, 1200)), many=True)) == [True, *[False] * 3]


def test_without_premises_the_ends_of_a_street_are_two_problems(store: Store) -> None:
    assert opened(take(store, at(3), at(1499), many=True)) == [True, True]


def test_phones_at_both_ends_of_a_market_at_once_make_one_ticket(store: Store) -> None:
    build(store, MARKET)
    together = Barrier(8)

    def report(phone: int) -> bool:
        together.wait()
        return opened(take(store, at(10 + 210 * phone, f"pho_{phone}")))[0]

    with ThreadPoolExecutor(8) as phones:
        assert sum(phones.map(report, range(7 + 1))) == 1


def test_an_overlapping_frontage_far_away_decides_about_its_own_end(store: Store) -> None:
    build(store, MARKET, a_shop("arcade", (1400, 1500)))
    assert opened(take(store, at(1450), at(10), at(1390))) == [True, True, False]


def test_the_cells_over_a_yard_hold_every_place_in_it() -> None:
    yard = a_shop("yard", (0, 1400), (0, 1400))
    over = set(cells_over(yard.bounds))
    edges = [0.01, 350, 700, 1050, 1399.99]
    assert {cell_of(a_place(metres_east=x, metres_north=y)) for x in edges for y in edges} <= over
    assert len(over) < 1500


def test_a_yard_that_ended_or_answers_for_something_else_joins_nothing(store: Store) -> None:
    build(store, replace(MARKET, ended_at=NOON), replace(a_shop("park", (0, 1500)), doorstep=frozenset({"litter"})))
    assert opened(take(store, at(3), at(1499))) == [True, True]


def test_a_sighting_goes_back_to_the_ticket_before_whose_door_it_lies() -> None:
    doors = Doorsteps((MARKET, KIOSK))
    here = a_ticket(id="tic_market", condition=SHOPS, place=a_place(metres_east=20))
    there = a_ticket(id="tic_kiosk", condition=SHOPS, place=a_place(metres_east=1502))
    assert belongs_rather(at(1499), here, there, POLICY, doors)
    assert not belongs_rather(at(1501), here, there, POLICY, doors)
    assert not belongs_rather(at(1499), here, there, POLICY)


def test_a_replay_finds_the_market_as_long_as_it_is(store: Store) -> None:
    build(store, MARKET)
    seen = [at(3), at(1499), at(1600)]
    past = [Past(one, NOON + timedelta(minutes=number)) for number, one in enumerate(seen)]
    with store.read() as tx:
        doors = {one.id: doorsteps_around(tx, one, 50) for one in seen}
    known = Known({}, lambda one: spot_in(one.place, None, ()), doorsteps_of=lambda one: doors[one.id])
    assert [len(one.sightings) for one in run(past, POLICY, known).imagined] == [2, 1]
