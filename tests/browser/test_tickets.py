"""The list and the page of a ticket: filters in the address, moves that ask for what they need, live updates."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from service.domain.states import Role
from tests.browser.conftest import PHONE, OpenPage, Watch, enter, log_in
from tests.build import a_jpeg, a_place
from tests.serving import PASSWORD, Serving, send_photo

pytestmark = pytest.mark.browser


@pytest.fixture
def after_photo(tmp_path: Path) -> Path:
    path = tmp_path / "after.jpg"
    path.write_bytes(a_jpeg(width=640, height=480, colour=(200, 200, 190)))
    return path


def first_ticket(serving: Serving) -> dict[str, str]:
    listed = serving.http.get("/api/tickets", headers=serving.key(Role.OPS)).json()
    ticket: dict[str, str] = listed["items"][0]
    return ticket


def take(page: Page, move: str, state: str) -> None:
    """Open the dialog of a move, confirm it, and see the ticket in its new state."""
    page.locator(f"[data-to={move}]").click()
    page.get_by_role("dialog").locator("[type=submit]").click()
    expect(page.locator(".ticket-head .state")).to_contain_text(state)


def test_filters_live_in_the_address(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "sun", to="/tickets")
    rows = page.locator("[data-ticket]")
    expect(rows).to_have_count(3)
    page.get_by_role("button", name="To dispatch").click()
    expect(rows).to_have_count(0)
    expect(page).to_have_url(re.compile("state=to_dispatch"))
    page.go_back()
    expect(rows).to_have_count(3)
    page.get_by_label("Condition").select_option("litter")
    page.get_by_role("searchbox").fill(first_ticket(three_heaps)["number"])
    expect(rows).to_have_count(1)
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Condition")).to_have_value("litter")


def test_the_list_shows_a_new_ticket_by_itself(city: Serving, open_page: OpenPage) -> None:
    page = open_page(city.http.base_url)
    enter(page, city, "wang", to="/tickets")
    expect(page.get_by_role("heading", name="No ticket matches", exact=True)).to_be_visible()
    expect(page.locator(".live.open")).to_be_visible()
    send_photo(city.http, a_jpeg(), city.key(Role.INSPECTOR), lat="30.4990", lon="121.4190")
    expect(page.locator("[data-ticket]")).to_have_count(1)


def test_a_ticket_is_walked_to_its_end(three_heaps: Serving, open_page: OpenPage, after_photo: Path) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to=f"/tickets/{first_ticket(three_heaps)['id']}")
    expect(page.locator(".moves .primary")).to_have_text("File the case")
    expect(page.locator(".add-after")).to_have_count(0)
    take(page, "filed", "Filed")
    expect(page.locator(".ticket-head .clock")).to_be_visible()
    take(page, "dispatched", "Dispatched")
    take(page, "in_progress", "In progress")
    page.locator(".add-after input").set_input_files(after_photo)
    expect(page.locator("[data-role=after] img")).to_be_visible()
    take(page, "handled", "Handled")
    take(page, "checking", "Checking")
    take(page, "closed", "Closed · Fixed")
    expect(page.locator(".history li")).to_have_count(7)
    expect(page.get_by_text("Nothing for you to do here")).to_be_visible()


def test_closing_asks_for_the_after_photo_that_is_missing(
    three_heaps: Serving, open_page: OpenPage, after_photo: Path
) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to=f"/tickets/{first_ticket(three_heaps)['id']}")
    for move, state in (("filed", "Filed"), ("dispatched", "Dispatched"), ("in_progress", "In progress")):
        take(page, move, state)
    for move, state in (("handled", "Handled"), ("checking", "Checking")):
        take(page, move, state)
    page.locator("[data-to=closed]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("After-photo").set_input_files(after_photo)
    dialog.locator("[type=submit]").click()
    expect(page.locator(".ticket-head .state")).to_contain_text("Closed · Fixed")


def test_whoever_did_the_work_may_show_it_in_the_same_step(
    three_heaps: Serving, open_page: OpenPage, after_photo: Path
) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to=f"/tickets/{first_ticket(three_heaps)['id']}")
    for move, state in (("filed", "Filed"), ("dispatched", "Dispatched"), ("in_progress", "In progress")):
        take(page, move, state)
    page.locator("[data-to=handled]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("After-photo").set_input_files(after_photo)
    dialog.locator("[type=submit]").click()
    expect(page.locator(".ticket-head .state")).to_have_text("Handled")
    expect(page.locator("[data-role=after] img")).to_be_visible()


def test_after_a_rework_the_refused_photo_does_not_count(
    three_heaps: Serving, open_page: OpenPage, after_photo: Path
) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to=f"/tickets/{first_ticket(three_heaps)['id']}")
    for move, state in (("filed", "Filed"), ("dispatched", "Dispatched"), ("in_progress", "In progress")):
        take(page, move, state)
    page.locator(".add-after input").set_input_files(after_photo)
    expect(page.locator("[data-role=after] img")).to_be_visible()
    take(page, "handled", "Handled")
    take(page, "checking", "Checking")
    three_heaps.clock.forward(timedelta(minutes=10))
    page.locator("[data-to=rework]").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("Some is left")
    page.get_by_role("dialog").locator("[type=submit]").click()
    expect(page.locator("[data-role=after]")).to_have_count(0)
    expect(page.locator(".film")).to_contain_text("After")
    for move, state in (("in_progress", "In progress"), ("handled", "Handled"), ("checking", "Checking")):
        take(page, move, state)
    page.locator("[data-to=closed]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("After-photo").set_input_files(after_photo)
    dialog.locator("[type=submit]").click()
    expect(page.locator(".ticket-head .state")).to_have_text("Closed · Fixed")
    expect(page.locator("[data-role=after] img")).to_be_visible()


def test_a_printed_ticket_shows_what_is_known_and_nothing_to_press(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to=f"/tickets/{first_ticket(three_heaps)['id']}")
    expect(page.locator(".moves").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("header.bar, .moves, .map-tools, .back").filter(visible=True)).to_have_count(0)
    expect(page.locator(".history")).to_be_visible()
    expect(page.locator("[data-role=before] img")).to_be_visible()


def test_a_move_that_needs_a_reason_is_not_sent_without(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to=f"/tickets/{first_ticket(three_heaps)['id']}")
    take(page, "filed", "Filed")
    take(page, "dispatched", "Dispatched")
    page.locator("[data-to=returned]").click()
    dialog = page.get_by_role("dialog", name="Send back")
    dialog.locator("[type=submit]").click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Reason").fill("Not our street")
    dialog.locator("[type=submit]").click()
    expect(page.locator(".ticket-head .state")).to_have_text("Returned")
    expect(page.locator(".history li").first).to_contain_text("Not our street")


def test_a_suspended_ticket_says_why_and_when_it_is_looked_at_again(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to=f"/tickets/{first_ticket(three_heaps)['id']}")
    for move, state in (("filed", "Filed"), ("dispatched", "Dispatched"), ("in_progress", "In progress")):
        take(page, move, state)
    page.locator("[data-to=suspended]").click()
    dialog = page.get_by_role("dialog", name="Suspend")
    dialog.get_by_label("Reason").fill("Road works until spring")
    dialog.get_by_label("Look again on").fill("2099-03-01")
    dialog.locator("[type=submit]").click()
    expect(page.locator(".ticket-head .state")).to_have_text("Suspended")
    expect(page.locator(".history li").first).to_contain_text("Look again on 1 Mar 2099")


def test_two_tickets_of_one_problem_are_merged(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to=f"/tickets/{first_ticket(three_heaps)['id']}")
    take(page, "verifying", "Verifying")
    page.locator("[data-to=merged]").click()
    expect(page.get_by_role("dialog").locator("[name=merge_target] option")).to_have_count(2)
    page.get_by_role("dialog").locator("[type=submit]").click()
    expect(page.locator(".ticket-head .state")).to_have_text("Merged · Duplicate")
    page.get_by_role("link", name="the other ticket").click()
    expect(page.locator(".ticket-head .state")).to_have_text("Reported")


def test_the_duty_chief_forces_a_close_without_an_after_photo(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "zhao", to=f"/tickets/{first_ticket(three_heaps)['id']}")
    for move, state in (("filed", "Filed"), ("dispatched", "Dispatched"), ("in_progress", "In progress")):
        take(page, move, state)
    for move, state in (("handled", "Handled"), ("checking", "Checking")):
        take(page, move, state)
    page.locator("[data-to=closed]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("How it ended").select_option("forced")
    dialog.get_by_label("Remark").fill("The square was rebuilt")
    dialog.locator("[type=submit]").click()
    expect(page.locator(".ticket-head .state")).to_have_text("Closed · Forced by the duty chief")


def test_a_handling_unit_works_on_its_own_tickets(three_heaps: Serving, open_page: OpenPage) -> None:
    three_heaps.person("crew", Role.UNIT, unit="sanitation")
    ticket = first_ticket(three_heaps)
    headers = three_heaps.key(Role.OPS)
    for version, wish in ((1, {"to": "filed"}), (2, {"to": "dispatched", "unit": "sanitation"})):
        address = f"/api/tickets/{ticket['id']}/moves"
        answer = three_heaps.http.post(address, json=wish | {"version": version}, headers=headers)
        assert answer.status_code == 200, answer.text
    page = open_page(three_heaps.http.base_url, size=PHONE)
    log_in(page, "crew", PASSWORD, to="/tickets")
    expect(page.locator("[data-ticket]")).to_have_count(1)
    page.locator("[data-ticket] a").click()
    take(page, "in_progress", "In progress")
    take(page, "handled", "Handled")
    expect(page.get_by_text("Nothing for you to do here")).to_be_visible()
    page.goto("/map")
    expect(page.locator(".pin")).to_have_count(1)


def test_who_decides_on_an_old_version_is_told_kindly(three_heaps: Serving, open_page: OpenPage, watch: Watch) -> None:
    watch.expect("409", "/moves")
    ticket = first_ticket(three_heaps)
    page = open_page(three_heaps.http.base_url)
    page.route("**/api/events", lambda route: route.abort("aborted"))
    watch.expect("/api/events")
    enter(page, three_heaps, "wang", to=f"/tickets/{ticket['id']}")
    page.locator("[data-to=filed]").click()
    wish = {"to": "filed", "version": ticket["version"]}
    moved = three_heaps.http.post(f"/api/tickets/{ticket['id']}/moves", json=wish, headers=three_heaps.key(Role.CHIEF))
    assert moved.status_code == 200, moved.text
    dialog = page.get_by_role("dialog")
    dialog.locator("[type=submit]").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Somebody changed this ticket")
    expect(page.locator(".ticket-head .state")).to_have_text("Filed")


def test_a_viewer_sees_a_ticket_and_moves_nothing(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "sun", to=f"/tickets/{first_ticket(three_heaps)['id']}")
    expect(page.get_by_text("Nothing for you to do here")).to_be_visible()
    expect(page.locator(".add-after")).to_have_count(0)


def test_an_unknown_ticket_says_so(city: Serving, open_page: OpenPage, watch: Watch) -> None:
    watch.expect("404")
    page = open_page(city.http.base_url)
    enter(page, city, "sun", to="/tickets")
    page.goto("/tickets/tic_nowhere")
    expect(page.get_by_role("heading", name="There is no such ticket", exact=True)).to_be_visible()


def test_a_pin_on_the_map_leads_to_its_ticket(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "sun", to="/map")
    pins = page.locator(".pin")
    legend = page.get_by_role("group", name="What the map shows").get_by_role("button", name="Exposed litter")
    expect(pins).to_have_count(3)
    legend.click()
    expect(pins).to_have_count(0)
    legend.click()
    number = first_ticket(three_heaps)["number"]
    page.get_by_role("button", name=re.compile(number)).click()
    page.get_by_role("region", name=number).get_by_role("link", name="Open the ticket").click()
    expect(page.locator(".ticket-head")).to_contain_text(number)


def test_a_ticket_says_why_it_is_there(three_heaps: Serving, open_page: OpenPage) -> None:
    ticket = first_ticket(three_heaps)
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to=f"/tickets/{ticket['id']}")
    why = page.locator("details.why")
    expect(why.locator("li")).to_have_count(0)
    why.get_by_role("heading", name="Why this ticket").click()
    expect(why.locator(".lines > li")).to_have_count(1)
    expect(why).to_contain_text("Told by a person")


def test_what_is_asked_for_stands_in_the_address_and_comes_back_with_it(
    three_heaps: Serving, open_page: OpenPage
) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to="/tickets")
    expect(page.locator("[data-ticket]")).to_have_count(3)
    page.get_by_role("combobox", name="Unit").select_option("sanitation")
    expect(page.get_by_text("No ticket matches")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/tickets\?unit=sanitation$"))
    page.locator("summary", has_text="Views").click()
    page.get_by_label("Name of this view").fill("Sanitation")
    page.get_by_role("button", name="Save").click()
    page.goto("/tickets?state=overdue")
    page.locator("summary", has_text="Views").click()
    page.get_by_role("link", name="Sanitation").click()
    expect(page.get_by_role("combobox", name="Unit")).to_have_value("sanitation")
    page.go_back()
    expect(page.get_by_role("button", name="Overdue")).to_have_attribute("aria-pressed", "true")


def test_a_card_goes_where_the_table_allows(three_heaps: Serving, open_page: OpenPage) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to="/tickets?view=board")
    card = page.locator("[data-column=reported] [data-ticket]").first
    card.drag_to(page.locator("[data-column=filed]"))
    expect(page.locator("[data-column=filed] [data-ticket]")).to_have_count(1)
    page.locator("[data-column=filed] [data-ticket]").drag_to(page.locator("[data-column=handled]"))
    page.locator("[data-column=filed]").get_by_role("button").click()
    page.get_by_role("dialog").locator("[data-to=dispatched]").click()
    page.get_by_role("dialog").locator("[type=submit]").click()
    expect(page.locator("[data-column=dispatched] [data-ticket]")).to_have_count(1)
    expect(page.locator("[data-column=handled] [data-ticket]")).to_have_count(0)


def test_several_tickets_take_a_step_together_and_each_says_what_came_of_it(
    three_heaps: Serving, open_page: OpenPage, watch: Watch
) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to="/tickets")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Choose all 3 shown").click()
    page.locator("[data-bulk=filed]").click()
    page.get_by_role("dialog").locator("[type=submit]").click()
    expect(page.locator(".state", has_text="Filed")).to_have_count(3)
    assert {ticket["state"] for ticket in all_tickets(three_heaps)} == {"filed"}
    watch.expect("409", "/moves")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.locator("[data-bulk=dispatched]").click()
    taken = all_tickets(three_heaps)[0]
    ops = three_heaps.key(Role.OPS)
    wish = {"to": "dispatched", "version": taken["version"], "unit": "sanitation"}
    assert three_heaps.http.post(f"/api/tickets/{taken['id']}/moves", json=wish, headers=ops).status_code == 200
    page.get_by_role("dialog").locator("[type=submit]").click()
    expect(page.get_by_role("alert")).to_contain_text("2 done, 1 refused")
    expect(page.locator(".bulk-refused")).to_contain_text(str(taken["number"]))


def all_tickets(serving: Serving) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = serving.http.get("/api/tickets", headers=serving.key(Role.OPS)).json()["items"]
    return items


def test_the_clock_shows_its_pause_and_a_letter_is_written_from_the_ticket(
    three_heaps: Serving, open_page: OpenPage
) -> None:
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "wang", to=f"/tickets/{first_ticket(three_heaps)['id']}")
    expect(page.locator(".ticket-clock")).to_have_count(0)
    for move, state in (("filed", "Filed"), ("dispatched", "Dispatched"), ("in_progress", "In progress")):
        take(page, move, state)
    three_heaps.clock.forward(timedelta(hours=1))
    page.locator("[data-to=suspended]").click()
    dialog = page.get_by_role("dialog", name="Suspend")
    dialog.get_by_label("Reason").fill("Road works")
    dialog.get_by_label("Look again on").fill("2099-03-01")
    dialog.locator("[type=submit]").click()
    expect(page.locator(".ticket-clock .paused")).to_have_count(1)
    expect(page.locator(".ticket-clock")).to_contain_text("still paused")
    expect(page.locator(".pauses")).to_contain_text("Road works")
    three_heaps.clock.forward(timedelta(hours=2))
    take(page, "in_progress", "In progress")
    expect(page.locator(".ticket-clock")).to_contain_text("Paused for 2h in all")
    page.get_by_role("button", name="Supervision letter", exact=True).last.click()
    page.get_by_role("dialog").locator("[type=submit]").click()
    link = page.locator(".papers-of-ticket").get_by_role("link", name="Letter")
    expect(link).to_have_count(1)
    answer = page.request.get(str(link.get_attribute("href")))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")


def test_an_after_photo_from_another_street_blocks_the_close_until_the_chief_overrides_it(
    three_heaps: Serving, open_page: OpenPage, watch: Watch, tmp_path: Path
) -> None:
    watch.expect("422", "/moves")
    ticket = first_ticket(three_heaps)
    elsewhere = tmp_path / "elsewhere.jpg"
    elsewhere.write_bytes(a_jpeg(width=640, height=480, place=a_place()))
    page = open_page(three_heaps.http.base_url)
    enter(page, three_heaps, "zhao", to=f"/tickets/{ticket['id']}")
    for move, state in (("filed", "Filed"), ("dispatched", "Dispatched"), ("in_progress", "In progress")):
        take(page, move, state)
    page.locator(".add-after input").set_input_files(elsewhere)
    expect(page.locator("[data-role=after]")).to_contain_text("Not taken here")
    for move, state in (("handled", "Handled"), ("checking", "Checking")):
        take(page, move, state)
    page.locator("[data-to=closed]").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[type=submit]").click()
    expect(dialog.get_by_role("alert")).to_contain_text("the place does not match")
    dialog.get_by_role("checkbox").check()
    dialog.get_by_label("Reason").or_(dialog.get_by_label("Remark")).first.fill("The crew's phone was elsewhere")
    dialog.locator("[type=submit]").click()
    expect(page.locator(".ticket-head .state")).to_contain_text("Closed")
    expect(page.locator(".history li").first).to_contain_text("The crew's phone was elsewhere")
