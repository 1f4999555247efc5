"""What an inspector is to look at: before filing and after handling."""

from datetime import timedelta
from typing import Any

import httpx

from detector.catalog import Limit
from service.domain.policy import StageLimits
from service.domain.states import Role, State
from service.domain.tasks import task_of
from tests.build import NOON, a_jpeg, a_policy, a_ticket
from tests.serving import Serving, send_photo


def tasks(serving: Serving, **query: str) -> list[dict[str, Any]]:
    found = serving.http.get("/api/tasks", params=query, headers=serving.key(Role.INSPECTOR)).json()["items"]
    return [dict(one) for one in found]


def test_a_ticket_under_verification_is_a_task_until_it_is_filed(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    sent = send_photo(serving.http, a_jpeg(), ops, lat="31.2", lon="121.4").json()
    ticket = sent["tickets"][0]["id"]
    assert tasks(serving) == []
    moves = f"/api/tickets/{ticket}/moves"
    version = serving.http.get(f"/api/tickets/{ticket}", headers=ops).json()["version"]
    assert serving.http.post(moves, json={"to": "verifying", "version": version}, headers=ops).status_code == 200
    task = tasks(serving, kind="field_verify")[0]
    assert (task["ticket_id"], task["state"], task["late"]) == (ticket, "verifying", False)
    assert tasks(serving, kind="field_check") == []
    wish = {"to": "filed", "version": task["version"]}
    assert serving.http.post(moves, json=wish, headers=ops).status_code == 200
    assert tasks(serving) == []


def test_a_handled_ticket_is_to_be_checked_by_the_policys_clock() -> None:
    policy = a_policy(stages=StageLimits(check=Limit(30, "minute")))
    task = task_of(a_ticket(State.HANDLED, changed_at=NOON), policy)
    assert task is not None
    assert task.due_at is not None
    assert (task.kind, (task.due_at - NOON).total_seconds()) == ("field_check", 1800)
    assert (task.is_late(task.due_at), task_of(a_ticket(State.FILED), policy)) == (False, None)


def a_task(serving: Serving, ops: dict[str, str]) -> str:
    """A ticket that is to be verified; its id."""
    sent = send_photo(serving.http, a_jpeg(), ops, lat="31.2", lon="121.4").json()
    ticket = str(sent["tickets"][0]["id"])
    move(serving, ops, ticket, "verifying")
    return ticket


def move(serving: Serving, who: dict[str, str], ticket: str, to: str, **more: object) -> None:
    version = serving.http.get(f"/api/tickets/{ticket}", headers=who).json()["version"]
    wish = {"to": to, "version": version, **more}
    moved = serving.http.post(f"/api/tickets/{ticket}/moves", json=wish, headers=who)
    assert moved.status_code == 200, moved.text


def tell(serving: Serving, who: dict[str, str], ticket: str, what: str, **wish: object) -> httpx.Response:
    return serving.http.post(f"/api/tasks/{ticket}/{what}", json=wish or None, headers=who)


def holders(serving: Serving, who: dict[str, str], ticket: str) -> list[dict[str, Any]]:
    return list(serving.http.get(f"/api/tasks/{ticket}/holders", headers=who).json()["items"])


def test_a_task_is_given_passed_on_and_done_and_all_of_it_is_kept(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    serving.person("li", Role.INSPECTOR)
    serving.person("wang", Role.INSPECTOR)
    ticket = a_task(serving, ops)
    assert [one["ticket_id"] for one in tasks(serving, holder="none")] == [ticket]
    given = tell(serving, ops, ticket, "assign", inspector="li", note="go first").json()
    assert (given["holder"], given["by"], given["note"], given["late"]) == ("li", "ops of a test", "go first", False)
    assert given["due_at"] == tasks(serving)[0]["due_at"]
    assert (tasks(serving, holder="none"), [one["held"]["holder"] for one in tasks(serving, holder="li")]) == (
        [],
        ["li"],
    )
    soon = serving.clock.now + timedelta(minutes=5)
    assert tell(serving, ops, ticket, "assign", inspector="wang", due_at=soon.isoformat()).status_code == 200
    serving.clock.now += timedelta(minutes=6)
    told = serving.http.get("/api/inspectors", headers=ops).json()
    assert (told["items"], told["free"]) == (
        [{"login": "li", "held": 0, "late": 0}, {"login": "wang", "held": 1, "late": 1}], 0
    )  # fmt: skip
    move(serving, ops, ticket, "filed")
    kept = [(one["holder"], one["ended_how"], one["late"]) for one in holders(serving, ops, ticket)]
    assert sorted(kept) == [("li", "passed_on", False), ("wang", "done", True)]
    with serving.city.store.read() as rows:
        said = [event.body["holder"] for event in rows.events.after(0, 1000) if event.type == "task.assigned"]
    assert said == ["li", "wang"]
    assert tell(serving, ops, ticket, "assign", inspector="li").json()["code"] == "task.unknown"


def test_an_inspector_takes_a_task_alone_and_gives_it_back_with_a_reason(serving: Serving) -> None:
    ops, mine, theirs = serving.key(Role.OPS), serving.key(Role.INSPECTOR), serving.key(Role.INSPECTOR)
    ticket = a_task(serving, ops)
    taken = tell(serving, mine, ticket, "take")
    assert (taken.status_code, tell(serving, mine, ticket, "take").json()) == (200, taken.json())
    late = tell(serving, theirs, ticket, "take")
    assert (late.status_code, late.json()["code"]) == (409, "task.taken")
    assert tell(serving, theirs, ticket, "give-back", reason="no").status_code == 403
    assert tell(serving, mine, ticket, "give-back", reason=" ").json()["code"] == "ticket.reason_missing"
    back = tell(serving, mine, ticket, "give-back", reason="off sick").json()
    assert (back["ended_how"], back["ended_why"]) == ("given_back", "off sick")
    assert tell(serving, theirs, ticket, "take").status_code == 200
    page = serving.http.get("/api/tasks", params={"holder": "me"}, headers=theirs).json()
    assert [one["ticket_id"] for one in page["items"]] == [ticket]
    assert len(holders(serving, ops, ticket)) == 2
    nobody = tell(serving, ops, ticket, "assign", inspector="nobody")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "inspector.unknown")


def test_a_check_stays_with_its_inspector_while_it_is_under_way(serving: Serving) -> None:
    ops, mine = serving.key(Role.OPS), serving.key(Role.INSPECTOR)
    ticket = a_task(serving, ops)
    for to in ("filed", "dispatched", "in_progress", "handled"):
        move(serving, ops, ticket, to)
    assert tell(serving, mine, ticket, "take").json()["kind"] == "field_check"
    move(serving, mine, ticket, "checking")
    assert holders(serving, ops, ticket)[0]["ended_at"] is None
    move(serving, mine, ticket, "rework", reason="still there")
    assert holders(serving, ops, ticket)[0]["ended_how"] == "done"


def test_an_inspector_who_was_there_says_so_once_and_the_ticket_waits_for_the_desk(serving: Serving) -> None:
    ops, me = serving.key(Role.OPS), serving.key(Role.INSPECTOR) | {"Idempotency-Key": "look-1"}
    ticket = a_task(serving, ops)
    assert serving.http.post(f"/api/tasks/{ticket}/take", headers=me).status_code == 200
    wish = {"kind": "field_looked", "result": "there", "reason": "two bags by the wall"}
    for _ in range(2):
        assert serving.http.post(f"/api/tickets/{ticket}/facts", json=wish, headers=me).status_code == 200
    (task,) = tasks(serving)
    assert (task["held"], task["looked"]["result"], task["looked"]["note"]) == (None, "there", wish["reason"])
    shown = serving.http.get(f"/api/tickets/{ticket}", headers=ops).json()
    assert [fact["kind"] for fact in shown["facts"]] == ["field_looked"]
    assert (shown["state"], task["picture"]) == ("verifying", shown["evidence"][0]["id"])


def test_an_earlier_look_does_not_answer_the_check_after_more_work(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    ticket = a_task(serving, ops)
    serving.http.post(f"/api/tickets/{ticket}/facts", json={"kind": "field_looked", "result": "there"}, headers=ops)
    for to, more in (("filed", {}), ("dispatched", {"unit": "sanitation"}), ("in_progress", {}), ("handled", {})):
        serving.clock.forward(timedelta(minutes=5))
        move(serving, ops, ticket, to, **more)
    (task,) = tasks(serving)
    assert (task["kind"], task["looked"]) == ("field_check", None)
