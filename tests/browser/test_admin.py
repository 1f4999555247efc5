"""The administration: cameras with their zones, accounts and keys, each where the address says."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from service.domain.states import Role
from tests.browser.conftest import OpenPage, Watch, enter
from tests.detector.tracks import a_gpx
from tests.service.api.test_zones import a_street
from tests.serving import Serving

pytestmark = pytest.mark.browser


@pytest.fixture
def pole(city: Serving, tmp_path: Path) -> Serving:
    """The city with a fixed camera that is read, and a vehicle."""
    (tmp_path / "view").mkdir()
    (tmp_path / "view" / "1.jpg").write_bytes(a_street(1))
    city.add_camera("pole", name="Pole", url=str(tmp_path / "view"))
    city.add_camera("car", name="Car", kind="moving")
    return city


def panel(page: Page, name: str) -> Locator:
    return page.locator(f"[data-panel={name}]")


def test_a_zone_is_drawn_shaped_by_keyboard_and_saved_as_a_version(pole: Serving, open_page: OpenPage) -> None:
    page = open_page(pole.http.base_url)
    enter(page, pole, "lin", to="/admin")
    panel(page, "cameras").get_by_role("button", name="Pole").click()
    expect(page).to_have_url(re.compile("id=pole"))
    zones = panel(page, "zones")
    expect(zones.locator("svg.zones image")).to_have_attribute("width", "640")
    zones.get_by_role("button", name="Mask").click()
    first = zones.get_by_role("button", name="Corner 1 of 4")
    first.focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Insert")
    expect(zones.get_by_role("button", name="Corner 1 of 5")).to_be_visible()
    page.keyboard.press("Delete")
    zones.get_by_label("Exposed litter").check()
    zones.get_by_role("button", name="Save the zones").click()
    expect(zones).to_contain_text("Version 1 by lin")
    kept = pole.http.get("/api/cameras/pole/zones", headers=pole.key(Role.VIEWER)).json()["zones"]
    assert [(zone["id"], zone["use"], zone["conditions"]) for zone in kept] == [("mask-1", "mask", ["litter"])]
    assert len(kept[0]["polygon"]) == 4


def test_a_shop_front_in_the_picture_is_given_to_its_shop(pole: Serving, open_page: OpenPage) -> None:
    ring = [[121.419, 30.499], [121.4191, 30.499], [121.4191, 30.4991], [121.419, 30.4991], [121.419, 30.499]]
    shop = {"kind": "shop", "name": "Zhang's noodles", "frontage": ring, "doorstep": ["out_of_store"]}
    made = pole.http.post("/api/premises", json=shop, headers=pole.key(Role.OPS)).json()
    page = open_page(pole.http.base_url)
    enter(page, pole, "lin", to="/admin/cameras?id=pole")
    zones = panel(page, "zones")
    zones.get_by_role("button", name="Shop front").click()
    zones.get_by_label("Whose it is").select_option("Zhang's noodles")
    zones.get_by_role("button", name="Save the zones").click()
    expect(zones).to_contain_text("Version 1 by lin")
    (kept,) = pole.http.get("/api/cameras/pole/zones", headers=pole.key(Role.VIEWER)).json()["zones"]
    assert (kept["use"], kept["premises"]) == ("frontage", made["id"])
    page.reload()
    expect(zones.get_by_role("listitem")).to_contain_text("Zhang's noodles")


def test_a_chief_looks_but_does_not_draw(pole: Serving, open_page: OpenPage) -> None:
    page = open_page(pole.http.base_url)
    enter(page, pole, "zhao", to="/admin/cameras?id=pole")
    expect(panel(page, "zones")).to_contain_text("Nothing is drawn")
    expect(page.get_by_role("button", name="Mask")).to_have_count(0)
    expect(page.get_by_role("link", name="Accounts & keys")).to_have_count(0)
    expect(page.get_by_role("link", name="On the map")).to_have_attribute("href", "/map?at=31.23,121.47")
    panel(page, "health").get_by_role("button", name="Confirm a new view").click()
    page.get_by_label("Reason").fill("turned to the market")
    page.get_by_role("button", name="Confirm the view").click()
    expect(panel(page, "health")).to_contain_text("View confirmed by zhao")


def test_an_address_is_tried_before_a_camera_is_made_of_it(pole: Serving, open_page: OpenPage, watch: Watch) -> None:
    watch.expect("422")
    page = open_page(pole.http.base_url)
    enter(page, pole, "lin", to="/admin/cameras?id=%2B")
    form = panel(page, "camera-form")
    form.get_by_label("Address").fill("rtsp://192.168.7.7/live")
    form.get_by_role("button", name="Try the address").click()
    expect(form.locator(".notice.bad")).to_contain_text("may not")
    form.get_by_label("Address").fill("")
    form.get_by_label("Id").fill("pole-8")
    form.get_by_label("Name").fill("Eight")
    form.get_by_role("button", name="Add the camera").click()
    expect(panel(page, "camera")).to_contain_text("Eight")


def test_a_recording_is_sent_with_a_track_that_begins_later_and_told_file_by_file(
    pole: Serving, open_page: OpenPage, tmp_path: Path
) -> None:
    ride = tmp_path / "ride.zip"
    ride.write_bytes(a_ride())
    page = open_page(pole.http.base_url)
    enter(page, pole, "lin", to="/admin/cameras?id=car")
    recordings = panel(page, "recordings")
    recordings.locator("[name=file]").set_input_files(ride)
    recordings.get_by_role("button", name="Send the recording").click()
    recordings.locator("summary").click()
    line = recordings.locator("tbody tr", has_text="20260504_115900.jpg")
    expect(line).to_contain_text("1 before the track begins")


def a_ride() -> bytes:
    """An archive with one picture, taken a minute before its track begins."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("20260504_115900.jpg", a_street(2))
        archive.writestr("ride.gpx", a_gpx([(second, 31.23 + second * 1e-4, 121.47) for second in range(60)]))
    return out.getvalue()


