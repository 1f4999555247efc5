"""What could not be loaded says so where it was to stand, and is there after "Try again"."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from service.domain.states import Role
from tests.browser.conftest import OpenPage, Watch, enter
from tests.serving import Serving

pytestmark = pytest.mark.browser

BUSY = "503"
LOADS = (
    ("/tickets?state=all", "**/api/tickets?*", "Tickets", "[data-ticket]"),
    ("/tickets?view=board", "**/api/tickets?*", "Board", "[data-column=reported] [data-ticket]"),
    ("/map", "**/api/ticket-map?*", "Map", ".map .ground"),
    ("/desk", "**/api/reports", "Papers", "[data-panel=papers] select"),
    ("/admin/people", "**/api/users", "Accounts", "[data-panel=accounts] li"),
    ("/admin/audit", "**/api/audit?*", "Lines", "[data-panel=audit] tbody tr"),
)


def refuse(page: Page, pattern: str) -> None:
    """Answer what an address asks for with 503 until `page.unroute(pattern)`."""
    page.route(pattern, lambda route: route.fulfill(status=503, json={"code": "busy", "facts": {}}))


@pytest.mark.parametrize(("path", "asked", "what", "shown"), LOADS, ids=[path for path, *_ in LOADS])
def test_a_failed_load_says_what_failed_and_is_tried_again(
    three_heaps: Serving, open_page: OpenPage, watch: Watch, path: str, asked: str, what: str, shown: str
) -> None:
    watch.expect(BUSY)
    page = open_page(three_heaps.http.base_url)
    refuse(page, asked)
    enter(page, three_heaps, "lin", to=path)
    expect(page.locator(".live.open")).to_be_visible()  # hearing the service, the page has tried once more by itself
    said = page.get_by_role("alert").filter(has_text="could not be loaded")
    expect(said).to_contain_text(what)
    page.unroute(asked)
    said.get_by_role("button", name="Try again").evaluate_all("all => all.forEach((one) => one.click())")
    expect(page.locator(shown).first).to_be_visible()
    expect(said).to_have_count(0)


def test_why_there_is_a_ticket_is_asked_again(three_heaps: Serving, open_page: OpenPage, watch: Watch) -> None:
    watch.expect(BUSY)
    ticket = three_heaps.http.get("/api/tickets", headers=three_heaps.key(Role.OPS)).json()["items"][0]
    page = open_page(three_heaps.http.base_url)
    refuse(page, "**/why?*")
    enter(page, three_heaps, "wang", to=f"/tickets/{ticket['id']}")
    expect(page.locator(".live.open")).to_be_visible()  # hearing the service later, the page would ask again by itself
    page.locator("details.why > summary").click()
    why = page.locator("details.why")
    expect(why.get_by_role("alert")).to_be_visible()
    page.unroute("**/why?*")
    why.get_by_role("button", name="Try again").click()
    expect(why.locator("li").first).to_be_visible()


def test_a_page_that_cannot_begin_says_so_in_both_languages(city: Serving, open_page: OpenPage, watch: Watch) -> None:
    watch.expect(BUSY)
    page = open_page(city.http.base_url)
    enter(page, city, "wang", to="/tickets")
    refuse(page, "**/api/session")
    page.reload()
    expect(page.locator("#unopened")).to_be_visible()  # it stands in the page, hidden, from the first
    expect(page.locator("#unopened")).to_contain_text("does not answer")
    expect(page.locator("#unopened")).to_contain_text("服务没有响应")
    page.unroute("**/api/session")
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("header.bar nav")).to_be_visible()


ALONE = (
    "/review",
    "/tickets",
    "/tickets?view=board",
    "/map",
    "/desk",
    "/desk?wall=1",
    *(
        f"/admin/{part}"
        for part in ("cameras", "policy", "places", "people", "webhooks", "approvals", "looks", "audit", "model")
    ),
)
BEGINS_WITH = re.compile(r"/api/(session|catalog|moves|streets)$")
SAID = {"/upload": ".live.broken", "/upload?view=tasks": ".card.quiet"}
"""Where a page says so that is made for doing without a network."""

UNREACHABLE = ("request failed", "Failed to load resource", "ERR_FAILED", "Service Worker registration blocked")


@pytest.mark.parametrize("path", [*ALONE, *SAID, "ticket"])
def test_a_page_whose_questions_reach_nobody_says_so_itself(
    three_heaps: Serving, open_page: OpenPage, watch: Watch, path: str
) -> None:
    """A promise that nobody follows to its end would be told by the browser, as a page error, and fail this test."""
    watch.expect(*UNREACHABLE)
    ticket = three_heaps.http.get("/api/tickets", headers=three_heaps.key(Role.OPS)).json()["items"][0]
    page = open_page(three_heaps.http.base_url, service_workers="block")
    enter(page, three_heaps, "lin", to="/tickets")
    page.route("**/api/**", lambda route: route.continue_() if BEGINS_WITH.search(route.request.url) else route.abort())
    page.goto(f"/tickets/{ticket['id']}" if path == "ticket" else path)
    expect(page.locator(".live.broken")).to_be_attached()
    expect(page.locator(SAID.get(path, ".toast.bad, .notice, .failed")).first).to_be_visible()


def test_what_was_typed_for_the_trail_stays_while_lines_come(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    held: list[Route] = []
    page.route("**/api/audit?*", lambda route: held.append(route))
    with page.expect_request("**/api/audit?*"):
        enter(page, three_heaps, "lin", to="/admin/audit")
    actor = page.get_by_label("Who", exact=True)
    actor.fill("ser")
    for route in held:
        route.continue_()
    page.unroute("**/api/audit?*")
    expect(page.locator("[data-panel=audit] tbody tr").first).to_be_visible()
    expect(actor).to_have_value("ser")


def test_a_browser_that_kept_half_a_letter_opens_the_review(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to="/tickets")
    page.evaluate("""localStorage.setItem("streetwarden.verdicts.wang", '[{"key": "obs_1", "bo')""")
    page.goto("/review")
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
