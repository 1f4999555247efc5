"""Getting in, getting out, and what each role is shown."""

import pytest
from playwright.sync_api import expect

from service.domain.states import Role
from tests.browser.conftest import PHONE, OpenPage, Watch, enter
from tests.serving import PASSWORD, Serving

pytestmark = pytest.mark.browser

SEEN_BY = {
    "lin": ["Review", "Tickets", "Map", "Desk", "Report", "Admin"],
    "wang": ["Review", "Tickets", "Map", "Desk", "Report"],
    "chen": ["Tickets", "Map", "Report"],
    "sun": ["Tickets", "Map", "Desk"],
}


def test_a_wrong_password_is_told_in_the_language_of_the_page(city: Serving, open_page: OpenPage, watch: Watch) -> None:
    watch.expect("/api/session")
    city.person("wang", Role.OPS)
    page = open_page(city.http.base_url, lang="zh")
    page.goto("/login")
    page.get_by_label("账号").fill("wang")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_have_text("账号或密码不正确，请检查后重试。")


def test_who_is_not_logged_in_is_led_to_the_login_and_back(city: Serving, open_page: OpenPage, watch: Watch) -> None:
    watch.expect("401", "/api/session")
    city.person("wang", Role.OPS)
    page = open_page(city.http.base_url)
    page.goto("/tickets?state=closed")
    page.get_by_label("Login").fill("wang")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Tickets", exact=True)).to_be_visible()
    expect(page).to_have_url(f"{city.http.base_url}/tickets?state=closed")


def test_an_address_of_somebody_else_is_no_place_to_go_after_the_login(city: Serving, open_page: OpenPage) -> None:
    page = open_page(city.http.base_url)
    enter(page, city, "wang", to="//example.org/")
    expect(page.get_by_role("heading", name="Review", exact=True)).to_be_visible()


@pytest.mark.parametrize("login", SEEN_BY)
def test_the_navigation_shows_a_role_its_own_pages(login: str, city: Serving, open_page: OpenPage) -> None:
    page = open_page(city.http.base_url)
    enter(page, city, login, to="/tickets")
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_text(SEEN_BY[login])


def test_a_page_of_another_role_gives_way_to_ones_own(city: Serving, open_page: OpenPage) -> None:
    page = open_page(city.http.base_url)
    enter(page, city, "sun", to="/admin")
    expect(page).to_have_url(f"{city.http.base_url}/tickets")
    expect(page.get_by_role("heading", name="Tickets", exact=True)).to_be_visible()


def test_logging_out_ends_the_session(city: Serving, open_page: OpenPage, watch: Watch) -> None:
    watch.expect("401", "/api/session")
    page = open_page(city.http.base_url)
    enter(page, city, "wang", to="/tickets")
    page.get_by_label("Account of wang").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto("/tickets")
    expect(page.get_by_label("Password")).to_be_visible()


def test_the_language_is_switched_and_remembered(city: Serving, open_page: OpenPage) -> None:
    page = open_page(city.http.base_url)
    enter(page, city, "wang", to="/tickets?condition=litter")
    page.get_by_role("link", name="切换到中文").click()
    expect(page.get_by_role("heading", name="案件", exact=True)).to_be_visible()
    assert "condition=litter" in page.url
    page.goto("/map")
    expect(page.get_by_role("link", name="地图")).to_have_attribute("aria-current", "page")
    page.goto("/map?lang=en")
    expect(page.get_by_role("link", name="Map")).to_have_attribute("aria-current", "page")


def test_the_one_time_link_makes_the_first_administrator(city: Serving, open_page: OpenPage) -> None:
    people = city.city.people
    token = people.offer_setup(city.clock())
    page = open_page(city.http.base_url, size=PHONE)
    page.goto(f"/setup?token={token}")
    page.get_by_label("Login").fill("first")
    page.get_by_label("Password").fill("a long enough one")
    page.get_by_role("button", name="Make the account").click()
    page.locator("#main h1").first.wait_for(state="attached")
    expect(page).to_have_url(f"{city.http.base_url}/review")
    assert [(row["login"], row["role"]) for row in people.listed()] == [("first", Role.ADMIN)]
