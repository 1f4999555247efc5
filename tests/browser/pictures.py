"""Takes the pictures of `docs/images` anew from the demo city: `python -m tests.browser.pictures`.

Without the shared folder, so that only rendered streets are shown.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from service.demo.people import PASSWORD
from tests.browser.conftest import CHROMIUM, DEMO, DESK, FLAGS, PHONE, log_in
from tests.serving import run_service

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LOADED_MS = 120_000
REPORTED_BY_PHONE = ("corner-douhua.jpg", "bins-wutong.jpg")


def main() -> None:
    """Walk the pages of a fresh demo city and keep what they look like."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder) / "city"
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        with run_service(data, "--demo", env={"STREETWARDEN_SHARED": str(data / "none")}) as address:
            for lang in ("en", "zh"):
                with a_page(browser, address, lang, "ops") as page:
                    at_the_desk(page, lang)
            with a_page(browser, address, "zh", "ops", scheme="dark") as page:
                a_closed_ticket(page)
                keep(page, "ticket-zh-dark")
            with a_page(browser, address, "zh", "ops", PHONE) as page:
                review_litter(page)
                keep(page, "review-phone-zh")
            with a_page(browser, address, "zh", "inspector", PHONE) as page:
                report(page)
                keep(page, "upload-phone-zh")
        browser.close()


@contextmanager
def a_page(
    browser: Browser, address: str, lang: str, login: str, size: tuple[int, int] = DESK, scheme: str = "light"
) -> Iterator[Page]:
    """A page of somebody who is logged in."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": size[0], "height": size[1]},
        has_touch=size == PHONE,
        locale={"en": "en-GB", "zh": "zh-CN"}[lang],
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    log_in(page, login, PASSWORD, to="/tickets")
    yield page
    context.close()


def at_the_desk(page: Page, lang: str) -> None:
    """The review and the map, once a ticket was closed, which is the last thing that the demo does."""
    a_closed_ticket(page)
    review_litter(page)
    keep(page, f"review-{lang}")
    page.goto("/map")
    page.locator(".pin, .cluster").first.wait_for()
    keep(page, f"map-{lang}")


def a_closed_ticket(page: Page) -> None:
    page.goto("/tickets?state=closed")
    expect(page.locator("[data-ticket]")).not_to_have_count(0, timeout=LOADED_MS)
    page.locator("[data-ticket] a").first.click()
    page.locator("[data-role=after] img").wait_for()


def review_litter(page: Page) -> None:
    """Go on to the first candidate with litter on it."""
    page.goto("/review")
    page.locator(".stage img").wait_for()
    while not page.locator(".stage .box[data-kind=litter]").count():
        page.keyboard.press("j")
        page.wait_for_timeout(300)


def report(page: Page) -> None:
    page.goto("/upload")
    page.locator("input[type=file][multiple]").set_input_files([DEMO / "pictures" / name for name in REPORTED_BY_PHONE])
    page.locator(".send").click()
    expect(page.locator("[data-state=needs_place]")).to_have_count(len(REPORTED_BY_PHONE), timeout=LOADED_MS)
    page.get_by_role("application").click()


def keep(page: Page, name: str) -> None:
    """Write one picture, when all of its own pictures are drawn; 256 colours keep the repository small."""
    page.evaluate("() => Promise.all([...document.images].map(image => image.decode().catch(() => null)))")
    page.wait_for_timeout(500)
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