def test_an_account_is_made_changed_and_shut_out(city: Serving, open_page: OpenPage) -> None:
    page = open_page(city.http.base_url)
    enter(page, city, "lin", to="/admin/people")
    accounts = panel(page, "accounts")
    accounts.get_by_role("button", name="Add an account").click()
    page.get_by_label("Login").fill("qian")
    page.get_by_label("First password").fill("correct horse")
    page.get_by_role("button", name="Create").click()
    accounts.get_by_role("button", name="Change qian").click()
    page.get_by_role("dialog").get_by_label("Role").select_option("chief")
    page.get_by_role("button", name="Save").click()
    row = accounts.get_by_role("listitem").filter(has_text="qian")
    expect(row).to_contain_text("Duty chief")
    accounts.get_by_role("button", name="Change qian").click()
    page.get_by_role("button", name="Shut out").click()
    expect(row).to_contain_text("disabled")


def test_a_key_is_shown_once_works_and_is_revoked(pole: Serving, open_page: OpenPage) -> None:
    page = open_page(pole.http.base_url)
    enter(page, pole, "lin", to="/admin/people")
    panel(page, "keys").get_by_role("button", name="New key").click()
    page.get_by_label("What it is for").fill("the pole's box")
    page.locator("select[name=camera]").select_option("pole")
    page.get_by_role("button", name="Create").click()
    key = page.locator("dialog input[readonly]").input_value()
    headers = {"Authorization": f"Bearer {key}"}
    assert pole.http.get("/api/session", headers=headers).json()["role"] == "camera"
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("button", name="Revoke the pole's box").click()
    expect(panel(page, "keys").get_by_role("listitem")).to_contain_text("revoked")
    assert pole.http.get("/api/session", headers=headers).status_code == 401
