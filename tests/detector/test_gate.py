"""A look is taken when something changed or when it is time; a faulty camera is told apart from a clean street."""

import time
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from detector.gate import Gate, difference, thumbnail
from detector.health import Health, fault_of
from detector.types import Frame, Image

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
RANDOM = np.random.default_rng(5)
STREET = cv2.resize(RANDOM.integers(30, 220, (27, 48, 3), np.uint8), (480, 270), interpolation=cv2.INTER_LINEAR)
TEXTURE = RANDOM.integers(-25, 25, (270, 480, 1), np.int16)


def a_street(*, light: float = 1.0, noise: int = 4, heap: tuple[int, int, int] | None = None) -> Image:
    """A street with texture and sensor noise, perhaps with a dark heap of `(size, x, y)`."""
    image = STREET.astype(np.int16) + TEXTURE
    if heap:
        size, x, y = heap
        image[y : y + size, x : x + size] = 15
    image = image * light + RANDOM.normal(0, noise, (270, 480, 1)).astype(np.int16)
    return np.clip(image, 0, 255).astype(np.uint8)


def a_frame(image: Image, seconds: float = 0) -> Frame:
    return Frame(image, "cam_1", NOON + timedelta(seconds=seconds))


def test_the_first_frame_is_looked_at() -> None:
    assert Gate().admit(a_frame(a_street()))


def test_a_street_that_stays_the_same_is_looked_at_once_a_minute() -> None:
    gate = Gate()
    looked = [second for second in range(0, 240, 4) if gate.admit(a_frame(a_street(), second))]
    assert looked == [0, 60, 120, 180]


def test_a_new_heap_is_looked_at_at_once_and_then_left_alone() -> None:
    gate = Gate()
    gate.admit(a_frame(a_street()))
    heap = (30, 225, 175)
    assert gate.admit(a_frame(a_street(heap=heap), 2))
    assert not gate.admit(a_frame(a_street(heap=heap), 4))
    assert gate.admit(a_frame(a_street(), 6))


def test_changing_daylight_alone_is_no_change() -> None:
    gate = Gate()
    gate.admit(a_frame(a_street()))
    assert not gate.admit(a_frame(a_street(light=0.96), 2))


def test_many_small_changes_add_up_because_the_last_look_is_what_counts() -> None:
    gate = Gate()
    gate.admit(a_frame(a_street()))
    grown = [gate.admit(a_frame(a_street(heap=(size, 225, 175)), size)) for size in range(2, 32, 2)]
    assert any(grown)


def test_a_clock_that_steps_back_forces_a_look() -> None:
    gate = Gate()
    gate.admit(a_frame(a_street(), 3600))
    assert gate.admit(a_frame(a_street(), 0))


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160), (64, 36), (10, 10), (1, 1)])
def test_pictures_of_any_size_compare(width: int, height: int) -> None:
    image = cv2.resize(STREET, (width, height), interpolation=cv2.INTER_AREA)
    assert thumbnail(image).shape == (36, 64)
    assert difference(thumbnail(image), thumbnail(image)) == 0


def test_the_gate_is_quick() -> None:
    """A guard against a slip of a hundredfold; the benchmark measures the promise."""
    gate, frame = Gate(), a_frame(cv2.resize(a_street(), (1920, 1080)))
    gate.admit(frame)
    began = time.process_time()
    for _ in range(50):
        gate.admit(frame)
    assert (time.process_time() - began) / 50 < 0.005


@pytest.mark.parametrize(
    ("image", "fault"),
    [
        (a_street(), None),
        (a_street(light=0.35), None),
        (a_street(light=0.03, noise=2), "dark"),
        (np.full((270, 480, 3), 128, np.uint8), "covered"),
        (cv2.GaussianBlur(a_street(), (0, 0), 6), "blurred"),
    ],
)
def test_a_picture_tells_whether_its_camera_is_well(image: Image, fault: str | None) -> None:
    assert fault_of(image) == fault


def test_a_picture_that_never_changes_is_frozen() -> None:
    health, image = Health(), a_street()
    assert [health.check(a_frame(image, second)) for second in (0, 30, 59, 60, 90)] == [None] * 3 + ["frozen"] * 2
    assert health.check(a_frame(a_street(), 92)) is None


def test_a_still_street_with_sensor_noise_is_not_frozen() -> None:
    health = Health()
    assert {health.check(a_frame(a_street(), second)) for second in range(0, 300, 30)} == {None}
