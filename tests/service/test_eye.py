"""The service's pair of eyes: how many pixels it asks for, and how often it looks."""

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest

from detector.images import LOOKING_SIDE, encode_jpeg, open_photo
from detector.tiles import LOOKING_CLOSER_SIDE
from detector.types import Box, Detection
from service.eye import Eye
from service.inference import Lane, Pool
from tests.fakes import FakeModel, black_out

DOUBT = Detection("paper_ad", "illegal_ad", 0.3, Box(40, 40, 90, 90))


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.close()


@pytest.mark.parametrize(("wished", "side", "looks"), [(False, LOOKING_SIDE, 1), (True, LOOKING_CLOSER_SIDE, 2)])
def test_a_large_photo_is_looked_at_twice_where_that_is_wished(pool: Pool, wished: bool, side: int, looks: int) -> None:
    model = FakeModel((DOUBT,), thresholds={"paper_ad": 0.5})
    eye = Eye(pool, lambda: model, lambda: SimpleNamespace(blur=black_out), looks_closer=wished)
    assert eye.photo_side == side
    eye.look(open_photo(LARGE, longest_side=eye.photo_side), Lane.PHOTO)
    assert len(model.shown) == looks


def test_a_frame_is_looked_at_once_even_where_photos_are_looked_at_twice(pool: Pool) -> None:
    model = FakeModel((DOUBT,), thresholds={"paper_ad": 0.5})
    eye = Eye(pool, lambda: model, lambda: SimpleNamespace(blur=black_out), looks_closer=True)
    eye.follow(np.full((1500, 2000, 3), 90, np.uint8), "gate-1")
    assert len(model.shown) == 1


LARGE = encode_jpeg(np.full((1500, 2000, 3), 90, np.uint8))
