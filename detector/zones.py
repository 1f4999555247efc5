"""Where in a camera's picture a condition counts: masks, areas and shop fronts, tested at a box's bottom centre.

All corners are shares of the picture's width and height, so that they hold whatever resolution a camera sends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from detector.types import Detection, Detections, GeoPoint, Xyxy

Use = Literal["mask", "area", "frontage"]
USES: Final[tuple[str, ...]] = get_args(Use)

Refusal = Literal["masked", "outside_zone", "too_small", "wrong_shape"]

Corner = tuple[float, float]
Points = NDArray[np.float64]
"""`(N, 2)`: x, y as shares of the picture; y grows down."""

FRONTAGE_SHOWS: Final = frozenset({"out_of_store"})
FEWEST_CORNERS: Final = 3
INSIDE: Final = 1 - 1e-6
"""What leaves the picture stands at its edge, inside of what is drawn to there."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a camera's picture.

    Attributes:
        id: the same problem is looked for inside one zone; another zone is another problem.
        use: `mask`: nothing counts inside; `area`: its conditions count only inside one of their areas;
            `frontage`: an area before a shop, for out-of-store operation where it names no condition.
        polygon: at least three corners, x and y in [0, 1].
        conditions: which it speaks of; none means all.
        place: where it lies on the ground, None where the camera's own place stands for it.
        premises: the id of the shop or yard whose frontage it is, None where nobody said.
    """

    id: str
    use: Use
    polygon: tuple[Corner, ...]
    conditions: frozenset[str] = frozenset()
    place: GeoPoint | None = None
    premises: str | None = None

    def __post_init__(self) -> None:
        if self.use not in USES:
            raise ValueError(f"a zone is one of {USES}, got {self.use}")
        if len(self.polygon) < FEWEST_CORNERS or not all(0 <= side <= 1 for corner in self.polygon for side in corner):
            raise ValueError(f"a zone has at least {FEWEST_CORNERS} corners in [0, 1], got {self.polygon}")

    def speaks_of(self, condition: str) -> bool:
        """Whether it has a say about a condition."""
        named = self.conditions or (FRONTAGE_SHOWS if self.use == "frontage" else self.conditions)
        return not named or condition in named


@dataclass(frozen=True, slots=True)
class Shape:
    """What a box of a condition must look like: pixels of its shorter side, and width over height."""

    min_side_px: float = 0.0
    min_ratio: float = 0.0
    max_ratio: float = float("inf")

    def __post_init__(self) -> None:
        if not (0 <= self.min_side_px < float("inf") and 0 <= self.min_ratio < self.max_ratio):
            raise ValueError(f"0 <= min_side_px and 0 <= min_ratio < max_ratio, got {self}")

    def refuses(self, detection: Detection) -> Refusal | None:
        """Why a box is too small or too long to be one."""
        x0, y0, x1, y1 = detection.box.xyxy
        if min(x1 - x0, y1 - y0) < self.min_side_px:
            return "too_small"
        return None if self.min_ratio <= (x1 - x0) / (y1 - y0) <= self.max_ratio else "wrong_shape"


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with the zone that it stands in, or why it does not count."""

    detection: Detection
    zone: str | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Zones:
    """All that is drawn into one camera's picture; nothing drawn means that everything counts everywhere."""

    zones: tuple[Zone, ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=lambda: MappingProxyType({}))

    def sort(self, detections: Detections, width: float, height: float) -> tuple[Placed, ...]:
        """Every box with its zone or its refusal, in the order in which they came.

        Args:
            detections: `(N, 4)` boxes in pixels.
            width: of the picture, pixels.
            height: of the picture, pixels.
        """
        if not self.zones and not self.shapes:
            return tuple(Placed(detection) for detection in detections)
        feet = np.clip(bottom_centres(detections.xyxy) / (width, height), 0, INSIDE)  # (N, 2)
        inside = {zone.id: within(np.asarray(zone.polygon), feet) for zone in self.zones}  # each (N,)
        return tuple(self._placed(detection, inside, row) for row, detection in enumerate(detections))

    def place_of(self, zone_id: str | None) -> GeoPoint | None:
        """Where a zone lies on the ground, None where nobody said."""
        return next((zone.place for zone in self.zones if zone.id == zone_id), None)

    def _placed(self, detection: Detection, inside: Mapping[str, NDArray[np.bool_]], row: int) -> Placed:
        condition = detection.condition
        if condition is None:
            return Placed(detection)
        if condition in self.shapes and (refusal := self.shapes[condition].refuses(detection)) is not None:
            return Placed(detection, None, refusal)
        told = [zone for zone in self.zones if zone.speaks_of(condition)]
        if any(zone.use == "mask" and inside[zone.id][row] for zone in told):
            return Placed(detection, None, "masked")
        areas = [zone for zone in told if zone.use != "mask"]
        here = next((zone.id for zone in areas if inside[zone.id][row]), None)
        return Placed(detection, here, "outside_zone" if areas and here is None else None)


EVERYWHERE: Final = Zones()


def bottom_centres(boxes: Xyxy) -> Points:
    """Where `(N, 4)` things stand on the ground; `(N, 2)`, pixels.

    >>> bottom_centres(np.float32([[10, 20, 30, 80]])).tolist()
    [[20.0, 80.0]]
    """
    return np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1).astype(np.float64)


def within(polygon: Points, points: Points) -> NDArray[np.bool_]:
    """Which of `(N, 2)` points lie inside a `(K, 2)` polygon; `(N,)`.

    A line to the right of a point crosses its edges an odd number of times (even-odd rule).

    >>> square = np.float64([[0, 0], [1, 0], [1, 1], [0, 1]])
    >>> within(square, np.float64([[0.5, 0.5], [1.5, 0.5]])).tolist()
    [True, False]
    """
    start, end = polygon, np.roll(polygon, -1, axis=0)  # (K, 2)
    x, y = points[:, :1], points[:, 1:]  # (N, 1)
    spans = (start[:, 1] > y) != (end[:, 1] > y)  # (N, K)
    rise = np.where(end[:, 1] == start[:, 1], 1.0, end[:, 1] - start[:, 1])  # (K,), 1 where nothing spans
    crossing_x = start[:, 0] + (y - start[:, 1]) * (end[:, 0] - start[:, 0]) / rise  # (N, K)
    odd: NDArray[np.bool_] = (spans & (x < crossing_x)).sum(axis=1) % 2 == 1
    return odd
