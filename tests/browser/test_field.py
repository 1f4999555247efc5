"""The inspector without a network: the page opens, nothing is lost or sent twice, and the outbox says what it does."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from service.domain.states import Role
from tests.browser.conftest import CHROMIUM, FLAGS, PATIENCE_MS, PEOPLE, PHONE, OpenPage, Watch, enter, log_in
from tests.build import a_detection, a_jpeg, a_place
from tests.serving import PASSWORD, Serving, send_photo, serve

pytestmark = pytest.mark.browser

NETWORK = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION_REFUSED",
    "ERR_FAILED",
    "ERR_CONNECTION_RESET",
    "ERR_EMPTY_RESPONSE",
)

HERE = {"latitude": a_place().lat, "longitude": a_place().lon, "accuracy": 6.0}


@contextmanager
def a_phone(chromium: Browser, folder: Path, base_url: object, *, offline: bool = False) -> Iterator[BrowserContext]:
    """A browser whose folder outlives it, as on a phone that is switched off and on."""
    width, height = PHONE
    context = chromium.browser_type.launch_persistent_context(
        str(folder),
        executable_path=str(CHROMIUM),
        args=list(FLAGS),
        base_url=str(base_url),
        viewport={"width": width, "height": height},
        locale="en-GB",
        reduced_motion="reduce",
        offline=offline,
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def photos_of(folder: Path, count: int) -> list[Path]:
    """Photos that know their places, so far apart that each is a problem of its own."""
    paths = [folder / f"heap-{number}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        place = a_place(metres_north=200.0 * number)
        path.write_bytes(a_jpeg(width=320, height=240, colour=(90, 120, 10 * number), place=place))
    return paths


def kept_whole(page: Page) -> None:
    """Wait until the worker has the page."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.open('last-answers').then((kept) => kept.keys()).then((keys) => keys.length >= 4)")


def hurry(page: Page) -> None:
    """What a phone says that finds its network again; without it the outbox looks again by itself, later."""
    page.evaluate("dispatchEvent(new Event('online'))")


def numbers(city: Serving) -> list[str]:
    items = city.http.get("/api/tickets?limit=100", headers=city.key(Role.OPS)).json()["items"]
    return [ticket["number"] for ticket in items]


def test_fourteen_photos_of_a_basement_survive_a_restart_and_become_fourteen_tickets(
    chromium: Browser, tmp_path: Path
) -> None:
    data, port = tmp_path / "city", free_port()
    data.mkdir()
    with a_phone(chromium, tmp_path / "phone", f"http://127.0.0.1:{port}") as before:
        page = before.pages[0]
        with serve(data, a_detection("litter", 0.8), port=port) as city:
            city.person("chen", PEOPLE["chen"])
            log_in(page, "chen", PASSWORD, "/upload")
            kept_whole(page)
        before.set_offline(True)  # and the service is away too: a browser that closes is online for an instant
        page.get_by_label("Choose photos").set_input_files(photos_of(tmp_path, 14))
        page.get_by_role("button", name="Send 14 photos").click()
        expect(page.locator("[data-doing=offline]")).to_contain_text("14 are kept on this phone")
    with a_phone(chromium, tmp_path / "phone", f"http://127.0.0.1:{port}", offline=True) as after:
        page = after.pages[0]
        page.goto("/upload")
        expect(page.locator("[data-state=waiting]")).to_have_count(14)
        with serve(data, a_detection("litter", 0.8), port=port) as city:
            after.set_offline(False)
            expect(page.locator("[data-doing=done]")).to_contain_text("All sent", timeout=60_000)
            expect(page.get_by_text("New ticket")).to_have_count(14)
            assert len(set(numbers(city))) == len(numbers(city)) == 14


def test_an_answer_that_was_lost_makes_no_second_photo(
    city: Serving, open_page: OpenPage, watch: Watch, tmp_path: Path
) -> None:
    watch.expect(*NETWORK, "blocked by Playwright")
    page = open_page(city.http.base_url, size=PHONE, service_workers="block")
    enter(page, city, "chen", to="/upload")

    def lost(route: Route) -> None:
        assert route.fetch().ok
        route.abort("connectionreset")

    page.route("**/api/photos", lost)
    page.get_by_label("Choose photos").set_input_files(photos_of(tmp_path, 1))
    page.get_by_role("button", name="Send 1 photo").click()
    expect(page.locator("[data-doing=offline]")).to_be_visible()
    with page.expect_request("**/api/photos"):
        page.get_by_role("button", name="Try now").click()
    page.unroute("**/api/photos")
    hurry(page)
    expect(page.get_by_text("New ticket")).to_be_visible()
    assert len(numbers(city)) == 1
    assert re.search(r'photos_total\{outcome="repeated"\} [1-9]', city.http.get("/metrics").text)


