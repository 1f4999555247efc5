"""An array of a picture holds what Pillow would give, however the picture came about."""

import ctypes
import gc
import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures

from detector.pixels import as_array
from detector.types import Image
from tests.detector.build import a_file


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 2), (333, 77), (960, 540), (1923, 1081), (2600, 2100)])
def test_an_array_holds_what_pillow_gives(width: int, height: int) -> None:
    picture = Pictures.fromarray(_noise(width, height))
    assert np.array_equal(as_array(picture), np.asarray(picture))


def test_the_fast_way_is_taken() -> None:
    """What Pillow gives by itself may only be read, and every other test here would pass on it."""
    assert as_array(Pictures.fromarray(_noise(3, 2))).flags.writeable


def test_so_it_does_for_a_jpeg_that_is_decoded_small() -> None:
    picture = Pictures.open(io.BytesIO(a_file(_noise(1283, 721))))
    picture.draft(None, (641, 360))
    picture.load()
    assert picture.size == (642, 361)
    assert np.array_equal(as_array(picture), np.asarray(picture))


def test_a_part_of_a_picture_is_that_part() -> None:
    picture = Pictures.fromarray(_noise(90, 60)).crop((10, 20, 71, 53))
    assert np.array_equal(as_array(picture), np.asarray(picture))


def test_a_grey_picture_is_left_to_pillow() -> None:
    picture = Pictures.fromarray(_noise(40, 30)).convert("L")
    assert np.array_equal(as_array(picture), np.asarray(picture))


def test_an_array_outlives_its_picture_and_is_nobody_elses() -> None:
    picture = Pictures.fromarray(_noise(200, 100))
    kept, wanted = as_array(picture), np.asarray(picture).copy()
    picture.paste((0, 0, 0), (0, 0, 200, 100))
    del picture
    gc.collect()
    assert np.array_equal(kept, wanted)
    assert kept.flags.owndata or kept.base is None


def test_no_size_of_a_picture_is_kept() -> None:
    """Who sends pictures of every size would otherwise fill the memory of a service, 6 KB a size."""
    known: Any = vars(ctypes)["_pointer_type_cache"]
    as_array(Pictures.new("RGB", (7, 5)))
    before = len(known)
    for side in range(1, 201):
        as_array(Pictures.new("RGB", (side, 201)))
    assert len(known) == before


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_many_pictures_leave_nothing_behind() -> None:
    """What Arrow lends is given back: a picture kept for each of a hundred would be 200 MB."""
    picture = Pictures.fromarray(_noise(960, 540))
    before = _resident()
    for _ in range(100):
        as_array(picture.copy())
    assert _resident() - before < 50_000_000


def _noise(width: int, height: int) -> Image:
    return np.random.default_rng(width).integers(0, 256, (height, width, 3), np.uint8)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096
