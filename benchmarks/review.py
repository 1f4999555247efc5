"""R1: the review queue. From a key to the next picture painted, before the real service and pages on loopback."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import Figure
from benchmarks.posting import PICTURES, post
from tests.browser.conftest import CHROMIUM, DESK, FLAGS, log_in
from tests.faults.outside import ask, create_key, running
from tests.serving import PASSWORD

PHOTOS: Final = 80
BETWEEN_MS: Final = 250
TARGET_MS: Final = 100.0
COMMAND: Final = "make bench ONLY=R1"
WATCH: Final = """() => {
  window.marks = [];
  document.addEventListener("keydown", ({ timeStamp }) => {
    const before = document.querySelector(".stage img");
    const painted = () => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.marks.push(performance.now() - timeStamp);
      channel.port2.postMessage(null);
    };
    const look = () => {
      const image = document.querySelector(".stage img");
      if (!image || image === before) return requestAnimationFrame(look);
      image.decode().then(() => requestAnimationFrame(painted));
    };
    requestAnimationFrame(look);
  }, true);
}"""


def measure() -> list[Figure]:
    """A reviewer who accepts picture after picture, faster than anybody looks; every key is a round."""
    with TemporaryDirectory(prefix="bench-") as folder, a_desk(Path(folder) / "data") as page:
        page.evaluate(WATCH)
        for done in range(1, PHOTOS):
            page.keyboard.press("a")
            page.wait_for_function("done => window.marks.length >= done", arg=done)
            page.wait_for_timeout(BETWEEN_MS)
        rounds = [round(float(ms), 1) for ms in page.evaluate("window.marks")]
    p95 = statistics.quantiles(rounds, n=20)[-1]
    title = "a key to the next picture painted, p95"
    note = f"median {statistics.median(rounds):g} ms of {len(rounds)} keys, {DESK[0]}x{DESK[1]}, {BETWEEN_MS} ms apart"
    return [Figure("R1", title, round(p95, 1), "ms", TARGET_MS, rounds, COMMAND, note=note)]


@contextmanager
def a_desk(data: Path) -> Iterator[Page]:
    """The review page of somebody with `PHOTOS` reports waiting."""
    key = create_key(data, "inspector")["key"]
    ask("user", "create", "--data", str(data), "--login", "wang", "--role", "ops", "--password-stdin", stdin=PASSWORD)
    pictures = sorted(PICTURES.glob("*.jpg"))
    with running(data) as service, sync_playwright() as playwright:
        with service.client(key, timeout_s=120.0) as client:
            for number in range(PHOTOS):
                post(client, pictures[number % len(pictures)], number)
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = browser.new_page(base_url=service.url, viewport={"width": DESK[0], "height": DESK[1]})
        log_in(page, "wang", PASSWORD, to="/review")
        page.locator(".stage img").wait_for()
        yield page
        browser.close()
