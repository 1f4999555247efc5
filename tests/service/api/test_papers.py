"""Papers, campaigns, letters, evaluation tables and dossiers as a program meets them."""

import io
from typing import Any

import httpx
import openpyxl
import pytest

from service.domain.states import Role
from tests.build import a_jpeg
from tests.service.reports.test_visit import a_workbook
from tests.serving import Serving, send_photo


def a_filed(serving: Serving, lat: str = "31.2", unit: str | None = None) -> dict[str, Any]:
    """A ticket that was filed, and dispatched where a unit is named."""
    ops = serving.key(Role.OPS)
    opened = send_photo(serving.http, a_jpeg(), ops, lat=lat, lon="121.4").json()
    steps: list[tuple[str, int, dict[str, str]]] = [("filed", 1, {})]
    if unit:
        steps.append(("dispatched", 2, {"unit": unit}))
    for to, version, more in steps:
        wish = {"to": to, "version": version, **more}
        path = f"/api/tickets/{opened['tickets'][0]['id']}/moves"
        assert serving.http.post(path, json=wish, headers=ops).status_code == 200
    return {**opened["tickets"][0], "observation": opened["observations"][0]["id"]}


def ask(serving: Serving, path: str, role: Role = Role.OPS, **query: str) -> httpx.Response:
    return serving.http.get(path, params=query, headers=serving.key(role))


def test_indicators_come_with_their_definitions_and_by_group(serving: Serving) -> None:
    a_filed(serving)
    told = ask(serving, "/api/indicators", by="condition").json()
    everything, litter = told["items"]
    assert (everything["id"], everything["name"], litter["id"], litter["name"]["zh"]) == (
        None,
        None,
        "litter",
        "暴露垃圾",
    )
    values = {one["id"]: one["value"] for one in litter["values"]}
    assert (values["reported"], values["filed"], values["rework_rate"]) == (1, 1, None)
    named = {one["id"]: one for one in told["definitions"]}
    assert named.keys() == values.keys()
    assert named["overdue"]["definition"]["zh"].startswith("期内到期")


@pytest.mark.parametrize(
    "query", [{"first": "2026-11-02", "last": "2026-11-01"}, {"first": "2020-01-01"}, {"by": "x"}, {"day": "x"}]
)
def test_days_that_make_no_period_are_refused(serving: Serving, query: dict[str, str]) -> None:
    assert ask(serving, "/api/indicators", Role.OPS, **query).status_code == 422


def test_every_kind_of_report_is_had_as_a_file_in_both_languages(serving: Serving) -> None:
    a_filed(serving)
    told = ask(serving, "/api/reports").json()
    for kind in (one["id"] for one in told["items"] if one["about"] is None):
        for form, begin in (("pdf", b"%PDF"), ("xlsx", b"PK")):
            for lang in told["languages"]:
                answer = ask(serving, f"/api/reports/{kind}", format=form, lang=lang)
                assert answer.status_code == 200, answer.text
                assert answer.content.startswith(begin)
                assert f'_{lang}.{form}"' in answer.headers["content-disposition"]
    assert ask(serving, "/api/reports/poem").json()["code"] == "report.unknown"
    assert ask(serving, "/api/reports/campaign").status_code == 422


