"""A faulty camera is told apart from a clean street: dark, covered, blurred, frozen, moved."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import PIL.Image as Pillow
import pytest

from detector.health import Health, fault_of
from detector.types import Frame, Image
from detector.view import View, Viewing
from tests.conftest import ROOT

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
RANDOM = np.random.default_rng(7)


def a_picture(name: str) -> Image:
    with Pillow.open(ROOT / "service/demo/pictures" / name) as picture:
        return np.asarray(picture.convert("RGB").resize((640, 360)), np.uint8)


STREET, OTHER = a_picture("heap-shiliu.jpg"), a_picture("heap-zhuhang.jpg")
NOISE = RANDOM.normal(0, 1, STREET.shape).astype(np.float32)


def a_look(image: Image = STREET, noise: float = 3.0) -> Image:
    """The picture as a sensor gives it: never twice the same."""
    grain = np.roll(NOISE, int(RANDOM.integers(NOISE.size)))
    return np.clip(image + noise * grain, 0, 255).astype(np.uint8)


def a_frame(image: Image, seconds: float = 0) -> Frame:
    return Frame(image, "pole-1", NOON + timedelta(seconds=seconds))


def by_night(image: Image) -> Image:
    return a_look((70 * (image / 255.0) ** 1.6).astype(np.uint8), 6)


def in_infrared(image: Image) -> Image:
    y, x = np.mgrid[0:360, 0:640]
    lamp = np.exp(-(((x - 320) / 260) ** 2) - ((y - 220) / 160) ** 2)
    return a_look(np.repeat((image.mean(axis=2) * lamp)[..., None], 3, axis=2).astype(np.uint8), 6)


def behind_a_hand(image: Image) -> Image:
    hand = np.clip(np.asarray(cv2.GaussianBlur(image, (0, 0), 40)) * 0.6 + 60, 0, 255).astype(np.uint8)
    hand[:, :60] = image[:, :60]
    return a_look(hand, 2)


def turned(image: Image, x: int, y: int = 0) -> Image:
    shift = np.array([[1, 0, x], [0, 1, y]], np.float32)
    return a_look(cv2.warpAffine(image, shift, (640, 360), borderMode=cv2.BORDER_REFLECT).astype(np.uint8))


def a_known_view() -> View:
    view = View()
    for n in range(10):
        assert view.holds(a_frame(a_look(), 5 * n))
    assert view.is_known
    return view


@pytest.mark.parametrize(
    ("image", "fault"),
    [
        (a_look(), None),
        (by_night(STREET), None),
        (in_infrared(STREET), None),
        (a_look((STREET * 0.03).astype(np.uint8), 2), "dark"),
        (np.full((360, 640, 3), 128, np.uint8), "covered"),
        (behind_a_hand(STREET), "covered"),
        (a_look(cv2.GaussianBlur(STREET, (0, 0), 6).astype(np.uint8), 1), "blurred"),
    ],
    ids=["a street", "a street by night", "infrared", "dark", "a lid", "a hand", "out of focus"],
)
def test_a_picture_tells_whether_its_camera_is_well(image: Image, fault: str | None) -> None:
    assert fault_of(image) == fault


def test_a_picture_that_comes_twice_is_frozen_and_a_still_street_is_not() -> None:
    health, image = Health(), a_look()
    assert [health.check(a_frame(image, 2 * n)) for n in range(3)] == [None, "frozen", "frozen"]
    assert {health.check(a_frame(a_look(), 10 + 2 * n)) for n in range(20)} == {None}


def test_a_frozen_picture_with_a_running_clock_in_its_corner_is_frozen() -> None:
    health, frozen = Health(), a_look()
    told = []
    for n in range(4):
        image = frozen.copy()
        cv2.putText(image, f"2026-05-04 12:00:{n:02}", (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 2)
        told.append(health.check(a_frame(image, 2 * n)))
    assert told == [None, "frozen", "frozen", "frozen"]


@pytest.mark.parametrize("seen", [by_night, in_infrared, lambda image: a_look((image * 0.35 + 140).astype(np.uint8))])
def test_night_infrared_and_fog_are_the_same_view(seen: Callable[[Image], Image]) -> None:
    view = a_known_view()
    assert all(view.holds(a_frame(seen(STREET), 60 + 5 * n)) for n in range(12))


def test_a_bus_before_the_lens_is_not_the_view_for_as_long_as_it_stands_there() -> None:
    view, bus = a_known_view(), a_look()
    bus[:, 40:] = OTHER[:, 40:]
    assert not view.holds(a_frame(bus, 60))
    assert view.holds(a_frame(a_look(), 65))


@pytest.mark.parametrize("image", [turned(STREET, 40), turned(STREET, -130, 30), a_look(OTHER)])
def test_a_camera_that_was_turned_is_told_and_one_that_is_turned_back_is_well(image: Image) -> None:
    health = Health(a_known_view())
    assert health.check(a_frame(image, 60)) == "moved"
    assert health.check(a_frame(a_look(image), 70)) == "moved"
    assert health.check(a_frame(a_look(), 80)) is None


def test_wind_shakes_a_camera_and_does_not_move_it() -> None:
    view = a_known_view()
    assert all(view.holds(a_frame(turned(STREET, x, y), 60 + 5 * n)) for n, (x, y) in enumerate([(6, -3), (-5, 4)]))


def test_a_new_view_is_learned_when_a_person_says_so() -> None:
    view = a_known_view()
    assert not view.holds(a_frame(a_look(OTHER), 60))
    view.forget()
    assert all(view.holds(a_frame(a_look(OTHER), 65 + 5 * n)) for n in range(10))
    assert not view.holds(a_frame(a_look(), 200))


def test_a_view_is_kept_over_a_restart() -> None:
    kept = a_known_view().to_bytes()
    assert len(kept) < 20_000
    view = View.from_bytes(kept)
    assert view.is_known
    assert view.holds(a_frame(a_look(), 0))
    assert not view.holds(a_frame(a_look(OTHER), 10))
    with pytest.raises(ValueError, match="kept view"):
        View.from_bytes(b"what is this")


def test_a_view_is_registered_from_time_to_time_only() -> None:
    view = View(Viewing(every_s=5))
    assert view.holds(a_frame(a_look(), 0))
    assert view.holds(a_frame(a_look(OTHER), 2))
