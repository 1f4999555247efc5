"""Scenario 19: 200 candidates by keyboard alone; every word arrives, the camera's record moves, and the set loads."""

import zipfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from datasets.convert import Told, load
from service.domain.observation import Source, SourceType
from service.domain.states import Role, State
from service.ingest import ingest
from service.store.ids import new_id
from tests.browser.conftest import OpenPage, enter
from tests.build import NOON, a_jpeg, a_place, a_sighting, an_actor
from tests.serving import Serving

pytestmark = pytest.mark.browser

CANDIDATES = 200
DONE = "done => Number(document.querySelectorAll('.counts b')[1].textContent) === done"
KEYS = (("a",), ("a",), ("x", "2"), ("c", "1"), ("e", "ArrowRight", "Enter"))
"""True, true, no case with its reason, another condition, another box: forty times."""


@pytest.fixture
def two_hundred(city: Serving) -> Serving:
    """A moving camera's 200 candidates, each a problem of its own."""
    city.add_camera("car", kind="moving")
    shown = city.city.intake.shot(a_jpeg(width=320, height=240), an_actor(Role.OPS)).picture
    source = Source(SourceType.CAMERA, "car")
    with city.city.store.write() as tx:
        seen = []
        for number in range(CANDIDATES):
            at = NOON - timedelta(hours=1) + timedelta(seconds=number)
            picture = tx.pictures.add(replace(shown, id=new_id("pic", at), created_at=at))
            place = a_place(metres_north=400 * (number // 20), metres_east=400 * (number % 20))
            seen.append(a_sighting(source=source, place=place, seen_at=at, picture_id=picture.id))
        ingest(tx, seen, actor=an_actor(Role.CAMERA), policy=city.city.policy, now=NOON)
    return city


def test_200_candidates_by_keyboard_alone(two_hundred: Serving, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(two_hundred.http.base_url)
    enter(page, two_hundred, "wang", to="/review")
    expect(page.locator(".counts")).to_contain_text("200 waiting")
    for done in range(CANDIDATES):
        say(page, *KEYS[done % len(KEYS)])
        page.wait_for_function(DONE, arg=done + 1)
    expect(page.get_by_role("heading", name="Nothing waits for a review", exact=True)).to_be_visible()
    expect(page.locator(".sending")).to_be_hidden(timeout=60_000)
    told_of(two_hundred)
    taken_away(page, tmp_path)


def taken_away(page: Page, folder: Path) -> None:
    """The set that these words make: forty negatives, and boxes as they stand, in the form that CVAT takes."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Take away what was reviewed").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        archive.extractall(folder / "set")
    found = load("cvat", folder / "set", Told("reviewed"))
    boxes = Counter(label.kind for sample in found.samples for label in sample.labels)
    assert (len(found.samples), boxes) == (CANDIDATES, {"litter": 120, "illegal_ad": 40})
    negatives = [sample for sample in found.samples if not sample.labels]
    assert {sample.labelled for sample in negatives} == {frozenset({"litter", "overflowing_bin"})}
    assert all(path.is_file() for path in found.pictures.values())


def say(page: Page, *keys: str) -> None:
    page.locator(".stage img").wait_for()
    for key in keys:
        if key == "ArrowRight":
            page.locator(".paper [data-box='0']").wait_for()
        page.keyboard.press(key)


def told_of(city: Serving) -> None:
    """All words are there, once each; tickets stand where they lead, and the camera's record with them."""
    with city.city.store.read() as tx:
        states = tx.tickets.count_by_state()
        words = Counter(true for _, true in tx.reviews.words_of("wang", NOON - timedelta(days=1)))
        record = tx.records.of_source("car", "litter", 200)
        assert tx.reviews.waiting() == []
    assert words == {True: 160, False: 40}
    assert states == {State.REPORTED: 160, State.DISMISSED: 40}
    assert (record.confirmed, record.reviewed) == (120, 200)
