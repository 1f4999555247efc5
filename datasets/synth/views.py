"""From where a street is seen, what then lies in the picture, and what may stand before it without hiding it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

from datasets.synth.scene import Camera, Solid, Vec, corners
from datasets.synth.yard import Yard

Box: TypeAlias = tuple[float, float, float, float]

FRAME = (1600.0, 900.0)
_LEAST_SIDE = 22.0  # eleven pixels of a picture 450 high
_MOST_HIDDEN = 0.3
_ROOM_M = 1.3  # nothing labelled stands nearer to the lens


@dataclass(frozen=True, slots=True)
class View:
    """A way to look: metres away, degrees off the square view, eye height in metres, focal length in millimetres."""

    away: tuple[float, float]
    angle: tuple[float, float]
    height: tuple[float, float]
    lens: tuple[float, float]


VIEWS = {
    "near": View((2.4, 4.6), (0, 38), (1.35, 1.8), (23, 28)),
    "walk": View((4.0, 8.0), (25, 66), (1.4, 1.85), (24, 34)),
    "across": View((8.0, 13.0), (0, 42), (1.45, 1.8), (28, 56)),
    "zoom": View((10.0, 18.0), (20, 58), (1.4, 1.8), (52, 90)),
    "drive": View((6.0, 12.0), (30, 66), (1.2, 1.5), (26, 38)),
    "pole": View((7.0, 14.0), (0, 50), (3.4, 6.2), (24, 44)),
}


def choose(
    yard: Yard, rng: Random, shares: dict[str, float], focus: Sequence[Vec] = (), farthest_m: float = 13.0
) -> Camera:
    """A camera that shows the labelled things, or `focus` where there are none; things it does not show are taken away.

    Of several tries the one counts that keeps most.

    Args:
        shares: how often each of `VIEWS` is tried.
        focus: spots to look at; without them the middles of the labelled things.
        farthest_m: how far from the wall somebody can stand; behind are the trees of the other side.
    """
    boxes = _middles(yard)
    spots = list(focus) or list(boxes.values()) or [(0.0, -0.5, 1.0)]
    best, most, kept = None, -1.0, list[int]()
    for number in range(10):
        way = VIEWS[rng.choices(list(shares), list(shares.values()))[0]]
        middle = rng.choice(spots) if len(spots) > 1 and rng.random() < 0.6 else _mean(spots)
        camera = _stand(rng, way, middle, farthest_m)
        if _crowded(camera, yard):
            continue
        shown = [thing for thing, box in frame_boxes(yard, camera).items() if _in_frame(box)]
        worth = len(shown) / max(len(boxes), 1) - 0.04 * number
        if best is None or worth > most:
            best, most, kept = camera, worth, shown
        if most > 0.7:
            break
    if best is None or (boxes and not kept):
        best, kept = _closest(yard, rng, focus or list(boxes.values()) or spots, farthest_m)
    yard.keep(kept)
    return best


def _closest(yard: Yard, rng: Random, spots: Sequence[Vec], farthest_m: float) -> tuple[Camera, list[int]]:
    """The first of many near views of one of some spots that shows something labelled, or the last."""
    for _ in range(60):
        camera = _stand(rng, VIEWS[rng.choice(("near", "walk"))], rng.choice(spots), farthest_m)
        kept = [thing for thing, box in frame_boxes(yard, camera).items() if _in_frame(box)]
        if kept and not _crowded(camera, yard):
            break
    return camera, kept


def _stand(rng: Random, way: View, at: Vec, farthest_m: float) -> Camera:
    turn = math.radians(rng.uniform(*way.angle)) * rng.choice((-1, 1))
    away, height = rng.uniform(*way.away), rng.uniform(*way.height)
    eye = (at[0] + away * math.sin(turn), max(min(at[1] - away * math.cos(turn), -1.1), -farthest_m), height)
    aside = rng.gauss(0, 0.06 * away)
    target = (at[0] + aside, at[1], at[2] + rng.gauss(0.1, 0.05 * away))
    return Camera(eye, target, rng.uniform(*way.lens), rng.gauss(0, 1.0))


def _mean(spots: Sequence[Vec]) -> Vec:
    xs, ys, zs = zip(*spots, strict=True)
    return (sum(xs) / len(xs), sum(ys) / len(ys), sum(zs) / len(zs))


def _middles(yard: Yard) -> dict[int, Vec]:
    points: dict[int, list[Vec]] = {}
    for solid in yard.solids():
        if solid.thing:
            points.setdefault(solid.thing, []).extend(corners(solid))
    return {thing: _mean(spots) for thing, spots in points.items()}


def _crowded(camera: Camera, yard: Yard) -> bool:
    x, y, _ = camera.at
    return any(math.hypot(p[0] - x, p[1] - y) < _ROOM_M for p in yard.spots())


def frame_boxes(yard: Yard, camera: Camera) -> dict[int, Box]:
    """The box of each labelled thing if nothing stood before it, in a frame of 1600 x 900."""
    boxes: dict[int, Box] = {}
    for solid in yard.solids():
        box = box_of([solid], camera) if solid.thing else None
        if box is not None:
            had = boxes.get(solid.thing, box)
            boxes[solid.thing] = (min(had[0], box[0]), min(had[1], box[1]), max(had[2], box[2]), max(had[3], box[3]))
    return boxes


def box_of(solids: Iterable[Solid], camera: Camera) -> Box | None:
    """The box of solids in a frame of 1600 x 900, None where all are behind the lens."""
    points = [point for solid in solids for point in corners(solid)]
    seen = [spot for point in points if (spot := camera.project(point, int(FRAME[0]), int(FRAME[1]))) is not None]
    if not seen:
        return None
    xs, ys = zip(*seen, strict=True)
    return (min(xs), min(ys), max(xs), max(ys))


def _in_frame(box: Box) -> bool:
    inside = _overlap(box, (0.0, 0.0, *FRAME))
    whole = max((box[2] - box[0]) * (box[3] - box[1]), 1e-6)
    return inside > 0.62 * whole and min(box[2] - box[0], box[3] - box[1]) > _LEAST_SIDE


def _overlap(a: Box, b: Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


@dataclass(slots=True)
class Stage:
    """A yard with its camera: it takes more only where that hides little of what is labelled."""

    yard: Yard
    camera: Camera
    _boxes: dict[int, Box] = field(default_factory=dict)
    _hidden: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._boxes = frame_boxes(self.yard, self.camera)

    def add(self, *solids: Solid, room_m: float = 1.2) -> bool:
        """Stand solids unless they are too near to the lens or would hide what is labelled; says whether they stand."""
        x, y, _ = self.camera.at
        low = [p for solid in solids for p in corners(solid)]
        if any(math.hypot(p[0] - x, p[1] - y) < room_m for p in low):
            return False
        if self._inside(low):
            return False
        takes = self._takes(solids)
        if any(self._hidden.get(thing, 0.0) + share > _MOST_HIDDEN for thing, share in takes.items()):
            return False
        for thing, share in takes.items():
            self._hidden[thing] = self._hidden.get(thing, 0.0) + share
        self.yard.add(*solids)
        return True

    def _inside(self, points: list[Vec]) -> bool:
        """Whether the lens stands within the upright box of points."""
        xs, ys, zs = zip(*points, strict=True)
        x, y, z = self.camera.at
        within = min(xs) - 0.5 < x < max(xs) + 0.5 and min(ys) - 0.5 < y < max(ys) + 0.5
        return bool(within and z < max(zs) + 0.5)

    def _takes(self, solids: Iterable[Solid]) -> dict[int, float]:
        taken: dict[int, float] = {}
        for solid in solids:
            box = box_of([solid], self.camera)
            if box is None:
                continue
            for thing, whole in self._boxes.items():
                share = _overlap(box, whole) / max((whole[2] - whole[0]) * (whole[3] - whole[1]), 1e-6)
                taken[thing] = max(taken.get(thing, 0.0), share)
        return {thing: share for thing, share in taken.items() if share > 0}
