"""The map of tickets: each for itself where they are few, bunches where they are many, as large as the view."""

import random
from datetime import timedelta
from pathlib import Path

from service.domain.states import Role, State
from service.store import Store
from service.store.tickets import BBox, TicketFilter
from tests.build import NOON, a_detection, a_jpeg, a_place
from tests.service.reports.build import FILED, a_reported, walk
from tests.serving import send_photo, serve

ALL = TicketFilter()


def test_few_tickets_are_each_for_itself_and_a_unit_sees_its_own(tmp_path: Path) -> None:
    with serve(tmp_path / "city", a_detection("litter", 0.8)) as city:
        ops, inspector = city.key(Role.OPS), city.key(Role.INSPECTOR)
        for lat in ("31.2304", "31.2404"):
            send_photo(city.http, a_jpeg(), inspector, lat=lat, lon="121.4737")
        told = city.http.get("/api/ticket-map", headers=ops).json()
        assert len(told["items"]) == 2
        assert (told["bunches"], told["conditions"]) == ([], [{"condition": "litter", "count": 2, "late": 0}])
        assert told["extent"] == {"west": 121.4737, "south": 31.2304, "east": 121.4737, "north": 31.2404}
        part = city.http.get(
            "/api/ticket-map?bbox=121.4,31.2,121.5,31.235&state=candidate,reported", headers=ops
        ).json()
        assert [one["place"]["lat"] for one in part["items"]] == [31.2304]
        assert part["conditions"] == told["conditions"]
        assert city.http.get("/api/ticket-map?late=1", headers=ops).json()["items"] == []
        assert city.http.get("/api/ticket-map?bbox=3,2,1", headers=ops).status_code == 422
        assert city.http.get("/api/ticket-map", headers=city.key(Role.UNIT)).json()["items"] == []


def test_bunches_hold_every_ticket_of_the_view_once(store: Store) -> None:
    dice = random.Random(3)
    for number in range(40):
        a_reported(store, metres_east=60.0 * number + dice.uniform(0, 5))
    west, east = a_place(metres_east=-1), a_place(metres_east=60 * 20 - 20)
    view = BBox(west.lon, west.lat - 0.01, east.lon, west.lat + 0.01)
    with store.read() as tx:
        for across in (1, 2, 5, 64):
            found = tx.ground_view.bunches(ALL, view, across, NOON)
            assert sum(one.count for one in found) == 20
            assert len(found) <= (across + 1) ** 2
            assert all(one.around.min_lon <= one.lon <= one.around.max_lon for one in found)
        alone = [one.first_id for one in tx.ground_view.bunches(ALL, view, 64, NOON) if one.count == 1]
        assert [one.id for one in tx.ground_view.tickets(alone)] == sorted(alone, reverse=True)


def test_a_view_of_one_place_is_one_bunch(store: Store) -> None:
    a_reported(store)
    with store.read() as tx:
        ground = tx.ground_view.extent(ALL)
        assert ground is not None
        for across in (1, 64):
            [bunch] = tx.ground_view.bunches(ALL, ground, across, NOON)
            assert bunch.around == ground


def test_squares_reach_from_whole_to_whole_on_every_database(store: Store) -> None:
    a_reported(store)
    far = a_place(metres_east=12_500)
    assert round(far.lon) == round(a_place().lon) + 1
    a_reported(store, metres_east=12_500)
    with store.read() as tx:
        [bunch] = tx.ground_view.bunches(ALL, BBox(121, 31, 122, 32), 1, NOON)
        assert bunch.count == 2


def test_what_is_late_is_counted_and_can_be_seen_alone(store: Store) -> None:
    late = walk(store, a_reported(store).id, FILED)
    walk(store, a_reported(store, "flying_wire").id, [*FILED, State.IN_PROGRESS, State.SUSPENDED])
    assert late.due_at is not None
    after = NOON + timedelta(days=9)
    with store.read() as tx:
        kinds = {one.condition: (one.count, one.late) for one in tx.ground_view.kinds(ALL, after)}
        assert kinds == {"litter": (1, 1), "flying_wire": (1, 0)}
        [only] = tx.tickets.page(TicketFilter(late_at=after))
        assert only.id == late.id
        [bunch] = tx.ground_view.bunches(ALL, BBox(121, 31, 122, 32), 1, after)
        assert (bunch.count, bunch.late) == (2, 1)


def test_an_empty_city_has_an_empty_map(store: Store) -> None:
    with store.read() as tx:
        assert tx.ground_view.extent(ALL) is None
        assert tx.ground_view.kinds(ALL, NOON) == []
