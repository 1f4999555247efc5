"""The rows of the list keep their places when one leaves it, and are whole on paper."""

import re

import pytest
from playwright.sync_api import expect

from service.domain.states import Role
from tests.browser.conftest import OpenPage, enter
from tests.serving import Serving

pytestmark = pytest.mark.browser

FAR_BELOW = """
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".rows { margin-top: 4000px }");
  document.adoptedStyleSheets = [sheet];
"""


def test_a_row_stays_under_the_hand_when_the_last_one_leaves(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "sun", to="/tickets?state=reported")
    rows = page.locator("[data-ticket]")
    expect(rows).to_have_count(3)
    rows.first.get_by_role("link").focus()
    last = three_heaps.http.get("/api/tickets", headers=three_heaps.key(Role.OPS)).json()["items"][-1]
    wish = {"to": "verifying", "version": last["version"]}
    answer = three_heaps.http.post(f"/api/tickets/{last['id']}/moves", json=wish, headers=three_heaps.key(Role.OPS))
    assert answer.status_code == 200, answer.text
    expect(rows).to_have_count(2)
    expect(rows.first.get_by_role("link")).to_be_focused()


def test_a_list_is_printed_with_the_pictures_nobody_scrolled_to(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    page.add_init_script(FAR_BELOW)
    enter(page, three_heaps, "sun", to="/tickets")
    expect(page.locator("[data-ticket]")).to_have_count(3)
    expect(page.locator("[data-ticket] img")).to_have_count(0)
    paper = page.pdf()
    expect(page.locator("[data-ticket] img")).to_have_count(3)
    assert len(re.findall(rb"/Subtype ?/Image", paper)) >= 3
