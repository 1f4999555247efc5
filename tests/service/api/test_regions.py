"""Tickets found by the ground that people name: a street, a duty grid, premises; in lists and in exports."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.regions import Region
from service.domain.states import Role
from service.ingest import ingest
from service.store import Store
from service.store.tickets import TicketFilter
from tests.build import NOON, POLE, a_jpeg, a_picture, a_policy, a_sighting, an_actor
from tests.serving import Serving, send_photo

WEST, EAST, OUTSIDE = 121.4725, 121.4775, 121.52
HIGH_STREET = {"id": "high-street", "name": {"en": "High Street", "zh": "高街"}}


def a_triangle(west: float) -> list[list[float]]:
    """The lower left half of a square of 0.005°; the upper right one lies in the same rectangle and not in it."""
    return [[west, 31.23], [west + 0.005, 31.23], [west, 31.235], [west, 31.23]]


@pytest.fixture
def city(serving: Serving) -> Serving:
    """A street of two grids with a heap in each, one beside them inside their rectangle, and one far away."""
    chief = serving.key(Role.CHIEF)
    for grid, west in (("west", 121.4715), ("east", 121.4765)):
        told = {"version": 0, "name": {"en": grid, "zh": grid}, "rings": [a_triangle(west)], "street": HIGH_STREET}
        serving.http.put(f"/api/grids/{grid}", json=told, headers=chief).raise_for_status()
    for colour, (lat, lon) in enumerate([(31.231, WEST), (31.231, EAST), (31.2347, 121.4763), (31.231, OUTSIDE)]):
        where = {"lat": str(lat), "lon": str(lon), "condition": "litter"}
        send_photo(serving.http, a_jpeg(colour=(50 * colour, 1, 1)), chief, **where)
    return serving


def found(serving: Serving, **wanted: Any) -> list[float]:
    """The longitudes of the tickets of a list, page by page."""
    ops, lons, wanted = serving.key(Role.OPS), [], {**wanted, "limit": 1}
    while True:
        page = serving.http.get("/api/tickets", params=wanted, headers=ops).json()
        lons += [row["place"]["lon"] for row in page["items"]]
        if page["next"] is None:
            return sorted(lons)
        wanted["cursor"] = page["next"]


def test_a_list_is_narrowed_to_a_grid_a_street_and_both(city: Serving) -> None:
    assert found(city, grid="west") == [WEST]
    assert found(city, grid="west,east") == [WEST, EAST]
    assert found(city, street="high-street") == [WEST, EAST]
    assert found(city, street="high-street", grid="east") == [EAST]
    assert found(city, street="high-street", state="closed") == []


def test_a_list_is_narrowed_to_what_lies_before_a_door(city: Serving) -> None:
    ring = [[EAST - 1e-4, 31.2309], [EAST + 1e-4, 31.2309], [EAST, 31.2311], [EAST - 1e-4, 31.2309]]
    wish = {"kind": "shop", "name": "李记", "frontage": ring}
    shop = city.http.post("/api/premises", json=wish, headers=city.key(Role.OPS)).json()
    assert found(city, premises=shop["id"]) == [EAST]
    assert found(city, premises=shop["id"], grid="west") == []


def test_an_export_is_narrowed_like_the_list(city: Serving) -> None:
    away = city.http.get("/api/exports/tickets.geojson", params={"street": "high-street"}, headers=city.key(Role.OPS))
    assert sorted(one["geometry"]["coordinates"][0] for one in away.json()["features"]) == [WEST, EAST]


def test_an_inspector_sees_the_tasks_of_the_own_grid(city: Serving) -> None:
    chief = city.key(Role.CHIEF)
    for row in city.http.get("/api/tickets", headers=chief).json()["items"]:
        wish = {"to": "verifying", "version": row["version"]}
        city.http.post(f"/api/tickets/{row['id']}/moves", json=wish, headers=chief).raise_for_status()
    inspector = city.key(Role.INSPECTOR)
    counts = [
        len(city.http.get("/api/tasks", params=wanted, headers=inspector).json()["items"])
        for wanted in (
            {},
            {"grid": "west"},
            {"street": "high-street", "holder": "none"},
            {"grid": "west,east", "limit": 1},
        )
    ]
    assert counts == [4, 1, 2, 1]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"street": "none"}, "grid.street_unknown"),
        ({"grid": "west,none"}, "grid.unknown"),
        ({"premises": "none"}, "premises.unknown"),
    ],
)
def test_ground_that_the_city_does_not_have_is_refused_by_name(city: Serving, wanted: Any, code: str) -> None:
    for path in ("/api/tickets", "/api/exports/tickets.csv"):
        answer = city.http.get(path, params=wanted, headers=city.key(Role.OPS))
        assert (answer.status_code, answer.json()["code"], answer.json()["facts"]["id"]) == (404, code, "none")


def test_a_region_of_thousands_of_frontages_is_asked_for_at_once(store: Store) -> None:
    views = frozenset({("pole-1", f"door-{number}") for number in range(3000)} | {("pole-2", "gate")})
    seen = replace(a_sighting(source=replace(POLE, id="pole-2")), zone="gate")
    with store.write() as tx:
        tx.pictures.add(a_picture(picture_id=seen.picture_id))
        (outcome,) = ingest(tx, [seen], actor=an_actor(Role.CAMERA), policy=a_policy(), now=NOON)
    with store.read() as tx:
        assert tx.tickets.page(TicketFilter(regions=(Region(views=views),))) == [outcome.ticket]
