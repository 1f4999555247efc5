"""What an inspector is to look at: before filing and after handling."""

from typing import Any

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
