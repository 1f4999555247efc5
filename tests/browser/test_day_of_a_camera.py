"""A day of a patrol camera as its owner sees it: added, drawn on, seen opening a ticket, gone dark, confirmed again."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, Watch, log_in
from tests.browser.days import LOOKED_MS, PICTURES, RunningCity, a_running_city, go, leave
from tests.rtsp_cameras import RtspCamera, an_rtsp_camera
from tests.service.cameras.test_rtsp import until
from tests.serving import PASSWORD

pytestmark = pytest.mark.browser

RATE = 2
SIZE = (640, 360)
BIN = ((0.05, 0.4), (0.36, 0.4), (0.36, 0.98), (0.05, 0.98))
CORNER = ((0.38, 0.45), (0.75, 0.45), (0.75, 0.95), (0.38, 0.95))
"""An overflowing bin, and the waste beside it, in shares of the picture."""

Corners = Sequence[tuple[float, float]]


def a_clip(path: Path, seconds: int, *, light: float = 1.0, seed: int = 1) -> Path:
    """A corner with waste while somebody passes, with a keyframe a second; grain lets no picture come twice."""
    dice = np.random.default_rng(seed)
    still = np.asarray(Image.open(PICTURES / "corner-douhua.jpg").convert("RGB").resize(SIZE)) * (0.9 * light)
    grain = dice.integers(0, 4, still.shape, np.uint8)
    with av.open(str(path), "w", format="h264") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"g": str(RATE), "bf": "0", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for n in range(seconds * RATE):
            frame = still.astype(np.uint8) + np.roll(grain, int(dice.integers(grain.size)))
            frame[20:80, 450 + 4 * (n % 40) : 475 + 4 * (n % 40)] = np.uint8(70 * light)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame)))
        out.mux(stream.encode())
    return path


@pytest.fixture
def pole(tmp_path: Path) -> Iterator[RtspCamera]:
    """A camera whose day is longer than anybody watches it: one that shows the same again is no camera."""
    with an_rtsp_camera(a_clip(tmp_path / "day.h264", 300), RATE) as camera:
        yield camera


@pytest.fixture
def city(tmp_path: Path) -> Iterator[RunningCity]:
    """A city whose operator named the network of the cameras."""
    with a_running_city(tmp_path / "city", env={"STREETWARDEN_NETWORKS": "127.0.0.0/8"}) as running:
        yield running


def test_a_day_of_a_patrol_camera(
    pole: RtspCamera, city: RunningCity, open_page: OpenPage, watch: Watch, tmp_path: Path
) -> None:
    watch.expect("401")  # whoever has logged out is told so
    page = open_page(city.address)
    log_in(page, "lin", PASSWORD, to="/admin/cameras")
    a_camera_is_tried_and_added(page, pole.address)
    an_area_and_a_mask_are_drawn(page)
    a_ticket_opens(page)
    until(lambda: "masked" in reasons(city))
    the_owner_reads_why_and_why_not(page)
    go(page, "Desk")
    cameras = page.locator("[data-panel=cameras]")
    shows(pole, a_clip(tmp_path / "night.h264", 120, light=0.02))
    expect(cameras).to_contain_text("The picture is too dark to judge.", timeout=LOOKED_MS)
    expect(cameras).to_contain_text("0 of 1 cameras see")
    shows(pole, a_clip(tmp_path / "later.h264", 120, seed=2))
    expect(cameras).to_contain_text("1 of 1 cameras see", timeout=LOOKED_MS)
    its_view_is_confirmed(page)
    leave(page)


def shows(pole: RtspCamera, clip: Path) -> None:
    """Let the camera show something else from now on."""
    pole.die()
    pole.clip = clip
    pole.start()


def a_camera_is_tried_and_added(page: Page, address: str) -> None:
    """Its address is looked at before anything is kept."""
    page.get_by_role("button", name="Add", exact=True).click()
    form = page.locator("[data-panel=camera-form]")
    form.get_by_label("Address").fill(address)
    form.get_by_role("button", name="Try the address").click()
    expect(form.get_by_role("img", name="What the camera shows now")).to_be_visible(timeout=LOOKED_MS)
    for label, value in (("Id", "pole"), ("Name", "Corner of Douhua lane"), ("Look every (s)", "1")):
        form.get_by_label(label).fill(value)
    form.get_by_label("Latitude").fill("30.499")
    form.get_by_label("Longitude").fill("121.419")
    form.get_by_role("button", name="Add the camera").click()
    expect(page.locator("[data-panel=camera]")).to_contain_text("Corner of Douhua lane")


def an_area_and_a_mask_are_drawn(page: Page) -> None:
    """Litter counts beside the bin alone; the bin itself is another unit's and masked."""
    zones = page.locator("[data-panel=zones]")
    expect(zones.locator("svg.zones image")).to_have_attribute("width", str(SIZE[0]), timeout=LOOKED_MS)
    for use, corners in (("Area", CORNER), ("Mask", BIN)):
        zones.get_by_role("button", name=use, exact=True).click()
        for n, corner in enumerate(corners):
            drag(page, zones.get_by_role("button", name=f"Corner {n + 1} of 4"), zones.locator("svg.zones"), corner)
        zones.get_by_label("Exposed litter").check()
    zones.get_by_role("button", name="Save the zones").click()
    expect(zones).to_contain_text("Version 1 by lin")


