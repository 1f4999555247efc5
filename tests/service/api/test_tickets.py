"""Tickets over HTTP: found, moved along the table, closed with an after-photo, and their pictures."""

import time
from typing import Any

import httpx
import pytest

from service.domain.states import Role
from tests.build import a_jpeg
from tests.serving import Serving, send_photo


@pytest.fixture
def opened(serving: Serving) -> dict[str, Any]:
    """The answer to a photo that opened a ticket."""
    answer = send_photo(
        serving.http, a_jpeg(), serving.key(Role.INSPECTOR), lat="31.2304", lon="121.4737", note="市场后门"
    )
    told: dict[str, Any] = answer.json()
    return told


def move(serving: Serving, ticket: str, headers: dict[str, str], to: str, **more: object) -> httpx.Response:
    version = serving.http.get(f"/api/tickets/{ticket}", headers=headers).json()["version"]
    wish = {"to": to, "version": version, **more}
    return serving.http.post(f"/api/tickets/{ticket}/moves", json=wish, headers=headers)


def put(serving: Serving, ticket: str, headers: dict[str, str], role: str = "after") -> httpx.Response:
    return serving.http.post(
        f"/api/tickets/{ticket}/evidence",
        files={"file": ("after.jpg", a_jpeg(colour=(1, 99, 1)))},
        data={"role": role},
        headers=headers,
    )


def test_a_report_is_filed_dispatched_handled_and_closed(serving: Serving, opened: dict[str, Any]) -> None:
    ticket, ops = opened["tickets"][0]["id"], serving.key(Role.OPS)
    for to in ("filed", "dispatched", "in_progress", "handled", "checking"):
        assert move(serving, ticket, ops, to).status_code == 200
    early = move(serving, ticket, ops, "closed", resolution="fixed")
    assert (early.status_code, early.json()["code"]) == (422, "ticket.after_photo_missing")
    assert put(serving, ticket, ops).status_code == 201
    closed = move(serving, ticket, ops, "closed", resolution="fixed").json()
    assert (closed["state"], closed["resolution"], closed["moves"]) == ("closed", "fixed", [])
    assert [entry["to"] for entry in closed["history"]] == [
        "reported",
        "filed",
        "dispatched",
        "in_progress",
        "handled",
        "checking",
        "closed",
    ]
    assert closed["history"][1]["from"] == "reported"
    assert closed["due_at"].endswith("Z")
    assert [picture["role"] for picture in closed["evidence"]] == ["before", "after"]


def test_a_step_that_the_table_lacks_is_told_with_those_it_has(serving: Serving, opened: dict[str, Any]) -> None:
    answer = move(serving, opened["tickets"][0]["id"], serving.key(Role.OPS), "closed")
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket.illegal_move")
    assert answer.json()["facts"] == {"was": "reported", "wanted": "closed", "allowed": ["verifying", "filed"]}


def test_a_stale_version_is_a_conflict(serving: Serving, opened: dict[str, Any]) -> None:
    ticket, ops = opened["tickets"][0]["id"], serving.key(Role.OPS)
    move(serving, ticket, ops, "filed")
    answer = serving.http.post(f"/api/tickets/{ticket}/moves", json={"to": "dispatched", "version": 1}, headers=ops)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket.changed")


def test_a_step_without_its_reason_is_refused(serving: Serving, opened: dict[str, Any]) -> None:
    ticket, ops = opened["tickets"][0]["id"], serving.key(Role.OPS)
    move(serving, ticket, ops, "filed")
    move(serving, ticket, ops, "dispatched")
    answer = move(serving, ticket, ops, "returned", reason="  ")
    assert (answer.status_code, answer.json()["code"]) == (422, "ticket.reason_missing")
    assert move(serving, ticket, ops, "returned", reason="not ours").status_code == 200


def test_each_caller_is_offered_the_steps_that_are_theirs(serving: Serving, opened: dict[str, Any]) -> None:
    ticket = opened["tickets"][0]["id"]
    offered = {
        role: [
            step["to"] for step in serving.http.get(f"/api/tickets/{ticket}", headers=serving.key(role)).json()["moves"]
        ]
        for role in (Role.OPS, Role.INSPECTOR, Role.VIEWER)
    }
    assert offered == {Role.OPS: ["verifying", "filed"], Role.INSPECTOR: ["verifying"], Role.VIEWER: []}


