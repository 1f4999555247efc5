"""A day of operations: the desk, the review by keyboard, the board, the clocks, and the ledger to take home."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Watch, log_in
from tests.browser.days import PICTURES, RunningCity, a_running_city, go, leave
from tests.browser.test_review import verdict_of
from tests.build import SHANGHAI
from tests.serving import PASSWORD

pytestmark = pytest.mark.browser

SEEN_TODAY = ("heap-shiliu", "bins-wutong", "bins-youfang", "corner-douhua", "heap-zhuhang", "goods-bailu")
A_DAY = timedelta(days=1)
HALF_AN_HOUR = MappingProxyType({"litter": 30, "out_of_store": 30})


@pytest.fixture
def city(tmp_path: Path) -> Iterator[RunningCity]:
    """A city that promises half an hour, with what a patrol car saw this morning."""
    with a_running_city(tmp_path / "city", minutes=HALF_AN_HOUR) as running:
        running.drives_by(PICTURES / f"{name}.jpg" for name in SEEN_TODAY)
        yield running


def test_a_day_of_somebody_of_operations(city: RunningCity, open_page: OpenPage, watch: Watch) -> None:
    watch.expect("401")  # whoever has logged out is told so
    begun = datetime.now(SHANGHAI).date() - A_DAY  # midnight may have gone by since the patrol car did
    page = open_page(city.address)
    log_in(page, "wang", PASSWORD, to="/desk")
    expect(page.locator("[data-panel=cameras]")).to_contain_text("1 of 1 cameras see")
    the_queue_is_reviewed(page)
    assert states(city) == {"reported": 5, "dismissed": 1}
    number = one_is_dispatched_on_the_board(page)
    the_others_go_together(page)
    assert states(city) == {"dispatched": 5, "dismissed": 1}
    the_chief_extends(open_page(city.address), number)
    a_clock_is_about_to_break(page, number)
    the_ticket_is_printed(page)
    the_ledger_is_taken_home(page, city, begun)
    leave(page)


def the_queue_is_reviewed(page: Page) -> None:
    """One box put right, one verdict taken back and given anew, the rest accepted; nothing but keys."""
    go(page, "Review")
    expect(page.locator(".counts")).to_contain_text("6 waiting")
    page.locator(".stage img").wait_for()
    page.keyboard.press("e")
    expect(page.locator(".paper [data-box='0']")).to_be_focused()
    assert verdict_of(page, "ArrowRight", "Enter")["verdict"] == "other_box"
    expect(page.locator(".counts")).to_contain_text("5 waiting")
    page.keyboard.press("a")
    expect(page.locator(".counts")).to_contain_text("4 waiting")
    page.keyboard.press("u")
    expect(page.locator(".counts")).to_contain_text("5 waiting")
    page.keyboard.press("x")
    expect(page.get_by_role("group", name="Why is it no case?")).to_be_visible()
    page.keyboard.press("1")
    for left in (4, 3, 2, 1):
        expect(page.locator(".counts")).to_contain_text(f"{left} waiting")
        page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Nothing waits for a review", exact=True)).to_be_visible()
    expect(page.locator(".sending")).to_be_hidden()


def one_is_dispatched_on_the_board(page: Page) -> str:
    """Drag a card to the filed ones, and from there send it to the sanitation; its number."""
    go(page, "Tickets")
    page.get_by_role("button", name="Board").click()
    reported, filed, dispatched = (
        page.locator(f"[data-column={state}]") for state in ("reported", "filed", "dispatched")
    )
    expect(reported.locator("[data-ticket]")).to_have_count(5)
    number = reported.locator("[data-ticket] a.mono").first.inner_text()
    reported.locator("[data-ticket]", has=page.get_by_role("link", name=number)).drag_to(filed)
    filed.get_by_role("button", name=f"Move {number}").click()
    page.get_by_role("dialog").locator("[data-to=dispatched]").click()
    page.get_by_role("dialog").get_by_label("Unit").select_option("sanitation")
    page.get_by_role("dialog").locator("[type=submit]").click()
    expect(dispatched.get_by_role("link", name=number)).to_be_visible()
    return number


def the_others_go_together(page: Page) -> None:
    """All that are left are filed in one go, and dispatched in one more, to the unit that the city names for each."""
    page.get_by_role("button", name="List").click()
    for group, state, step in (("To file", "Reported", "filed"), ("To dispatch", "Filed", "dispatched")):
        page.get_by_role("button", name=group).click()
        expect(page.locator("[data-ticket] .state", has_text=state)).to_have_count(4)
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Choose all 4 shown").click()
        page.locator(f"[data-bulk={step}]").click()
        page.get_by_role("dialog").locator("[type=submit]").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="In hand").click()
    expect(page.locator("[data-ticket]")).to_have_count(5)


def the_chief_extends(page: Page, number: str) -> None:
    """More time for the one on the board, with a reason, on the record."""
    log_in(page, "zhao", PASSWORD, to=f"/tickets?state=all&q={number}")
    page.locator("[data-ticket] a").first.click()
    page.locator("[data-note=extended]").click()
    dialog = page.get_by_role("dialog", name="Extend")
    dialog.get_by_label("Until").fill(f"{datetime.now(SHANGHAI) + timedelta(hours=20):%Y-%m-%dT%H:%M}")
    dialog.get_by_label("Reason").fill("The lorry comes in the morning")
    dialog.locator("[type=submit]").click()
    expect(page.locator(".history li").first).to_contain_text("The lorry comes in the morning")
    expect(page.locator(".ticket-clock")).to_contain_text("Extended × 1")


def a_clock_is_about_to_break(page: Page, extended: str) -> None:
    """The desk shows the soonest first and in its colour; the extended one comes last."""
    go(page, "Desk")
    clocks = page.locator("[data-panel=clocks]")
    expect(clocks.locator(".clock")).to_have_count(5)
    expect(clocks.locator(".clock.soon")).to_have_count(4)
    expect(clocks.locator("li").last).to_contain_text(extended)
    clocks.locator("a.line-main").first.click()
    expect(page.locator(".ticket-head .clock.soon")).to_be_visible()


def the_ticket_is_printed(page: Page) -> None:
    """On paper there are the facts, the picture and the history, and nothing to press."""
    expect(page.locator("[data-role=before] img")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".history")).to_be_visible()
    expect(page.locator("header.bar, .moves, .map-tools, .back").filter(visible=True)).to_have_count(0)
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="screen")


def the_ledger_is_taken_home(page: Page, city: RunningCity, since: date) -> None:
    """The list of problems of these days as a workbook, with every number in it, also when midnight went by."""
    go(page, "Desk")
    papers = page.locator("[data-panel=papers]")
    papers.get_by_label("Paper").select_option("ledger_condition")
    papers.get_by_label("Format").select_option("xlsx")
    today = re.compile("|".join((since + n * A_DAY).isoformat() for n in range(3)))
    expect(papers.get_by_label("To", exact=True)).to_have_value(today)
    papers.get_by_label("From", exact=True).fill(since.isoformat())
    with page.expect_download() as waiting:
        papers.get_by_role("link", name="Download").click()
    book = load_workbook(BytesIO(waiting.value.path().read_bytes()))
    told = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    filed = {ticket["number"] for ticket in tickets(city) if ticket["state"] == "dispatched"}
    assert filed <= told


def tickets(city: RunningCity) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = city.http.get("/api/tickets?limit=100").json()["items"]
    return found


def states(city: RunningCity) -> dict[str, int]:
    found = [ticket["state"] for ticket in tickets(city)]
    return {state: found.count(state) for state in set(found)}
