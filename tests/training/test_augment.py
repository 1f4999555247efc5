"""Pictures and boxes move together, and a mosaic never mixes what is known with what is not."""

import numpy as np
import pytest
import torch

from tests.training.build import a_picture, a_recipe
from training.augment import Feed, Region, collate, mosaic, place, recolour
from training.pictures import Picture, repeats


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


def test_a_mosaic_of_pictures_labelled_for_different_kinds_is_refused() -> None:
    with pytest.raises(ValueError, match="same kinds"):
        mosaic([a_picture()] * 3 + [a_picture(labelled=(1, 0, 1))], 64, a_recipe(), np.random.default_rng(0))


def test_a_feed_joins_only_pictures_with_the_same_labelled() -> None:
    pictures = [a_picture(labelled=(1, 0, 0)), a_picture(labelled=(0, 1, 1))] * 8
    feed = Feed(pictures, np.ones(16, np.float32), a_recipe(mosaic=1.0, plain_epochs=0))
    _, batch = feed.batch(0, 0, feed.order(0))
    assert {tuple(row) for row in batch["labelled"].tolist()} <= {(1.0, 0.0, 0.0), (0.0, 1.0, 1.0)}


def test_the_same_step_gives_the_same_batch_and_the_next_epoch_another() -> None:
    feed = Feed([a_picture() for _ in range(16)], np.ones(16, np.float32), a_recipe())
    first, again, later = (feed.batch(epoch, 0, feed.order(epoch))[0] for epoch in (0, 0, 1))
    assert torch.equal(first, again)
    assert first.shape != later.shape or not torch.equal(first, later)


def test_reading_ahead_gives_the_batches_in_order_from_any_step() -> None:
    feed = Feed([a_picture() for _ in range(24)], np.ones(24, np.float32), a_recipe())
    whole = [pixels for pixels, _ in feed.ahead(0, 0)]
    rest = [pixels for pixels, _ in feed.ahead(0, 1)]
    assert len(whole) == 3
    assert all(torch.equal(a, b) for a, b in zip(whole[1:], rest, strict=True))


def test_a_rare_kind_is_repeated_and_a_common_one_is_not() -> None:
    rare = Picture(a_picture().pixels, a_picture().boxes, np.array([2]), a_picture().labelled)
    often = repeats([a_picture() for _ in range(99)] + [rare], 0.04)
    assert often[:99].tolist() == [1.0] * 99
    assert often[99] == pytest.approx(2.0)


def test_targets_are_centres_and_sizes_in_parts_of_the_picture() -> None:
    pixels, batch = collate([a_picture(), a_picture([])])
    assert pixels.shape == (2, 3, 64, 64)
    assert float(pixels.max()) == 1.0
    assert batch["bboxes"].tolist() == [[0.5, 0.375, 0.5, 0.5]]
    assert batch["batch_idx"].tolist() == [0.0]


def test_colour_changes_but_grey_stays_grey() -> None:
    grey = a_picture([]).pixels
    shown = recolour(grey, a_recipe(), np.random.default_rng(0))
    assert (shown.max(2) == shown.min(2)).all()