def test_a_service_that_stops_gets_what_was_taken_meanwhile_once_it_is_back(
    open_page: OpenPage, watch: Watch, tmp_path: Path
) -> None:
    watch.expect(*NETWORK, "/api/events", "503")
    data, port = tmp_path / "city", free_port()
    data.mkdir()
    with serve(data, a_detection("litter", 0.8), port=port) as first:
        page = open_page(first.http.base_url, size=PHONE)
        enter(page, first, "chen", to="/upload")
        kept_whole(page)
    page.get_by_label("Choose photos").set_input_files(photos_of(tmp_path, 2))
    page.get_by_role("button", name="Send 2 photos").click()
    expect(page.locator("[data-doing=offline]")).to_contain_text("2 are kept")
    page.reload()
    expect(page.locator("[data-state=waiting]")).to_have_count(2)
    with serve(data, a_detection("litter", 0.8), port=port) as again:
        hurry(page)
        expect(page.get_by_text("New ticket")).to_have_count(2)
        assert len(numbers(again)) == 2


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as socket_:
        port: int = socket_.getsockname()[1]
        return port


def test_a_photo_that_lost_its_place_asks_for_a_pin_before_it_goes_and_the_ticket_says_so(
    city: Serving, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(city.http.base_url, size=PHONE)
    enter(page, city, "chen", to="/upload")
    chat = tmp_path / "from-a-chat.jpg"
    chat.write_bytes(a_jpeg(width=320, height=240))
    page.get_by_label("Choose photos").set_input_files(chat)
    expect(page.get_by_text("This photo does not know where it was taken")).to_be_visible()
    page.get_by_role("application").click()
    page.get_by_role("button", name="Place the photo").click()
    expect(page.locator("[data-state=draft]")).to_contain_text("a pin set by hand")
    page.get_by_role("button", name="Send 1 photo").click()
    expect(page.get_by_text("New ticket")).to_be_visible()
    items = city.http.get("/api/tickets", headers=city.key(Role.OPS)).json()["items"]
    assert [ticket["place_source"] for ticket in items] == ["hand"]


def test_what_is_open_nearby_is_told_before_a_photo_goes(
    three_heaps: Serving, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(three_heaps.http.base_url, size=PHONE)
    enter(page, three_heaps, "chen", to="/upload")
    chat = tmp_path / "again.jpg"
    chat.write_bytes(a_jpeg(width=320, height=240))
    page.get_by_label("Choose photos").set_input_files(chat)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 30.4991, "longitude": 121.4190, "accuracy": 8})
    page.get_by_role("button", name="I am here").click()
    page.get_by_role("button", name="Place the photo").click()
    expect(page.locator(".nearby")).to_contain_text("11 m away")


