"""Scenario 12: a citizen reports through Open311, XML or JSON, and follows it to its end.

Every answer has the shape of the specification's example of it: the same fields, the same kinds of values.
"""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from service.domain.states import Role
from service.open311.written import ITEMS
from tests.build import a_jpeg
from tests.service.scenarios.desk import Desk

EXAMPLES = json.loads((Path(__file__).parents[1] / "georeport" / "examples.json").read_text(encoding="utf-8"))
W3C_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
ROOTS = {"receipt": "service_requests", "token": "service_requests", "requests": "service_requests"}


class Citizen:
    """Somebody with an app that speaks one of the two formats, and no account."""

    def __init__(self, desk: Desk, form: str) -> None:
        self.http, self.form = desk.serving.http, form

    def report(self, **more: str) -> Any:
        told = {"service_code": "litter", "lat": "31.2304", "long": "121.4737", "description": "垃圾成堆", **more}
        files = {"media": ("heap.jpg", a_jpeg(), "image/jpeg")}
        return self.read("receipt", self.http.post(f"/open311/v2/requests.{self.form}", data=told, files=files), 201)

    def ask(self, example: str, path: str, status: int = 200) -> Any:
        answer = self.http.get(f"/open311/{path}.{self.form}", headers={"Accept-Language": "en"})
        return self.read(example, answer, status)

    def read(self, example: str, answer: httpx.Response, status: int) -> Any:
        """The answer as plain values, which have the shape of the example."""
        assert answer.status_code == status, answer.text
        if self.form == "json":
            told = answer.json()
        else:
            assert answer.text.lower().startswith('<?xml version="1.0" encoding="utf-8"?>')
            root = ElementTree.fromstring(answer.content)  # noqa: S314  # our own answer
            assert root.tag == ROOTS.get(example, example)
            told = plain(root)
        same_shape(EXAMPLES[example], told, example, is_text=self.form == "xml")
        return told


def plain(element: ElementTree.Element) -> Any:
    """An element as JSON would have it: many of one thing are a list."""
    if element.tag in ITEMS:
        assert {child.tag for child in element} <= {ITEMS[element.tag]}
        return [plain(child) for child in element]
    return {child.tag: plain(child) for child in element} if len(element) else element.text


def same_shape(example: Any, told: Any, where: str, *, is_text: bool) -> None:
    """Fails where a field is missing, too many, or of another kind; what may be nothing in the one may in the other."""
    if isinstance(example, dict):
        assert list(told) == list(example), where
        for name, value in example.items():
            same_shape(value, told[name], f"{where}.{name}", is_text=is_text)
    elif isinstance(example, list):
        assert isinstance(told, list), where
        for one in told:
            same_shape(example[0], one, where, is_text=is_text)
    elif None not in (example, told):
        assert isinstance(told, str if is_text else type(example)), where
        assert not where.endswith("_datetime") or W3C_TIME.fullmatch(told), where


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_citizen_reports_and_follows_it_to_its_end(desk: Desk, form: str) -> None:
    citizen = Citizen(desk, form)
    citizen.ask("discovery", "discovery")
    assert "litter" in [service["service_code"] for service in citizen.ask("services", "v2/services")]
    citizen.ask("service_definition", "v2/services/litter")
    number = citizen.report(**{"attribute[amount]": "heap"})[0]["service_request_id"]
    ticket = desk.see(number)
    assert (ticket["state"], ticket["history"][0]["actor"]) == ("reported", "open311")

    seen = []
    for to in ("filed", "dispatched", "in_progress", "handled", "checking"):
        desk.walk(number, to)
        seen.append(citizen.ask("requests", f"v2/requests/{number}")[0]["status_notes"])
    assert len(set(seen)) == 5, "each step is told in words of its own"
    desk.show("ops", number, "after")
    closed = desk.move("chief", number, "closed", resolution="fixed", reason="looked at")
    assert closed.status_code == 200, closed.text
    (request,) = citizen.ask("requests", f"v2/requests/{number}")
    assert (request["status"], request["status_notes"]) == ("closed", "It was put right and checked.")
    assert desk.serving.http.get(request["media_url"]).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("form", ["xml", "json"])
def test_one_who_only_knows_an_address_gets_a_token(desk: Desk, form: str) -> None:
    citizen = Citizen(desk, form)
    told = {"service_code": "litter", "address_string": "青石路 12 号"}
    answer = desk.serving.http.post("/open311/v2/requests.json", data=told)
    token = answer.json()[0]["token"]
    assert citizen.ask("token", f"v2/tokens/{token}")[0]["service_request_id"] is None
    pin = {"lat": 31.2304, "lon": 121.4737}
    desk.serving.http.patch(f"/api/citizen-reports/{token}", json=pin, headers=desk.serving.key(Role.OPS))
    number = citizen.ask("token", f"v2/tokens/{token}")[0]["service_request_id"]
    assert citizen.ask("requests", f"v2/requests/{number}")[0]["status"] == "open"


@pytest.mark.parametrize("form", ["xml", "json"])
def test_an_app_that_is_wrong_is_told_so_in_its_own_format(desk: Desk, form: str) -> None:
    citizen = Citizen(desk, form)
    told = desk.serving.http.post(f"/open311/v2/requests.{form}", json={"service_code": "litter"})
    citizen.read("errors", told, 400)
    citizen.ask("errors", "v2/requests/SW-20200101-0001", 404)
    wrong = {"service_code": "litter", "lat": "31.2", "long": "121.4", "api_key": "wrong"}
    citizen.read("errors", desk.serving.http.post(f"/open311/v2/requests.{form}", data=wrong), 403)