def test_tickets_are_found_by_state_condition_place_and_words(serving: Serving, opened: dict[str, Any]) -> None:
    ops = serving.key(Role.OPS)
    number = opened["tickets"][0]["number"]

    def found(query: str) -> list[str]:
        return [ticket["number"] for ticket in serving.http.get(f"/api/tickets?{query}", headers=ops).json()["items"]]

    for query in (
        "state=reported,filed",
        "state=reported&state=filed",
        "condition=litter",
        "bbox=121,31,122,32",
        "q=市场",
        f"q={number[-4:]}",
    ):
        assert found(query) == [number], query
    for query in ("state=filed", "condition=illegal_ad", "bbox=0,0,1,1", "q=nothing"):
        assert found(query) == [], query
    assert serving.http.get(f"/api/tickets/{number}", headers=ops).json()["number"] == number


def test_lists_go_on_from_a_cursor(serving: Serving) -> None:
    inspector, ops = serving.key(Role.INSPECTOR), serving.key(Role.OPS)
    for step in range(5):
        send_photo(serving.http, a_jpeg(), inspector, lat=str(31 + step / 10), lon="121")
    seen: list[str] = []
    cursor = ""
    while True:
        page = serving.http.get(
            "/api/tickets", params={"limit": 2} | ({"cursor": cursor} if cursor else {}), headers=ops
        )
        seen += [ticket["id"] for ticket in page.json()["items"]]
        cursor = page.json()["next"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 5


def test_a_verdict_dismisses_a_candidate_and_says_why(serving: Serving) -> None:
    serving.add_camera("pole")
    serving.http.post(
        "/api/cameras/pole/frames",
        files={"file": ("f.jpg", a_jpeg())},
        data={"taken_at": "2026-11-25T12:00:00+08:00"},
        headers=serving.key(Role.CAMERA, "pole"),
    )
    ops = serving.key(Role.OPS)
    waiting = serving.http.get("/api/review", headers=ops).json()["items"]
    assert [item["ticket"]["state"] for item in waiting] == ["candidate"]
    seen = waiting[0]["observation"]["id"]
    bare = serving.http.post(f"/api/observations/{seen}/verdict", json={"verdict": False}, headers=ops)
    assert (bare.status_code, bare.json()["code"]) == (422, "verdict.reason_missing")
    judged = serving.http.post(
        f"/api/observations/{seen}/verdict", json={"verdict": False, "reason": "lawful"}, headers=ops
    ).json()
    assert (judged["observation"]["verdict"], judged["ticket"]["state"]) == ("false", "dismissed")
    assert serving.http.get("/api/review", headers=ops).json()["items"] == []


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"verdict": "other_condition"}, "verdict.condition_missing"),
        ({"verdict": "other_condition", "condition": "dragons"}, "condition.unknown"),
        ({"verdict": "other_box"}, "verdict.box_missing"),
        ({"verdict": "other_box", "xyxy": [5, 5, 1, 1]}, "request.invalid"),
        ({"verdict": "other_box", "xyxy": [90000, 5, 90001, 9]}, "request.invalid"),
        ({"verdict": "other_box", "boxes": [[1, 1, 9, 9], [5, 5, 1, 1]]}, "request.invalid"),
        ({"verdict": "perhaps"}, "request.invalid"),
    ],
)
def test_half_a_verdict_is_refused(
    serving: Serving, opened: dict[str, Any], wish: dict[str, object], code: str
) -> None:
    seen = opened["observations"][0]["id"]
    answer = serving.http.post(f"/api/observations/{seen}/verdict", json=wish, headers=serving.key(Role.OPS))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_drawn_box_ends_where_the_picture_ends(serving: Serving, opened: dict[str, Any]) -> None:
    seen, photo = opened["observations"][0]["id"], opened["photo"]
    wish = {"verdict": "other_box", "xyxy": [10, 20, 90000, 90000]}
    judged = serving.http.post(f"/api/observations/{seen}/verdict", json=wish, headers=serving.key(Role.OPS)).json()
    (box,) = judged["observation"]["detections"]
    assert box["xyxy"] == [10, 20, photo["width"], photo["height"]]


def test_all_boxes_that_a_reviewer_left_are_kept(serving: Serving, opened: dict[str, Any]) -> None:
    seen = opened["observations"][0]["id"]
    boxes = [[1, 2, 30, 40], [20, 4, 60.5, 18]]
    wish = {"verdict": "other_box", "boxes": boxes, "condition": "illegal_ad"}
    judged = serving.http.post(f"/api/observations/{seen}/verdict", json=wish, headers=serving.key(Role.OPS)).json()
    assert judged["observation"]["verdict"] == "other_condition"
    assert judged["ticket"]["condition"] == "illegal_ad"
    assert sorted(box["xyxy"] for box in judged["observation"]["detections"]) == sorted(boxes)
    with serving.city.store.read() as rows:
        (word,) = rows.observations.verdicts_on(seen)
    assert [list(box.xyxy) for box in word.verdict.boxes] == boxes


