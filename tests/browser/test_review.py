"""The review queue by keyboard: one key a picture, nothing waits, a slip can be taken back."""

import pytest
from playwright.sync_api import Page, Response, expect

from service.domain.states import Role
from tests.browser.conftest import PHONE, OpenPage, Watch, enter, log_in
from tests.serving import PASSWORD, Serving

pytestmark = pytest.mark.browser


def verdict_of(page: Page, *keys: str) -> dict[str, object]:
    """Press keys and wait until the verdict has gone out: what it said."""
    with page.expect_response(lambda answer: "/verdict" in answer.url) as answered:
        for key in keys:
            page.keyboard.press(key)
    return told(answered.value)


def told(answer: Response) -> dict[str, object]:
    assert answer.ok
    body = answer.request.post_data_json
    assert isinstance(body, dict)
    return body


@pytest.fixture
def desk(three_heaps: Serving, open_page: OpenPage) -> Page:
    """The review page of a reviewer with three pictures waiting."""
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to="/review")
    expect(page.locator(".counts")).to_contain_text("3 waiting")
    return page


def test_a_accepts_and_the_next_picture_is_there_at_once(desk: Page) -> None:
    first = desk.locator(".stage img").get_attribute("src")
    assert verdict_of(desk, "a") == {"verdict": True}
    expect(desk.locator(".counts")).to_contain_text("2 waiting")
    assert desk.locator(".stage img").get_attribute("src") != first


def test_x_and_a_digit_reject_with_the_reason(desk: Page) -> None:
    desk.keyboard.press("x")
    expect(desk.get_by_role("group", name="Why is it no case?")).to_be_visible()
    assert verdict_of(desk, "3") == {"verdict": False, "reason": "lawful"}


def test_c_and_a_digit_name_another_condition(desk: Page) -> None:
    assert verdict_of(desk, "c", "1") == {"verdict": "other_condition", "condition": "illegal_ad"}


def test_escape_forgets_the_question(desk: Page) -> None:
    desk.keyboard.press("x")
    desk.keyboard.press("Escape")
    desk.keyboard.press("1")
    expect(desk.locator(".counts")).to_contain_text("0 done")


def test_j_and_k_walk_through_the_queue(desk: Page) -> None:
    current = desk.locator(".strip [aria-current]")
    thumbs = desk.locator(".strip button")
    for key, at in (("j", 1), ("j", 2), ("j", 2), ("k", 1), ("k", 0), ("k", 0)):
        desk.keyboard.press(key)
        expect(thumbs.nth(at)).to_have_attribute("aria-current", "true")
    expect(current).to_have_count(1)


def test_u_takes_a_verdict_back_before_it_goes_out(three_heaps: Serving, desk: Page) -> None:
    desk.keyboard.press("a")
    expect(desk.locator(".counts")).to_contain_text("2 waiting")
    desk.keyboard.press("u")
    expect(desk.locator(".counts")).to_contain_text("3 waiting")
    assert verdict_of(desk, "x", "1") == {"verdict": False, "reason": "nothing_there"}
    left = three_heaps.http.get("/api/review", headers=three_heaps.key(Role.OPS)).json()["items"]
    assert len(left) == 2


def test_leaving_the_page_sends_what_still_waits(desk: Page) -> None:
    desk.keyboard.press("a")
    desk.keyboard.press("a")
    expect(desk.locator(".counts")).to_contain_text("1 waiting")
    desk.goto("/tickets")
    desk.goto("/review")
    expect(desk.locator(".counts")).to_contain_text("1 waiting")


def test_a_verdict_survives_a_page_that_never_reached_the_service(desk: Page, watch: Watch) -> None:
    watch.expect("/verdict")
    desk.route("**/verdict", lambda route: route.abort())
    desk.keyboard.press("a")
    expect(desk.locator(".counts")).to_contain_text("1 on the way")
    desk.reload()
    expect(desk.locator(".counts")).to_contain_text("1 on the way")
    expect(desk.locator(".counts")).to_contain_text("2 waiting")
    desk.unroute("**/verdict")
    expect(desk.locator(".sending")).to_be_hidden()
    desk.reload()
    expect(desk.locator(".counts")).to_contain_text("2 waiting")


def test_two_reviewers_never_see_the_same_picture(three_heaps: Serving, desk: Page, open_page: OpenPage) -> None:
    other = open_page(three_heaps.http.base_url)
    enter(other, three_heaps, "zhao", to="/review")
    expect(other.get_by_role("heading", name="Nothing waits for a review", exact=True)).to_be_visible()
    desk.keyboard.press("a")
    expect(desk.locator(".counts")).to_contain_text("2 waiting")
    desk.goto("/tickets")
    expect(other.locator(".counts")).to_contain_text("2 waiting")


def test_a_refused_verdict_puts_the_picture_back(desk: Page, watch: Watch) -> None:
    watch.expect("/verdict")
    desk.route(
        "**/verdict",
        lambda route: route.fulfill(status=409, json={"code": "state.conflict", "facts": {}, "trace_id": "0"}),
    )
    desk.keyboard.press("a")
    expect(desk.get_by_role("status")).to_contain_text("changed by somebody else")
    expect(desk.locator(".counts")).to_contain_text("3 waiting")


def test_the_question_mark_lists_the_keys(desk: Page) -> None:
    desk.keyboard.press("?")
    dialog = desk.get_by_role("dialog", name="Keys of this page")
    expect(dialog).to_be_visible()
    desk.keyboard.press("a")
    expect(desk.locator(".counts")).to_contain_text("0 done")
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_an_empty_queue_says_so_and_fills_by_itself(
    city: Serving, open_page: OpenPage, request: pytest.FixtureRequest
) -> None:
    page = open_page(city.http.base_url, size=PHONE)
    enter(page, city, "wang", to="/review")
    expect(page.get_by_role("heading", name="Nothing waits for a review", exact=True)).to_be_visible()
    expect(page.locator(".live.open")).to_be_attached()
    request.getfixturevalue("three_heaps")
    expect(page.get_by_role("button", name="Accept")).to_be_visible()


def test_a_page_left_open_judges_nothing_in_the_name_of_whoever_logged_in_after(
    three_heaps: Serving, desk: Page, watch: Watch
) -> None:
    watch.expect("409")
    other = desk.context.new_page()
    enter(other, three_heaps, "zhao", to="/tickets")
    desk.keyboard.press("a")
    expect(desk.get_by_role("status")).to_contain_text("Somebody else has logged in")
    log_in(other, "wang", PASSWORD, to="/tickets")
    expect(desk.locator(".sending")).to_be_hidden()
    trail = three_heaps.http.get("/api/audit?limit=200", headers=three_heaps.key(Role.ADMIN)).json()["items"]
    assert {line["actor"] for line in trail if line["subject"].startswith("obs_")} == {"wang"}
