"""Large posters, heaps, close-ups and look-alikes: what is boxed, and what is not."""

from random import Random

import numpy as np
import pytest

from datasets.compose.closeups import LEAST_PX, LEAST_SHEET_PX, close, nearer
from datasets.compose.composing import compose
from datasets.compose.flyers import Sheet
from datasets.compose.heaps import HIDDEN, ONE_BOX_FROM, boxes_of, hang_cluster, hang_posters
from datasets.compose.lookalikes import bin_label, caption, poster_case, shop_sign
from datasets.compose.paste import measure
from datasets.compose.pictures import Picture
from datasets.compose.posters import KINDS, draw_poster
from datasets.compose.surfaces import Ground, surfaces
from datasets.compose.wall import HIDDEN_PART, Wall, shared
from datasets.compose.weather import bent, weathered
from datasets.records import Label
from tests.datasets.compose.builders import MARK, a_wall


def under_work(picture: Picture | None = None, labels: tuple[Label, ...] = (MARK,)) -> Wall:
    picture = a_wall() if picture is None else picture
    size = (picture.shape[1], picture.shape[0])
    ground = Ground(picture)
    known = [(label.kind, _pixels(label, size)) for label in labels]
    found = list(surfaces(ground, size, labels))
    return Wall(picture.copy(), measure(picture, np.random.default_rng(1)), ground, found, known)


def _pixels(label: Label, size: tuple[int, int]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = label.xyxy
    return x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1]


@pytest.mark.parametrize("seed", range(len(KINDS) * 2))
def test_posters_are_large_and_go_on_to_the_edge_of_their_sheet(seed: int) -> None:
    sheet = draw_poster(Random(seed))
    assert min(sheet.width_m, sheet.height_m) >= 0.3
    assert (sheet.pixels[..., 3] == 255).all()
    assert sheet.pixels[..., :3].std() > 5


def test_a_weathered_poster_still_covers_a_part_of_its_sheet() -> None:
    rng = np.random.default_rng(2)
    covers = [weathered(draw_poster(Random(seed)), rng).pixels[..., 3].mean() / 255 for seed in range(12)]
    assert min(covers) > 0.05
    assert max(covers) > 0.9


