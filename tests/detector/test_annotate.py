"""Labels are readable in both languages and never leave the picture."""

import numpy as np
import pytest

from detector.annotate import FONT, annotate, can_write, name_of
from detector.catalog import Catalog, Condition, Kind, Limit, Name, load_catalog
from detector.types import Detections

CATALOG = load_catalog()


def some(*boxes: tuple[float, float, float, float]) -> Detections:
    n = len(boxes)
    return Detections(np.float32(boxes), np.full(n, 0.9, np.float32), ("litter",) * n, ("litter",) * n)


def test_the_font_writes_every_name_of_the_catalog() -> None:
    names = [row.name for row in (*CATALOG.conditions, *CATALOG.kinds)]
    assert [name.zh for name in names if not can_write(name.zh)] == []
    assert [name.en for name in names if not can_write(name.en)] == []
    assert FONT.stat().st_size < 200_000
    assert FONT.with_name("OFL.txt").is_file()


def test_a_name_that_the_font_cannot_write_is_written_in_english() -> None:
    condition = Condition("x", Name("Dragon", "龘"), {}, Limit(1, "minute"), Name("gone", "无"), "#112233")
    catalog = Catalog((condition,), (Kind("dragon", Name("Dragon", "龘"), "x"),))
    assert name_of("dragon", catalog, "zh") == "Dragon"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (64, 48), (20, 900), (1, 1)])
def test_boxes_at_every_edge_are_drawn_on_any_picture(language: str, width: int, height: int) -> None:
    image = np.full((height, width, 3), 200, np.uint8)
    edges = some((0, 0, width, height), (0, 0, width / 2, height / 2), (width / 2, height / 2, width, height))
    drawn = annotate(image, edges, CATALOG, "zh" if language == "zh" else "en")
    assert drawn.shape == image.shape
    assert (drawn != image).any()
    assert (image == 200).all()


def test_nothing_found_leaves_the_picture_as_it_was() -> None:
    image = np.full((40, 60, 3), 99, np.uint8)
    assert np.array_equal(annotate(image, Detections.none(), CATALOG), image)