def test_pictures_are_served_blurred_and_without_metadata(serving: Serving, opened: dict[str, Any]) -> None:
    path = f"/api/evidence/{opened['photo']['evidence_id']}"
    shown = serving.http.get(path, headers=serving.key(Role.VIEWER))
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.content != a_jpeg()
    assert b"Exif" not in shown.content


def test_an_original_needs_a_right_and_a_reason_and_is_written_down(serving: Serving, opened: dict[str, Any]) -> None:
    picture = opened["photo"]["evidence_id"]
    path = f"/api/evidence/{picture}?original=1"
    refused = serving.http.get(f"{path}&reason=curious", headers=serving.key(Role.VIEWER))
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.forbidden")
    bare = serving.http.get(path, headers=serving.key(Role.CHIEF))
    assert (bare.status_code, bare.json()["code"]) == (422, "evidence.reason_missing")
    shown = serving.http.get(f"{path}&reason=appeal+of+the+shop", headers=serving.key(Role.CHIEF))
    assert shown.content == a_jpeg()
    with serving.city.store.read() as rows:
        lines = rows.audit.about(picture)
    told = [("evidence.kept", None), ("evidence.original", "appeal of the shop")]
    assert [(line.action, line.reason) for line in lines] == told


def test_what_happens_is_told_as_it_happens_and_from_where_one_left(serving: Serving) -> None:
    inspector, ops = serving.key(Role.INSPECTOR), serving.key(Role.OPS)
    send_photo(serving.http, a_jpeg(), inspector, lat="31.2", lon="121.4")
    with serving.http.stream("GET", "/api/events", headers=ops | {"Last-Event-ID": "0"}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        told = [line for line in (next(lines) for _ in range(5)) if line.startswith(("id:", "data:"))]
    assert told[0] == "id: 1"
    assert '"kind": "ticket.opened"' in told[1]


def test_who_has_heard_nothing_yet_is_told_where_to_go_on(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), lat="31.2", lon="121.4")
    with serving.http.stream("GET", "/api/events", headers=ops) as stream:
        lines = stream.iter_lines()
        assert (next(lines), next(lines)) == ("retry: 3000", f"id: {last_seq(serving)}")


def last_seq(serving: Serving) -> int:
    with serving.city.store.read() as rows:
        return rows.events.last_seq()


def test_who_is_disabled_hears_nothing_more(serving: Serving) -> None:
    serving.person("ann", Role.VIEWER)
    serving.log_in("ann")
    with serving.http.stream("GET", "/api/events", headers={"Last-Event-ID": "0"}) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 3000"
        serving.city.people.disable("ann", serving.clock())
        with httpx.Client(base_url=serving.http.base_url) as http:
            send_photo(http, a_jpeg(), serving.key(Role.INSPECTOR), lat="31.2", lon="121.4")
        assert [line for line in lines if line] == []


def test_who_belongs_to_no_unit_hears_of_no_ticket(serving: Serving, opened: dict[str, Any]) -> None:
    assert put(serving, opened["tickets"][0]["id"], serving.key(Role.OPS)).status_code == 201
    serving.person("crew", Role.UNIT)
    with serving.city.store.write() as rows:
        rows.connection.exec_driver_sql("UPDATE users SET unit_id = NULL")
    serving.log_in("crew")
    with serving.http.stream("GET", "/api/events", headers={"Last-Event-ID": "0"}) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 3000"
        time.sleep(0.5)  # until it has been told all that has happened
        serving.city.people.disable("crew", serving.clock())
        with httpx.Client(base_url=serving.http.base_url) as http:
            send_photo(http, a_jpeg(), serving.key(Role.INSPECTOR), lat="31.3", lon="121.4")
        assert [line for line in lines if line] == []


