"""The demo city: loaded by the walk that every picture takes, once."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.demo.load import begin_demo, is_loaded
from service.demo.people import PASSWORD
from tests.build import a_detection
from tests.serving import Serving, serve

LIMIT_S = 60.0


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Serving]:
    with serve(tmp_path / "city", a_detection("litter", 0.8)) as serving:
        load(serving)
        yield serving


def load(serving: Serving) -> None:
    begin_demo(serving.city)
    limit = time.monotonic() + LIMIT_S
    while not is_loaded(serving.city):
        assert time.monotonic() < limit, "the demo was not loaded in time"
        time.sleep(0.1)


def test_the_boards_of_the_demo_are_not_empty(demo: Serving) -> None:
    answer = demo.http.post("/api/session", json={"login": "ops", "password": PASSWORD})
    assert answer.status_code == 204
    tickets = demo.http.get("/api/tickets").json()["items"]
    states = {ticket["state"] for ticket in tickets}
    assert {"reported", "filed", "dispatched", "in_progress", "handled", "closed"} <= states
    assert demo.http.get("/api/review").json()["items"]
    drawn = [feature["properties"]["kind"] for feature in demo.http.get("/api/streets").json()["features"]]
    assert "street" in drawn
    assert drawn.count("grid") == 9
    assert {camera["id"] for camera in demo.http.get("/api/cameras").json()["items"]} >= {"MX-CAM-01", "MX-CAR-01"}
    closed = next(ticket["id"] for ticket in tickets if ticket["state"] == "closed")
    assert [picture["role"] for picture in demo.http.get(f"/api/tickets/{closed}").json()["evidence"]] == [
        "before",
        "after",
    ]


def test_the_demo_shows_second_looks_that_agree_that_are_decided_and_one_to_decide(demo: Serving) -> None:
    demo.http.post("/api/session", json={"login": "admin", "password": PASSWORD})
    looks = demo.http.get("/api/review/second-looks").json()["items"]
    assert sorted((look["agrees"], bool(look["settled"])) for look in looks) == [
        (False, False),
        (False, True),
        (True, False),
        (True, False),
    ]
    rates = demo.http.get("/api/review/agreement").json()["items"]
    assert {(rate["reviewer"], rate["looked_again"], rate["agreed"]) for rate in rates} == {
        ("chief", 4, 2),
        ("ops", 4, 2),
    }


def test_a_second_start_loads_nothing_anew(demo: Serving) -> None:
    demo.http.post("/api/session", json={"login": "ops", "password": PASSWORD})
    before = demo.http.get("/api/tickets?limit=500").json()
    load(demo)
    assert demo.http.get("/api/tickets?limit=500").json() == before


def test_what_a_cut_off_start_left_is_made_up_for(demo: Serving) -> None:
    with demo.city.store.write() as rows:
        rows.connection.exec_driver_sql("DELETE FROM meta WHERE key = 'demo'")
        photos = rows.connection.exec_driver_sql("SELECT count(*) FROM photos").scalar()
    load(demo)
    with demo.city.store.read() as rows:
        assert rows.connection.exec_driver_sql("SELECT count(*) FROM photos").scalar() == photos
