"""The box editor of the review page: by keyboard alone, and by pointer."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, OpenPage, enter
from tests.browser.test_review import verdict_of
from tests.serving import Serving

pytestmark = pytest.mark.browser

FOUND = [10, 20, 110, 220]


def an_editor(three_heaps: Serving, page: Page) -> Locator:
    """The editor over the first of three pictures, entered by its key."""
    enter(page, three_heaps, "wang", to="/review")
    expect(page.locator(".stage img")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_role("img", name="Box 1 of 1")).to_be_focused()
    return page.get_by_role("group", name="Picture with boxes")


@pytest.fixture
def paper(three_heaps: Serving, open_page: OpenPage) -> Locator:
    return an_editor(three_heaps, open_page(three_heaps.http.base_url))


def boxes_of(told: dict[str, object]) -> list[list[float]]:
    boxes = told["boxes"]
    assert told["verdict"] == "other_box"
    assert isinstance(boxes, list)
    return boxes


def test_arrows_move_the_box_and_shift_pulls_its_corner(paper: Locator) -> None:
    told = verdict_of(paper.page, "ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowRight", "Enter")
    [(x0, y0, x1, y1)] = boxes_of(told)
    step = y0 - FOUND[1]
    assert step > 0
    assert [x0, y0, x1, y1] == [FOUND[0] + 2 * step, FOUND[1] + step, FOUND[2] + 3 * step, FOUND[3] + step]


def test_n_adds_a_box_and_a_digit_names_another_condition(paper: Locator) -> None:
    paper.page.keyboard.press("n")
    expect(paper.page.get_by_role("img", name="Box 2 of 2")).to_be_focused()
    told = verdict_of(paper.page, "1", "Enter")
    assert boxes_of(told) == [FOUND, [224, 168, 416, 312]]
    assert told["condition"] == "illegal_ad"


def test_what_was_not_touched_is_simply_true(paper: Locator) -> None:
    assert verdict_of(paper.page, "Enter") == {"verdict": True}


def test_escape_leaves_all_as_it_was(paper: Locator) -> None:
    paper.page.keyboard.press("ArrowRight")
    paper.page.keyboard.press("Escape")
    expect(paper).to_be_hidden()
    expect(paper.page.locator(".counts")).to_contain_text("0 done")
    expect(paper.page.locator(".stage .box")).to_have_attribute("data-xyxy", "10,20,110,220")


def test_a_picture_without_a_box_cannot_be_kept_as_a_box(paper: Locator) -> None:
    paper.page.keyboard.press("Delete")
    expect(paper.page.get_by_role("button", name="Keep")).to_be_disabled()


def test_zooming_makes_a_step_smaller(paper: Locator) -> None:
    for _ in range(6):
        paper.page.keyboard.press("+")
    [box] = boxes_of(verdict_of(paper.page, "ArrowRight", "Enter"))
    assert box == [11, 20, 111, 220]


def test_a_pointer_draws_and_pulls(paper: Locator) -> None:
    page, area = paper.page, paper.bounding_box()
    assert area is not None
    scale = min(area["width"] / 640, area["height"] / 480)
    left, top = area["x"] + (area["width"] - 640 * scale) / 2, area["y"] + (area["height"] - 480 * scale) / 2

    def drag(x0: float, y0: float, x1: float, y1: float) -> None:
        page.mouse.move(left + x0 * scale, top + y0 * scale)
        page.mouse.down()
        page.mouse.move(left + x1 * scale, top + y1 * scale)
        page.mouse.up()

    drag(300, 100, 400, 200)
    drag(400, 200, 450, 260)
    first, second = boxes_of(verdict_of(page, "Enter"))
    assert first == FOUND
    assert second == pytest.approx([300, 100, 450, 260], abs=2)


def test_a_finger_draws_on_a_phone(three_heaps: Serving, open_page: OpenPage) -> None:
    paper = an_editor(three_heaps, open_page(three_heaps.http.base_url, size=PHONE))
    paper.page.get_by_role("button", name="New box").tap()
    expect(paper.locator("[data-box]")).to_have_count(2)
    with paper.page.expect_response(lambda answer: "/verdict" in answer.url) as answered:
        paper.page.get_by_role("button", name="Keep").tap()
    assert answered.value.ok
