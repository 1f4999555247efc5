"""Duty grids as a city edits them: one at a time, as a map, by street; every version kept, holes and overlaps told."""

import io
import json
from typing import Any

import httpx
import openpyxl
import pytest

from detector.catalog import Name
from detector.types import GeoPoint
from service.domain.coordinates import to_gcj02
from service.domain.policy import HandlingUnit
from service.domain.states import Role
from service.grids import MapWish, import_map, read_ahead
from service.occasion import Occasion
from service.store import Store
from tests.build import NOON, a_jpeg, a_policy, an_actor
from tests.serving import Serving, send_photo

YUNQIAO = {"id": "yunqiao", "name": {"en": "Yunqiao", "zh": "云桥街道"}}


def a_ring(west: float = 121.47, wide: float = 0.01) -> list[list[float]]:
    east = west + wide
    return [[west, 31.23], [east, 31.23], [east, 31.24], [west, 31.24], [west, 31.23]]


def put(serving: Serving, grid: str, headers: dict[str, str], version: int = 0, **more: Any) -> httpx.Response:
    wish = {"version": version, "name": {"en": grid, "zh": grid}, "rings": [a_ring()], "street": YUNQIAO, **more}
    return serving.http.put(f"/api/grids/{grid}", json=wish, headers=headers)


def send_map(serving: Serving, told: Any, headers: dict[str, str], path: str = "", **fields: str) -> httpx.Response:
    data = told if isinstance(told, bytes) else json.dumps(told).encode()
    files = {"file": ("grids.geojson", data)}
    return serving.http.post(f"/api/grid-map{path}", files=files, data=fields, headers=headers)


def a_feature(name: str, ring: list[list[float]] | None = None, **told: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [ring or a_ring()]}
    return {"type": "Feature", "id": name, "properties": {"name": name, **told}, "geometry": geometry}


def a_map(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def dispatch(serving: Serving, ops: dict[str, str], colour: int) -> str:
    """Report litter in the grid, file it and send it on; the unit that it goes to."""
    told = {"lat": "31.235", "lon": str(121.475 + colour / 50_000), "condition": "litter"}
    sent = send_photo(serving.http, a_jpeg(colour=(colour, 1, 1)), ops, **told).json()
    ticket = sent["tickets"][0]["id"]
    for to, version in (("filed", 1), ("dispatched", 2)):
        moved = serving.http.post(f"/api/tickets/{ticket}/moves", json={"to": to, "version": version}, headers=ops)
    return str(moved.json()["unit"])


def test_a_grid_is_made_changed_and_ended_and_routing_follows_at_once(serving: Serving) -> None:
    chief, ops = serving.key(Role.CHIEF), serving.key(Role.OPS)
    assert dispatch(serving, ops, 10) == "sanitation"
    made = put(serving, "g1", chief, units={"litter": "housing"}).json()
    assert (made["version"], made["street"]) == (1, "yunqiao")
    assert dispatch(serving, ops, 60) == "housing"
    changed = put(serving, "g1", chief, 1, units={"litter": "city_management"}, reason="the council").json()
    assert changed["version"] == 2
    assert dispatch(serving, ops, 110) == "city_management"
    ended = serving.http.delete("/api/grids/g1", params={"version": 2, "reason": "merged"}, headers=chief).json()
    assert ended["ended_at"] is not None
    assert dispatch(serving, ops, 160) == "sanitation"
    versions = serving.http.get("/api/grids/g1/versions", headers=ops).json()["items"]
    assert [(one["version"], one["reason"], one["units"].get("litter")) for one in versions] == [
        (3, "merged", "city_management"), (2, "the council", "city_management"), (1, None, "housing")
    ]  # fmt: skip
    listed = serving.http.get("/api/grids", headers=ops).json()["items"]
    assert listed == []
    gone = serving.http.get("/api/grids", params={"ended": True}, headers=ops).json()["items"]
    assert [one["id"] for one in gone] == ["g1"]


def test_two_people_who_draw_one_grid_do_not_overwrite_each_other(serving: Serving) -> None:
    chief = serving.key(Role.CHIEF)
    put(serving, "g1", chief)
    again = put(serving, "g1", chief, 1)
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert put(serving, "g1", chief, 1, units={"litter": "housing"}).json()["version"] == 2
    late = put(serving, "g1", chief, 1, units={})
    assert (late.status_code, late.json()["code"]) == (409, "grid.changed")
    assert put(serving, "g2", chief, 4).json()["code"] == "grid.unknown"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"rings": [a_ring()[:-1]]}, "grid.wrong"),
        ({"rings": [[[0, 0], [0.1, 0.1], [0.1, 0], [0, 0.1], [0, 0]]]}, "grid.wrong"),
        ({"units": {"litter": "nobody"}}, "unit.unknown"),
        ({"units": {"noise": "housing"}}, "condition.unknown"),
        ({"street": {"id": "nowhere"}}, "grid.street_unknown"),
    ],
)
def test_what_is_no_grid_is_refused_by_name(serving: Serving, wrong: dict[str, Any], code: str) -> None:
    assert put(serving, "g1", serving.key(Role.CHIEF), **wrong).json()["code"] == code


