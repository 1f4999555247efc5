"""Scenario 20: the city switches to the codes of 2026; new tickets carry them, old ones keep theirs."""

from datetime import timedelta

import httpx

from service.domain.states import Role
from tests.build import a_place
from tests.service.scenarios.desk import Desk, Json


def the_policy(desk: Desk) -> Json:
    told: Json = desk.serving.http.get("/api/policy", headers=desk.keys["viewer"]).json()
    return told


def save(desk: Desk, text: str, **more: object) -> httpx.Response:
    wish = {"text": text, "based_on": the_policy(desk)["sha256"], "reason": "GB/T 47678.5-2026", **more}
    answer = desk.serving.http.put("/api/policy", json=wish, headers=desk.serving.key(Role.ADMIN))
    assert answer.status_code == 200, answer.text
    return answer


def code(desk: Desk, ticket: str) -> tuple[str, str]:
    told = desk.see(ticket)
    return told["code_table"], told["code"]


def test_new_tickets_carry_the_new_codes_and_old_ones_keep_theirs(desk: Desk) -> None:
    old_text = the_policy(desk)["text"].replace('code_table = "gb2026"', 'code_table = "platform2020"')
    save(desk, old_text)
    day = desk.serving.clock() + timedelta(days=2)
    save(desk, old_text.replace('code_table = "platform2020"', 'code_table = "gb2026"'), from_at=day.isoformat())
    assert the_policy(desk)["upcoming"]["from_at"] == day.isoformat().replace("+00:00", "Z")

    before = desk.report()
    desk.walk(before, "filed")
    desk.serving.clock.forward(timedelta(days=2))
    after = desk.report(a_place(metres_north=900))
    desk.walk(after, "filed")

    assert code(desk, before) == ("platform2020", "01-10")
    assert code(desk, after) == ("gb2026", "06010")
