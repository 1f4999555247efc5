"""Inspections as an inspector's phone meets them: what was found, and that nothing was."""

from typing import Any

import httpx

from service.domain.states import Role
from tests.build import a_jpeg
from tests.serving import Serving, send_photo

WALK = {"route": "Hedong Street", "began_at": "2026-11-25T08:00:00+08:00", "ended_at": "2026-11-25T08:40:00+08:00"}


def send(serving: Serving, key: str | None = None, /, role: Role = Role.INSPECTOR, **more: Any) -> httpx.Response:
    headers = {**serving.key(role), **({"Idempotency-Key": key} if key else {})}
    return serving.http.post("/api/inspections", json={**WALK, **more}, headers=headers)


def test_a_walk_that_found_nothing_is_a_record_of_its_own(serving: Serving) -> None:
    made = send(serving, track=[[121.47, 31.23], [121.48, 31.23]], conditions=["litter"])
    assert (made.status_code, made.json()["found_nothing"]) == (201, True)
    listed = serving.http.get("/api/inspections", headers=serving.key(Role.VIEWER)).json()
    assert listed == {"items": [made.json()], "next": None}
    one = serving.http.get(f"/api/inspections/{made.json()['id']}", headers=serving.key(Role.VIEWER)).json()
    assert (one["began_at"], one["track"][1]) == ("2026-11-25T00:00:00Z", [121.48, 31.23])


def test_a_walk_names_the_tickets_that_it_found(serving: Serving) -> None:
    opened = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), lat="31.2", lon="121.4").json()
    ticket = opened["tickets"][0]["id"]
    assert send(serving, tickets=[ticket, ticket]).json()["tickets"] == [ticket]
    assert send(serving, tickets=["tic_unknown"]).json()["code"] == "ticket.unknown"


def test_a_walk_sent_twice_is_kept_once_and_another_under_its_key_is_refused(serving: Serving) -> None:
    headers = {**serving.key(Role.INSPECTOR), "Idempotency-Key": "walk-1"}
    first, again = (serving.http.post("/api/inspections", json=WALK, headers=headers).json() for _ in range(2))
    assert first == again
    other = serving.http.post("/api/inspections", json={**WALK, "route": "elsewhere"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.mismatch")


def test_walks_with_impossible_times_or_names_are_refused(serving: Serving) -> None:
    def said(**more: Any) -> tuple[int, str]:
        answer = send(serving, **more)
        return answer.status_code, answer.json()["code"]

    assert said(ended_at="2026-11-25T07:00:00+08:00") == (422, "inspection.times_wrong")
    assert said(ended_at="2099-11-25T07:00:00+08:00") == (422, "inspection.times_wrong")
    assert said(conditions=["noise"])[1] == "condition.unknown"
    assert said(grid="nowhere")[0] == 422
    assert said(track=[[500, 1]])[0] in (400, 422)


def test_walks_come_in_pages_and_by_when_they_began(serving: Serving) -> None:
    for day in ("23", "24", "25"):
        send(serving, began_at=f"2026-11-{day}T08:00:00+08:00", ended_at=f"2026-11-{day}T08:40:00+08:00", route=day)
    ops = serving.key(Role.OPS)
    page = serving.http.get("/api/inspections", params={"limit": 2}, headers=ops).json()
    rest = serving.http.get("/api/inspections", params={"limit": 2, "cursor": page["next"]}, headers=ops).json()
    assert [one["route"] for one in page["items"] + rest["items"]] == ["25", "24", "23"]
    since = serving.http.get("/api/inspections", params={"began_from": "2026-11-24T00:00:00+08:00"}, headers=ops)
    assert [one["route"] for one in since.json()["items"]] == ["25", "24"]
