"""The administration's rules: the policy, what two people decide, the trail, who is told, the ground."""

import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from service.domain.delivery import Attempt, Standing
from service.domain.states import Role
from service.store.webhooks import Webhook
from tests.browser.conftest import OpenPage, Watch, enter
from tests.service.api.test_review import asked_again
from tests.serving import Serving

pytestmark = pytest.mark.browser


def panel(page: Page, name: str) -> Locator:
    return page.locator(f"[data-panel={name}]")


def test_a_policy_is_checked_tried_out_and_kept_as_a_version(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "lin", to="/admin/policy")
    text = panel(page, "policy").get_by_role("textbox", name="The whole policy")
    expect(text).to_have_value(re.compile("rebound_within_days = 30"))
    was = text.input_value()
    text.fill(was.replace("rebound_within_days = 30", "rebound_within_days = -1"))
    line = was[: was.index("rebound_within_days")].count("\n") + 1
    expect(panel(page, "policy").get_by_role("status")).to_contain_text(f"Line {line} rebound_within_days")
    expect(page.get_by_role("button", name="Keep as a new version")).to_be_disabled()
    text.fill(was.replace("default_radius_m = 30", "default_radius_m = 45"))
    expect(panel(page, "policy").get_by_role("status")).to_contain_text("default_radius_m")
    panel(page, "replay").get_by_role("button", name="Try it out").click()
    expect(panel(page, "replay").locator("tbody tr").nth(1).locator("td").nth(1)).to_have_text("3")
    panel(page, "policy").get_by_label("Reason").fill("wider streets")
    page.get_by_role("button", name="Keep as a new version").click()
    expect(panel(page, "versions").get_by_role("listitem")).to_have_count(2)
    kept = three_heaps.http.get("/api/policy", headers=three_heaps.key(Role.OPS)).json()
    assert (kept["reason"], "default_radius_m = 45" in kept["text"]) == ("wider streets", True)


def test_a_policy_is_told_what_it_lacks_in_the_language_of_the_page(city: Serving, open_page: OpenPage) -> None:
    page = open_page(city.http.base_url, lang="zh")
    enter(page, city, "lin", to="/admin/policy")
    text = panel(page, "policy").get_by_role("textbox")
    expect(text).to_have_value(re.compile("rebound_within_days = 30"))
    text.fill(text.input_value().replace("rebound_within_days = 30", "rebound_within_days = -1"))
    expect(panel(page, "policy").get_by_role("status")).to_contain_text("应为：1 至 366。")


def test_a_policy_that_could_not_be_opened_says_so_and_is_opened_by_hand(
    city: Serving, open_page: OpenPage, watch: Watch
) -> None:
    watch.expect("/api/policy/versions/", "500")
    page = open_page(city.http.base_url)
    page.route("**/api/policy/versions/*", lambda route: route.fulfill(status=500, json={"code": "internal"}))
    enter(page, city, "lin", to="/admin/policy")
    expect(page.locator(".live.open")).to_be_visible()  # hearing the service, the page has tried once more by itself
    expect(panel(page, "policy").get_by_role("alert")).to_be_visible()
    page.unroute("**/api/policy/versions/*")
    panel(page, "policy").get_by_role("button", name="Try again").evaluate_all(
        "all => all.forEach((one) => one.click())"
    )
    expect(panel(page, "policy").get_by_role("textbox")).to_have_value(re.compile("rebound_within_days"))


def test_two_words_that_differ_lie_side_by_side_and_a_third_person_decides(
    three_heaps: Serving, open_page: OpenPage
) -> None:
    ops, chief = three_heaps.key(Role.OPS), three_heaps.key(Role.CHIEF)
    one = three_heaps.http.get("/api/review", headers=ops).json()["items"][0]["observation"]["id"]
    path = f"/api/observations/{one}"
    three_heaps.http.post(f"{path}/verdict", json={"verdict": True}, headers=ops).raise_for_status()
    asked_again(three_heaps, one)
    wish = {"verdict": "false", "reason": "looks_alike"}
    three_heaps.http.post(f"{path}/second-look", json=wish, headers=chief).raise_for_status()
    three_heaps.clock.forward(timedelta(minutes=1))
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "lin", to="/admin/looks")
    look = panel(page, "looks").locator(".look")
    expect(look.locator("[data-word=first]")).to_contain_text("A case")
    expect(look.locator("[data-word=second]")).to_contain_text("No case")
    expect(panel(page, "agreement").get_by_role("row").filter(has_text="chief")).to_contain_text("0%")
    look.locator("[data-word=second]").get_by_role("button").click()
    expect(panel(page, "looks")).to_contain_text("No two words differ")
    panel(page, "looks").get_by_role("button", name="Decided").click()
    expect(look).to_contain_text("lin decided")


