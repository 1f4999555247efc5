"""Batches are the same for the same step, and every part of the data gets its share of them."""

import numpy as np
import pytest
import torch

from tests.training.build import a_picture, a_recipe
from training.augment import Example, single
from training.errors import RecipeBroken
from training.feed import Feed, collate
from training.pictures import Picture
from training.sampling import draw, rates, repeats


def of(part: str, count: int, weight: float = 1.0) -> list[Picture]:
    plain = a_picture()
    return [Picture(plain.pixels, plain.boxes, plain.kinds, plain.labelled, part, weight) for _ in range(count)]


def an_example(boxes: list[tuple[int, int, int, int]]) -> Example:
    recipe = a_recipe(zoom=1.0, aspect=1.0, flip=0.0)
    return single(a_picture(boxes), 64, recipe, np.random.default_rng(0))


def test_the_same_step_gives_the_same_batch_and_the_next_epoch_another() -> None:
    feed = Feed([a_picture() for _ in range(16)], a_recipe(epoch_pictures=16))
    first, again, later = (feed.batch(epoch, 0, feed.order(epoch))[0] for epoch in (0, 0, 1))
    assert torch.equal(first, again)
    assert first.shape != later.shape or not torch.equal(first, later)


@pytest.mark.parametrize(("makers", "device"), [(1, "cpu"), (3, "cpu"), (1, "cuda")])
def test_reading_ahead_gives_the_batches_in_order_from_any_step(makers: int, device: str) -> None:
    feed = Feed([a_picture() for _ in range(24)], a_recipe(epoch_pictures=40, makers=makers, device=device))
    whole = [pixels for pixels, _ in feed.ahead(0, 0)]
    rest = [pixels for pixels, _ in feed.ahead(0, 2)]
    assert len(whole) == 5
    assert all(torch.equal(a, b) for a, b in zip(whole[2:], rest, strict=True))


def test_processes_make_the_batches_that_threads_make() -> None:
    pictures = [a_picture() for _ in range(24)]
    feeds = [Feed(pictures, a_recipe(epoch_pictures=24, makers=1, device=device)) for device in ("cpu", "cuda")]
    by_threads, by_processes = ([pixels for pixels, _ in feed.ahead(1, 0)] for feed in feeds)
    assert all(torch.equal(a, b) for a, b in zip(by_threads, by_processes, strict=True))


def test_targets_are_centres_and_sizes_in_parts_of_the_picture() -> None:
    pixels, batch = collate([an_example([(16, 8, 48, 40)]), an_example([])])
    assert pixels.shape == (2, 3, 64, 64)
    assert pixels.dtype == torch.uint8
    assert int(pixels.max()) == 255
    assert batch["bboxes"].tolist() == [[0.5, 0.375, 0.5, 0.5]]
    assert batch["batch_idx"].tolist() == [0.0]
    assert batch["labelled"].shape == (2, 4, 3)
    assert batch["centre"].tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_every_part_gets_its_share_of_an_epoch_whatever_its_size() -> None:
    pictures = of("real", 5) + of("rendered", 50) + of("composed", 2)
    often = rates(pictures, a_recipe(epoch_pictures=100, rendered_share=0.25, composed_share=0.15))
    assert [float(often[at].sum()) for at in (slice(5), slice(5, 55), slice(55, 57))] == pytest.approx([60, 25, 15])


def test_a_part_without_pictures_has_no_share() -> None:
    with pytest.raises(RecipeBroken):
        rates(of("real", 4), a_recipe(rendered_share=0.5))
    assert rates(of("real", 4) + of("rendered", 4), a_recipe(rendered_share=0.0))[4:].sum() == 0


def test_a_heavier_picture_is_drawn_oftener() -> None:
    often = rates(of("real", 3) + of("real", 1, weight=3.0), a_recipe(epoch_pictures=60))
    assert often.tolist() == pytest.approx([10, 10, 10, 30])


def test_a_rare_kind_is_repeated_and_a_common_one_is_not() -> None:
    rare = Picture(a_picture().pixels, a_picture().boxes, np.array([2]), a_picture().labelled)
    often = repeats([a_picture() for _ in range(99)] + [rare], 0.04)
    assert often[:99].tolist() == [1.0] * 99
    assert often[99] == pytest.approx(2.0)


@pytest.mark.parametrize("seed", range(10))
def test_every_picture_is_drawn_floor_or_ceil_of_its_rate_and_the_sum_is_exact(seed: int) -> None:
    often = np.random.default_rng(seed).random(40).astype(np.float32) * 3
    often *= 50 / often.sum()
    drawn = draw(often, 50, np.random.default_rng(seed))
    times = np.bincount(drawn, minlength=40)
    assert len(drawn) == 50
    assert (times >= np.floor(often - 1e-3)).all()
    assert (times <= np.ceil(often + 1e-3)).all()


def test_pictures_of_a_part_without_a_share_are_in_no_mosaic() -> None:
    dark = Picture(
        np.zeros((64, 64, 3), np.uint8),
        np.zeros((0, 4), np.float32),
        np.zeros(0, np.int64),
        a_picture().labelled,
        "rendered",
    )
    bare = a_recipe(
        mosaic=1.0,
        plain_epochs=0,
        saturation=0.0,
        value=0.0,
        hue=0.0,
        epoch_pictures=16,
        night=0.0,
        erase=0.0,
        noise=0.0,
        jpeg=0.0,
        blur=0.0,
        motion=0.0,
        low_res=0.0,
        grey=0.0,
        zoom=1.0,
    )
    pixels, _ = Feed([a_picture() for _ in range(4)] + [dark] * 40, bare).batch(0, 0, np.arange(4).repeat(2))
    assert int(pixels.min()) > 76
