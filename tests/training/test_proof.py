"""What training must teach at the least is asked for, and too little fails."""

import numpy as np
import pytest

from detector.types import Detections
from training import material, proof
from training.errors import NothingLearned
from training.material import DRAWN_KINDS, Material


class Knows:
    """A model that has the answers of drawn pictures, of all kinds or of all but one."""

    kinds = DRAWN_KINDS
    weights_sha256 = ""

    def __init__(self, drawn: Material, blind_to: int = -1) -> None:
        self._drawn = {id(picture.pixels): picture for picture in drawn.pictures}
        self._blind_to = blind_to

    def detect(self, images: list[np.ndarray], **_: object) -> list[Detections]:
        return [self._one(self._drawn[id(image)]) for image in images]

    def _one(self, picture: material.Picture) -> Detections:
        seen = picture.kinds != self._blind_to
        kinds = tuple(DRAWN_KINDS[index] for index in picture.kinds[seen])
        return Detections(picture.boxes[seen], np.full(len(kinds), 0.9, np.float32), kinds, (None,) * len(kinds))


def test_all_found_is_one_for_every_kind() -> None:
    drawn = material.draw(count=30, size_px=64, seed=1)
    found = proof.average_precisions(Knows(drawn), drawn)
    assert found == pytest.approx(dict.fromkeys(DRAWN_KINDS, 1.0))
    assert proof.require(found, 0.9) == 1.0


def test_below_the_promise_it_fails() -> None:
    drawn = material.draw(count=30, size_px=64, seed=1)
    with pytest.raises(NothingLearned) as failed:
        proof.require(proof.average_precisions(Knows(drawn, blind_to=2), drawn), 0.9)
    assert failed.value.facts == {"mean_ap50": pytest.approx(6 / 7, abs=1e-3), "least": 0.9}
