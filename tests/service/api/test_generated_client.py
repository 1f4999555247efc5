"""A client that knows nothing but the OpenAPI document drives a ticket from candidate to look-back and rebound."""

from datetime import timedelta

import pytest

from service.domain.states import Role
from tests.build import a_detection, a_jpeg, a_place
from tests.openapi_client import Client, Json, Refused, mismatches
from tests.serving import Serving


@pytest.fixture
def desk(serving: Serving) -> Client:
    serving.add_camera("pole-1", lat=a_place().lat, lon=a_place().lon)
    return Client(serving.http, serving.key(Role.CHIEF))


def look(serving: Serving, desk: Client, *, heap: bool) -> Json:
    """The pole sends a frame, and the clocks that are over ring."""
    serving.model.sees = (a_detection("litter", 0.9),) if heap else ()
    moment = serving.clock()
    picture = a_jpeg(colour=(moment.day, moment.hour, moment.minute))
    frame = desk.push_frame(camera_id="pole-1", file=picture, taken_at=moment.isoformat())
    serving.city.timed.run_due()
    return frame


def test_a_ticket_goes_from_candidate_to_its_look_backs_and_comes_back(serving: Serving, desk: Client) -> None:
    frame = look(serving, desk, heap=True)
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

    serving.clock.forward(timedelta(hours=24, minutes=-5))
    assert look(serving, desk, heap=False)["tickets"] == []
    serving.clock.forward(timedelta(minutes=10))
    look(serving, desk, heap=False)
    [watched] = desk.list_look_backs(wanted=False)["items"]
    assert [(one["after_h"], one["found"]) for one in watched["looks"]] == [(24, "clean"), (72, None), (168, None)]
    assert desk.list_look_backs()["items"] == [], "the camera looked, so nobody has to go"

    serving.clock.forward(timedelta(hours=50))
    serving.city.timed.run_due()
    [asked] = desk.list_look_backs()["items"]
    assert [one["found"] for one in asked["looks"] if one["wanted"]] == ["nobody_looked"]
    told = {"kind": "looked_back", "result": "clean", "version": asked["version"]}
    desk.note_fact(told, ticket_id=opened["id"])
    assert desk.list_look_backs()["items"] == []

    [back] = look(serving, desk, heap=True)["tickets"]
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