def test_further_photos_hang_on_the_ticket_in_their_roles(city: Serving, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(city.http.base_url, size=PHONE)
    enter(page, city, "chen", to="/upload")
    main, far, reference = photos_of(tmp_path, 3)
    page.get_by_label("Choose photos").set_input_files(main)
    page.get_by_label("Add another view").set_input_files([far, reference])
    page.get_by_label("What the photo shows").nth(1).select_option("reference")
    page.get_by_role("button", name="Send 1 photo").click()
    expect(page.get_by_text("2 more photos are on the ticket")).to_be_visible()
    (number,) = numbers(city)
    ticket = city.http.get(f"/api/tickets/{number}", headers=city.key(Role.OPS)).json()
    assert sorted(picture["role"] for picture in ticket["evidence"]) == ["before", "far", "reference"]


def test_where_nothing_is_found_the_further_photos_are_looked_at_too(
    city: Serving, open_page: OpenPage, tmp_path: Path
) -> None:
    city.model.sees = ()
    page = open_page(city.http.base_url, size=PHONE)
    enter(page, city, "chen", to="/upload")
    main, far = photos_of(tmp_path, 2)
    page.get_by_label("Choose photos").set_input_files(main)
    page.get_by_label("Add another view").set_input_files(far)
    page.get_by_role("button", name="Send 1 photo").click()
    expect(page.get_by_text("1 more photo was looked at too")).to_be_visible()
    assert len(city.model.shown) == 2


def test_a_fault_of_the_service_is_told_and_throws_no_report_away(
    city: Serving, open_page: OpenPage, watch: Watch, tmp_path: Path
) -> None:
    watch.expect("500", "blocked by Playwright")
    page = open_page(city.http.base_url, size=PHONE, service_workers="block")
    enter(page, city, "chen", to="/upload")
    page.route("**/api/photos", lambda route: route.fulfill(status=500, json={"code": "internal", "facts": {}}))
    page.get_by_label("Choose photos").set_input_files(photos_of(tmp_path, 1))
    page.get_by_role("button", name="Send 1 photo").click()
    page.evaluate("setInterval(() => dispatchEvent(new Event('online')), 100)")
    expect(page.locator("[data-doing=fault]")).to_contain_text("tell your administrator")
    page.unroute("**/api/photos")
    expect(page.get_by_text("New ticket")).to_be_visible()


def test_what_one_person_took_waits_while_another_one_is_logged_in(
    city: Serving, open_page: OpenPage, watch: Watch, tmp_path: Path
) -> None:
    watch.expect("409")
    page = open_page(city.http.base_url, size=PHONE)
    enter(page, city, "chen", to="/upload")
    page.get_by_label("Choose photos").set_input_files(photos_of(tmp_path, 1))
    enter(page.context.new_page(), city, "wang", to="/tickets")
    page.get_by_role("button", name="Send 1 photo").click()
    expect(page.locator("[data-doing=stranger]")).to_contain_text("1 waits until you log in again")
    assert numbers(city) == []
    log_in(page, "chen", PASSWORD, "/upload")
    expect(page.get_by_text("New ticket")).to_be_visible()
    assert len(numbers(city)) == 1


def test_what_a_session_was_told_ends_with_it(city: Serving, open_page: OpenPage, watch: Watch) -> None:
    watch.expect("401")
    page = open_page(city.http.base_url, size=PHONE)
    enter(page, city, "chen", to="/upload")
    kept_whole(page)
    page.evaluate("fetch('/api/session', { method: 'DELETE' }).then(() => fetch('/api/tasks'))")
    page.wait_for_function("caches.open('last-answers').then((kept) => kept.keys()).then((keys) => keys.length === 0)")


def test_two_pages_of_one_phone_lose_no_word_of_each_other(city: Serving, open_page: OpenPage) -> None:
    page = open_page(city.http.base_url, size=PHONE)
    enter(page, city, "chen", to="/upload")
    told = page.evaluate(TWO_WRITERS)
    assert told == {"note": "one", "condition": "litter", "removed": None}


TWO_WRITERS = """async () => {
  const { FieldOutbox } = await import("/static/js/field/outbox.js");
  const { letterOf } = await import("/static/js/field/letters.js");
  const [one, other] = [new FieldOutbox("chen", () => {}), new FieldOutbox("chen", () => {})];
  const photos = [{ id: "p", key: "k", name: "a.jpg", role: "near", place: null, sent: false }];
  const letter = letterOf("report", "chen", 0, { photos });
  await one.add(letter);
  await other.reload();
  const change = (outbox, told) => outbox.change(letter.id, () => told);
  await Promise.all([change(one, { note: "one" }), change(other, { condition: "litter" })]);
  await other.reload();
  const [{ note, condition }] = other.letters;
  await one.remove(letter);
  return { note, condition, removed: (await change(other, { note: "late" })) ?? null };
}"""


def a_ticket_at_work(city: Serving, *steps: str) -> str:
    """A heap of litter that the desk took so far; its number."""
    ops = city.key(Role.OPS)
    (number,) = numbers(city) or [sent_by_hand(city)]
    for to in steps:
        version = city.http.get(f"/api/tickets/{number}", headers=ops).json()["version"]
        wish = {"to": to, "version": version, **({"unit": "sanitation"} if to == "dispatched" else {})}
        moved = city.http.post(f"/api/tickets/{number}/moves", json=wish, headers=ops)
        assert moved.status_code == 200, moved.text
    return number


def sent_by_hand(city: Serving) -> str:
    photo = a_jpeg(width=640, height=480, place=a_place())
    told = send_photo(city.http, photo, city.key(Role.INSPECTOR)).json()
    return str(told["tickets"][0]["number"])


def test_a_task_is_taken_and_answered_without_a_network_with_the_picture_before_as_a_ghost(
    city: Serving, open_page: OpenPage, watch: Watch
) -> None:
    watch.expect(*NETWORK)
    city.clock.now = datetime.now(UTC)
    number = a_ticket_at_work(city, "filed", "dispatched", "in_progress", "handled")
    page = open_page(city.http.base_url, size=PHONE, permissions=["camera", "geolocation"], geolocation=HERE)
    enter(page, city, "chen", to="/upload?view=tasks")
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("button", name="Answer").click()
    page.context.set_offline(True)
    page.get_by_role("button", name="Photo over the one before").click()
    page.get_by_role("button", name="Take a photo").click()
    expect(page.locator(".look-photos img")).to_be_visible()
    page.get_by_label("It is done").check()
    page.get_by_label("Note").fill("swept")
    page.get_by_role("button", name="Answer").last.click()
    expect(page.locator("[data-doing=offline]")).to_contain_text("1 is kept")
    page.context.set_offline(False)
    expect(page.locator("[data-doing=done]")).to_be_visible()
    ticket = city.http.get(f"/api/tickets/{number}", headers=city.key(Role.OPS)).json()
    assert [picture["role"] for picture in ticket["evidence"]] == ["before", "after"]
    (fact,) = ticket["facts"]
    assert (fact["kind"], fact["details"]["result"], fact["reason"]) == ("field_looked", "gone", "swept")
    expect(page.get_by_text("You have no tasks now.")).to_be_visible()


def test_a_worker_that_begins_without_a_network_learns_what_it_needs_once_it_is_back(
    city: Serving, open_page: OpenPage, watch: Watch
) -> None:
    watch.expect(*NETWORK, "blocked by Playwright")
    page = open_page(city.http.base_url, size=PHONE, service_workers="block")
    enter(page, city, "chen", to="/upload")
    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/api/moves")):
        page.evaluate("navigator.serviceWorker.dispatchEvent(new Event('controllerchange'))")
    with page.expect_response(lambda answer: answer.url.endswith("/api/moves") and answer.ok):
        page.context.set_offline(False)


def test_an_inspection_is_begun_and_ended_with_what_was_reported_on_it(
    city: Serving, open_page: OpenPage, tmp_path: Path
) -> None:
    city.clock.now = datetime.now(UTC)
    page = open_page(city.http.base_url, size=PHONE, permissions=["geolocation"], geolocation=HERE)
    enter(page, city, "chen", to="/upload?view=walk")
    page.get_by_label("Street or round").fill("Hedong street, east")
    page.get_by_role("button", name="Begin the inspection").click()
    expect(page.get_by_text("1 point")).to_be_visible()
    page.get_by_role("button", name="Report", exact=True).click()
    page.get_by_label("Choose photos").set_input_files(photos_of(tmp_path, 1))
    page.get_by_role("button", name="Send 1 photo").click()
    expect(page.get_by_text("New ticket")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Inspection").click()
    page.get_by_role("button", name="End the inspection").click()
    expect(page.get_by_text("Recorded")).to_be_visible()
    (kept,) = city.http.get("/api/inspections", headers=city.key(Role.OPS)).json()["items"]
    assert (kept["route"], kept["by"], len(kept["tickets"]), len(kept["track"])) == (
        "Hedong street, east",
        "chen",
        1,
        1,
    )


FULL = """() => {
  window.refused = 0;
  IDBObjectStore.prototype.put = () => {
    window.refused += 1;
    throw new DOMException("full", "QuotaExceededError");
  };
  window.told = 0;
  const count = (all) => all.forEach(({ addedNodes }) => (window.told += addedNodes.length));
  new MutationObserver(count).observe(document.querySelector(".toasts"), { childList: true });
}"""


def test_a_full_phone_says_so_once_an_inspection(city: Serving, open_page: OpenPage) -> None:
    page = open_page(city.http.base_url, size=PHONE, permissions=["geolocation"], geolocation=HERE)
    enter(page, city, "chen", to="/upload?view=walk")
    page.get_by_label("Street or round").fill("Hedong street, east")
    page.get_by_role("button", name="Begin the inspection").click()
    expect(page.get_by_text("1 point")).to_be_visible()
    page.evaluate(FULL)
    for step in (1, 2):
        page.context.set_geolocation({**HERE, "latitude": HERE["latitude"] + step / 1000})
        page.wait_for_function("step => window.refused >= step", arg=step)
        expect(page.locator(".toast.bad")).to_have_count(1)
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert page.evaluate("window.told") == 1
