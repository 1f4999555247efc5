"""A look is taken when something changed or when it is time; light, rain, leaves and what passes by are no change."""

import time
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from detector.gate import Gate, Gating, difference, thumbnail
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
    assert Gate().admit(a_frame(a_street())) == "first"


def test_a_street_that_stays_the_same_is_looked_at_once_a_minute() -> None:
    gate = Gate()
    looked = [second for second in range(0, 240, 4) if gate.admit(a_frame(a_street(), second))]
    assert looked == [0, 60, 120, 180]


def test_a_new_heap_is_looked_at_on_its_second_frame_and_then_left_alone() -> None:
    gate = Gate()
    gate.admit(a_frame(a_street()))
    heap = (30, 225, 175)
    told = [gate.admit(a_frame(a_street(heap=heap), second)) for second in (2, 4, 6, 8)]
    assert told == [None, "changed", None, None]
    assert [gate.admit(a_frame(a_street(), second)) for second in (10, 12)] == [None, "changed"]


def test_what_passes_by_is_not_looked_at() -> None:
    gate = Gate()
    gate.admit(a_frame(a_street()))
    told = [gate.admit(a_frame(a_street(heap=(50, 70 * n, 120)), 2 * n)) for n in range(1, 6)]
    assert set(told) == {None}


def test_of_a_camera_that_sends_seldom_one_changed_frame_is_enough() -> None:
    gate = Gate(Gating(look_every=timedelta(minutes=10)))
    gate.admit(a_frame(a_street()))
    assert gate.admit(a_frame(a_street(heap=(30, 225, 175)), 30)) == "changed"


@pytest.mark.parametrize("light", [0.6, 0.96, 1.25])
def test_changing_light_or_exposure_alone_is_no_change(light: float) -> None:
    gate = Gate()
    gate.admit(a_frame(a_street()))
    assert [gate.admit(a_frame(a_street(light=light), second)) for second in (2, 4, 6)] == [None] * 3


def test_a_cloud_over_half_the_street_is_no_change() -> None:
    gate, shade = Gate(), np.linspace(1.0, 0.75, 480)[None, :, None]
    gate.admit(a_frame(a_street()))
    shaded = [np.clip(a_street() * shade, 0, 255).astype(np.uint8) for _ in range(3)]
    assert [gate.admit(a_frame(image, 2 * n + 2)) for n, image in enumerate(shaded)] == [None] * 3


def test_rain_is_no_change() -> None:
    gate = Gate()
    gate.admit(a_frame(a_street()))
    for second in range(2, 40, 2):
        image = a_street()
        for x, y in zip(RANDOM.integers(0, 478, 120), RANDOM.integers(0, 240, 120), strict=True):
            image[y : y + 25, x] = image[y : y + 25, x] // 2 + 110
        assert gate.admit(a_frame(image, second)) is None


def test_leaves_that_never_rest_are_learned_and_a_heap_beside_them_is_seen() -> None:
    gate = Gate(Gating(look_every=timedelta(hours=1)))
    told = []
    for second in range(0, 240, 2):
        image = a_street(heap=(30, 225, 175) if second >= 200 else None)
        image[:80, :200] = np.roll(image[:80, :200], int(RANDOM.integers(-5, 6)), axis=1)
        told.append(gate.admit(a_frame(image, second)))
    assert sum(cause is not None for cause in told[60:100]) <= 1
    assert told[101] == "changed"


def test_many_small_changes_add_up_because_the_last_look_is_what_counts() -> None:
    gate = Gate()
    gate.admit(a_frame(a_street()))
    grown = [gate.admit(a_frame(a_street(heap=(size, 225, 175)), size)) for size in range(2, 32, 2)]
    assert "changed" in grown


def test_what_lies_behind_a_mask_does_not_count() -> None:
    gate = Gate(Gating(hidden=(((0.4, 0.5), (0.7, 0.5), (0.7, 1.0), (0.4, 1.0)),)))
    gate.admit(a_frame(a_street()))
    assert [gate.admit(a_frame(a_street(heap=(30, 225, 175)), second)) for second in (2, 4, 6)] == [None] * 3
    assert [gate.admit(a_frame(a_street(heap=(30, 60, 175)), second)) for second in (8, 10)] == [None, "changed"]


def test_a_look_may_be_wanted_more_often_for_a_while() -> None:
    gate = Gate()
    often = [gate.admit(a_frame(a_street(), second), timedelta(seconds=10)) for second in range(0, 30, 2)]
    assert [n for n, told in enumerate(often) if told] == [0, 5, 10]


def test_a_clock_that_steps_back_forces_a_look_and_one_that_never_steps_is_believed_first() -> None:
    gate = Gate()
    gate.admit(a_frame(a_street(), 3600))
    assert gate.admit(a_frame(a_street(), 0)) == "due"
    gate, step_back = (
        Gate(),
        (Frame(a_street(), "cam_1", NOON - timedelta(hours=n), clock_s=float(n)) for n in range(3)),
    )
    assert [gate.admit(frame) for frame in step_back] == ["first", None, None]


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160), (64, 36), (10, 10), (1, 1)])
def test_pictures_of_any_size_compare(width: int, height: int) -> None:
    image = cv2.resize(STREET, (width, height), interpolation=cv2.INTER_AREA)
    assert thumbnail(image).shape == (36, 64)
    thumb = thumbnail(image).astype(np.float32)
    assert float(np.abs(difference(thumb, thumb)).max()) < 0.01


def test_the_gate_is_quick() -> None:
    """A guard against a slip of a hundredfold; the benchmark measures the promise."""
    gate, frame = Gate(), a_frame(cv2.resize(a_street(), (1920, 1080)))
    gate.admit(frame)
    began = time.process_time()
    for _ in range(50):
        gate.admit(frame)
    assert (time.process_time() - began) / 50 < 0.005
