"""The page of the inspector on a phone: photos in, a pin where one is missing, nothing sent twice, nothing lost."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from detector.types import Box, Detection
from service.domain.states import Role
from tests.browser.conftest import PHONE, OpenPage, Watch, enter
from tests.browser.test_field import hurry
from tests.build import a_jpeg
from tests.serving import Serving

pytestmark = pytest.mark.browser


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Three photos without a place."""
    paths = [tmp_path / f"street-{number}.jpg" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(a_jpeg(width=640, height=480, colour=(90, 120, 60 * number)))
    return paths


@pytest.fixture
def phone(city: Serving, open_page: OpenPage) -> Page:
    """The upload page on an inspector's phone."""
    page = open_page(city.http.base_url, size=PHONE)
    enter(page, city, "chen", to="/upload")
    return page


def put_pin(page: Page) -> None:
    """Tap the middle of the map and confirm."""
    page.get_by_role("application").click()
    page.locator(".place-foot .primary").click()


def tickets(serving: Serving) -> list[dict[str, object]]:
    items: list[dict[str, object]] = serving.http.get("/api/tickets", headers=serving.key(Role.OPS)).json()["items"]
    return items


def test_photos_without_a_place_get_one_by_a_pin_and_become_a_ticket(
    city: Serving, phone: Page, photos: list[Path]
) -> None:
    phone.get_by_label("Choose photos").set_input_files(photos)
    phone.get_by_role("button", name="Send 3 photos").click()
    expect(phone.locator("[data-state=needs_place]")).to_have_count(3)
    expect(phone.locator("[data-doing=needs_place]")).to_contain_text("3 reports need a place")
    put_pin(phone)
    expect(phone.get_by_text("a pin set by hand")).to_have_count(3)
    expect(phone.get_by_text("New ticket")).to_have_count(1)
    expect(phone.get_by_text("Added to a known ticket")).to_have_count(2)
    assert len(tickets(city)) == 1


def test_the_boxes_lie_on_the_picture_in_its_own_pixels(phone: Page, photos: list[Path]) -> None:
    phone.get_by_label("Choose photos").set_input_files(photos[0])
    phone.get_by_role("button", name="Send 1 photo").click()
    box = phone.locator(".boxes .box")
    expect(box).to_have_attribute("data-xyxy", "10,20,110,220")
    expect(phone.locator(".boxes")).to_have_attribute("viewBox", "0 0 640 480")


def test_a_failed_upload_is_sent_again_with_the_same_key(
    city: Serving, phone: Page, photos: list[Path], watch: Watch
) -> None:
    watch.expect("503", "/api/photos")
    keys = []
    phone.on(
        "request", lambda sent: keys.append(sent.headers.get("idempotency-key")) if sent.method == "POST" else None
    )
    busy = {"code": "busy", "facts": {}, "trace_id": "0"}
    phone.route("**/api/photos", lambda route: route.fulfill(status=503, json=busy), times=1)
    phone.get_by_label("Choose photos").set_input_files(photos[0])
    phone.get_by_role("button", name="Send 1 photo").click()
    expect(phone.locator("[data-state=waiting]")).to_contain_text("The service is busy")
    hurry(phone)
    expect(phone.locator("[data-state=needs_place]")).to_be_visible()
    put_pin(phone)
    expect(phone.get_by_text("New ticket")).to_be_visible()
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert len(tickets(city)) == 1


def test_what_is_no_photo_is_refused_with_a_sentence(phone: Page, tmp_path: Path, watch: Watch) -> None:
    watch.expect("415", "/api/photos")
    liar = tmp_path / "page.jpg"
    liar.write_text("<html>")
    phone.get_by_label("Choose photos").set_input_files(liar)
    phone.get_by_role("button", name="Send 1 photo").click()
    expect(phone.get_by_role("alert")).to_contain_text("only JPEG, PNG and WebP")
    phone.get_by_role("button", name="Leave it out").click()
    expect(phone.locator(".shot")).to_have_count(0)


def test_a_person_reports_what_the_model_does_not_see(city: Serving, phone: Page, photos: list[Path]) -> None:
    city.model.sees = ()
    phone.get_by_label("Choose photos").set_input_files(photos[0])
    phone.get_by_role("button", name="Send 1 photo").click()
    expect(phone.locator("[data-state=needs_place]")).to_be_visible()
    put_pin(phone)
    expect(phone.get_by_text("The detector found nothing here")).to_be_visible()
    phone.get_by_label("Report it yourself").select_option("street_drying")
    expect(phone.get_by_text("New ticket")).to_be_visible()
    assert [ticket["condition"] for ticket in tickets(city)] == ["street_drying"]


def test_a_person_names_the_condition_before_sending(city: Serving, phone: Page, photos: list[Path]) -> None:
    city.model.sees = (Detection("closed_bin", None, 0.9, Box(10, 20, 110, 220)),)
    phone.get_by_label("Choose photos").set_input_files(photos[0])
    phone.get_by_label("What is it?").select_option("flying_wire")
    phone.get_by_label("Note").fill("from the third floor")
    phone.get_by_role("button", name="Send 1 photo").click()
    expect(phone.locator("[data-state=needs_place]")).to_be_visible()
    put_pin(phone)
    expect(phone.get_by_text("New ticket")).to_be_visible()
    assert [ticket["condition"] for ticket in tickets(city)] == ["flying_wire"]


def test_only_the_chosen_photos_get_the_pin(phone: Page, photos: list[Path]) -> None:
    phone.get_by_label("Choose photos").set_input_files(photos)
    phone.get_by_role("button", name="Send 3 photos").click()
    expect(phone.locator("[data-state=needs_place]")).to_have_count(3)
    phone.locator(".place-shots").get_by_role("button", name="street-1.jpg").click()
    expect(phone.get_by_role("button", name="Place 2 photos")).to_be_visible()
    put_pin(phone)
    expect(phone.locator("[data-state=needs_place]")).to_have_count(1)