def drag(page: Page, corner: Locator, paper: Locator, share: tuple[float, float]) -> None:
    """Pull a corner to a place of the picture."""
    paper.scroll_into_view_if_needed()
    was, over = corner.bounding_box(), paper.bounding_box()
    assert was is not None
    assert over is not None
    page.mouse.move(was["x"] + was["width"] / 2, was["y"] + was["height"] / 2)
    page.mouse.down()
    page.mouse.move(over["x"] + share[0] * over["width"], over["y"] + share[1] * over["height"])
    page.mouse.up()


def a_ticket_opens(page: Page) -> None:
    """Out of frames that came over the network, by itself, while somebody looks at the list."""
    go(page, "Tickets")
    expect(page.locator("[data-ticket]")).to_have_count(1, timeout=LOOKED_MS)
    page.locator("[data-ticket] a").first.click()
    expect(page.locator(".ticket-head")).to_contain_text("Candidate")


def the_owner_reads_why_and_why_not(page: Page) -> None:
    """Why: its sighting with scores and looks. Why not: the bin lies in a mask."""
    why = page.locator("details.why")
    why.get_by_role("heading", name="Why this ticket").click()
    expect(why.locator(".lines > li").first).to_contain_text("median")
    page.goto("/admin/cameras?id=pole")
    decided = page.locator("[data-panel=decided]")
    expect(decided).to_contain_text("In an exclusion mask")
    decided.get_by_label("Condition").select_option("litter")
    expect(decided.get_by_role("link", name="Its ticket").first).to_be_visible()


def its_view_is_confirmed(page: Page) -> None:
    """The hours without a picture stand on record, and a person says that it shows what it is to watch."""
    page.goto("/admin/cameras?id=pole")
    health = page.locator("[data-panel=health]")
    expect(health.locator(".lines")).to_contain_text("The picture is too dark to judge.")
    for fact in (f"{SIZE[0]} × {SIZE[1]}", "H.264", "a keyframe each"):
        expect(health.locator("[data-facts=stream]")).to_contain_text(fact)
    health.get_by_role("button", name="Confirm a new view").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("A new lamp")
    page.get_by_role("dialog").get_by_role("button", name="Confirm the view").click()
    expect(health).to_contain_text("View confirmed by lin")


def reasons(city: RunningCity) -> set[str]:
    """Everything that the camera decided, about looks and about single boxes."""
    told: list[dict[str, Any]] = city.http.get("/api/cameras/pole/decisions?limit=200").json()["items"]
    return {one["reason"] for look in told for one in (look, *look["things"])}
