"""Every page of the demo city on a desk and on a phone, in both languages: nothing overflows, nothing is left unsaid.

The pictures lie in `build/screenshots` afterwards, to be looked at.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from service.demo.people import PASSWORD
from tests.browser.conftest import DESK, PHONE, OpenPage, log_in

pytestmark = pytest.mark.browser

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
SIZES = {"desk": DESK, "phone": PHONE}
WALL = (2560, 1440)
KEY = re.compile(r"\b[a-z_]+\.[a-z_]+[a-z]\b")
DEMO_MS = 60_000
PAGES = {
    "review": ("/review", ".stage img"),
    "tickets": ("/tickets", "[data-ticket] img"),
    "ticket": ("", ".side img"),
    "map": ("/map", ".pin, .cluster"),
    "upload": ("/upload", ".picker"),
    "desk": ("/desk", "[data-drawn] svg"),
    "admin-cameras": ("/admin/cameras?id=MX-CAM-01", "svg.zones image"),
    "admin-policy": ("/admin/policy", "[data-panel=versions] li"),
    "admin-places": ("/admin/places", "svg.grid-map .duty-grid"),
    "admin-people": ("/admin/people", "[data-panel=keys]"),
    "admin-webhooks": ("/admin/webhooks", "[data-panel=webhooks] .quiet"),
    "admin-approvals": ("/admin/approvals", ".empty"),
    "admin-looks": ("/admin/looks", ".look img"),
    "admin-audit": ("/admin/audit", ".trail td"),
    "admin-model": ("/admin/model", "td"),
}
"""Of each page its address, empty for that of the first ticket, and what is there when it is drawn."""


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_speaks_one_language(size: str, lang: str, demo: str, open_page: OpenPage) -> None:
    page = open_page(demo, size=SIZES[size], lang=lang)
    page.goto("/login")
    photograph(page, "login", size, lang)
    log_in(page, "admin", PASSWORD, to="/tickets")
    page.locator("[data-ticket]").first.wait_for(timeout=DEMO_MS)
    for name in PAGES:
        drawn(page, name)
        photograph(page, name, size, lang)
    expect(page.get_by_role("navigation").first).to_be_visible()


def test_the_wall_fills_its_screen(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo, size=WALL, lang="zh")
    log_in(page, "viewer", PASSWORD, to="/tickets")
    page.goto("/desk?wall=1")
    page.locator("[data-drawn] svg").nth(1).wait_for()
    photograph(page, "wall", "wall", "zh")


def drawn(page: Page, name: str) -> None:
    """Go to one of `PAGES` and wait until all of it is there."""
    page.goto(address_of(page, name))
    page.locator(PAGES[name][1]).first.wait_for()
    expect(page.locator("main .skeleton")).to_have_count(0)


def address_of(page: Page, name: str) -> str:
    """The address of one of `PAGES`; that of a ticket is looked up in the list."""
    path, _ = PAGES[name]
    if path:
        return path
    page.goto("/tickets")
    return str(page.locator("a[href^='/tickets/tic_']").first.get_attribute("href"))


def is_drawn(page: Page, name: str) -> bool:
    """Whether all of one of `PAGES` is there, now."""
    return page.locator(PAGES[name][1]).first.is_visible() and page.locator("main .skeleton").count() == 0


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
