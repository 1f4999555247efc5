"""The time line of a ticket over HTTP, and its file as a page and as a sheet."""

import io

import openpyxl
import pytest

from tests.build import a_place
from tests.service.scenarios.desk import Desk
from tests.serving import Serving


@pytest.fixture
def desk(serving: Serving) -> Desk:
    return Desk.of(serving)


@pytest.fixture
def ticket(desk: Desk) -> str:
    """A heap that was seen twice, worked on, extended, overridden and closed."""
    ticket = desk.report()
    desk.report()
    desk.walk(ticket, "filed", "dispatched", "in_progress")
    desk.post("chief", ticket, "extensions", by={"amount": 1, "unit": "working_day"}, reason="the crane is late")
    desk.post("sanitation", ticket, "facts", kind="dissuaded", who="shop owner", result="clears by noon")
    desk.show("sanitation", ticket, "after", a_place(metres_north=800))
    desk.walk(ticket, "handled", "checking")
    wish = {"resolution": "fixed", "override": "after_photo_place", "reason": "I know the place"}
    assert desk.move("chief", ticket, "closed", **wish).status_code == 200
    return ticket


def test_everything_that_happened_stands_on_one_line_of_time(desk: Desk, ticket: str) -> None:
    lines = desk.serving.http.get(f"/api/tickets/{ticket}/timeline", headers=desk.keys["viewer"]).json()["items"]
    assert [(line["what"], line["to"], line["facts"].get("fact")) for line in lines] == [
        ("seen", None, None),
        ("opened", "reported", None),
        ("moved", "filed", None),
        ("moved", "dispatched", None),
        ("moved", "in_progress", None),
        ("noted", "in_progress", "extended"),
        ("noted", "in_progress", "dissuaded"),
        ("moved", "handled", None),
        ("moved", "checking", None),
        ("moved", "closed", None),
        ("shown", None, None),
    ]
    assert lines[0]["facts"] == {"count": 2}


def test_a_unit_reads_the_time_lines_of_its_own_tickets(desk: Desk, ticket: str) -> None:
    for path in ("timeline", "file"):
        answer = desk.serving.http.get(f"/api/tickets/{ticket}/{path}", headers=desk.keys["housing"])
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", {"extended · until", "dissuaded · shop owner", "closed although the after-photo was taken 800 m away"}),
        ("zh", {"延期 · 延至", "劝导 · shop owner", "处置后照片拍摄地点相距 800 米"}),
    ],
)
def test_the_file_of_a_ticket_says_it_in_both_languages(desk: Desk, ticket: str, lang: str, words: set[str]) -> None:
    address = f"/api/tickets/{ticket}/file?format=xlsx&lang={lang}"
    answer = desk.serving.http.get(address, headers=desk.keys["ops"])
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    told = "\n".join(str(cell) for sheet in book for row in sheet.values for cell in row if cell)
    assert [word for word in words if word not in told] == []


def test_the_file_of_a_ticket_is_a_page_too(desk: Desk, ticket: str) -> None:
    answer = desk.serving.http.get(f"/api/tickets/{ticket}/file", headers=desk.keys["ops"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
