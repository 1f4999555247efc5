"""Facts and co-units over HTTP: offered to those who may note them, kept once, shown with the ticket."""

import httpx
import pytest

from tests.build import a_place
from tests.service.scenarios.desk import Desk, refusal
from tests.serving import Serving

NORTH = a_place(metres_north=80)


@pytest.fixture
def desk(serving: Serving) -> Desk:
    return Desk.of(serving)


@pytest.fixture
def ticket(desk: Desk) -> str:
    """A heap that the sanitation unit works on."""
    ticket = desk.report()
    desk.walk(ticket, "filed", "dispatched", "in_progress")
    return ticket


def test_the_table_of_facts_is_told_with_the_table_of_moves(desk: Desk) -> None:
    told = desk.serving.http.get("/api/moves", headers=desk.keys["viewer"]).json()
    assert told["merge_undo"] == {
        "was": "merged",
        "to": "verifying",
        "roles": ["admin", "chief", "ops"],
        "needs": ["reason"],
    }
    dissuaded = next(row for row in told["facts"] if row["kind"] == "dissuaded")
    assert (dissuaded["needs"], dissuaded["by_service"]) == (["who", "result"], False)
    assert "unit" in dissuaded["roles"]
    assert "closed" not in dissuaded["states"]


def test_each_caller_is_offered_the_facts_that_are_theirs(desk: Desk, ticket: str) -> None:
    offered = {who: {note["kind"] for note in desk.see(ticket, who)["notes"]} for who in ("chief", "ops", "viewer")}
    assert offered["viewer"] == set()
    assert offered["ops"] == {"urged", "supervised", "dissuaded", "transferred", "co_unit_asked"}
    assert offered["chief"] - offered["ops"] == {"extended", "legal_hold"}


def test_a_talk_and_a_transfer_are_dated_and_shown(desk: Desk, ticket: str) -> None:
    talked = desk.post("sanitation", ticket, "facts", kind="dissuaded", who="shop owner", result="clears by noon")
    assert talked.status_code == 200, talked.text
    handed = desk.post(
        "ops", ticket, "facts", kind="transferred", unit="urban enforcement", reference="ZF-1", outcome="fined"
    )
    facts = [(fact["kind"], fact["by"], fact["details"]) for fact in handed.json()["facts"]]
    assert facts == [
        ("dissuaded", "sanitation", {"who": "shop owner", "result": "clears by noon"}),
        ("transferred", "ops of a test", {"unit": "urban enforcement", "reference": "ZF-1", "outcome": "fined"}),
    ]


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"kind": "dissuaded", "who": "shop owner"}, 422, "ticket.fact_incomplete"),
        ({"kind": "urged", "who": "shop owner"}, 422, "request.invalid"),
        ({"kind": "overdue"}, 422, "request.invalid"),
        ({"kind": "looked_back", "result": "looks fine"}, 422, "request.invalid"),
        ({"kind": "hold_lifted", "reason": "over"}, 403, "auth.forbidden"),
        ({"kind": "urged", "at": "2099-01-01T00:00:00Z"}, 422, "ticket.fact_in_future"),
        ({"kind": "urged", "version": 1}, 409, "ticket.changed"),
    ],
)
def test_what_cannot_be_noted_is_told_why(
    desk: Desk, ticket: str, wish: dict[str, object], status: int, code: str
) -> None:
    assert refusal(desk.post("ops", ticket, "facts", **wish))[:2] == (status, code)


def test_a_fact_that_is_sent_again_is_noted_once(desk: Desk, ticket: str) -> None:
    headers = {**desk.keys["ops"], "Idempotency-Key": "call-1"}

    def urge(medium: str) -> httpx.Response:
        wish = {"kind": "urged", "medium": medium}
        return desk.serving.http.post(f"/api/tickets/{ticket}/facts", json=wish, headers=headers)

    assert [len(urge("phone").json()["facts"]) for _ in range(3)] == [1, 1, 1]
    assert refusal(urge("letter"))[:2] == (409, "idempotency.mismatch")


def test_held_and_urged_tickets_are_found(desk: Desk, ticket: str) -> None:
    desk.post("chief", ticket, "facts", kind="legal_hold", reason="a court asks for it")
    desk.post("ops", ticket, "facts", kind="urged")

    def found(marks: str) -> int:
        return len(desk.serving.http.get(f"/api/tickets?mark={marks}", headers=desk.keys["viewer"]).json()["items"])

    assert {marks: found(marks) for marks in ("legal_hold", "urged,legal_hold", "overdue,urged")} == {
        "legal_hold": 1,
        "urged,legal_hold": 1,
        "overdue,urged": 0,
    }
    answer = desk.serving.http.get("/api/tickets?mark=late", headers=desk.keys["viewer"])
    assert refusal(answer)[:2] == (422, "request.invalid")


def test_a_second_unit_helps_answers_and_is_let_go(desk: Desk, ticket: str) -> None:
    unseen = desk.serving.http.get(f"/api/tickets/{ticket}", headers=desk.keys["housing"])
    assert unseen.status_code == 404
    asked = desk.post("ops", ticket, "co-units", unit="housing", task="open the gate")
    assert asked.json()["co_units"] == ["housing"]
    assert desk.see(ticket, "housing")["helping"][0]["answer"] is None
    feedback = {"answer": "done", "remark": "the gate is open"}
    address = f"/api/tickets/{ticket}/co-units/housing/feedback"
    said = desk.serving.http.post(address, json=feedback, headers=desk.keys["housing"]).json()
    assert (said["helping"][0]["answer"], said["helping"][0]["answered_by"]) == ("done", "housing")
    assert refusal(desk.post("ops", ticket, "co-units", unit="housing"))[:2] == (409, "ticket.co_unit_there")
    assert refusal(desk.post("ops", ticket, "co-units", unit="nobody"))[:2] == (422, "unit.unknown")
    released = desk.post("ops", ticket, "co-units/housing/release", reason="the gate stays open").json()
    assert (released["co_units"], released["helping"][0]["released_at"] is None) == ([], False)
    assert refusal(desk.post("ops", ticket, "co-units/housing/release", reason="again"))[1] == "ticket.fact_refused"


def test_a_merge_is_shown_from_both_ends_and_taken_back(desk: Desk) -> None:
    first, second = desk.report(), desk.report(place=NORTH)
    desk.walk(first, "verifying")
    merged = desk.move("ops", first, "merged", merge_target=second).json()
    assert (merged["merge_undo"]["needs"], merged["moves"]) == (["reason"], [])
    assert [other["id"] for other in desk.see(second)["merged"]] == [first]
    assert desk.see(first, "viewer")["merge_undo"] is None
    undone = desk.post("ops", first, "merges/undo", reason="another heap").json()
    assert (undone["state"], undone["merged_into"], undone["merge_undo"]) == ("verifying", None, None)
    assert refusal(desk.post("ops", first, "merges/undo", reason="again"))[1] == "ticket.illegal_move"
