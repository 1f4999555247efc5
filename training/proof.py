"""Shows that training teaches: a recipe on drawn pictures must find things on newly drawn ones."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from detector.model import Model
from detector.types import Detections
from training.average_precision import Seen, rank
from training.errors import NothingLearned
from training.material import Material
from training.pictures import Picture

FROM_SCORE: Final = 0.001


def average_precisions(model: Model, drawn: Material) -> Mapping[str, float]:
    """AP50 of each kind on drawn pictures."""
    found = [model.detect([picture.pixels], min_score=FROM_SCORE)[0] for picture in drawn.pictures]
    pairs = list(zip(found, drawn.pictures, strict=True))
    return {
        kind: float(rank([_seen(detected, picture, kind, index) for detected, picture in pairs]).average_precision()[0])
        for index, kind in enumerate(drawn.kinds)
    }


def _seen(detected: Detections, picture: Picture, kind: str, index: int) -> Seen:
    chosen = np.array([name == kind for name in detected.kinds], bool)
    return Seen(detected.xyxy[chosen], detected.scores[chosen], picture.boxes[picture.kinds == index])


def require(found: Mapping[str, float], least: float) -> float:
    """The mean over kinds.

    Raises:
        NothingLearned: it is below `least`.
    """
    mean = round(float(np.nanmean(list(found.values()))), 4)
    if mean < least:
        raise NothingLearned(mean_ap50=mean, least=least)
    return mean
