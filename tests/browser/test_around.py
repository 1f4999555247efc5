"""What stands beside a picture under review: a ticket nearby to merge with, the place before, and why."""

import pytest
from playwright.sync_api import Page, expect

from service.domain.states import Role
from tests.browser.conftest import OpenPage, enter
from tests.browser.test_review import verdict_of
from tests.build import a_jpeg
from tests.serving import Serving, send_photo

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(city: Serving, open_page: OpenPage) -> Page:
    """Two heaps 78 m apart, and an advertisement a day later where the first one lies."""
    headers = city.key(Role.INSPECTOR)
    for number, (lat, more) in enumerate((("30.4980", {}), ("30.4987", {}), ("30.4980", {"condition": "illegal_ad"}))):
        photo = a_jpeg(width=640, height=480, colour=(90, 120, 60 * number))
        at = {"taken_at": f"2026-11-2{4 + number}T09:00:00+08:00"}
        assert send_photo(city.http, photo, headers, lat=lat, lon="121.4190", **at, **more).status_code == 201
    page = open_page(city.http.base_url)
    enter(page, city, "wang", to="/review")
    expect(page.locator(".stage img")).to_be_visible()
    return page


def go_to(desk: Page, condition: str) -> None:
    for at in range(3):
        expect(desk.locator(".strip button").nth(at)).to_have_attribute("aria-current", "true")
        if desk.get_by_role("heading", name=condition).count():
            return
        desk.keyboard.press("j")
    pytest.fail(f"no {condition} in the queue")


def test_m_shows_the_neighbour_and_m_again_merges(desk: Page) -> None:
    go_to(desk, "Exposed litter")
    suggestion = desk.get_by_role("button", name="The same as this one?")
    expect(suggestion).to_contain_text("78 m away")
    desk.keyboard.press("m")
    beside = desk.get_by_role("region", name="This picture beside open tickets nearby")
    expect(beside.locator("img")).to_have_count(2)
    told = verdict_of(desk, "m")
    assert told["verdict"] is True
    assert str(told["same_as"]).startswith("tic_")


def test_h_draws_an_earlier_picture_over_this_one(desk: Page) -> None:
    go_to(desk, "Illegal small ads")
    earlier = desk.get_by_role("button", name="Earlier")
    expect(earlier).to_be_enabled()
    desk.keyboard.press("h")
    slider = desk.get_by_role("slider", name="Earlier / now")
    expect(slider).to_have_value("50")
    desk.keyboard.press("ArrowRight")
    expect(slider).to_have_value("60")
    desk.keyboard.press("Escape")
    expect(slider).to_be_hidden()


def test_w_says_why(desk: Page) -> None:
    desk.keyboard.press("w")
    expect(desk.locator(".verdict .why li").first).to_be_visible()
    desk.keyboard.press("w")
    expect(desk.locator(".verdict .why")).to_be_hidden()


def test_a_key_that_has_nothing_to_show_says_so(desk: Page) -> None:
    go_to(desk, "Illegal small ads")
    desk.keyboard.press("m")
    expect(desk.get_by_role("status")).to_contain_text("No open ticket of this condition is near")
