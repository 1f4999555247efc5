"""The desk: the numbers of some days by whose they are, clocks about to break, and a paper as a file."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from service.domain.states import Role
from tests.browser.conftest import PHONE, OpenPage, Watch, enter
from tests.serving import Serving

pytestmark = pytest.mark.browser


def file_all(city: Serving) -> None:
    """Have every ticket filed, so that its limit runs."""
    ops = city.key(Role.OPS)
    for ticket in city.http.get("/api/tickets", headers=ops).json()["items"]:
        move = {"to": "filed", "version": ticket["version"]}
        city.http.post(f"/api/tickets/{ticket['id']}/moves", json=move, headers=ops).raise_for_status()


def test_numbers_are_divided_and_keep_their_choice_in_the_address(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "sun", to="/desk")
    expect(page.locator("[data-indicator=reported] b")).to_have_text("3")
    row = page.get_by_role("row").filter(has_text="Exposed litter")
    expect(row.locator("td").nth(1)).to_contain_text("3")
    page.get_by_role("button", name="Unit", exact=True).click()
    page.get_by_role("button", name="Today").click()
    expect(page).to_have_url(re.compile("days=1&by=unit"))
    page.reload()
    expect(page.get_by_role("button", name="Unit", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Today")).to_have_attribute("aria-pressed", "true")


def test_limits_that_end_soon_lead_to_their_tickets(three_heaps: Serving, open_page: OpenPage) -> None:
    file_all(three_heaps)
    three_heaps.clock.forward(timedelta(minutes=1))
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "sun", to="/desk")
    page.locator("[data-panel=clocks] a.line-main").first.click()
    expect(page).to_have_url(re.compile("/tickets/tic_"))


def test_a_panel_whose_answer_fails_says_so_and_keeps_nothing_else_back(
    three_heaps: Serving, open_page: OpenPage, watch: Watch
) -> None:
    watch.expect("/api/chronic", "500")
    page = open_page(three_heaps.http.base_url, size=PHONE)
    page.route("**/api/chronic", lambda route: route.fulfill(status=500, json={"code": "internal", "facts": {}}))
    enter(page, three_heaps, "sun", to="/desk")
    expect(page.locator("[data-panel=chronic]")).to_contain_text("asked again in a minute")
    expect(page.locator("[data-panel=papers]")).to_be_visible()


def test_a_paper_is_one_click_away(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "sun", to="/desk")
    papers = page.locator("[data-panel=papers]")
    papers.get_by_label("Format").select_option("xlsx")
    with page.expect_download() as waiting:
        papers.get_by_role("link", name="Download").click()
    assert waiting.value.path().read_bytes().startswith(b"PK")
    papers.get_by_label("Paper").select_option("campaign")
    expect(papers).to_contain_text("no campaign yet")
    expect(papers.get_by_role("link", name="Download")).to_have_count(0)


def test_a_chart_that_cannot_be_drawn_says_so_and_shows_its_numbers(
    three_heaps: Serving, open_page: OpenPage, watch: Watch
) -> None:
    watch.expect("echarts.js")
    page = open_page(three_heaps.http.base_url)
    page.route("**/vendor/echarts.js", lambda route: route.abort())
    enter(page, three_heaps, "sun", to="/desk")
    trends = page.locator("[data-panel=trends]")
    expect(trends.get_by_role("alert").first).to_contain_text("could not be loaded")
    expect(trends.get_by_role("row").last.get_by_role("cell").first).to_have_text("3")


def test_trends_are_drawn_and_told_as_numbers_too(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "sun", to="/desk")
    trends = page.locator("[data-panel=trends]")
    drawn = trends.locator("[data-drawn] svg")
    expect(drawn).to_contain_text("Exposed litter")
    drawn.hover()  # a hint made of styled HTML would break the page's policy, and fail this test
    trends.get_by_text("As numbers").click()
    expect(trends.get_by_role("row").last.get_by_role("cell").first).to_have_text("3")
    expect(page.get_by_role("img", name=re.compile("3 reported, 0 closed"))).to_be_visible()
    expect(page.locator("[data-panel=heat] circle")).not_to_have_count(0)


def test_a_campaign_is_planned_and_counted(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to="/desk")
    campaigns = page.locator("[data-panel=campaigns]")
    campaigns.get_by_role("button", name="Plan a campaign").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("Clean streets")
    today = three_heaps.clock().date()
    form.get_by_label("From", exact=True).fill((today - timedelta(days=2)).isoformat())
    form.get_by_label("To", exact=True).fill((today + timedelta(days=9)).isoformat())
    form.get_by_label("To close").fill("5")
    form.get_by_role("button", name="Exposed litter").click()
    form.get_by_role("button", name="Start it").click()
    expect(campaigns).to_contain_text("Clean streets")
    expect(campaigns.get_by_role("progressbar", name="Clean streets")).to_be_visible()


def test_the_wall_renews_itself_and_is_left_by_escape(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url, size=(2560, 1440))
    page.clock.install()
    enter(page, three_heaps, "sun", to="/desk")
    page.get_by_role("button", name="Wall").click()
    expect(page).to_have_url(re.compile("wall=1"))
    expect(page.locator("header.bar")).to_be_hidden()
    expect(page.locator("[data-indicator=reported] b")).to_have_text("3")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    with page.expect_request("**/api/indicators**"):
        page.clock.fast_forward(61_000)
    page.keyboard.press("Escape")
    expect(page.locator("header.bar")).to_be_visible()
    expect(page).not_to_have_url(re.compile("wall"))
