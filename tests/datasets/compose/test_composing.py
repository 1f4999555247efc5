"""What is hung on a wall is boxed where it is; what was there stays."""

from random import Random

import numpy as np
import pytest

from datasets.compose.composing import compose
from datasets.compose.flyers import FAMILIES, Sheet, draw_family
from datasets.compose.paste import PAPER, Look, measure, paste
from datasets.compose.specimens import CELL_PX, EACH, specimens
from datasets.compose.surfaces import Ground, bare, cost, directions, surfaces
from datasets.compose.wear import age
from datasets.records import Label
from tests.datasets.compose.builders import MARK, a_wall

BOTH = frozenset({"paper_ad", "spray_mark"})
CLEAN = Look(blur_px=0.5, noise=0.002, black=0.02, white=0.9, colourful=0.9)


def a_sheet(colour: tuple[int, int, int] = (250, 250, 250)) -> Sheet:
    pixels = np.full((60, 40, 4), (*colour, 255), np.uint8)
    return Sheet(pixels, 0.2, 0.3)


def a_quad(x: float, y: float, wide: float, high: float) -> np.ndarray:
    return np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)], np.float32)


def test_a_pasted_sheet_is_boxed_to_the_pixel() -> None:
    picture = a_wall()
    before = picture.copy()
    box = paste(picture, a_sheet((20, 20, 120)), a_quad(60, 80, 40, 60), PAPER, CLEAN, np.random.default_rng(4))
    assert box is not None
    np.testing.assert_allclose(box, (60, 80, 100, 140), atol=2)
    changed = np.abs(picture.astype(int) - before).max(2) > 40
    rows, cols = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    np.testing.assert_allclose((cols[0], rows[0], cols[-1], rows[-1]), (60, 80, 100, 140), atol=3)


def test_a_sheet_too_small_to_see_leaves_the_picture_alone() -> None:
    picture = a_wall()
    before = picture.copy()
    assert paste(picture, a_sheet(), a_quad(60, 80, 4, 4), PAPER, CLEAN, np.random.default_rng(4)) is None
    np.testing.assert_array_equal(picture, before)


def test_paper_in_the_shade_is_darker_than_paper_in_the_sun() -> None:
    def brightness(light: float) -> float:
        picture = (a_wall() * light).astype(np.uint8)
        paste(picture, a_sheet(), a_quad(60, 80, 60, 90), PAPER, measure(picture, np.random.default_rng(1)),
              np.random.default_rng(2))  # fmt: skip
        return float(picture[90:160, 70:110].mean())

    assert brightness(0.4) < 0.75 * brightness(1.0)


def test_the_old_labels_come_first_and_every_new_box_lies_in_the_picture() -> None:
    for seed in range(8):
        _, labels = compose(a_wall(), [MARK], BOTH, [], np.random.default_rng(seed))
        assert labels[0] == MARK
        for label in labels[1:]:
            assert label.kind in BOTH
            x0, y0, x1, y1 = label.x - label.w / 2, label.y - label.h / 2, label.x + label.w / 2, label.y + label.h / 2
            assert min(x0, y0) >= 0
            assert max(x1, y1) <= 1


def test_most_walls_get_paper_and_no_sheet_hides_the_mark() -> None:
    found = [compose(a_wall(), [MARK], BOTH, [], np.random.default_rng(seed))[1] for seed in range(14)]
    with_paper = [labels for labels in found if any(label.kind == "paper_ad" for label in labels)]
    assert len(with_paper) >= 9
    mark = np.array(MARK.xyxy)
    for label in (label for labels in with_paper for label in labels if label.kind == "paper_ad"):
        box = np.array(label.xyxy)
        shared = np.clip(np.minimum(mark[2:], box[2:]) - np.maximum(mark[:2], box[:2]), 0, None).prod()
        assert shared <= 0.31 * (mark[2] - mark[0]) * (mark[3] - mark[1]) or label.w * label.h > 0.05


def test_a_kind_that_the_photograph_is_not_labelled_for_is_never_added() -> None:
    for seed in range(8):
        _, labels = compose(a_wall(), [MARK], frozenset({"spray_mark"}), [], np.random.default_rng(seed))
        assert all(label.kind == "spray_mark" for label in labels)


def test_the_same_seed_gives_the_same_pixels_and_the_photograph_stays_as_it_was() -> None:
    wall = a_wall()
    once, labels = compose(wall, [MARK], BOTH, [], np.random.default_rng(3))
    again, same = compose(wall, [MARK], BOTH, [], np.random.default_rng(3))
    np.testing.assert_array_equal(once, again)
    assert labels == same
    np.testing.assert_array_equal(wall, a_wall())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_of_flyers_draws_and_ages(family: str) -> None:
    sheet = age(draw_family(family, Random(5)), np.random.default_rng(5))
    assert sheet.pixels.shape[2] == 4
    assert sheet.pixels[..., 3].max() > 100
    assert 0.04 < sheet.width_m < 0.8
    assert 0.04 < sheet.height_m < 0.8


def test_the_place_beside_a_mark_is_cheaper_than_one_across_the_edge_of_the_wall() -> None:
    ground = Ground(a_wall())
    wall = next(iter(surfaces(ground, (480, 640), [MARK])))
    beside, across = wall.quad((90, 200), (0.2, 0.3), 0.0), wall.quad((90, 480), (0.2, 0.3), 0.0)
    assert cost(ground, wall, beside) < 0.5 < cost(ground, wall, across)


def test_a_bare_wall_is_found_above_the_ground_and_a_hedge_is_not() -> None:
    found = list(bare(Ground(a_wall()), (480, 640), [Label("overflowing_bin", 0.5, 0.6, 0.2, 0.3)]))
    assert found
    assert all(box[3] < 480 for box in found)
    noise = np.random.default_rng(0).integers(0, 90, (640, 480, 1))
    hedge = np.concatenate([noise // 3, noise, noise // 4], 2).astype(np.uint8)
    assert not list(bare(Ground(hedge), (480, 640), []))


def test_tilted_lines_tilt_the_sheet() -> None:
    y, x = np.mgrid[0:120, 0:120].astype(np.float32)
    stripes = np.sin((y - 0.2 * x) / 3)
    dy, dx = np.gradient(stripes)
    across, upright = directions(dx, dy)
    assert across == pytest.approx(np.arctan(0.2), abs=0.04)
    assert upright == pytest.approx(np.pi / 2)


def test_the_page_of_specimens_shows_every_family() -> None:
    page = np.array(specimens(2))
    rows = page.reshape(page.shape[0] // CELL_PX, CELL_PX, -1, CELL_PX, 3)
    assert (rows.std(axis=(1, 3)).max(-1) > 0).sum() >= 0.9 * (len(FAMILIES) + 7) * EACH
