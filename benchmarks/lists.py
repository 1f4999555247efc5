"""R2: a city of 50,000 tickets in a browser: the list scrolled and searched, board, map and desk; what is counted."""

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import Figure
from benchmarks.many import fill
from tests.browser.conftest import CHROMIUM, DESK, FLAGS, log_in
from tests.faults.outside import ask, running
from tests.serving import PASSWORD

TICKETS: Final = 50_000
ROWS: Final = 2000
WHEEL_PX: Final = 900
SLOW_FRAME_MS: Final = 50
TARGET_SLOW: Final = 5.0
TARGET_SEARCH_MS: Final = 1000.0
LIMITS_MS: Final = {"list": 2000.0, "board": 2000.0}
"""Of the map and the desk the time is told only: they show the first of many thousand, and count all of them."""

WORDS: Final = ("0777", "青浦路 4242 号", "Noodles 1776", "河东街333号")
PLACES: Final = {
    "list": ("/tickets", "[data-ticket]"),
    "board": ("/tickets?view=board", "[data-column=reported] [data-ticket]"),
    "map": ("/map", ".cluster"),
    "desk": ("/desk", "[data-indicator=reported]"),
}
COUNTS: Final = {
    "indicators": "/api/indicators?days=60&by=grid",
    "trends": "/api/trends?days=60&by=condition",
}
ASKED: Final = 5
TARGET_COUNT_MS: Final = 1000.0
COMMAND: Final = "make bench ONLY=R2"
FEW: Final = """() => {
  const rows = document.querySelectorAll("[data-ticket]").length;
  return rows > 0 && rows < 50;
}"""
WATCH: Final = """() => {
  window.frames_ms = [];
  let before = performance.now();
  const tick = (now) => { window.frames_ms.push(now - before); before = now; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""


def measure() -> list[Figure]:
    """One browser on one city; how long a page takes is from its address to the first of what it shows."""
    with TemporaryDirectory(prefix="bench-") as folder, a_city(Path(folder) / "data") as page:
        opened = {name: _opened_ms(page, *place) for name, place in PLACES.items()}
        counted = {name: [_asked_ms(page, address) for _ in range(ASKED)] for name, address in COUNTS.items()}
        searches = [_search_ms(page, words) for words in WORDS]
        frames = _scrolled(page)
    size = f"{TICKETS} tickets on SQLite, {DESK[0]}x{DESK[1]}"
    figures = [_of_frames(frames, size), _of_searches(searches, size)]
    figures += [_of_counts(name, rounds, size) for name, rounds in counted.items()]
    for name, ms in opened.items():
        rounds = [round(ms)]
        figures.append(
            Figure(f"R2-{name}", f"the {name} opened", rounds[0], "ms", LIMITS_MS.get(name), rounds, COMMAND, note=size)
        )
    return figures


def _of_frames(frames: list[float], size: str) -> Figure:
    slow = [round(one, 1) for one in frames if one > SLOW_FRAME_MS]
    spread = f"median {statistics.median(frames):.0f} ms, the longest {max(frames):.0f} ms"
    note = f"{size}; {len(frames)} frames over {ROWS} rows, {spread}"
    share = round(100 * len(slow) / len(frames), 1)
    return Figure(
        "R2", f"frames over {SLOW_FRAME_MS} ms in a scrolled list", share, "%", TARGET_SLOW, slow, COMMAND, note=note
    )


def _of_searches(searches: list[float], size: str) -> Figure:
    rounds = [{"words": words, "ms": round(ms)} for words, ms in zip(WORDS, searches, strict=True)]
    title = "a search by number, address or shop, typed to shown; the slowest"
    return Figure("R2-search", title, round(max(searches)), "ms", TARGET_SEARCH_MS, rounds, COMMAND, note=size)


def _of_counts(name: str, rounds: list[float], size: str) -> Figure:
    note = f"{size}, 400 duty grids; {COUNTS[name]}; the slowest of {ASKED}"
    told = [round(ms) for ms in rounds]
    return Figure(f"R2-{name}", f"the {name} of 60 days", max(told), "ms", TARGET_COUNT_MS, told, COMMAND, note=note)


def _tell(done: int) -> None:
    print(f"\r{done} of {TICKETS} tickets", end="" if done < TICKETS else "\n", file=sys.stderr, flush=True)


@contextmanager
def a_city(data: Path) -> Iterator[Page]:
    """A page of somebody of operations in a full city."""
    data.mkdir()
    fill(data, TICKETS, datetime.now(UTC), _tell)
    ask("user", "create", "--data", str(data), "--login", "wang", "--role", "ops", "--password-stdin", stdin=PASSWORD)
    with running(data) as service, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = browser.new_page(base_url=service.url, viewport={"width": DESK[0], "height": DESK[1]})
        page.set_default_timeout(60_000)
        log_in(page, "wang", PASSWORD, to="/tickets")
        yield page
        browser.close()


def _opened_ms(page: Page, address: str, shown: str) -> float:
    begun = time.perf_counter()
    page.goto(address)
    page.locator(shown).first.wait_for()
    return 1000 * (time.perf_counter() - begun)


def _asked_ms(page: Page, address: str) -> float:
    begun = time.perf_counter()
    if not page.request.get(address).ok:
        raise RuntimeError(f"{address} was not answered")
    return 1000 * (time.perf_counter() - begun)


def _search_ms(page: Page, words: str) -> float:
    page.goto("/tickets?state=all")
    page.locator("[data-ticket]").first.wait_for()
    begun = time.perf_counter()
    page.get_by_role("searchbox").fill(words)
    page.wait_for_function(FEW)
    return 1000 * (time.perf_counter() - begun)


def _scrolled(page: Page) -> list[float]:
    """Milliseconds of each frame while the wheel turns to the row `ROWS`."""
    page.goto("/tickets?state=all")
    page.locator("[data-ticket]").first.wait_for()
    page.mouse.move(DESK[0] / 2, DESK[1] / 2)
    page.evaluate(WATCH)
    while page.locator("[data-ticket]").count() < ROWS:
        page.mouse.wheel(0, WHEEL_PX)
        page.wait_for_timeout(60)
    return [float(ms) for ms in page.evaluate("window.frames_ms")][1:]