def test_a_reason_that_nobody_can_read_is_none(serving: Serving, opened: dict[str, Any]) -> None:
    ops, ticket = serving.key(Role.OPS), opened["tickets"][0]["id"]
    picture, seen = opened["photo"]["evidence_id"], opened["observations"][0]["id"]
    wish = {"to": "filed", "version": 1, "reason": "\0"}
    answers = [
        serving.http.get(f"/api/evidence/{picture}?original=1&reason=%00", headers=ops),
        serving.http.post(f"/api/tickets/{ticket}/moves", json=wish, headers=ops),
        serving.http.post(f"/api/observations/{seen}/verdict", json={"verdict": "false", "reason": "\0"}, headers=ops),
    ]
    told = [(answer.status_code, answer.json()["facts"]["field"]) for answer in answers]
    assert told == [(422, "reason")] * 3


def test_a_review_at_the_edge_of_the_calendar_is_refused(serving: Serving, opened: dict[str, Any]) -> None:
    wish = {"to": "suspended", "version": 1, "reason": "later", "review_at": "9999-12-31T23:59:59-14:00"}
    path = f"/api/tickets/{opened['tickets'][0]['id']}/moves"
    answer = serving.http.post(path, json=wish, headers=serving.key(Role.CHIEF))
    assert (answer.status_code, answer.json()["facts"]) == (422, {"field": "review_at", "problem": "value_error"})


def test_a_picture_that_is_sent_again_hangs_on_its_ticket_once(serving: Serving, opened: dict[str, Any]) -> None:
    ticket = opened["tickets"][0]["id"]
    headers = serving.key(Role.INSPECTOR) | {"Idempotency-Key": "shot-7"}

    def put(role: str, photo: bytes) -> Any:
        return serving.http.post(
            f"/api/tickets/{ticket}/evidence", files={"file": ("f.jpg", photo)}, data={"role": role}, headers=headers
        )

    first, again = put("reference", a_jpeg(colour=(1, 2, 3))), put("reference", a_jpeg(colour=(1, 2, 3)))
    assert (first.status_code, again.json()) == (201, first.json())
    for role, photo in (("far", a_jpeg(colour=(1, 2, 3))), ("reference", a_jpeg(colour=(9, 9, 9)))):
        assert put(role, photo).json()["code"] == "idempotency.mismatch"
    shown = serving.http.get(f"/api/tickets/{ticket}", headers=serving.key(Role.OPS)).json()
    assert [picture["role"] for picture in shown["evidence"]] == ["before", "reference"]


def test_a_pin_set_by_hand_before_sending_is_told_apart_from_a_device(serving: Serving) -> None:
    place = {"lat": "31.2304", "lon": "121.4737"}
    by_hand = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), place_source="hand", **place)
    assert by_hand.json()["photo"]["place_source"] == "hand"
    other = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), place_source="moon", **place)
    assert (other.status_code, other.json()["facts"]["field"]) == (422, "place_source")


def test_tickets_are_found_by_unit_grid_street_and_shop_and_counted(serving: Serving, opened: dict[str, Any]) -> None:
    chief, ops = serving.key(Role.CHIEF), serving.key(Role.OPS)
    lat, lon = 31.2304, 121.4737
    ring = [[lon - 0.01, lat - 0.01], [lon + 0.01, lat - 0.01], [lon + 0.01, lat + 0.01], [lon - 0.01, lat - 0.01]]
    street = {"id": "yunqiao", "name": {"en": "Yunqiao", "zh": "云桥街道"}}
    grid = {"version": 0, "name": {"en": "One", "zh": "一"}, "rings": [ring], "street": street}
    put = serving.http.put("/api/grids/g1", json=grid, headers=chief)
    assert put.status_code in (200, 201), put.text
    frontage = [[lon - 1e-4, lat - 1e-4], [lon + 1e-4, lat - 1e-4], [lon, lat + 1e-4], [lon - 1e-4, lat - 1e-4]]
    shop = {"kind": "shop", "name": "老张面馆", "frontage": frontage}
    made = serving.http.post("/api/premises", json=shop, headers=ops)
    assert made.status_code == 201, made.text
    move(serving, opened["tickets"][0]["id"], ops, "filed")

    def counted(query: str) -> dict[str, int]:
        return dict(serving.http.get(f"/api/ticket-counts?{query}", headers=ops).json()["states"])

    for query, found in (
        ("", {"filed": 1}),
        ("grid=g1", {"filed": 1}),
        ("street=yunqiao", {"filed": 1}),
        ("q=面馆", {"filed": 1}),
        ("unit=nobody", {}),
    ):
        assert counted(query) == found, query
        listed = serving.http.get(f"/api/tickets?{query}", headers=ops).json()["items"]
        assert len(listed) == sum(found.values()), query
