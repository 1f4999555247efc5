"""Lists of tickets that people come back to: kept in the browser at once, by the service soon, shared with the unit."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Watch, enter
from tests.serving import Serving

pytestmark = pytest.mark.browser


def test_a_view_is_kept_without_the_service_told_to_it_later_and_shared(
    three_heaps: Serving, open_page: OpenPage, watch: Watch
) -> None:
    watch.expect("/api/ticket-views", "503")
    page = open_page(three_heaps.http.base_url)
    busy = {"status": 503, "json": {"code": "busy", "facts": {}}}
    page.route("**/api/ticket-views*", lambda route: route.fulfill(**busy))
    enter(page, three_heaps, "wang", to="/tickets?q=litter")
    page.locator("summary", has_text="Views").click()
    page.get_by_label("Name of this view").fill("Heaps")
    page.get_by_label("Share with my unit").check()
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.status == 503):
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Heaps")).to_be_visible()
    page.unroute("**/api/ticket-views*")
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        page.reload()
    other = open_page(three_heaps.http.base_url)
    enter(other, three_heaps, "zhao", to="/tickets")
    other.locator("summary", has_text="Views").click()
    expect(other.locator(".views-menu li")).to_contain_text("wang")
    other.get_by_role("link", name="Heaps").click()
    expect(other).to_have_url(re.compile(r"\?q=litter$"))