def test_second_looks_go_on_page_after_page_and_stay_when_one_is_decided(
    three_heaps: Serving, open_page: OpenPage
) -> None:
    ops, chief = three_heaps.key(Role.OPS), three_heaps.key(Role.CHIEF)
    for item in three_heaps.http.get("/api/review", headers=ops).json()["items"]:
        path = f"/api/observations/{item['observation']['id']}"
        three_heaps.http.post(f"{path}/verdict", json={"verdict": True}, headers=ops).raise_for_status()
        asked_again(three_heaps, item["observation"]["id"])
        wish = {"verdict": "false", "reason": "unclear"}
        three_heaps.http.post(f"{path}/second-look", json=wish, headers=chief).raise_for_status()
    three_heaps.clock.forward(timedelta(minutes=1))
    page = open_page(three_heaps.http.base_url)
    page.route("**/second-looks?limit=50&*", lambda route: route.continue_(url=route.request.url.replace("50", "1", 1)))
    enter(page, three_heaps, "lin", to="/admin/looks")
    expect(page.get_by_role("heading", name="Second looks")).to_have_count(1)
    looks = panel(page, "looks").locator(".look")
    earlier = panel(page, "looks").get_by_role("button", name="Earlier ones")
    for shown in (1, 2):
        expect(looks).to_have_count(shown)
        earlier.click()
    expect(looks).to_have_count(3)
    expect(earlier).to_have_count(0)
    looks.nth(1).locator("[data-word=first]").get_by_role("button").click()
    expect(looks).to_have_count(2)


def test_a_standard_is_read_into_the_editor(city: Serving, open_page: OpenPage, tmp_path: Path) -> None:
    sheet = tmp_path / "standard.xlsx"
    sheet.write_bytes(a_standard())
    page = open_page(city.http.base_url)
    enter(page, city, "lin", to="/admin/policy")
    standard = panel(page, "standard")
    standard.locator("[name=file]").set_input_files(sheet)
    standard.get_by_role("button", name="Read", exact=True).click()
    expect(standard.get_by_role("row").filter(has_text="Exposed litter")).to_contain_text("3 working h")
    standard.get_by_role("button", name="Put into the editor").click()
    expect(panel(page, "policy").get_by_role("status")).to_contain_text("conditions.litter.limit")


