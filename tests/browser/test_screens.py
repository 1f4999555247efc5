"""Every page of the demo city on a desk and on a phone, in both languages: nothing overflows, nothing is left unsaid.

The pictures lie in `build/screenshots` afterwards, to be looked at.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from service.demo.people import PASSWORD
from tests.browser.conftest import DESK, PHONE, OpenPage, log_in
from tests.serving import run_service

pytestmark = pytest.mark.browser

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
SIZES = {"desk": DESK, "phone": PHONE}
KEY = re.compile(r"\b[a-z_]+\.[a-z_]+[a-z]\b")
DEMO_MS = 60_000
PAGES = {
    "review": ("/review", ".stage img"),
    "tickets": ("/tickets", "[data-ticket] img"),
    "ticket": ("", ".side img"),
    "map": ("/map", ".pin, .cluster"),
    "upload": ("/upload", ".picker"),
    "desk": ("/desk", "td"),
    "admin": ("/admin", "table"),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo city; without the shared folder, so that no real photo gets into a picture."""
    data = tmp_path_factory.mktemp("demo") / "city"
    with run_service(data, "--demo", env={"STREETWARDEN_SHARED": str(data / "none")}) as address:
        yield address


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_speaks_one_language(size: str, lang: str, demo: str, open_page: OpenPage) -> None:
    page = open_page(demo, size=SIZES[size], lang=lang)
    page.goto("/login")
    photograph(page, "login", size, lang)
    log_in(page, "admin", PASSWORD, to="/tickets")
    ticket = page.locator("[data-ticket] a").first
    ticket.wait_for(timeout=DEMO_MS)
    address = ticket.get_attribute("href")
    for name, (path, drawn) in PAGES.items():
        page.goto(path or str(address))
        page.locator(drawn).first.wait_for()
        expect(page.locator("main .skeleton")).to_have_count(0)
        photograph(page, name, size, lang)
    expect(page.get_by_role("navigation")).to_be_visible()


def photograph(page: Page, name: str, size: str, lang: str) -> None:
    """Keep a picture of the page as it is, after a look at its width and its words."""
    page.evaluate("() => Promise.all([...document.images].map(image => image.decode().catch(() => null)))")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{name} is wider than the {size}"
    unsaid = [word for word in KEY.findall(page.locator("body").inner_text()) if not word.endswith((".json", ".jpg"))]
    assert unsaid == [], f"{name} shows keys instead of sentences"
    unnamed = page.locator("button, a, input:not([type=hidden]), select, textarea").evaluate_all(
        "all => all.filter(e => e.checkVisibility() && !e.matches('[aria-hidden=true]') && !(e.ariaLabel || e.innerText"
        " || e.title || e.labels?.length || e.querySelector('img[alt]:not([alt=\"\"])'))).map(e => e.outerHTML)"
    )
    assert unnamed == [], f"{name} has controls without a name"
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}-{size}-{lang}.png")
