"""What spoils a picture keeps its form, stays within bounds and hides nothing that is labelled."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.training.build import a_picture, a_recipe
from training import weather
from training.pictures import Pixels

ALL = (
    weather.out_of_focus,
    weather.smeared,
    weather.coarse,
    weather.compressed,
    weather.at_night,
    weather.without_colour,
    weather.grainy,
)


def textured(seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(40, 216, (30, 40, 3), np.uint8).repeat(4, 0).repeat(4, 1)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("change", ALL)
def test_the_form_stays_and_the_picture_is_not_lost(change: Callable[..., Pixels], seed: int) -> None:
    before = textured()
    after = change(before, np.random.default_rng(seed))
    assert (after.shape, after.dtype) == (before.shape, np.uint8)
    assert not np.array_equal(after, before)
    assert np.corrcoef(before.mean(2).ravel(), after.mean(2).ravel())[0, 1] > 0.5


@pytest.mark.parametrize("seed", range(4))
def test_night_is_darker_and_grey_has_no_colour(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert weather.at_night(textured(), rng).mean() < 0.8 * textured().mean()
    grey = weather.without_colour(textured(), rng)
    assert (grey.max(2) == grey.min(2)).all()


@pytest.mark.parametrize("seed", range(20))
def test_a_painted_patch_hides_little_of_a_labelled_thing(seed: int) -> None:
    boxes = np.float32([[10, 10, 20, 20], [60, 40, 70, 50]])
    pixels = np.zeros((100, 100, 3), np.uint8)
    shown = weather.painted_over(pixels, boxes, np.random.default_rng(seed))
    for x0, y0, x1, y1 in boxes.astype(int):
        assert (shown[y0:y1, x0:x1].max(2) > 0).mean() <= 3 * weather.COVERED


def test_a_recipe_without_spoiling_leaves_the_picture_as_it_is() -> None:
    none = dict.fromkeys(("blur", "motion", "low_res", "night", "grey", "noise", "jpeg", "erase"), 0.0)
    picture = a_picture()
    shown = weather.spoil(picture.pixels, picture.boxes, a_recipe(**none), np.random.default_rng(0))
    assert shown is picture.pixels