def a_standard() -> bytes:
    """A spreadsheet with one row about litter."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["事件名称", "立案条件", "处置时限", "结案条件"])
    sheet.append(["暴露垃圾", "公共场所有垃圾", "3个工作时", "清理干净"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_trail_is_filtered_by_the_address_verified_and_taken_away(
    three_heaps: Serving, open_page: OpenPage
) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "lin", to="/admin/audit")
    panel(page, "chain").get_by_role("button", name="Verify the whole trail").click()
    expect(panel(page, "chain").get_by_role("status")).to_contain_text("lines hold")
    panel(page, "audit").get_by_role("button", name="ticket opened").first.click()
    expect(page).to_have_url(re.compile(r"action=ticket\.opened"))
    expect(panel(page, "audit").locator("tbody tr")).to_have_count(3)
    with page.expect_download() as waiting:
        panel(page, "audit").get_by_role("link", name="Export CSV").click()
    assert len(waiting.value.path().read_text(encoding="utf-8-sig").splitlines()) == 4


def test_a_webhook_is_made_with_a_secret_shown_once_and_tried(
    three_heaps: Serving, open_page: OpenPage, watch: Watch
) -> None:
    watch.expect("502", "422")
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "lin", to="/admin/webhooks")
    panel(page, "webhooks").get_by_role("button", name="Add a webhook").click()
    page.get_by_label("Id").fill("platform")
    page.get_by_label("Address").fill("https://hooks.invalid/in")
    page.get_by_label("Event types").fill("ticket.")
    page.get_by_role("button", name="Create").click()
    expect(page.locator("dialog input[readonly]")).not_to_have_value("")
    page.get_by_role("button", name="I have kept it").click()
    expect(panel(page, "webhook")).to_contain_text("ticket.")
    panel(page, "webhook").get_by_role("button", name="Switch off").click()
    expect(panel(page, "webhooks").locator(".state.disabled")).to_have_text("off")


def test_what_a_receiver_refuses_is_shown_with_what_waits_behind_it_until_it_is_given_up(
    city: Serving, open_page: OpenPage
) -> None:
    refused_to(city)
    page = open_page(city.http.base_url)
    enter(page, city, "lin", to="/admin/webhooks")
    panel(page, "webhooks").get_by_role("button", name="platform").click()
    shown = panel(page, "webhook")
    expect(shown).to_contain_text("1 was not taken; what is behind it waits")
    expect(shown.locator(".pick").filter(has_text="ticket.moved").locator(".state")).to_have_text("behind another")
    first = shown.locator(".pick").filter(has_text="ticket.opened").filter(has_text="tic_1")
    expect(first).to_contain_text("The broker does not take this message. (reason 0x99)")
    first.click()
    page.get_by_role("button", name="Give it up").click()
    expect(page.locator("dialog .state")).to_have_text("given up")
    page.keyboard.press("Escape")
    expect(first.locator(".state")).to_have_text("given up")
    expect(shown.locator(".pick").filter(has_text="ticket.moved").locator(".state")).to_have_text("waiting")


def refused_to(city: Serving) -> None:
    """A broker that has refused the first of two messages about one ticket; it is off, so that nobody sends more."""
    now = city.clock()
    with city.city.store.write() as rows:
        url, last = "mqtts://street@broker.invalid/city", rows.webhooks.last_event()
        off = Webhook("platform", url, ("ticket.",), None, "", now, last, disabled_at=now, disabled_why="by_hand")
        rows.webhooks.add(off)
        for subject, happened in (("tic_1", "ticket.opened"), ("tic_1", "ticket.moved"), ("tic_2", "ticket.opened")):
            rows.events.add(now, happened, subject, {})
        rows.deliveries.lay_out(off, now)
        first = rows.deliveries.page("platform", None)[-1]
        attempt = Attempt(now, 0x99, "call.message_refused", 12, refuses_message=True)
        rows.deliveries.note(first, attempt, Standing.WAITING, now + timedelta(minutes=3))


def test_a_map_of_grids_is_looked_at_before_it_is_taken(city: Serving, open_page: OpenPage, tmp_path: Path) -> None:
    ring = [[121.41, 30.49], [121.42, 30.49], [121.42, 30.5], [121.41, 30.5], [121.41, 30.49]]
    feature = {
        "type": "Feature",
        "properties": {"id": "G-1", "kind": "grid", "name_en": "First", "name_zh": "第一"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    file = tmp_path / "grids.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    page = open_page(city.http.base_url)
    enter(page, city, "lin", to="/admin/places")
    grids = panel(page, "grids")
    grids.get_by_text("Import an edited map").click()
    grids.locator("[name=file]").set_input_files(file)
    grids.get_by_role("button", name="Look at the changes").click()
    expect(grids.get_by_role("status")).to_contain_text("1 new")
    grids.get_by_role("button", name="Take it").click()
    expect(grids.get_by_role("row").filter(has_text="G-1")).to_be_visible()


def test_a_shop_is_kept_with_the_ground_before_its_door(city: Serving, open_page: OpenPage) -> None:
    page = open_page(city.http.base_url)
    enter(page, city, "lin", to="/admin/places")
    panel(page, "premises").get_by_role("button", name="Add").click()
    page.get_by_label("Name").fill("Zhang's noodles")
    page.get_by_role("application").click(position={"x": 200, "y": 120})
    page.get_by_role("button", name="Save").click()
    expect(panel(page, "premises")).to_contain_text("Zhang's noodles")
    (kept,) = city.http.get("/api/premises", headers=city.key(Role.VIEWER)).json()["items"]
    assert (len(kept["frontage"]), kept["doorstep"]) == (5, ["out_of_store"])


def test_a_table_of_shops_is_looked_at_and_taken_with_what_could_not_be_read(
    city: Serving, open_page: OpenPage, tmp_path: Path
) -> None:
    table = tmp_path / "shops.csv"
    rows = ("商户名称,地址,经度,纬度,评分", "张记小吃,河东街 12 号,121.419,30.499,96", "李记水果,河东街 14 号,,,88")
    table.write_text("\n".join(rows), encoding="utf-8")
    page = open_page(city.http.base_url)
    enter(page, city, "lin", to="/admin/places")
    shops = panel(page, "premises")
    shops.get_by_text("Import a table").click()
    shops.locator("[name=file]").set_input_files(table)
    shops.get_by_role("button", name="Look at the table").click()
    told = shops.get_by_role("status")
    expect(told).to_contain_text("1 new, 0 changed, 0 as they are. 1 row is left out.")
    expect(told.get_by_role("listitem").filter(has_text="row 3")).to_contain_text("a new one without a place")
    shops.get_by_role("button", name="Take what could be read").click()
    expect(shops.get_by_role("listitem").filter(has_text="张记小吃")).to_contain_text("96 points")


def to_be_checked(city: Serving) -> dict[str, Any]:
    """A ticket that has gone all the way to its check."""
    ticket: dict[str, Any] = city.http.get("/api/tickets").json()["items"][0]
    admin = city.key(Role.ADMIN)
    for to in ("filed", "dispatched", "in_progress", "handled", "checking"):
        move = {"to": to, "version": ticket["version"], **({"unit": "sanitation"} if to == "dispatched" else {})}
        ticket = (
            city.http.post(f"/api/tickets/{ticket['id']}/moves", json=move, headers=admin).raise_for_status().json()
        )
    return ticket


def test_a_chief_confirms_what_another_asked_and_nobody_his_own(three_heaps: Serving, open_page: OpenPage) -> None:
    three_heaps.person("zhou", Role.CHIEF)
    three_heaps.log_in("zhou")
    ticket = to_be_checked(three_heaps)
    ask = {"version": ticket["version"], "reason": "the street was dug up"}
    three_heaps.http.post(f"/api/tickets/{ticket['id']}/approvals", json=ask).raise_for_status()
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "zhao", to="/admin/approvals")
    asked = panel(page, "approvals")
    expect(asked).to_contain_text("the street was dug up")
    asked.get_by_label("Reason").fill("it is still there")
    asked.get_by_role("button", name="Refuse", exact=True).click()
    expect(asked).to_contain_text("Nothing waits for a second person")
    asked.get_by_role("button", name="Refused").click()
    expect(asked).to_contain_text("it is still there")


def test_a_permit_is_written_into_the_policy_and_kept_with_it(city: Serving, open_page: OpenPage) -> None:
    page = open_page(city.http.base_url)
    enter(page, city, "lin", to="/admin/places")
    panel(page, "permits").get_by_role("button", name="Add a permit").click()
    page.get_by_label("Chinese name").fill("石榴街夜市")
    page.get_by_label("Opens").fill("18:00")
    page.get_by_label("Closes").fill("22:00")
    page.get_by_role("application").click(position={"x": 200, "y": 120})
    page.get_by_role("button", name="Write into the policy").click()
    expect(panel(page, "policy").get_by_role("status")).to_contain_text("Can be used")
    panel(page, "policy").get_by_label("Reason").fill("the night market")
    page.get_by_role("button", name="Keep as a new version").click()
    expect(panel(page, "versions").get_by_role("listitem")).to_have_count(2)
    (kept,) = city.http.get("/api/permits", headers=city.key(Role.VIEWER)).json()["items"]
    assert (kept["name"]["zh"], kept["windows"], kept["radius_m"]) == ("石榴街夜市", [["18:00", "22:00"]], 50)