def test_a_unit_gets_its_own_ledger_and_no_assessment_of_others(serving: Serving) -> None:
    own, _ = a_filed(serving, "31.2", "sanitation"), a_filed(serving, "31.3", "housing")
    serving.person("crew", Role.UNIT, "sanitation")
    serving.log_in("crew")
    answer = serving.http.get("/api/reports/ledger_unit", params={"format": "xlsx", "unit": "housing"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    numbers = [row[1] for sheet in book.worksheets[1:] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert numbers == [own["number"]]
    assert serving.http.get("/api/reports/assessment").status_code == 403


def test_a_campaign_is_planned_once_counted_changed_and_ended(serving: Serving) -> None:
    headers = serving.key(Role.CHIEF)
    wish = {"name": "冬季整治", "first": "2026-11-20", "last": "2026-12-20", "conditions": ["litter"], "target": 2}
    made = serving.http.post("/api/campaigns", json=wish, headers=headers)
    assert (made.status_code, serving.http.post("/api/campaigns", json=wish, headers=headers).status_code) == (201, 200)
    a_filed(serving)
    path = f"/api/campaigns/{made.json()['id']}"
    counted = ask(serving, path).json()
    assert (counted["phase"], counted["tickets"], counted["states"]) == ("running", 1, {"filed": 1})
    ended = serving.http.patch(path, json={"version": 1, "ended": True}, headers=headers).json()
    assert (ended["phase"], ended["version"]) == ("over", 2)
    stale = serving.http.patch(path, json={"version": 1, "name": "x"}, headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (409, "campaign.changed")
    assert ask(serving, "/api/reports/campaign", campaign=made.json()["id"]).content.startswith(b"%PDF")
    for wrong in (
        {"last": "2026-11-01"},
        {"conditions": ["x"]},
        {"units": ["x"]},
        {"grids": ["x"]},
        {"last": "2036-01-01"},
    ):
        assert serving.http.post("/api/campaigns", json={**wish, **wrong}, headers=headers).status_code == 422, wrong


def test_a_letter_is_read_by_the_unit_that_it_is_to_and_by_no_other(serving: Serving) -> None:
    ticket = a_filed(serving, unit="sanitation")
    wish = {"tickets": [ticket["number"]], "reason": "late"}
    letter = serving.http.post("/api/letters", json=wish, headers=serving.key(Role.OPS))
    assert letter.status_code == 201, letter.text
    found = {}
    for login, unit in (("own", "sanitation"), ("other", "housing")):
        serving.person(login, Role.UNIT, unit)
        serving.log_in(login)
        file = serving.http.get(f"/api/letters/{letter.json()['number']}")
        found[login] = (file.status_code, len(serving.http.get("/api/letters").json()["items"]))
    assert found == {"own": (200, 1), "other": (404, 0)}


def test_an_evaluation_table_is_imported_once_and_says_what_it_could_not_read(serving: Serving) -> None:
    headers = serving.key(Role.OPS)

    def send(data: bytes) -> httpx.Response:
        file = {"file": ("t.xlsx", data)}
        return serving.http.post("/api/evaluations", headers=headers, files=file, data={"name": "测评表"})

    data = a_workbook()
    made = send(data)
    assert (made.status_code, send(data).status_code) == (201, 200)
    assert [one["cell"] for one in made.json()["unread"]] == ["C5", "E5", "D6"]
    file = ask(serving, "/api/reports/visit", evaluation=made.json()["id"])
    assert file.content.startswith(b"%PDF")
    for wrong in (b"no workbook", a_workbook([("a", "b")])):
        assert send(wrong).json()["code"] == "evaluation.unreadable"


def test_a_number_is_confirmed_by_two_people_and_its_letter_is_the_desks(serving: Serving) -> None:
    a_filed(serving)
    serving.model.sees = ()
    ops, chief = serving.key(Role.OPS), serving.key(Role.CHIEF)
    sent = send_photo(serving.http, a_jpeg(colour=(9, 9, 9)), ops, lat="31.3", lon="121.4", condition="illegal_ad")
    wish = {"number": "138-0013-8000", "observation_id": sent.json()["observations"][0]["id"]}
    read = serving.http.post("/api/dossiers/readings", json=wish, headers=serving.key(Role.INSPECTOR))
    assert (read.status_code, read.json()["number"]) == (201, "13800138000"), read.text
    path = "/api/dossiers/13800138000"
    assert serving.http.post(f"{path}/letter", json={}, headers=ops).json()["code"] == "dossier.not_confirmed"
    for headers, state in ((ops, "doubtful"), (chief, "confirmed")):
        answer = serving.http.post(f"{path}/words", json={"word": "confirm"}, headers=headers)
        assert answer.json()["state"] == state, answer.text
    letter = serving.http.post(f"{path}/letter", json={}, headers=ops).json()
    assert letter["number"] == "OL-2026-0001"
    file = f"/api/letters/{letter['number']}"
    assert [ask(serving, file, role).status_code for role in (Role.OPS, Role.VIEWER, Role.UNIT)] == [200, 404, 404]
    assert ask(serving, "/api/dossiers").json()["items"][0]["readings"] == 1
