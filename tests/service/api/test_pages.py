"""Pages and their parts, under a policy that runs our own scripts and nobody else's."""

import base64
import hashlib
from pathlib import Path

import pytest

from service.api.pages import NAMES, page_policy
from tests.serving import Serving


@pytest.mark.parametrize("name", [*NAMES, "tickets/tic_1"])
def test_a_page_runs_only_our_own_scripts(serving: Serving, name: str) -> None:
    answer = serving.http.get(f"/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_the_front_door_leads_to_the_review(serving: Serving) -> None:
    answer = serving.http.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/review")


def test_an_import_map_is_allowed_by_its_hash(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<script type="importmap">{"imports": {}}</script>')
    told = base64.b64encode(hashlib.sha256(b'{"imports": {}}').digest()).decode()
    assert f"'sha256-{told}'" in page_policy(page)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/static/css/base.css", "text/css"), ("/static/js/api.js", "javascript"), ("/static/i18n/zh.json", "json")],
)
def test_a_part_has_its_own_type(serving: Serving, path: str, kind: str) -> None:
    answer = serving.http.get(path)
    assert answer.status_code == 200
    assert kind in answer.headers["content-type"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_answer_of_the_api_may_run_nothing(serving: Serving) -> None:
    answer = serving.http.get("/api/tickets")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.json()["trace_id"] == answer.headers["x-trace-id"]


def test_what_is_counted_names_nobody(serving: Serving) -> None:
    serving.http.get("/api/tickets/tic_secret", headers={"Authorization": "Bearer canary"})
    counted = serving.http.get("/metrics").text
    assert 'route="/api/tickets/{ticket_id}",status="401"' in counted
    assert "tic_secret" not in counted
    assert "canary" not in counted


def test_a_text_file_is_packed_for_who_takes_it_and_known_again(serving: Serving) -> None:
    path = "/static/i18n/zh.json"
    plain = serving.http.get(path, headers={"Accept-Encoding": "identity"})
    packed = serving.http.get(path, headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert (packed.json(), packed.headers["vary"]) == (plain.json(), "Accept-Encoding")
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    known = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]}
    assert serving.http.get(path, headers=known).status_code == 304
