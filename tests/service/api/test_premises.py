"""Shops and yards as a program meets them, and what their doorsteps mean for tickets."""

from typing import Any

import httpx

from service.domain.states import Role
from tests.build import a_jpeg
from tests.serving import Serving, send_photo


def a_frontage(west: float = 121.47, width: float = 0.0001) -> list[list[float]]:
    east = west + width
    return [[west, 31.23], [east, 31.23], [east, 31.2301], [west, 31.2301], [west, 31.23]]


def keep(serving: Serving, headers: dict[str, str], **more: Any) -> httpx.Response:
    wish = {"kind": "shop", "name": "Zhang", "frontage": a_frontage(), "doorstep": ["out_of_store"], **more}
    return serving.http.post("/api/premises", json=wish, headers=headers)


def shoot(serving: Serving, headers: dict[str, str], lon: float, colour: int) -> str:
    """A photo of goods before a door; the id of its ticket."""
    told = {"lat": "31.23005", "lon": str(lon), "condition": "out_of_store"}
    answer = send_photo(serving.http, a_jpeg(colour=(colour, 2, 3)), headers, **told).json()
    return next(str(one["id"]) for one in answer["tickets"] if one["condition"] == "out_of_store")


def test_premises_are_kept_found_by_place_and_changed_by_who_saw_them(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    made = keep(serving, ops, address="Hedong Street 12", pledge="nothing beyond the door").json()
    here = serving.http.get("/api/premises", params={"lat": 31.23005, "lon": 121.47005}, headers=ops).json()
    there = serving.http.get("/api/premises", params={"lat": 31.24, "lon": 121.47005}, headers=ops).json()
    assert (here["items"], there["items"]) == ([made], [])
    change = {"version": 1, "score": 96, "award": "demonstration shop", "pledge": None}
    path = f"/api/premises/{made['id']}"
    changed = serving.http.patch(path, json=change, headers=ops).json()
    assert (changed["version"], changed["score"], changed["pledge"]) == (2, 96, None)
    late = serving.http.patch(path, json=change, headers=ops)
    assert (late.status_code, late.json()["code"]) == (409, "premises.changed")
    assert serving.http.get(path, headers=ops).json() == changed


def test_what_cannot_be_premises_is_refused_by_name(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    bow_tie = [[0, 0], [0.001, 0.001], [0.001, 0], [0, 0.001], [0, 0]]
    wrongs = [a_frontage()[:-1], [[0, 0], [0, 0], [0, 0]], a_frontage(width=1), bow_tie]
    problems = [keep(serving, ops, frontage=ring).json()["facts"]["problem"] for ring in wrongs]
    assert problems == ["not_closed", "too_few", "too_wide", "crosses_itself"]
    assert keep(serving, ops, doorstep=["noise"]).json()["code"] == "condition.unknown"
    assert keep(serving, ops, unit_id="nobody").json()["code"] == "unit.unknown"


def test_goods_before_two_neighbouring_doors_are_two_tickets_and_before_one_door_one(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    keep(serving, ops)
    keep(serving, ops, name="Li", frontage=a_frontage(121.4701))
    zhang = shoot(serving, ops, 121.47008, 10)
    assert shoot(serving, ops, 121.47001, 90) == zhang
    assert shoot(serving, ops, 121.47012, 170) != zhang  # 4 m further, but the neighbour's


def test_a_shop_that_closed_down_answers_for_nothing(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    made = keep(serving, ops).json()
    ended = serving.http.patch(f"/api/premises/{made['id']}", json={"version": 1, "ended": True}, headers=ops).json()
    assert ended["ended_at"] is not None
    here = serving.http.get("/api/premises", params={"lat": 31.23005, "lon": 121.47005}, headers=ops).json()
    assert here["items"] == []


def test_a_ticket_says_where_it_is_in_words_and_who_answers_for_the_doorstep(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    shop = keep(serving, ops).json()
    path = f"/api/tickets/{shoot(serving, ops, 121.47005, 10)}/place"
    assert serving.http.get(path, headers=ops).json()["address"] is None
    told = serving.http.put(path, json={"address": " Hedong Street 12 "}, headers=serving.key(Role.INSPECTOR)).json()
    assert (told["address"]["text"], told["answerable"], told["premises"]) == ("Hedong Street 12", shop["id"], [shop])
    assert serving.http.put(path, json={"address": "  "}, headers=ops).status_code in (400, 422)


def test_a_typed_address_is_found_listed_and_taken_away(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    ticket = shoot(serving, ops, 121.47005, 10)
    shoot(serving, ops, 121.5, 90)
    serving.http.put(f"/api/tickets/{ticket}/place", json={"address": "河东街 12 号"}, headers=ops)
    (found,) = serving.http.get("/api/tickets", params={"q": "河东街"}, headers=ops).json()["items"]
    assert (found["id"], found["address"]) == (ticket, "河东街 12 号")
    assert serving.http.get(f"/api/tickets/{ticket}", headers=ops).json()["address"] == "河东街 12 号"
    away = serving.http.get("/api/exports/tickets.geojson", headers=ops).json()["features"]
    assert {one["properties"]["address"] for one in away} == {"河东街 12 号", None}
