"""The main job from photo to closed ticket, walked in a browser before the real service with the shipped weights."""

import csv
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DEMO, PHONE, OpenPage, log_in
from tests.serving import PASSWORD, command, run_service

pytestmark = pytest.mark.browser

LITTER_KINDS = frozenset({"litter", "overflowing_bin"})
AT_LEAST = 4
OVERLAP = 0.5
PERSON = "wang"
INFERENCE_MS = 60_000

Xyxy = tuple[float, float, float, float]
Boxes = list[tuple[str, Xyxy]]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    """The address of the service as people run it, with the demo's streets and one person of operations."""
    data = tmp_path / "city"
    made = command(
        "user", "create", "--data", str(data), "--login", PERSON, "--role", "ops", "--password-stdin", told=PASSWORD
    )
    assert made.returncode == 0, made.stderr
    shutil.copy(DEMO / "streets.geojson", data)
    with run_service(data) as address:
        yield address


@pytest.mark.needs_shared
def test_six_real_photos_become_a_ticket_that_is_worked_off(service: str, open_page: OpenPage, shared: Path) -> None:
    street = shared / "data" / "street"
    photos = [street / row["file"] for row in a_heap_beside_a_bin(street)[:7]]
    labels = {photo.name: labels_of(street, photo) for photo in photos}
    page = open_page(service, size=PHONE)
    log_in(page, PERSON, PASSWORD, to="/upload")
    found = send(page, photos[:6])
    right = [name for name, boxes in found.items() if any(agrees(box, labels[name]) for box in boxes)]
    assert len(right) >= AT_LEAST, f"boxes as a person drew them only on {right}"
    work_off(page, open_page(service), after=photos[6])


def test_rendered_photos_become_a_ticket_that_is_worked_off(service: str, open_page: OpenPage) -> None:
    photos = sorted((DEMO / "pictures").glob("*.jpg"))
    page = open_page(service, size=PHONE)
    log_in(page, PERSON, PASSWORD, to="/upload")
    send(page, photos[:4], condition="litter")
    work_off(page, open_page(service), after=photos[4])


def send(page: Page, photos: Sequence[Path], condition: str | None = None) -> dict[str, Boxes]:
    """Send photos from the phone page, give them a place by one pin, and read the boxes off each picture."""
    page.get_by_label("Choose photos").set_input_files(photos)
    if condition:
        page.get_by_label("What is it?").select_option(condition)
    page.get_by_role("button", name=f"Send {len(photos)} photos").click()  # once all of them are on the phone
    expect(page.locator("[data-state=needs_place]")).to_have_count(len(photos), timeout=INFERENCE_MS)
    page.get_by_role("application").click()
    page.locator(".place-foot .primary").click()
    expect(page.get_by_text("a pin set by hand")).to_have_count(len(photos))
    return {photo.name: boxes_of(page, photo.name) for photo in photos}


def boxes_of(page: Page, name: str) -> Boxes:
    """The boxes as they are drawn on one picture, in its own pixels."""
    shot = page.locator(".shot", has=page.get_by_role("img", name=name, exact=True))
    drawn = shot.locator(".boxes .box").evaluate_all("all => all.map(box => [box.dataset.kind, box.dataset.xyxy])")
    return [(kind, xyxy_of(text.split(","))) for kind, text in drawn]


def work_off(phone: Page, desk: Page, after: Path) -> None:
    """Review what was sent, then take its ticket from filing to the closed end at a desk."""
    href = phone.locator(".found a", has_text="Exposed litter").first.get_attribute("href")
    assert href
    log_in(desk, PERSON, PASSWORD, to="/review")
    review_all(desk)
    desk.goto(href)
    expect(desk.locator(".ticket-head .state")).to_have_text("Reported")
    for move, state in (("filed", "Filed"), ("dispatched", "Dispatched"), ("in_progress", "In progress")):
        take(desk, move, state)
    desk.locator(".add-after input").set_input_files(after)
    expect(desk.locator("[data-role=after] img")).to_be_visible(timeout=INFERENCE_MS)
    for move, state in (("handled", "Handled"), ("checking", "Checking"), ("closed", "Closed · Fixed")):
        take(desk, move, state)
    expect(desk.locator("[data-role=before] .boxes, [data-role=before] img").first).to_be_visible()
    expect(desk.locator(".history li")).to_have_count(7)


def review_all(desk: Page) -> None:
    """Accept every waiting picture by its key, and wait until the last verdict has gone out."""
    expect(desk.locator(".stage img")).to_be_visible()
    waiting = int(desk.locator(".counts b").first.inner_text())
    for left in reversed(range(waiting)):
        desk.keyboard.press("a")
        expect(desk.locator(".counts b").first).to_have_text(str(left))
    expect(desk.locator(".sending")).to_have_count(0)


def take(page: Page, move: str, state: str) -> None:
    """One step of the ticket, confirmed in its dialog."""
    page.locator(f"[data-to={move}]").click()
    page.get_by_role("dialog").locator("[type=submit]").click()
    expect(page.locator(".ticket-head .state")).to_have_text(state)


def a_heap_beside_a_bin(street: Path) -> list[Mapping[str, str]]:
    """Test photos of the Chinese garbage set that show litter and an overflowing bin, in the order of their names."""
    with (street / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        rows = [
            row
            for row in csv.DictReader(manifest)
            if row["set"] == "cn_garbage" and row["role"] == "test" and int(row["n_litter"])
            if int(row["n_overflowing_bin"])
        ]
    return sorted(rows, key=lambda row: row["file"])


def labels_of(street: Path, photo: Path) -> Boxes:
    """The boxes that a person drew, in pixels of the picture."""
    kinds = (street / "kinds.txt").read_text().split()
    width, height = next(
        (int(row["width"]), int(row["height"]))
        for row in a_heap_beside_a_bin(street)
        if row["file"].endswith(photo.name)
    )
    lines = (street / "labels" / photo.parent.name / f"{photo.stem}.txt").read_text().splitlines()
    return [(kinds[int(line.split()[0])], in_pixels(line.split()[1:], width, height)) for line in lines]


def in_pixels(yolo: Sequence[str], width: int, height: int) -> Xyxy:
    x, y, w, h = (float(number) for number in yolo)
    return ((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)


def xyxy_of(numbers: Sequence[str]) -> Xyxy:
    x0, y0, x1, y1 = (float(number) for number in numbers)
    return x0, y0, x1, y1


def agrees(box: tuple[str, Xyxy], labels: Boxes) -> bool:
    """Whether a person drew a box of the same kind there, too."""
    kind, drawn = box
    return kind in LITTER_KINDS and any(kind == other and iou(drawn, xyxy) >= OVERLAP for other, xyxy in labels)


def iou(a: Xyxy, b: Xyxy) -> float:
    """How much two boxes overlap, in [0, 1]."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)