def test_a_sheet_round_a_pillar_is_narrower_and_darker_at_its_sides() -> None:
    flat = Sheet(np.full((120, 90, 4), 255, np.uint8), 0.45, 0.6)
    turned = bent(flat, 1.2)
    assert turned.width_m == pytest.approx(0.45 * np.sin(1.2) / 1.2, rel=0.02)
    assert turned.height_m == flat.height_m
    row = turned.pixels[60, :, 0].astype(int)
    assert row[0] < row[len(row) // 2] - 40
    assert row[-1] < row[len(row) // 2] - 40


def test_up_to_six_sheets_have_a_box_each_and_seven_one_together() -> None:
    row = [(20.0 * i, 5.0, 20.0 * i + 18, 40.0) for i in range(ONE_BOX_FROM)]
    assert boxes_of(row[:-1]) == row[:-1]
    assert boxes_of(row) == [(0.0, 5.0, 138.0, 40.0)]


def test_a_sheet_that_others_cover_has_no_box() -> None:
    under, over = (0.0, 0.0, 10.0, 10.0), (0.0, 0.0, 10.0, 10 * HIDDEN + 0.5)
    assert boxes_of([under, over]) == [over]
    assert boxes_of([over, under]) == [under]
    half = (0.0, 0.0, 10.0, 5.0)
    assert boxes_of([under, half]) == [under, half]


def test_posters_hang_larger_than_flyers_and_stay_on_the_wall() -> None:
    sizes = []
    for seed in range(5):
        wall = under_work()
        if hang_posters(wall, Random(seed), [], np.random.default_rng(seed)):
            sizes += [np.sqrt((b[2] - b[0]) * (b[3] - b[1]) / (480 * 640)) for _, b in wall.added]
            assert all(box[3] <= 490 for _, box in wall.added)
    assert np.median(sizes) > 0.1


def test_all_sheets_together_hide_no_more_of_a_mark_than_one_may() -> None:
    for seed in range(4):
        wall = under_work()
        rng = np.random.default_rng(seed)
        hang_posters(wall, Random(seed), [], rng)
        hang_cluster(wall, Random(seed), False, rng)
        ((_, mark),) = wall.known
        hidden = np.zeros((640, 480), bool)
        for x0, y0, x1, y1 in wall.taken:
            hidden[int(y0) : int(y1), int(x0) : int(x1)] = True
        part = hidden[int(mark[1]) : int(mark[3]), int(mark[0]) : int(mark[2])]
        assert part.mean() <= HIDDEN_PART + 0.03


def test_no_sheet_of_a_cluster_touches_a_labelled_ad() -> None:
    ad = Label("paper_ad", 0.3, 0.25, 0.2, 0.2)
    for seed in range(4):
        wall = under_work(labels=(MARK, ad))
        hang_cluster(wall, Random(seed), seed % 2 == 1, np.random.default_rng(seed))
        assert all(shared(box, _pixels(ad, (480, 640))) <= 60 for box in wall.taken)


def test_a_step_nearer_keeps_what_it_shows_and_cuts_nothing_in_two() -> None:
    bigger = np.kron(a_wall(), np.ones((2, 2, 1), np.uint8))
    other = Label("litter", 0.1, 0.9, 0.15, 0.1)
    for seed in range(12):
        found = nearer(bigger, (MARK, other), np.random.default_rng(seed))
        assert found is not None
        part, labels = found
        assert LEAST_PX <= min(part.shape[:2]) < 960
        assert MARK.kind in {label.kind for label in labels}
        for label in labels:
            assert min(label.xyxy) >= -1e-9
            assert max(label.xyxy) <= 1 + 1e-9


def test_the_mark_lies_in_the_close_up_where_its_label_says() -> None:
    picture = np.full((800, 800, 3), 200, np.uint8)
    picture[360:440, 300:500] = (20, 20, 20)
    part, labels = nearer(picture, (Label("spray_mark", 0.5, 0.5, 0.25, 0.1),), np.random.default_rng(3)) or ((), ())
    assert labels
    high, wide = np.asarray(part).shape[:2]
    x0, y0, x1, y1 = labels[0].xyxy
    dark = np.asarray(part)[..., 0] < 100
    rows, cols = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
    np.testing.assert_allclose((x0 * wide, y0 * high), (cols[0], rows[0]), atol=1.5)
    np.testing.assert_allclose((x1 * wide, y1 * high), (cols[-1] + 1, rows[-1] + 1), atol=1.5)


def test_a_close_up_is_filled_by_a_sheet_that_is_sharp_enough() -> None:
    sheet, small = Label("paper_ad", 0.5, 0.4, 0.3, 0.3), Label("paper_ad", 0.1, 0.1, 0.1, 0.1)
    picture = a_wall()
    for seed in range(8):
        part, labels = close(picture, (small, sheet), (small, sheet), np.random.default_rng(seed)) or (picture, ())
        assert part.shape[0] * part.shape[1] < picture.shape[0] * picture.shape[1]
        assert 0.3 < np.sqrt(labels[-1].w * labels[-1].h) <= 0.96
    assert np.sqrt(0.01 * picture.shape[0] * picture.shape[1]) < LEAST_SHEET_PX
    assert close(picture, (small,), (small,), np.random.default_rng(1)) is None


@pytest.mark.parametrize("draw", [bin_label, shop_sign, poster_case])
def test_look_alikes_draw(draw: object) -> None:
    assert callable(draw)
    sheet = draw(Random(4))
    assert sheet.pixels[..., 3].max() == 255
    assert sheet.pixels[..., :3].std() > 5


def test_a_caption_lies_in_the_picture() -> None:
    picture = a_wall()
    for seed in range(20):
        words, (x, y) = caption(picture, Random(seed))
        assert x >= 0
        assert y >= 0
        assert x + words.shape[1] <= 480
        assert y + words.shape[0] <= 640


def test_bins_where_no_ad_may_be_hung_still_get_lawful_things_and_no_box() -> None:
    front = Label("closed_bin", 0.5, 0.65, 0.5, 0.4)
    changed = 0
    for seed in range(6):
        picture, labels = compose(a_wall(), [front], frozenset({"closed_bin"}), [], np.random.default_rng(seed))
        assert labels == (front,)
        changed += bool((picture != a_wall()).any())
    assert changed >= 3
