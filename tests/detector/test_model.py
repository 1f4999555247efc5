"""The model hides its input: boxes come back in pixels of the picture, whatever its shape."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from detector.boxes import from_input, iou, letterbox, to_input
from detector.errors import HashMismatch, NoEngine, UnreadableCard
from detector.images import LOOKING_SIDE, encode_jpeg, open_photo
from detector.model import Model, open_model
from detector.types import Detections, Image
from detector.weights import open_card
from tests.detector.build import a_card, a_looking_model

SHAPES = [(1920, 1080), (1080, 1920), (640, 640), (4000, 3000), (333, 77), (50, 900), (640, 384), (31, 31), (1, 1)]


@pytest.mark.parametrize(("width", "height"), SHAPES)
def test_a_constant_box_comes_back_in_pixels_of_the_picture(tmp_path: Path, width: int, height: int) -> None:
    wanted = np.float32([[width * 0.25, height * 0.1, width * 0.75, height * 0.9]])
    row = to_input(wanted, letterbox(width, height, 640))[0]
    model = open_model(open_card(a_card(tmp_path, [(*map(float, row), 0.9, 0)])))
    (found,) = model.detect([np.zeros((height, width, 3), np.uint8)])
    assert np.allclose(found.xyxy, wanted, atol=1e-3 * max(width, height))
    assert (found.kinds, found.conditions) == (("litter",), ("litter",))


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 1920), (900, 900), (1600, 300)])
def test_the_model_sees_a_thing_where_the_picture_has_it(tmp_path: Path, width: int, height: int) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    x0, y0, x1, y1 = width // 4, height // 5, width // 2, height // 2
    image[y0:y1, x0:x1, 0] = 255
    (found,) = _looking(tmp_path).detect([image])
    assert np.abs(found.xyxy - [[x0, y0, x1, y1]]).max() <= 1.5 * max(width, height) / 640


def test_pictures_of_different_shapes_leave_no_traces_in_each_other(tmp_path: Path) -> None:
    model = _looking(tmp_path)
    wide, tall = _with_red_corner(800, 200), _with_red_corner(200, 800)
    alone = [model.detect([image])[0].xyxy for image in (wide, tall)]
    together = [found.xyxy for found in model.detect([wide, tall, wide])]
    assert np.array_equal(together[0], alone[0])
    assert np.array_equal(together[1], alone[1])
    assert np.array_equal(together[2], alone[0])


@pytest.mark.parametrize(("width", "height", "wanted"), [(1920, 1080, (576, 320)), (1080, 1920, (320, 576))])
def test_a_picture_that_is_a_hair_too_high_for_the_stride_is_squeezed(
    width: int, height: int, wanted: tuple[int, int]
) -> None:
    at = letterbox(width, height, 576)
    assert (at.width, at.height) == (at.inner_width, at.inner_height) == wanted
    corners = np.float32([[0, 0, width, height]])
    assert np.allclose(to_input(corners, at), [[0, 0, *wanted]], atol=0.01)
    assert np.allclose(from_input(to_input(corners, at), at), corners, atol=0.01)


@pytest.mark.parametrize(("width", "height", "wanted"), [(4000, 3000, (576, 432)), (1000, 60, (576, 35))])
def test_a_picture_that_would_lose_more_than_a_hair_is_padded(width: int, height: int, wanted: tuple[int, int]) -> None:
    at = letterbox(width, height, 576)
    assert (at.inner_width, at.inner_height) == wanted
    assert at.height > at.inner_height


def test_a_look_copies_no_picture_and_makes_no_second_input(tmp_path: Path) -> None:
    model, image = open_model(open_card(a_card(tmp_path))), np.zeros((2160, 3840, 3), np.uint8)
    model.detect([image])
    tracemalloc.start()
    try:
        model.detect([image])
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    small = 640 * 360 * 3
    assert most < 1.5 * small, "one small picture, no floats, no copy of the original"


@pytest.mark.parametrize(("width", "height"), SHAPES)
def test_letterboxing_there_and_back_changes_nothing(width: int, height: int) -> None:
    at = letterbox(width, height, 640)
    given = np.float32([[0, 0, width, height], [width * 0.1, height * 0.2, width * 0.3, height * 0.4]])
    assert at.width % 32 == 0
    assert at.height % 32 == 0
    assert np.allclose(from_input(to_input(given, at), at), given, atol=1e-3 * max(width, height))


def test_each_kind_has_its_own_threshold_unless_one_is_given(tmp_path: Path) -> None:
    rows = [(0.0, 0.0, 9.0, 9.0, 0.4, 0.0), (9.0, 0.0, 18.0, 9.0, 0.4, 1.0), (0.0, 9.0, 9.0, 18.0, 0.1, 2.0)]
    model = open_model(open_card(a_card(tmp_path, rows, thresholds={"closed_bin": 0.3})))
    image = np.zeros((640, 640, 3), np.uint8)
    assert model.detect([image])[0].kinds == ("closed_bin",)
    assert model.detect([image], min_score=0.05)[0].kinds == ("litter", "closed_bin", "flying_wire")
    assert model.detect([image])[0].conditions == (None,)


def test_what_no_picture_can_show_is_dropped(tmp_path: Path) -> None:
    nan = float("nan")
    rows = [
        (700.0, 10.0, 800.0, 20.0, 0.9, 0.0),
        (20.0, 10.0, 20.0, 40.0, 0.9, 0.0),
        (10.0, 10.0, 20.0, 20.0, 0.9, 7.0),
        (10.0, 10.0, 20.0, 20.0, nan, 0.0),
        (nan, 10.0, 20.0, 20.0, 0.9, 0.0),
        (-30.0, -30.0, 20.0, 9999.0, 1.5, 0.0),
    ]
    model = open_model(open_card(a_card(tmp_path, rows)))
    (found,) = model.detect([np.zeros((640, 640, 3), np.uint8)])
    assert found.xyxy.tolist() == [[0, 0, 20, 640]]
    assert found.scores.tolist() == [1.0]


def test_the_best_box_comes_first_and_ties_keep_their_order(tmp_path: Path) -> None:
    rows = [(0.0, 0.0, 9.0, 9.0, 0.6, 0.0), (9.0, 0.0, 18.0, 9.0, 0.8, 1.0), (0.0, 9.0, 9.0, 18.0, 0.6, 2.0)]
    (found,) = open_model(open_card(a_card(tmp_path, rows))).detect([np.zeros((64, 64, 3), np.uint8)])
    assert found.kinds == ("closed_bin", "litter", "flying_wire")


def test_one_thing_is_shown_once_and_measured_as_often_as_it_was_found(tmp_path: Path) -> None:
    rows = [(0.0, 0.0, 99.0, 99.0, 0.6, 0.0), (2.0, 0.0, 99.0, 99.0, 0.8, 1.0), (60.0, 0.0, 159.0, 99.0, 0.7, 0.0)]
    model, image = open_model(open_card(a_card(tmp_path, rows))), np.zeros((640, 640, 3), np.uint8)
    assert model.detect([image])[0].kinds == ("closed_bin", "litter")
    assert len(model.detect([image], min_score=0.5)[0]) == 3


def test_boxes_on_a_smaller_copy_fit_the_original() -> None:
    found = Detections(
        np.float32([[0, 0, 500.6, 333.9], [0, 333.6, 500, 334]]),
        np.float32([0.9, 0.8]),
        ("litter", "litter"),
        ("litter", "litter"),
    )
    fitted = found.on_original(501 / 1001, 1001, 667)
    assert [box.score for box in fitted] == [pytest.approx(0.9), pytest.approx(0.8)]
    assert fitted.xyxy.max(axis=0).tolist() == [0, pytest.approx(666.5, abs=0.1), pytest.approx(1000.2, abs=0.1), 667]
    assert len(found.on_original(501 / 1001, 1001, 666)) == 1


def test_a_photo_decoded_for_the_model_alone_gives_the_boxes_of_the_full_photo(tmp_path: Path) -> None:
    image = np.zeros((1080, 1920, 3), np.uint8)
    image[300:700, 400:1100, 0] = 255
    model, data, boxes = _looking(tmp_path), encode_jpeg(image), []
    for side in (LOOKING_SIDE, 1920):
        photo = open_photo(data, longest_side=side)
        boxes.append(model.detect([photo.image])[0].on_original(photo.scale, photo.width, photo.height).xyxy)
    assert iou(boxes[0], boxes[1]).min() > 0.98


def test_threads_share_a_model_without_disturbing_each_other(tmp_path: Path) -> None:
    model, images = _looking(tmp_path), [_with_red_corner(300 + 40 * i, 200) for i in range(8)]
    alone = [model.detect([image])[0].xyxy for image in images]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda i: model.detect([images[i % 8]])[0].xyxy, range(64)))
    assert all(np.array_equal(box, alone[i % 8]) for i, box in enumerate(together))


def test_a_changed_file_never_runs(tmp_path: Path) -> None:
    card = a_card(tmp_path)
    file = tmp_path / "tiny.onnx"
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(HashMismatch):
        open_model(open_card(card))


def test_a_missing_file_is_a_mismatch(tmp_path: Path) -> None:
    card = a_card(tmp_path)
    (tmp_path / "tiny.onnx").unlink()
    with pytest.raises(HashMismatch):
        open_card(card).file("onnxruntime")


def test_a_card_without_the_engine_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoEngine):
        open_card(a_card(tmp_path)).file("safetensors")


def test_weights_that_are_no_detection_model_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCard):
        open_model(open_card(a_card(tmp_path, weights=b"not a graph")))


def test_a_kind_that_the_catalog_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCard, match="unicorn"):
        open_model(open_card(a_card(tmp_path, kinds=("unicorn",))))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('path = "tiny.onnx"', 'path = "../tiny.onnx"'),
        ('path = "tiny.onnx"', 'path = "/tiny.onnx"'),
        ("litter = 0.5", "litter = 1.5"),
        ("litter = 0.5", ""),
        ("input = [640, 640]", "input = 640"),
        ('engine = "onnxruntime"', 'engine = "pickle"'),
        ('version = "1"', 'version = "1'),
        ('licence = "AGPL-3.0-or-later"', ""),
        ('["litter", ', '["litter", "litter", '),
    ],
)
def test_a_wrong_card_is_refused(tmp_path: Path, was: str, becomes: str) -> None:
    card = a_card(tmp_path)
    card.write_text(card.read_text().replace(was, becomes))
    with pytest.raises(UnreadableCard):
        open_card(card)


def test_a_missing_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCard):
        open_card(tmp_path / "none.toml")


def _looking(folder: Path) -> Model:
    return open_model(open_card(a_card(folder, weights=a_looking_model())))


def _with_red_corner(width: int, height: int) -> Image:
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 3, : width // 3, 0] = 255
    return image
