"""A client that knows nothing but the OpenAPI document drives a ticket from candidate to its rebound."""

from datetime import timedelta

import pytest

from service.domain.states import Role
from tests.build import a_jpeg, a_place
from tests.openapi_client import Client, Refused, mismatches
from tests.serving import Serving


@pytest.fixture
def desk(serving: Serving) -> Client:
    serving.add_camera("pole-1", lat=a_place().lat, lon=a_place().lon)
    return Client(serving.http, serving.key(Role.CHIEF))


def test_a_ticket_goes_from_candidate_to_its_end_and_comes_back(serving: Serving, desk: Client) -> None:
    now = serving.clock()
    frame = desk.push_frame(camera_id="pole-1", file=a_jpeg(), taken_at=now.isoformat())
    [seen], [opened] = frame["observations"], frame["tickets"]
    assert (opened["state"], opened["outcome"]) == ("candidate", "opened")
    assert [row["observation"]["id"] for row in desk.review()["items"]] == [seen["id"]]
    desk.give_verdict({"verdict": "true"}, observation_id=seen["id"])

    ticket = desk.get_ticket(ticket_id=opened["id"])
    for to in ("filed", "dispatched", "in_progress"):
        assert to in [step["to"] for step in ticket["moves"]]
        ticket = desk.move({"to": to, "version": ticket["version"]}, ticket_id=opened["id"])
    wish = {"version": ticket["version"], "by": {"amount": 1, "unit": "working_day"}, "reason": "the crane is late"}
    ticket = desk.extend(wish, ticket_id=opened["id"])
    told = {"kind": "dissuaded", "who": "shop owner", "result": "clears by noon"}
    ticket = desk.note_fact(told, ticket_id=opened["id"])
    shown = desk.add_evidence(ticket_id=opened["id"], file=a_jpeg(place=a_place(metres_north=10)), role="after")
    assert shown["place_check"] == "matches"
    for to in ("handled", "checking", "closed"):
        step = {"to": to, "version": ticket["version"], "resolution": "fixed" if to == "closed" else None}
        ticket = desk.move(step, ticket_id=opened["id"])
    assert (ticket["state"], ticket["resolution"], ticket["extensions"]) == ("closed", "fixed", 1)
    assert desk.get_timeline(ticket_id=opened["id"])["items"][0]["what"] == "seen"

    serving.clock.forward(timedelta(days=1))
    again = desk.push_frame(camera_id="pole-1", file=a_jpeg(), taken_at=serving.clock().isoformat())
    [back] = again["tickets"]
    assert desk.get_ticket(ticket_id=back["id"])["recurrence_of"] == opened["id"]
    assert [row["id"] for row in desk.get_ticket(ticket_id=opened["id"])["rebounds"]] == [back["id"]]
    assert {row["id"] for row in desk.list_tickets(condition="litter")["items"]} == {opened["id"], back["id"]}


def test_a_refusal_is_one_of_the_documents_failures(desk: Client) -> None:
    with pytest.raises(Refused) as refusal:
        desk.move({"to": "filed", "version": 1}, ticket_id="tic_none")
    assert (refusal.value.status, refusal.value.code) == (404, "ticket.unknown")
    failure = {"code": refusal.value.code, "facts": refusal.value.facts, "trace_id": "0" * 16}
    assert list(mismatches(failure, {"$ref": "#/components/schemas/Failure"}, desk.document)) == []


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ("1", {"type": "integer"}),
        (True, {"type": "integer"}),
        ({}, {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}),
        ({"more": 1}, {"type": "object", "properties": {}}),
        (["a"], {"type": "array", "items": {"enum": ["b"]}}),
        (1, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
    ],
)
def test_what_was_not_promised_is_noticed(value: object, schema: dict[str, object]) -> None:
    assert list(mismatches(value, schema, {}))
