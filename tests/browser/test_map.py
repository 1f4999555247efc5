"""The map of the city: late pins stand out, and tiles of another server lie under them where a city wants them."""

import io
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import PIL.Image as Pillow
import pytest
from playwright.sync_api import Response, expect

from benchmarks.many import fill
from service.domain.states import Role
from tests.browser.conftest import DEMO, OpenPage, enter
from tests.build import a_detection, a_jpeg
from tests.serving import Serving, send_photo, serve

pytestmark = pytest.mark.browser

MANY = 900
"""More than are shown each for itself."""

ALL_SHOWN = """(count) => {
  const bunches = [...document.querySelectorAll(".cluster")].map((one) => Number(one.textContent));
  return bunches.reduce((sum, one) => sum + one, document.querySelectorAll(".pin").length) === count;
}"""


def test_a_ticket_over_its_limit_stands_out_and_can_be_seen_alone(three_heaps: Serving, open_page: OpenPage) -> None:
    ops = three_heaps.key(Role.OPS)
    three_heaps.clock.now = datetime.now(UTC) - timedelta(days=30)  # over, whatever days of rest lie between
    first = three_heaps.http.get("/api/tickets", headers=ops).json()["items"][0]
    wish = {"to": "filed", "version": first["version"]}
    assert three_heaps.http.post(f"/api/tickets/{first['id']}/moves", json=wish, headers=ops).status_code == 200
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to="/map")
    page.locator(".map .map-tools button").first.click()
    expect(page.locator(".pin.late")).to_have_count(1)
    page.locator(".legend .alarm").click()
    expect(page.locator(".pin")).to_have_count(1)
    page.locator(".pin").click()
    expect(page.locator(".sheet")).to_contain_text(first["number"])


def test_tiles_lie_under_the_pins_from_the_one_server_that_is_named(tmp_path: Path, open_page: OpenPage) -> None:
    data = tmp_path / "city"
    data.mkdir()
    shutil.copy(DEMO / "streets.geojson", data)
    tile = io.BytesIO()
    Pillow.new("RGB", (256, 256), (220, 230, 220)).save(tile, "PNG")
    address = "https://tiles.example/{z}/{x}/{y}.png"
    with serve(data, a_detection("litter", 0.8), tiles=address, tiles_system="gcj02") as city:
        send_photo(city.http, a_jpeg(), city.key(Role.INSPECTOR), lat="30.4990", lon="121.4190")
        page = open_page(city.http.base_url)
        png = {"body": tile.getvalue(), "headers": {"content-type": "image/png"}}
        page.route("https://tiles.example/**", lambda route: route.fulfill(**png))
        enter(page, city, "wang", to="/map")
        expect(page.locator(".tiles img").first).to_be_visible()
        assert (
            page.locator(".tiles img").first.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 256
        )
        expect(page.locator(".pin")).to_have_count(1)
        page.get_by_role("button", name="Map tiles").click()
        expect(page.locator(".tiles")).to_have_count(0)
        expect(page.locator(".ground .road").first).to_be_attached()


def by_sight(answer: Response) -> bool:
    """Whether it is what lies in sight."""
    return "/api/ticket-map?" in answer.url and "bbox=" in answer.url


def test_very_many_tickets_are_bunches_that_fall_apart_as_one_comes_closer(tmp_path: Path, open_page: OpenPage) -> None:
    data = tmp_path / "city"
    data.mkdir()
    fill(data, MANY, datetime.now(UTC), lambda _: None)
    with serve(data) as city:
        page = open_page(city.http.base_url)
        with page.expect_response(by_sight):
            enter(page, city, "wang", to="/map")
        shown = page.locator(".cluster")
        expect(shown.first).to_be_visible()
        legend = page.locator(".legend .choice:not(.alarm) b")
        count = sum(int(told) for told in legend.all_inner_texts())
        page.wait_for_function(ALL_SHOWN, arg=count)
        for _ in range(3):
            with page.expect_response(by_sight):
                page.get_by_role("button", name="Zoom in", exact=True).click()
        page.locator(".pin").first.dispatch_event("click")
        expect(page.locator(".sheet-number")).to_be_visible()
