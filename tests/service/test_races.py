"""What two do at once comes out as if one had waited for the other, and nobody is told that the city is busy."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier

from detector.catalog import Name
from service.bulk import ingest_many
from service.casework import Occasion, move_ticket
from service.domain.moves import MoveRequest
from service.domain.observation import Sighting, Source, SourceType
from service.domain.policy import Budget, Policy
from service.domain.routing import Grid
from service.domain.states import Role, State
from service.errors import Conflict, MergeTargetMissing
from service.ingest import ingest
from service.store import Store
from tests.build import NOON, PERSON, a_picture, a_place, a_policy, a_sighting, an_actor
from tests.service.test_gates import SQUARE

POLICY = a_policy()
DESK = Occasion(an_actor(Role.OPS), POLICY, NOON)


def at_once(deeds: Sequence[Callable[[], object]]) -> list[object]:
    """What each answers, or why it was refused; all begin together."""
    together = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        together.wait()
        try:
            return deed()
        except (Conflict, MergeTargetMissing) as refusal:
            return refusal

    with ThreadPoolExecutor(len(deeds)) as people:
        return list(people.map(run, deeds))


def take(store: Store, seen: Sequence[Sighting], policy: Policy, *, many: bool = False) -> list[str]:
    """The tickets that sightings become."""
    with store.write() as tx:
        for one in seen:
            tx.pictures.add(a_picture(picture_id=one.picture_id))
        way = ingest_many if many else ingest
        outcomes = way(tx, seen, actor=an_actor(), policy=policy, now=NOON)
    return [outcome.ticket.id for outcome in outcomes if outcome.ticket is not None]


def test_workers_at_once_file_no_more_than_the_days_budget_of_their_grid(store: Store) -> None:
    trusting = replace(POLICY.auto_filing, conditions=frozenset({"litter"}), lower_bound=0.0, least=0)
    policy = a_policy(auto_filing=trusting, budget=Budget(per_grid=3))
    with store.write() as tx:
        tx.units.put_grids([Grid("g1", Name("one", "一"), SQUARE, {})])
    lasting = [
        a_sighting(source=Source(SourceType.CAMERA, f"pole-{at}", fixed=True), place=a_place(metres_north=2000.0 * at))
        for at in range(8)  # far apart, lest they wait for each other anyway
    ]
    fresh = [replace(a_sighting(source=one.source, place=one.place), is_lasting=False) for one in lasting]
    take(store, fresh, policy)
    at_once(
        [
            *(partial(take, store, [seen], policy) for seen in lasting[:4]),
            partial(take, store, lasting[4:6], policy, many=True),
            partial(take, store, lasting[6:], policy, many=True),
        ]
    )
    with store.read() as tx:
        assert tx.tickets.count_by_state() == {State.FILED: 3, State.CANDIDATE: 5}


def merge(store: Store, ticket_id: str, target_id: str, version: int) -> State:
    with store.write() as tx:
        return move_ticket(tx, ticket_id, MoveRequest(State.MERGED, version, merge_target=target_id), DESK).state


def heaps(store: Store, count: int, row: int = 0) -> list[str]:
    """Reports that are being verified, each at a place of its own."""
    places = [a_place(metres_north=500 * row, metres_east=200 * east) for east in range(count)]
    ids = take(store, [a_sighting(source=PERSON, place=place) for place in places], POLICY)
    for ticket_id in ids:
        with store.write() as tx:
            move_ticket(tx, ticket_id, MoveRequest(State.VERIFYING, tx.tickets.get(ticket_id).version), DESK)
    return ids


def test_of_two_who_merge_two_tickets_into_each_other_one_is_told_that_it_changed(store: Store) -> None:
    for row in range(8):
        one, other = heaps(store, 2, row)
        answers = at_once([partial(merge, store, one, other, 2), partial(merge, store, other, one, 2)])
        assert sorted(answer is State.MERGED for answer in answers) == [False, True]
        with store.read() as tx:
            states = {tx.tickets.get(each).state for each in (one, other)}
        assert states == {State.MERGED, State.VERIFYING}


def test_three_tickets_merged_in_a_ring_at_once_leave_at_least_one_that_is_open(store: Store) -> None:
    for row in range(4):
        ids = heaps(store, 3, row)
        ring = [*zip(ids, [*ids[1:], ids[0]], strict=True)]
        at_once([partial(merge, store, one, other, 2) for one, other in ring])
        with store.read() as tx:
            kept = [tx.tickets.get(each) for each in ids]
        assert 1 <= sum(ticket.is_open for ticket in kept) <= 2
        assert all(ticket.is_open or ticket.merged_into in ids for ticket in kept)
