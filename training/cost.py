"""What a look costs: processor time of two models on the same pictures, turn by turn."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from detector.model import Model
from detector.types import Image

ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor milliseconds a picture, each the mean over pictures of the quickest of three rounds."""

    was_ms: float
    now_ms: float

    @property
    def ratio(self) -> float:
        """How many times the old cost the new one is."""
        return self.now_ms / self.was_ms


def compare(was: Model, now: Model, images: Sequence[Image]) -> Cost:
    """Let both models look at every picture three times, the old and the new in turn, so that both meet the same load.

    Processor time, not time on the wall, and the quickest round: other work on the machine hardly shows.
    """
    totals = [0.0, 0.0]
    for image in images:
        rounds = [(_seconds(was, image), _seconds(now, image)) for _ in range(ROUNDS)]
        totals = [total + min(side) for total, side in zip(totals, zip(*rounds, strict=True), strict=True)]
    was_ms, now_ms = (1000 * total / len(images) for total in totals)
    return Cost(was_ms, now_ms)


def _seconds(model: Model, image: Image) -> float:
    began = time.process_time()
    model.detect([image])
    return time.process_time() - began
