"""What people and their programs get wrong: each has a clear answer, nothing is lost and nothing doubled.

Beside these: an extension without a form (scenario 14), a receiver that answers 500 for a day (test_courier), all of
what an Open311 app gets wrong (test_open311), every wrong value of a policy (test_policy_document).
"""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import openpyxl
import pytest

from service.domain.states import Role
from tests.build import POLICY_TOML, a_place
from tests.service.scenarios.desk import Desk, Json, refusal


@contextmanager
def nothing_happens(desk: Desk, ticket: str) -> Iterator[Json]:
    """The ticket, its history, its pictures and what is told of it are afterwards what they were before."""
    before = desk.see(ticket)
    with desk.serving.city.store.read() as rows:
        told = rows.events.last_seq()
    yield before
    assert desk.see(ticket) == before
    with desk.serving.city.store.read() as rows:
        assert rows.events.last_seq() == told


def test_a_move_that_the_table_forbids_is_answered_with_those_that_it_has(desk: Desk) -> None:
    ticket = desk.report()
    with nothing_happens(desk, ticket):
        status, code, facts = refusal(desk.move("ops", ticket, "closed", resolution="fixed"))
    assert (status, code) == (409, "ticket.illegal_move")
    assert (facts["was"], facts["wanted"]) == ("reported", "closed")
    assert "filed" in facts["allowed"]


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_return_without_a_reason_is_asked_for_one(desk: Desk, reason: str | None) -> None:
    ticket = desk.report()
    desk.walk(ticket, "filed", "dispatched")
    with nothing_happens(desk, ticket):
        status, code, facts = refusal(desk.move("sanitation", ticket, "returned", reason=reason))
    assert (status, code, facts["wanted"]) == (422, "ticket.reason_missing", "returned")


def test_a_close_without_an_after_photo_is_refused_until_there_is_one(desk: Desk) -> None:
    ticket = desk.report()
    desk.walk(ticket, "filed", "dispatched", "in_progress", "handled", "checking")
    desk.show("ops", ticket, "before")
    with nothing_happens(desk, ticket):
        assert refusal(desk.move("ops", ticket, "closed", resolution="fixed"))[:2] == (
            422,
            "ticket.after_photo_missing",
        )
    desk.show("ops", ticket, "after")
    assert desk.move("ops", ticket, "closed", resolution="fixed").json()["state"] == "closed"


def test_an_after_photo_whose_exif_says_another_street_is_kept_and_closes_nothing(desk: Desk) -> None:
    ticket = desk.report()
    desk.walk(ticket, "filed", "dispatched", "in_progress")
    assert desk.show("sanitation", ticket, "after", a_place(metres_east=800))["place_check"] == "elsewhere"
    desk.walk(ticket, "handled", "checking")
    with nothing_happens(desk, ticket) as seen:
        blocked = refusal(desk.move("ops", ticket, "closed", resolution="fixed"))
    assert blocked[:2] == (422, "ticket.after_photo_elsewhere")
    assert "after" in [picture["role"] for picture in seen["evidence"]]


def test_a_policy_with_a_hole_in_its_working_hours_is_refused_with_its_line(desk: Desk) -> None:
    text = POLICY_TOML.read_text(encoding="utf-8")
    hole = text.replace('["14:00", "18:00"]', '["15:00", "18:00"]')
    line = next(n for n, row in enumerate(hole.splitlines(), 1) if '["15:00", "18:00"]' in row)
    admin = desk.serving.key(Role.ADMIN)
    was = desk.serving.http.get("/api/policy", headers=admin).json()
    wish = {"text": hole, "based_on": was["sha256"], "reason": "a longer noon"}
    refused = desk.serving.http.put("/api/policy", json=wish, headers=admin)
    status, code, facts = refusal(refused)
    assert (status, code) == (422, "policy.wrong")
    assert (facts["key"], facts["problem"], facts["line"]) == ("working_hours.windows", "hole", line)
    assert desk.serving.http.get("/api/policy", headers=admin).json() == was


def test_a_standard_with_merged_cells_and_a_wrong_unit_says_which_cells_and_saves_nothing(desk: Desk) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (
        ("问题类别", "立案条件", "处置时限", "责任单位", "结案条件"),
        ("暴露垃圾", "垃圾不在容器内", "4工作时", "环卫中心", "清除"),
        ("店外经营", "跨门经营", None, "城管", "停止"),
        ("非法小广告", "乱张贴", "1 工作周", "环卫中心", "清除"),
    ):
        book.active.append(row)
    book.active.merge_cells("C2:C3")
    book.save(out)
    admin = desk.serving.key(Role.ADMIN)
    was = desk.serving.http.get("/api/policy", headers=admin).json()
    sheet = {"file": ("standard.xlsx", out.getvalue())}
    told = desk.serving.http.post("/api/policy/standard", files=sheet, headers=desk.keys["ops"]).json()
    limits = {row["condition"]: row["limit"] for row in told["rows"]}
    four = {"amount": 4.0, "unit": "working_hour"}
    assert (limits["litter"], limits["out_of_store"], limits["illegal_ad"]) == (four, four, None)
    assert ("C4", "unit_unclear") in [(one["cell"], one["problem"]) for one in told["unread"]]
    assert desk.serving.http.get("/api/policy", headers=admin).json() == was


def test_an_open311_app_that_sends_json_where_a_form_is_due_is_told_what_is_wanted(desk: Desk) -> None:
    heap = {"service_code": "litter", "lat": 31.2304, "long": 121.4737}
    refused = desk.serving.http.post("/open311/v2/requests.json", json=heap)
    (error,) = refused.json()
    assert (refused.status_code, error["code"]) == (400, 400)
    assert error["description"].startswith("open311.form_wanted")
    assert "application/x-www-form-urlencoded" in error["description"]
    assert desk.serving.http.get("/open311/v2/requests.json").json() == []


def test_of_two_people_who_move_one_ticket_at_once_one_does_and_one_is_told(desk: Desk) -> None:
    ticket = desk.report()
    version = desk.see(ticket)["version"]
    with ThreadPoolExecutor(2) as people:
        steps = ((who, ticket, "filed") for who in ("ops", "chief"))
        answers = list(people.map(lambda step: desk.move(*step, version=version), steps))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (told,) = [refusal(answer) for answer in answers if answer.status_code == 409]
    assert told[1:] == ("ticket.changed", {"version": version + 1, "wanted": version})
    assert [line["to"] for line in desk.see(ticket)["history"]] == ["reported", "filed"]
