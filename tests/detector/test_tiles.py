"""Large photos are looked at twice where there is a reason: what is small is found, and found where it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detector.boxes import iou
from detector.engine import EngineName, Rows
from detector.model import EngineModel
from detector.tiles import (
    CELL,
    GUTTER,
    MOST_WINDOWS,
    SHEET,
    WINDOW,
    Tiled,
    Window,
    collage,
    in_whole,
    merged,
    open_tiled,
    promising,
)
from detector.types import Detections, Image
from detector.weights import open_card

LARGE = (1512, 2016)
COLLAGE = (SHEET, SHEET, 3)


@dataclass
class Nearsighted:
    """Finds what is red; how sure it is grows with the part of the picture that the thing takes."""

    kinds: tuple[str, ...] = ("paper_ad",)
    weights_sha256: str = "0" * 64
    thresholds: Mapping[str, float] = field(default_factory=lambda: {"paper_ad": 0.5})
    shown: list[tuple[int, ...]] = field(default_factory=list)

    def detect(self, images: Sequence[Image], *, min_score: float | None = None) -> list[Detections]:
        self.shown += [image.shape for image in images]
        return [_found(image, 0.5 if min_score is None else min_score) for image in images]


@dataclass
class Hinting:
    """An engine that says little of one small ad, and keeps how high its pictures were."""

    name: EngineName
    sha256: str = "0" * 64
    heights: list[int] = field(default_factory=list)

    def run(self, pixels: NDArray[np.float32], least: float) -> Rows:
        self.heights.append(pixels.shape[2])
        return np.float32([[100, 100, 120, 120, max(least, 0.02), 0]])


def test_a_small_picture_is_looked_at_once() -> None:
    model = Nearsighted()
    assert len(Tiled(model).detect([_street(960, 720, [(100, 100, 300, 300)])])[0]) == 1
    assert len(model.shown) == 1


def test_what_is_too_small_for_one_look_is_found_where_it_is() -> None:
    ads = [(60, 40, 100, 90), (1400, 900, 1440, 950), (1900, 1450, 1950, 1500)]
    image = _street(*reversed(LARGE), ads)
    assert len(Nearsighted().detect([image])[0]) == 0
    (found,) = Tiled(Nearsighted()).detect([image])
    assert (iou(np.float32(ads), found.xyxy).max(axis=1) > 0.9).all()
    assert len(found) == 3


def test_the_second_look_costs_one_picture_however_many_places_it_shows() -> None:
    model = Nearsighted()
    Tiled(model).detect([_street(*reversed(LARGE), [(100 + 400 * i, 100, 140 + 400 * i, 150) for i in range(5)])])
    assert len(model.shown) == 2
    assert model.shown[1] == COLLAGE


def test_a_large_picture_without_any_reason_is_looked_at_once() -> None:
    model = Nearsighted()
    assert len(Tiled(model).detect([_street(*reversed(LARGE), [])])[0]) == 0
    assert len(model.shown) == 1


def test_what_is_large_is_no_reason_for_a_second_look_and_stays_found() -> None:
    model = Nearsighted()
    (found,) = Tiled(model).detect([_street(*reversed(LARGE), [(200, 200, 900, 1200)])])
    assert len(found) == 1
    assert len(model.shown) == 1


def test_hints_far_too_weak_to_be_shown_decide_where_the_second_look_goes() -> None:
    weak = [(x, y, x + 20, y + 20) for x, y in ((900, 600), (930, 640), (960, 610))]
    image = _street(*reversed(LARGE), [])
    (window,) = promising(image, _boxes(weak, 0.004))
    assert abs(window.left + WINDOW / 2 - 940) <= CELL
    assert abs(window.top + WINDOW / 2 - 626) <= CELL
    assert promising(image, _boxes(weak, 0.0004)) == []


def test_of_other_kinds_and_large_things_no_hint_is_taken() -> None:
    image = _street(*reversed(LARGE), [])
    sprayed = Detections(np.float32([[900, 600, 930, 640]]), np.float32([0.9]), ("spray_mark",), ("illegal_ad",))
    assert promising(image, sprayed) == []
    assert promising(image, _boxes([(0, 0, 600, 600)])) == []


def test_the_place_with_most_hints_comes_first_and_no_place_twice() -> None:
    corners = [(1200, 1000), (60, 60), (70, 90), (100, 80)]
    windows = promising(_street(*reversed(LARGE), []), _boxes([(x, y, x + 20, y + 20) for x, y in corners], 0.1))
    assert [window.left < 300 for window in windows] == [True, False]


def test_there_are_never_more_windows_than_a_collage_has_room_for() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (*LARGE, 3)).astype(np.uint8)
    hints = _boxes([(x, y, x + 30, y + 30) for x in range(0, 2016, 200) for y in range(0, 1512, 300)])
    windows = promising(noise, hints)
    assert len(windows) == MOST_WINDOWS
    assert collage(noise, windows).shape == collage(noise, windows[:1]).shape == COLLAGE


def test_a_picture_of_few_rows_has_room_for_a_window() -> None:
    image = _street(2016, 3, [])
    (window,) = promising(image, _boxes([(2000, 0, 2016, 3)]))
    assert (window.left, window.top) == (2016 - WINDOW, 0)
    assert collage(image, [window]).shape == COLLAGE


@pytest.mark.parametrize(("engine", "shapes"), [("openvino", [[448], [576]]), ("onnxruntime", [[448, 576]])])
def test_only_where_a_change_of_shape_is_dear_collages_have_a_graph_of_their_own(
    engine: EngineName, shapes: list[list[int]]
) -> None:
    opened: list[Hinting] = []
    card = open_card(Path("weights/current.toml"))

    def opening() -> EngineModel:
        opened.append(Hinting(engine))
        return EngineModel(card, opened[-1], ("illegal_ad",) * len(card.kinds))

    open_tiled(opening).detect([_street(*reversed(LARGE), [])])
    assert [one.heights for one in opened] == shapes


def test_a_box_over_two_windows_belongs_to_neither() -> None:
    windows = [Window(1000, 500, 0, 0), Window(0, 0, WINDOW + GUTTER, 0)]
    closer = _boxes(
        [
            (WINDOW - 100, 10, WINDOW + 108, 60),
            (10, 20, 60, 90),
            (WINDOW - 20, 10, WINDOW + 2, 30),
        ]
    )
    moved = in_whole(closer, windows)
    assert moved.xyxy.tolist() == [[1010, 520, 1060, 590], [1000 + WINDOW - 20, 510, 1000 + WINDOW, 530]]


def test_one_thing_that_both_looks_found_is_one_box() -> None:
    both = merged([_boxes([(0, 0, 50, 50)], 0.4), _boxes([(2, 0, 52, 50), (300, 300, 350, 350)], 0.9)])
    assert both.xyxy[:, 0].tolist() == [2, 300]
    assert len(merged([Detections.none(), Detections.none()])) == 0


@pytest.mark.parametrize("min_score", [0.3, None])
def test_scores_below_what_is_asked_for_are_not_given(min_score: float | None) -> None:
    image = _street(*reversed(LARGE), [(60, 40, 100, 90), (700, 700, 712, 712)])
    (found,) = Tiled(Nearsighted()).detect([image], min_score=min_score)
    assert found.scores.min() >= (0.5 if min_score is None else min_score)


def _street(width: int, height: int, ads: Sequence[tuple[int, int, int, int]]) -> Image:
    image = np.full((height, width, 3), 90, np.uint8)
    for x0, y0, x1, y1 in ads:
        image[y0:y1, x0:x1] = (255, 0, 0)
    return image


def _found(image: Image, least: float) -> Detections:
    red = ((image[..., 0] > 200) & (image[..., 1] < 50)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(red)
    rows = [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:]]
    sizes = [max(x1 - x0, y1 - y0) / max(image.shape) for x0, y0, x1, y1 in rows]
    kept = [(row, min(0.99, 10 * size)) for row, size in zip(rows, sizes, strict=True) if 10 * size >= max(least, 0.01)]
    kept.sort(key=lambda one: -one[1])
    return Detections(
        np.float32([row for row, _ in kept]).reshape(-1, 4),
        np.float32([score for _, score in kept]),
        ("paper_ad",) * len(kept),
        ("illegal_ad",) * len(kept),
    )


def _boxes(rows: Sequence[tuple[float, float, float, float]], score: float = 0.9) -> Detections:
    return Detections(
        np.float32(rows), np.full(len(rows), score, np.float32), ("paper_ad",) * len(rows), ("illegal_ad",) * len(rows)
    )
