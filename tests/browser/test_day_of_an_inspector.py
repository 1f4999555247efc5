"""A day of an inspector: a basement without a network, a task to verify, one to check, a street in order."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage, Watch, log_in
from tests.browser.days import LOOKED_MS, PICTURES, PUT_IN_ORDER, RunningCity, a_running_city, leave
from tests.browser.test_field import NETWORK, kept_whole
from tests.serving import PASSWORD

pytestmark = pytest.mark.browser

BASEMENT = tuple(PICTURES / f"{name}.jpg" for name in ("heap-shiliu", "bins-wutong", "corner-douhua"))
HERE = {"latitude": 30.4990, "longitude": 121.4190, "accuracy": 6.0}
NOTE = "Behind the second door"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[RunningCity]:
    with a_running_city(tmp_path / "city") as running:
        yield running


def test_a_day_of_an_inspector(city: RunningCity, open_page: OpenPage, watch: Watch) -> None:
    watch.expect("401", *NETWORK)  # the network goes and comes; whoever has logged out is told so
    page = open_page(city.address, size=PHONE, permissions=["camera", "geolocation"], geolocation=HERE)
    log_in(page, "chen", PASSWORD, to="/upload")
    kept_whole(page)
    number = three_photos_from_a_basement(page, city)
    city.move(number, "verifying")
    a_report_is_verified(page, number)
    city.move(number, "filed", "dispatched", "in_progress", "handled")
    the_work_is_checked(page, number)
    ticket = told(city, number)
    assert sorted(picture["role"] for picture in ticket["evidence"]) == ["after", "before", "before", "before", "near"]
    looks = [(fact["kind"], fact["details"]["result"], fact["reason"]) for fact in ticket["facts"]]
    assert sorted(looks) == [("field_looked", "gone", "swept"), ("field_looked", "there", "still the same heap")]
    a_street_in_order_counts_as_well(page, city)
    leave(page)


def three_photos_from_a_basement(page: Page, city: RunningCity) -> str:
    """Photos that know no place are put on the map by hand, with a note, and wait for a network; the first's ticket."""
    page.context.set_offline(True)
    page.get_by_label("Choose photos").set_input_files(BASEMENT)
    expect(page.get_by_text("This photo does not know where it was taken")).to_have_count(len(BASEMENT))
    page.get_by_role("application").click()
    page.get_by_role("button", name="Place 3 photos").click()
    expect(page.locator("[data-state=draft]").first).to_contain_text("a pin set by hand")
    page.get_by_label("Note").fill(NOTE)
    page.get_by_role("button", name="Send 3 photos").click()
    expect(page.locator("[data-doing=offline]")).to_contain_text("3 are kept on this phone")
    assert tickets(city) == []
    page.context.set_offline(False)
    expect(page.locator("[data-doing=done]")).to_contain_text("All sent", timeout=LOOKED_MS)
    expect(page.locator(".found a").first).to_be_visible()
    (ticket,) = tickets(city)  # three looks at one spot: one problem, one ticket
    whole = told(city, str(ticket["number"]))
    assert (whole["place_source"], len(whole["observations"])) == ("hand", len(BASEMENT))
    return str(ticket["number"])


def a_report_is_verified(page: Page, number: str) -> None:
    """The desk wants to know whether it is true: yes, with a photo from near."""
    answer_a_task(page, number, "Verify")
    dialog = page.get_by_role("dialog", name=f"Verify {number}")
    dialog.get_by_role("radio").first.check()
    dialog.get_by_label("Add a photo").set_input_files(BASEMENT[0])
    expect(dialog.locator(".look-photos img")).to_be_visible()
    dialog.get_by_label("Note").fill("still the same heap")
    dialog.get_by_role("button", name="Answer").click()
    expect(page.locator("[data-doing=done]")).to_be_visible(timeout=LOOKED_MS)
    expect(page.get_by_text("You have no tasks now.")).to_be_visible()


def the_work_is_checked(page: Page, number: str) -> None:
    """The unit says that it is done: so it is, and the photo after it was taken over the one before."""
    answer_a_task(page, number, "Check")
    dialog = page.get_by_role("dialog", name=f"Check {number}")
    dialog.get_by_label("Add a photo").set_input_files(PUT_IN_ORDER)
    expect(dialog.locator(".look-photos img")).to_be_visible()
    dialog.get_by_label("It is done").check()
    dialog.get_by_label("Note").fill("swept")
    dialog.get_by_role("button", name="Answer").click()
    expect(page.locator("[data-doing=done]")).to_be_visible(timeout=LOOKED_MS)
    expect(page.get_by_text("You have no tasks now.")).to_be_visible()


def answer_a_task(page: Page, number: str, kind: str) -> None:
    page.get_by_role("group", name="Parts of this page").get_by_role("button", name="Tasks").click()
    task = page.locator(".task", has_text=number)
    expect(task).to_contain_text(kind.lower())
    task.get_by_role("button", name="Take it").click()
    task.get_by_role("button", name="Answer").click()


def a_street_in_order_counts_as_well(page: Page, city: RunningCity) -> None:
    """An inspection on which nothing was found is recorded with its track."""
    page.get_by_role("group", name="Parts of this page").get_by_role("button", name="Inspection").click()
    page.get_by_label("Street or round").fill("Hedong street, west")
    page.get_by_role("button", name="Begin the inspection").click()
    expect(page.get_by_text("1 point", exact=True)).to_be_visible()
    expect(page.get_by_text("0 photos, 0 tickets")).to_be_visible()
    page.get_by_label("Note").fill("All in order")
    page.get_by_role("button", name="End the inspection").click()
    expect(page.get_by_text("Recorded")).to_be_visible()
    (kept,) = city.http.get("/api/inspections").json()["items"]
    assert (kept["route"], kept["by"], kept["tickets"]) == ("Hedong street, west", "chen", [])


def tickets(city: RunningCity) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = city.http.get("/api/tickets?limit=100").json()["items"]
    return found


def told(city: RunningCity, number: str) -> dict[str, Any]:
    whole: dict[str, Any] = city.http.get(f"/api/tickets/{number}").json()
    return whole
