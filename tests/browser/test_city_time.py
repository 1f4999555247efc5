"""Times are the city's, shown and typed, also in a browser that lives in another zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from service.domain.states import Role
from tests.browser.conftest import OpenPage, enter
from tests.serving import Serving

pytestmark = pytest.mark.browser

CITY = ZoneInfo("Asia/Shanghai")
ABROAD = "America/Los_Angeles"


def first_ticket(serving: Serving, headers: dict[str, str]) -> dict[str, str]:
    ticket: dict[str, str] = serving.http.get("/api/tickets", headers=headers).json()["items"][0]
    return ticket


def test_a_page_is_served_with_the_zone_of_the_city(city: Serving) -> None:
    for path in ("/login", "/upload", "/tickets/tic_1"):
        assert '<html lang="en" data-timezone="Asia/Shanghai">' in city.http.get(path).text


def test_a_day_chosen_abroad_is_a_day_of_the_city(three_heaps: Serving, open_page: OpenPage) -> None:
    headers = three_heaps.key(Role.OPS)
    ticket = first_ticket(three_heaps, headers)
    page = open_page(three_heaps.http.base_url, timezone_id=ABROAD)
    enter(page, three_heaps, "wang", to=f"/tickets/{ticket['id']}")
    opened = datetime.fromisoformat(ticket["opened_at"]).astimezone(CITY)
    expect(page.locator(".ticket-side")).to_contain_text(f"{opened:%H:%M}")
    for move in ("filed", "dispatched", "in_progress", "suspended"):
        page.locator(f"[data-to={move}]").click()
        dialog = page.get_by_role("dialog")
        if move == "suspended":
            dialog.get_by_label("Reason").fill("Road works until spring")
            dialog.get_by_label("Look again on").fill("2099-03-01")
        dialog.locator("[type=submit]").click()
        expect(dialog).to_have_count(0)
    expect(page.locator(".history li").first).to_contain_text("1 Mar 2099, 09:00")
    clocks = three_heaps.http.get("/api/clocks", headers=headers).json()["items"]
    (clock,) = [one for one in clocks if one["ticket"] == ticket["id"]]
    assert datetime.fromisoformat(clock["review_at"]) == datetime(2099, 3, 1, 1, 0, tzinfo=UTC)


def test_the_audit_trail_of_a_day_is_that_of_the_citys_day(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url, timezone_id=ABROAD)
    enter(page, three_heaps, "lin", to="/admin/audit?since=2026-11-26&until=2026-11-26")
    export = page.locator("[data-panel=audit] a[download]")
    expect(export).to_have_attribute(
        "href", "/api/audit.csv?since=2026-11-25T16%3A00%3A00.000Z&until=2026-11-26T16%3A00%3A00.000Z"
    )


def test_how_long_ago_goes_on_in_rows_that_stay_as_they_are(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    page.clock.install(time=three_heaps.clock() + timedelta(minutes=2))
    enter(page, three_heaps, "wang", to="/tickets")
    seen = page.locator(".row-seen span").first
    expect(seen).to_have_text("Seen 2 min ago")
    page.evaluate("document.querySelector('[data-ticket]').dataset.marked = 'yes'")
    page.clock.fast_forward("05:00")
    expect(seen).to_have_text("Seen 7 min ago")
    expect(page.locator("[data-marked]")).to_have_count(1)