def test_a_map_is_taken_away_edited_elsewhere_and_brought_back(serving: Serving) -> None:
    chief, ops = serving.key(Role.CHIEF), serving.key(Role.OPS)
    put(serving, "g1", chief, units={"litter": "housing"})
    put(serving, "g2", chief, rings=[a_ring(121.48)])
    away = serving.http.get("/api/grid-map", headers=ops).json()
    same = send_map(serving, away, ops, "/check").json()
    assert (same["good"], same["same"], same["changed"], same["overlaps"]) == (True, 2, [], [])
    away["features"][0]["properties"]["units"] = {"litter": "sanitation"}
    away["features"][1] = a_feature("g3", a_ring(121.485), street="白露街道")
    told = {"based_on": away["digest"], "ends_missing": "1", "reason": "survey of 2026"}
    kept = send_map(serving, away, chief, **told).json()
    assert (kept["added"], kept["changed"], kept["ended"]) == (["g3"], ["g1"], ["g2"])
    streets = serving.http.get("/api/grid-streets", headers=ops).json()
    assert [(one["id"], one["grids"]) for one in streets["items"]] == [("yunqiao", ["g1"]), ("白露街道", ["g3"])]
    late = send_map(serving, away, chief, **told)
    assert (late.status_code, late.json()["code"]) == (409, "grid.map_changed")
    trail = serving.http.get("/api/audit", params={"subject": "g1"}, headers=serving.key(Role.ADMIN)).json()
    assert ("grid.changed", "survey of 2026") in [(line["action"], line["reason"]) for line in trail["items"]]


def test_a_map_with_faults_tells_each_of_them_and_nothing_of_it_is_kept(serving: Serving) -> None:
    chief = serving.key(Role.CHIEF)
    point = {"type": "Feature", "id": "p", "properties": {"name": "p"}, "geometry": {"type": "Point"}}
    wrong = a_map(
        a_feature("g1"),
        a_feature("g1"),
        a_feature("g2", units={"litter": "nobody"}),
        point,
        {"type": "Feature", "id": "house", "properties": {"kind": "building"}, "geometry": None},
        {"type": "Feature", "properties": {"name": "x"}, "geometry": None},
    )
    told = send_map(serving, wrong, chief, "/check").json()
    assert [(one["feature"], one["problem"]) for one in told["faults"]] == [
        (1, "twice"), (2, "unit_unknown"), (3, "not_a_polygon"), (5, "id_missing")
    ]  # fmt: skip
    assert (told["good"], told["others"]) == (False, 1)
    refused = send_map(serving, wrong, chief)
    assert (refused.status_code, refused.json()["code"], refused.json()["facts"]["faults"]) == (422, "grid.wrong", 4)
    assert serving.http.get("/api/grids", headers=chief).json()["items"] == []


def test_overlaps_and_holes_are_told_and_a_chinese_map_is_shifted(serving: Serving) -> None:
    chief = serving.key(Role.CHIEF)
    put(serving, "g1", chief)
    kept = send_map(serving, a_map(a_feature("g2", a_ring(121.475))), chief).json()
    assert [one["grids"] for one in kept["overlaps"]] == [["g1", "g2"]]
    seen = serving.http.get("/api/grid-map/coverage", headers=chief).json()
    assert (seen["overlaps"], seen["holes"]) == (kept["overlaps"], [])
    shifted = [[p.lon, p.lat] for p in (to_gcj02(GeoPoint(lat, lon)) for lon, lat in a_ring(121.49))]
    send_map(serving, a_map(a_feature("g3", shifted)), chief, coordinates="gcj02")
    corner = serving.http.get("/api/grids/g3", headers=chief).json()["rings"][0][0]
    assert corner == pytest.approx([121.49, 31.23], abs=1e-6)


@pytest.mark.parametrize("told", [b"hello", b"[]", b'{"features": 7}', b"[" * 100_000])
def test_a_file_that_is_no_map_is_refused(serving: Serving, told: bytes) -> None:
    refused = send_map(serving, told, serving.key(Role.CHIEF), "/check")
    assert (refused.status_code, refused.json()["code"]) == (422, "grid.map_unreadable")


def test_a_ticket_says_its_grid_and_street_and_takes_them_away(serving: Serving) -> None:
    chief, ops = serving.key(Role.CHIEF), serving.key(Role.OPS)
    put(serving, "g1", chief)
    sent = send_photo(serving.http, a_jpeg(), ops, lat="31.235", lon="121.475", condition="litter").json()
    ticket = sent["tickets"][0]["id"]
    where = serving.http.get(f"/api/tickets/{ticket}/place", headers=ops).json()
    assert (where["grids"], where["streets"]) == (["g1"], ["yunqiao"])
    (away,) = serving.http.get("/api/exports/tickets.geojson", headers=ops).json()["features"]
    assert (away["properties"]["grid"], away["properties"]["street"]) == ("g1", "yunqiao")
    book = serving.http.get("/api/exports/tickets.xlsx?coordinates=cgcs2000", headers=ops)
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    heads, row = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=2)]
    assert (row[heads.index("街道")], row[heads.index("责任网格")]) == ("云桥街道", "g1")
    assert ("街道" in heads, "中央子午线" in heads, heads[-1]) == (True, True, "内部编号")


def test_a_map_that_was_read_ahead_is_read_again_where_it_may_name_more_now(store: Store) -> None:
    on = Occasion(an_actor(Role.CHIEF), a_policy(), NOON)
    features = a_map(a_feature("g1", units={"litter": "parks"}))["features"]
    with store.write() as tx:
        ahead = read_ahead(tx, features, MapWish(), on)
        assert ahead.read.faults
        tx.units.put([HandlingUnit("parks", Name(en="Parks", zh="园林"))])
    with store.write() as tx:
        assert [grid.units["litter"] for grid in import_map(tx, features, MapWish(), on, ahead).then] == ["parks"]
