"""Scenario 14: the wrong unit returns it; the chief extends once; a second extension without a form is refused."""

from datetime import datetime, timedelta

from tests.service.scenarios.desk import Desk, refusal


def test_the_wrong_unit_returns_it_and_the_right_one_gets_it(desk: Desk) -> None:
    ticket = desk.report()
    desk.walk(ticket, "filed")
    assert desk.move("ops", ticket, "dispatched", unit="housing").status_code == 200
    assert refusal(desk.move("housing", ticket, "returned"))[:2] == (422, "ticket.reason_missing")
    assert desk.move("housing", ticket, "returned", reason="a public road, not a yard").status_code == 200
    assert desk.move("ops", ticket, "dispatched", unit="sanitation").json()["unit"] == "sanitation"
    lines = [
        (line["to"], line["actor"], line["reason"], line["facts"].get("unit")) for line in desk.see(ticket)["history"]
    ]
    assert lines[2:] == [
        ("dispatched", "ops of a test", None, "housing"),
        ("returned", "housing", "a public road, not a yard", None),
        ("dispatched", "ops of a test", None, "sanitation"),
    ]


def test_the_chief_extends_once_and_a_second_time_only_with_a_form(desk: Desk) -> None:
    ticket = desk.report()
    due = desk.walk(ticket, "filed", "dispatched", "in_progress")["due_at"]
    longer = {"by": {"amount": 1, "unit": "working_day"}, "reason": "the crane is late"}
    assert refusal(desk.post("ops", ticket, "extensions", **longer))[:2] == (403, "auth.forbidden")
    assert refusal(desk.post("chief", ticket, "extensions", by=longer["by"]))[:2] == (422, "ticket.fact_incomplete")

    extended = desk.post("chief", ticket, "extensions", **longer).json()
    assert extended["extensions"] == 1
    assert datetime.fromisoformat(extended["due_at"]) > datetime.fromisoformat(due) + timedelta(hours=8)

    again = refusal(desk.post("chief", ticket, "extensions", **longer))
    assert again == (422, "ticket.extension_form_missing", {"extensions": 1})
    assert desk.see(ticket)["due_at"] == extended["due_at"]

    twice = desk.post("chief", ticket, "extensions", **longer, form="YQ-2026-17").json()
    assert twice["extensions"] == 2
    facts = [(fact["kind"], fact["by"], fact["details"].get("form")) for fact in twice["facts"]]
    assert facts == [("extended", "chief of a test", None), ("extended", "chief of a test", "YQ-2026-17")]
    assert [line["facts"].get("fact") for line in twice["history"][-2:]] == ["extended", "extended"]


def test_an_extension_says_until_when_in_one_way(desk: Desk) -> None:
    ticket = desk.report()
    desk.walk(ticket, "filed", "dispatched", "in_progress")
    by = {"amount": 1, "unit": "working_day"}
    for wish in ({}, {"by": by, "until": "2030-01-01T00:00:00Z"}):
        assert refusal(desk.post("chief", ticket, "extensions", reason="late", **wish))[:2] == (422, "request.invalid")
    early = desk.post("chief", ticket, "extensions", reason="late", until="2020-01-01T00:00:00Z")
    assert refusal(early)[:2] == (422, "ticket.extension_not_later")
    assert refusal(desk.post("chief", ticket, "extensions", reason="late", version=1, by=by))[:2] == (
        409,
        "ticket.changed",
    )
