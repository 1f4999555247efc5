"""Pictures and boxes move together, and a mosaic never mixes what is known with what is not."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.build import a_picture, a_recipe
from training.augment import Region, mosaic, place, recolour, single
from training.pictures import Picture


def white_box(pixels: np.ndarray) -> list[int]:
    """Bounds of what is nearly white."""
    rows, columns = np.nonzero(pixels.min(2) > 200)
    return [int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1]


@pytest.mark.parametrize("seed", range(20))
def test_the_box_stays_round_the_thing_wherever_it_is_placed(seed: int) -> None:
    recipe = a_recipe(zoom=1.3, aspect=1.3, flip=0.5)
    shown = place(a_picture(), Region(0, 0, 96, 64), recipe, np.random.default_rng(seed))
    assert shown.pixels.shape == (64, 96, 3)
    assert shown.boxes[0] == pytest.approx(white_box(shown.pixels), abs=1.6)


def test_a_box_that_is_mostly_cut_away_goes() -> None:
    recipe = a_recipe(zoom=4.0, flip=0.0)
    sizes = [
        len(place(a_picture([(0, 0, 8, 8)]), Region(0, 0, 64, 64), recipe, np.random.default_rng(seed)).boxes)
        for seed in range(40)
    ]
    assert set(sizes) == {0, 1}


@pytest.mark.parametrize("seed", range(5))
def test_a_mosaic_keeps_every_visible_box_on_its_thing(seed: int) -> None:
    shown = mosaic([a_picture()] * 4, 128, a_recipe(), np.random.default_rng(seed))
    assert shown.pixels.shape == (128, 128, 3)
    assert len(shown.boxes) == len(shown.kinds) > 0
    for x0, y0, x1, y1 in shown.boxes.round().astype(int):
        assert (shown.pixels[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2] > 150).all()


def test_each_quarter_of_a_mosaic_knows_what_its_own_picture_is_labelled_for() -> None:
    four = [a_picture(labelled=mask) for mask in ((1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 0))]
    shown = mosaic(four, 64, a_recipe(), np.random.default_rng(0))
    assert shown.labelled.tolist() == [[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert all(0.3 * 64 <= value < 0.7 * 64 for value in shown.centre)


def test_the_four_quarters_of_a_single_picture_know_the_same() -> None:
    shown = single(a_picture(labelled=(1, 0, 1)), 64, a_recipe(), np.random.default_rng(0))
    assert shown.labelled.tolist() == [[1, 0, 1]] * 4


def test_a_close_look_shows_the_labelled_thing_larger() -> None:
    far, near = (
        [single(a_picture([(8, 8, 14, 14)]), 64, recipe, np.random.default_rng(seed)) for seed in range(30)]
        for recipe in (a_recipe(zoom=1.0, aspect=1.0), a_recipe(close=1.0, close_zoom=4.0, aspect=1.0))
    )
    largest = [max(np.ptp(e.boxes[:, ::2], 1).max(initial=0) for e in shown) for shown in (far, near)]
    assert largest[0] == pytest.approx(6, abs=0.1)
    assert largest[1] > 18
    assert sum(len(e.boxes) for e in near) > 20


def a_cord(size: int, box: tuple[int, int, int, int], *, thin: bool = True) -> Picture:
    """A white cord of two pixels that hangs straight down in the middle of its box."""
    empty = a_picture([], size=size)
    x0, y0, x1, y1 = box
    empty.pixels[y0:y1, (x0 + x1) // 2 - 1 : (x0 + x1) // 2 + 1] = 255
    boxes, kinds = np.array([box], np.float32), np.array([2], np.int64)
    return replace(empty, boxes=boxes, kinds=kinds, thin=(2,) if thin else ())


def widths(picture: Picture, close: float) -> list[float]:
    """How many pixels wide the cord is, in quarters of many mosaics in which its box is left."""
    found, recipe = [], a_recipe(close=close, close_zoom=3.0, zoom=1.5, aspect=1.3)
    for seed in range(60):
        shown = place(picture, Region(0, 0, 256, 224, filled=True), recipe, np.random.default_rng(seed))
        if len(shown.boxes):
            row = shown.pixels[int(shown.boxes[0, 1::2].mean())].mean(
                1
            )  # 100 is wall, 114 what lies beside the picture
            found.append(float(((row[row > 116] - 100) / 155).sum()))
    return found


@pytest.mark.parametrize("close", [0.0, 1.0])
def test_a_cord_in_a_mosaic_keeps_its_width_and_its_box(close: float) -> None:
    kept, shrunk = (widths(a_cord(640, (200, 150, 420, 400), thin=thin), close) for thin in (True, False))
    assert len(kept) == 60
    assert min(kept) > 1.85
    assert min(shrunk) < 1.5


def test_a_cord_longer_than_its_quarter_shrinks_only_as_far_as_keeps_its_box() -> None:
    kept, other = (widths(a_cord(640, (20, 20, 620, 600), thin=thin), 0.0) for thin in (True, False))
    assert len(kept) == 60
    assert min(kept) > min(other)
    assert np.mean(kept) > np.mean(other)


def test_a_cord_on_a_canvas_of_its_own_is_placed_as_anything_else() -> None:
    thin, other = (
        single(a_cord(640, (200, 150, 420, 400), thin=thin), 256, a_recipe(), np.random.default_rng(3))
        for thin in (True, False)
    )
    assert (thin.pixels == other.pixels).all()


def test_what_shrinks_to_less_than_half_keeps_thin_lines() -> None:
    thin = a_picture([], size=512)
    thin.pixels[:, ::8] = 255
    shown = single(thin, 64, a_recipe(zoom=1.0, aspect=1.0), np.random.default_rng(0))
    assert shown.pixels.std() < 5


def test_colour_changes_but_grey_stays_grey() -> None:
    grey = a_picture([]).pixels
    shown = recolour(grey, a_recipe(), np.random.default_rng(0))
    assert (shown.max(2) == shown.min(2)).all()
