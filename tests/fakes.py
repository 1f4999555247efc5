"""Fakes at the seams: a clock that is told, eyes that see what they are told, a blur that blackens."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from detector.types import Detection, Detections, Image
from tests.build import NOON


@dataclass
class FakeClock:
    """A clock that stands until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, step: timedelta) -> datetime:
        """Move on, and say what time it is."""
        self.now += step
        return self.now


@dataclass
class FakeModel:
    """Sees the same on every picture, takes its time, and remembers how many it was shown."""

    sees: tuple[Detection, ...] = ()
    weights_sha256: str = "f" * 64
    kinds: tuple[str, ...] = ()
    shown: list[tuple[int, ...]] = field(default_factory=list)
    takes_s: float = 0.0
    thresholds: dict[str, float] = field(default_factory=dict)

    def detect(self, images: Sequence[Image], *, min_score: float | None = None) -> list[Detections]:
        """What it was told to see, once a picture."""
        time.sleep(self.takes_s)
        self.shown += [image.shape for image in images]
        kept = [box for box in self.sees if min_score is None or box.score >= min_score]
        return [as_detections(kept) for _ in images]


def as_detections(boxes: Sequence[Detection]) -> Detections:
    """Boxes as the arrays that a model answers."""
    return Detections(
        np.array([box.box.xyxy for box in boxes], np.float32).reshape(len(boxes), 4),
        np.array([box.score for box in boxes], np.float32),
        tuple(box.kind for box in boxes),
        tuple(box.condition for box in boxes),
    )


def black_out(image: Image) -> Image:
    """A blur that leaves nothing to see."""
    return np.zeros_like(image)
