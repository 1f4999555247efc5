"""The page of citizens: off by default; report without an account, and follow by the number."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import PHONE, OpenPage, Watch
from tests.build import a_detection, a_jpeg, a_place
from tests.serving import Serving, serve

pytestmark = pytest.mark.browser


@pytest.fixture
def public(tmp_path: Path) -> Iterator[Serving]:
    with serve(tmp_path / "city", a_detection("litter", 0.8), public_page="on") as serving:
        yield serving


def test_a_city_that_does_not_want_it_has_no_such_page(city: Serving) -> None:
    assert city.http.get("/report").status_code == 404


def test_a_citizen_reports_and_follows_it_by_its_number(public: Serving, open_page: OpenPage, tmp_path: Path) -> None:
    photo = tmp_path / "heap.jpg"
    photo.write_bytes(a_jpeg(width=320, height=240, place=a_place()))
    page = open_page(public.http.base_url, size=PHONE)
    page.goto("/report?lang=en")
    page.get_by_label("What is it?").select_option("litter")
    page.get_by_label("Photo").set_input_files(photo)
    page.get_by_label("What do you see?").fill("Bags beside the bins")
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator(".citizen-status.open")).to_be_visible()
    number = page.locator(".citizen .mono").inner_text()
    page.goto("/report")
    page.get_by_label("Number of the report").fill(number)
    page.get_by_role("button", name="Look it up").click()
    expect(page.locator(".citizen")).to_contain_text("Exposed litter")


def test_a_report_without_a_place_is_asked_for_one_and_an_address_is_enough(
    public: Serving, open_page: OpenPage
) -> None:
    page = open_page(public.http.base_url, size=PHONE)
    page.goto("/report?lang=en")
    page.get_by_label("What is it?").select_option("litter")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("alert")).to_contain_text("Where is it?")
    page.get_by_label("Address").fill("Hedong Street 12")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("The city is finding the place")).to_be_visible()


def test_an_answer_that_was_lost_makes_no_second_report(public: Serving, open_page: OpenPage, watch: Watch) -> None:
    watch.expect("ERR_CONNECTION_RESET")
    page = open_page(public.http.base_url, size=PHONE)
    page.goto("/report?lang=en")

    def lost(route: Route) -> None:
        assert route.fetch().status == 201
        route.abort("connectionreset")

    page.route("**/open311/v2/requests.json*", lost, times=1)
    page.get_by_label("What is it?").select_option("litter")
    page.get_by_label("Address").fill("Hedong Street 12")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("alert")).to_contain_text("No connection to the service")
    with page.expect_response("**/open311/v2/requests.json*") as again:
        page.get_by_role("button", name="Send the report").click()
    assert again.value.status == 200, "the answer to the first one, told again"
    expect(page.get_by_text("The city is finding the place")).to_be_visible()


def test_a_number_that_nobody_has_is_told(public: Serving, open_page: OpenPage, watch: Watch) -> None:
    watch.expect("404")
    page = open_page(public.http.base_url, size=PHONE)
    page.goto("/report?lang=en&number=SW-20200101-0001")
    expect(page.get_by_role("alert")).to_contain_text("There is no report of that number")
