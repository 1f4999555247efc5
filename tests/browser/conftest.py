"""A real Chromium before a real service; whatever a page complains about fails its test."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from urllib.parse import quote

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from service.domain.states import Role
from tests.build import a_detection, a_jpeg
from tests.serving import PASSWORD, Serving, run_service, send_photo, serve

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
)
DESK = (1280, 800)
PHONE = (390, 844)
DEMO = Path(__file__).parents[2] / "service" / "demo"
PEOPLE = {"lin": Role.ADMIN, "wang": Role.OPS, "zhao": Role.CHIEF, "chen": Role.INSPECTOR, "sun": Role.VIEWER}
DEMO_LIMIT_S = 240
PATIENCE_MS = 45_000
"""Only what fails takes so long: a machine that does other things too is no fault of the page."""

LEFT_BEHIND = "net::ERR_ABORTED"  # what a page was still asking for when it was left


@dataclass
class Watch:
    """What went wrong in the pages of one test, less what the test says it expects."""

    expected: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def expect(self, *parts: str) -> None:
        """A complaint that holds one of these parts is part of the test."""
        self.expected += parts

    def on(self, page: Page) -> None:
        """Listen to a page from its first request."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text} {message.location.get('url', '')}")

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT_BEHIND:
            self.complaints.append(f"request failed: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")

    def unexpected(self) -> list[str]:
        """Complaints that nobody expected."""
        return [said for said in self.complaints if not any(part in said for part in self.expected)]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM.exists(), "no browser: apt-get install -y --no-install-recommends chromium fonts-noto-cjk"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert watch.unexpected() == []


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, watch: Watch) -> Iterator[OpenPage]:
    """`open_page(address, size=DESK, lang="en")`: a new, watched page in a browser of its own."""
    contexts: list[BrowserContext] = []

    def opened(base_url: object, *, size: tuple[int, int] = DESK, lang: str = "en", **more: object) -> Page:
        width, height = size
        options = {"timezone_id": "Asia/Shanghai", "reduced_motion": "reduce", **more}
        context = chromium.new_context(
            base_url=str(base_url),
            viewport={"width": width, "height": height},
            has_touch=size == PHONE,
            locale={"en": "en-GB", "zh": "zh-CN"}[lang],
            **options,  # type: ignore[arg-type]  # a test names options of a context
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        watch.on(page)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Serving]:
    """The service with the demo district's streets and a model that sees litter everywhere; nobody has an account."""
    data = tmp_path / "city"
    data.mkdir()
    shutil.copy(DEMO / "streets.geojson", data)
    with serve(data, a_detection("litter", 0.8)) as serving:
        yield serving


@pytest.fixture
def three_heaps(city: Serving) -> Serving:
    """The city with three reported heaps of litter, far enough apart to be three tickets."""
    headers = city.key(Role.INSPECTOR)
    for lat in ("30.4980", "30.4990", "30.5000"):
        photo = a_jpeg(width=640, height=480, colour=(90, 120, int(lat[-3:]) % 200))
        answer = send_photo(city.http, photo, headers, lat=lat, lon="121.4190")
        assert answer.status_code == 201, answer.text
    return city


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo city, whole; without the shared folder, so that no real photo gets into a picture."""
    data = tmp_path_factory.mktemp("demo") / "city"
    with run_service(data, "--demo", env={"STREETWARDEN_SHARED": str(data / "none")}) as address:
        until_loaded(data.with_name("city.stderr"))
        yield address


def until_loaded(log: Path) -> None:
    """Wait until the demo has sent its last photo: till then its pages change under whoever looks at them."""
    give_up = monotonic() + DEMO_LIMIT_S
    while "the demo city is loaded" not in log.read_text(encoding="utf-8"):
        assert monotonic() < give_up, log.read_text(encoding="utf-8")
        Event().wait(0.1)


def enter(page: Page, city: Serving, login: str, to: str = "/") -> None:
    """Give one of `PEOPLE` an account, log in through the login page and end on the page `to`."""
    city.person(login, PEOPLE[login])
    log_in(page, login, PASSWORD, to)


def log_in(page: Page, login: str, password: str, to: str = "/") -> None:
    """Log in through the login page and end on the page `to`."""
    page.goto(f"/login?next={quote(to, safe='')}")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(password)
    page.locator("[type=submit]").click()
    page.locator("header.bar").wait_for()
