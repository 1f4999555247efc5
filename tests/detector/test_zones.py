"""Zones are tested where a box stands, in shares of the picture, whatever its resolution."""

import numpy as np
import pytest

from detector.types import Detections
from detector.zones import Shape, Zone, Zones, within

LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
BOTTOM = ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0))


def boxes(*rows: tuple[float, float, float, float], condition: str = "litter") -> Detections:
    n = len(rows)
    return Detections(
        np.array(rows, np.float32).reshape(n, 4), np.full(n, 0.8, np.float32), (condition,) * n, (condition,) * n
    )


def told(zones: Zones, found: Detections, width: int = 200, height: int = 100) -> list[tuple[str | None, str | None]]:
    return [(one.zone, one.refusal) for one in zones.sort(found, width, height)]


def test_where_nothing_is_drawn_everything_counts() -> None:
    assert told(Zones(), boxes((0, 0, 10, 10))) == [(None, None)]


@pytest.mark.parametrize("scale", [1, 10])
def test_a_mask_hides_what_stands_in_it_and_not_what_reaches_over_it(scale: int) -> None:
    mask = Zones((Zone("tree", "mask", BOTTOM),))
    found = boxes(*(tuple(side * scale for side in row) for row in [(10, 10, 30, 80), (10, 10, 30, 40)]))
    assert told(mask, found, 200 * scale, 100 * scale) == [(None, "masked"), (None, None)]


def test_what_leaves_the_picture_stands_at_its_edge() -> None:
    mask = Zones((Zone("ground", "mask", BOTTOM),))
    assert told(mask, boxes((150, 10, 200, 100), (180, 10, 250, 120))) == [(None, "masked")] * 2


def test_a_condition_with_an_area_counts_only_inside_it_and_others_everywhere() -> None:
    zones = Zones((Zone("yard", "area", LEFT, frozenset({"litter"})),))
    assert told(zones, boxes((10, 10, 30, 80), (150, 10, 190, 80))) == [("yard", None), (None, "outside_zone")]
    assert told(zones, boxes((150, 10, 190, 80), condition="flying_wire")) == [(None, None)]


def test_a_frontage_is_where_goods_count_unless_it_names_something_else() -> None:
    zones = Zones((Zone("shop-3", "frontage", LEFT),))
    goods = boxes((10, 10, 30, 80), (150, 10, 190, 80), condition="out_of_store")
    assert told(zones, goods) == [("shop-3", None), (None, "outside_zone")]
    assert told(zones, boxes((150, 10, 190, 80))) == [(None, None)]


def test_a_box_may_be_too_small_or_too_long() -> None:
    zones = Zones(shapes={"litter": Shape(min_side_px=12, max_ratio=3)})
    assert told(zones, boxes((0, 0, 40, 8), (0, 0, 100, 20), (0, 0, 40, 20))) == [
        (None, "too_small"),
        (None, "wrong_shape"),
        (None, None),
    ]


def test_what_cannot_be_drawn_cannot_exist() -> None:
    with pytest.raises(ValueError, match="corners"):
        Zone("a", "mask", ((0.0, 0.0), (1.0, 1.0)))
    with pytest.raises(ValueError, match="corners"):
        Zone("a", "mask", ((0.0, 0.0), (1.0, 1.0), (0.5, 1.2)))
    with pytest.raises(ValueError, match="one of"):
        Zone("a", "hole", LEFT)  # type: ignore[arg-type]  # as a file may say
    with pytest.raises(ValueError, match="min_side_px"):
        Shape(min_ratio=2, max_ratio=1)


def test_a_polygon_with_a_bay_leaves_the_bay_out() -> None:
    bay = np.float64([[0, 0], [1, 0], [1, 1], [0.5, 0.2], [0, 1]])
    assert within(bay, np.float64([[0.5, 0.8], [0.1, 0.5], [0.5, 0.1]])).tolist() == [False, True, True]
