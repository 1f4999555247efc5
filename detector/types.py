"""The nouns of detection: places, boxes, detections and frames, none of which can exist wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""`(H, W, 3)` uint8 RGB, upright."""

Xyxy = NDArray[np.float32]
"""`(N, 4)` float32: x0, y0, x1, y1 in pixels; x grows right, y grows down."""

EARTH_LAT: Final = 90.0
EARTH_LON: Final = 180.0


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """A place on WGS-84: degrees, and how far off it may be in metres.

    >>> GeoPoint(31.23, 121.47).accuracy_m is None
    True
    """

    lat: float
    lon: float
    accuracy_m: float | None = None

    def __post_init__(self) -> None:
        if not (-EARTH_LAT <= self.lat <= EARTH_LAT and -EARTH_LON <= self.lon <= EARTH_LON):
            raise ValueError(f"a place needs lat in ±90 and lon in ±180, got {self.lat}, {self.lon}")
        if self.accuracy_m is not None and not 0 <= self.accuracy_m < float("inf"):
            raise ValueError(f"an accuracy is a finite number of metres from 0, got {self.accuracy_m}")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright picture; x grows right, y grows down."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not (0 <= self.x0 < self.x1 < float("inf") and 0 <= self.y0 < self.y1 < float("inf")):
            raise ValueError(f"a box needs 0 <= x0 < x1 and 0 <= y0 < y1, got {self}")

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        """The four numbers in the order in which every interface names them."""
        return self.x0, self.y0, self.x1, self.y1


@dataclass(frozen=True, slots=True)
class Detection:
    """One box on one picture: a kind of the model, its condition (None for a closed bin), a score in (0, 1]."""

    kind: str
    condition: str | None
    score: float
    box: Box

    def __post_init__(self) -> None:
        if not 0 < self.score <= 1:
            raise ValueError(f"a score is in (0, 1], got {self.score}")


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """All boxes on one picture, best first, as arrays.

    Attributes:
        xyxy: `(N, 4)` float32, pixels of the upright picture.
        scores: `(N,)` float32 in (0, 1].
        kinds: N kind names.
        conditions: N condition names; None where a kind belongs to no condition.
    """

    xyxy: Xyxy
    scores: NDArray[np.float32]
    kinds: tuple[str, ...]
    conditions: tuple[str | None, ...]

    def __post_init__(self) -> None:
        n = len(self.kinds)
        if not (self.xyxy.shape == (n, 4) and self.scores.shape == (n,) and len(self.conditions) == n):
            raise ValueError(f"{n} kinds need ({n}, 4) boxes, got {self.xyxy.shape} and {self.scores.shape}")

    def __len__(self) -> int:
        return len(self.kinds)

    def __iter__(self) -> Iterator[Detection]:
        for xyxy, score, kind, condition in zip(self.xyxy, self.scores, self.kinds, self.conditions, strict=True):
            x0, y0, x1, y1 = (float(value) for value in xyxy)
            yield Detection(kind, condition, float(score), Box(x0, y0, x1, y1))

    def on_original(self, scale: float, width: int, height: int) -> "Detections":
        """The same boxes in pixels of an original from which the picture was scaled down.

        Args:
            scale: pixels of the picture per pixel of the original, see `Photo.scale`.
            width: of the original, pixels; boxes end there.
            height: of the original, pixels.
        """
        edges = np.array([width, height, width, height], np.float32)
        xyxy = np.clip(self.xyxy / np.float32(scale), 0, edges)  # (N, 4)
        kept = np.flatnonzero((xyxy[:, :2] < xyxy[:, 2:]).all(axis=1))
        kinds = tuple(self.kinds[i] for i in kept)
        return Detections(xyxy[kept], self.scores[kept], kinds, tuple(self.conditions[i] for i in kept))

    @classmethod
    def none(cls) -> Self:
        """A picture on which nothing was found."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), (), ())


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture with its source, its moment and perhaps its place.

    Attributes:
        image: `(H, W, 3)` uint8 RGB.
        source: the camera or file that it came from, without credentials.
        taken_at: aware UTC.
        place: WGS-84, None where unknown.
        heading_deg: clockwise from north, 0 to 360, None where unknown.
        clock_s: seconds of a clock that never steps, for durations and order within one source: monotonic for a live
            stream, the position for a file; None where only the moment is known.
    """

    image: Image
    source: str
    taken_at: datetime
    place: GeoPoint | None = None
    heading_deg: float | None = None
    clock_s: float | None = None

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise ValueError(f"a frame is (H, W, 3) uint8, got {self.image.shape} {self.image.dtype}")
        if self.taken_at.tzinfo is None:
            raise ValueError("a frame's moment needs a time zone")
