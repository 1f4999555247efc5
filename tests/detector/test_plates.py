"""Number plates are found on vehicles of any size, and cannot be read afterwards."""

import cv2
import numpy as np
import pytest

from datasets.plates.drawing import draw
from datasets.plates.layouts import LAYOUTS
from detector.boxes import iou
from detector.plates import Plates, open_plates
from detector.privacy import open_privacy
from detector.types import Image
from tests.detector.build import a_picture

CHINESE = [layout for layout in LAYOUTS if layout.name in ("car", "new energy", "large, front", "large, rear")]


@pytest.fixture(scope="module")
def plates() -> Plates:
    return open_plates()


def a_car(layout_name: str, width: int, *, picture: tuple[int, int] = (1280, 720)) -> tuple[Image, np.ndarray]:
    """The rear of a car, drawn, with a plate of `width` pixels in the middle of it, and where that is."""
    wide, tall = picture
    image = np.full((tall, wide, 3), 120, np.uint8)
    image[tall // 2 :] = 95
    plate = draw(next(each for each in LAYOUTS if each.name == layout_name), np.random.default_rng(4))
    height = width * plate.shape[0] // plate.shape[1]
    x, y = wide // 2 - width // 2, tall // 2
    body, lamp = round(width * 2), round(width * 0.35)
    cv2.rectangle(image, (wide // 2 - body, y - body), (wide // 2 + body, y + height * 3), (40, 42, 48), -1)
    cv2.rectangle(image, (wide // 2 - body, y - body), (wide // 2 + body, y - body // 2), (15, 18, 22), -1)
    for side in (-1, 1):
        cv2.circle(image, (wide // 2 + side * round(body * 0.8), y), lamp, (150, 20, 20), -1)
    image[y : y + height, x : x + width] = cv2.resize(plate, (width, height), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(image, (0, 0), 0.6)
    return np.asarray(soft, np.uint8), np.float32([[x, y, x + width, y + height]])


@pytest.mark.parametrize("layout", [layout.name for layout in CHINESE])
@pytest.mark.parametrize("width", [48, 120])
def test_a_chinese_plate_is_found_where_it_is(plates: Plates, layout: str, width: int) -> None:
    image, wanted = a_car(layout, width)
    found = plates.find(image)
    assert len(found), "no plate was found"
    assert iou(wanted, found).max() > 0.4


def test_what_is_left_of_a_plate_has_no_signs() -> None:
    image, [[x0, y0, x1, y1]] = a_car("car", 120)
    shown = open_privacy().blur(image)
    tall, wide = (y1 - y0) * 25 / 140, (x1 - x0) * 15 / 440  # the signs lie within this margin
    signs = shown[int(y0 + tall) : int(y1 - tall), int(x0 + wide) : int(x1 - wide)]
    assert len(np.unique(signs.reshape(-1, 3), axis=0)) <= 9


def test_no_plate_is_found_on_plain_pictures(plates: Plates) -> None:
    assert plates.find(a_picture(1920, 1080)).shape == (0, 4)
    assert plates.find(np.zeros((1, 1, 3), np.uint8)).shape == (0, 4)
