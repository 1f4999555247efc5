"""Where a sheet can hang: near marks that are known to be on walls, on bare walls, on the fronts of bins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from datasets.compose.paste import Plane, Quad, Xyxy
from datasets.compose.pictures import Picture
from datasets.records import Label

SMALL_PX = 320
RULERS_M = {"spray_mark": 0.62, "paper_ad": 0.24, "overflowing_bin": 0.9, "closed_bin": 0.9}
"""Root of width times height of labelled things in metres: the kinds that tell the scale of a picture."""
MARKS, BINS = ("spray_mark", "paper_ad"), ("overflowing_bin", "closed_bin")
WORST, BAREST = 1.05, 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """An upright plane in a picture.

    Attributes:
        area: where middles of sheets may lie, pixels.
        right: unit vector along the plane's horizontals, pixels.
        down: unit vector along its verticals.
        squeeze: how much narrower things get along `right` because the plane turns away, 0..1.
        px_per_m: pixels of a metre along `down`.
        colour: `(3,)` Lab of the plane.
        fixed: does it stay where it is, so that a plate may be screwed to it?
    """

    area: Xyxy
    right: Plane
    down: Plane
    squeeze: float
    px_per_m: float
    colour: Plane
    fixed: bool = True

    def quad(self, middle: tuple[float, float], size_m: tuple[float, float], askew_rad: float) -> Quad:
        """Corners of a sheet that hangs here, `(4, 2)` pixels from the top left one clockwise."""
        half = np.array(size_m, np.float32) / 2 * self.px_per_m
        turn = np.array(((np.cos(askew_rad), -np.sin(askew_rad)), (np.sin(askew_rad), np.cos(askew_rad))), np.float32)
        flat = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32) * half @ turn.T  # (4, 2) metres times scale
        plane = np.stack([self.right * self.squeeze, self.down])  # (2, 2)
        return np.asarray(flat @ plane + np.array(middle, np.float32), np.float32)


class Ground:
    """A picture made small, to ask quickly what lies under a box."""

    def __init__(self, picture: Picture) -> None:
        self.scale = SMALL_PX / max(picture.shape[:2])
        small = cv2.resize(picture, None, fx=self.scale, fy=self.scale, interpolation=cv2.INTER_AREA)
        self.lab: Plane = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
        light = self.lab[..., 0] / 100
        self.dx, self.dy = cv2.Sobel(light, cv2.CV_32F, 1, 0) / 4, cv2.Sobel(light, cv2.CV_32F, 0, 1) / 4
        self.steep = np.hypot(self.dx, self.dy)
        green = (self.lab[..., 1] < -2.5) & (self.lab[..., 2] > 3)
        rough = cv2.blur(self.steep, (9, 9)) > 0.042
        self.plants = (green & rough).astype(np.float32)

    def part(self, plane: Plane, box: Sequence[float]) -> Plane:
        """The pixels of one of the small planes under a box given in pixels of the picture."""
        x0, y0, x1, y1 = (int(max(0, v) * self.scale) for v in box)
        return plane[y0 : max(y0 + 1, y1), x0 : max(x0 + 1, x1)]


def surfaces(ground: Ground, size: tuple[int, int], labels: Sequence[Label]) -> Iterator[Surface]:
    """Planes of a picture of `size` (width, height), read from what is labelled on it."""
    ruler = _px_per_m(size, labels)
    marked = [label for label in labels if label.kind in MARKS]
    for label in marked:
        x0, y0, x1, y1 = box = _pixels(label, size)
        wide, high = x1 - x0, y1 - y0
        reach = (x0 - 0.8 * wide, y0 - 0.9 * high, x1 + 0.8 * wide, y1 + 0.35 * high)
        yield _surface(ground, size, reach, box, ruler)
    for label in labels:
        x0, y0, x1, y1 = _pixels(label, size)
        wide, high = x1 - x0, y1 - y0
        if label.kind in BINS and min(wide, high) > max(size) * 0.12:
            front = (x0 + 0.22 * wide, y0 + 0.4 * high, x1 - 0.22 * wide, y1 - 0.25 * high)
            yield replace(_surface(ground, size, front, front, ruler), fixed=False)
    if not marked:
        for box in bare(ground, size, labels):
            yield _surface(ground, size, box, box, ruler)


def bare(ground: Ground, size: tuple[int, int], labels: Sequence[Label]) -> Iterator[Xyxy]:
    """Up to three smooth places above the ground that are neither plants nor sky nor coloured like the road, pixels."""
    side = SMALL_PX // 5 | 1
    rows = ground.steep.shape[0]
    road = np.median(ground.lab[int(rows * 0.85) :].reshape(-1, 3), 0)
    unlike = np.linalg.norm((ground.lab - road) / np.array((14, 7, 7), np.float32), axis=2)
    pale = (ground.lab[..., 0] > 84) | ((ground.lab[..., 0] > 55) & (ground.lab[..., 2] < -6))
    sky = (pale & (cv2.blur(ground.steep, (5, 5)) < 0.012)).astype(np.float32)
    price = cv2.blur(ground.steep, (side, side)) * 9 + cv2.blur(ground.plants + sky, (side, side)) * 4
    price += 0.5 * np.clip(1.6 - cv2.blur(unlike, (side, side)), 0, 1.6)
    feet = [label.xyxy[3] - 0.3 * label.h for label in labels if label.kind in BINS]
    lowest = int(rows * min(0.5, max(feet, default=0.5))) - side // 3
    price[max(1, lowest) :] = 9
    price[: side // 2], price[:, : side // 2], price[:, -side // 2 :] = 9, 9, 9
    for _ in range(3):
        y, x = np.unravel_index(int(price.argmin()), price.shape)
        if price[y, x] > BAREST:
            return
        reach = side * 0.6
        yield _scaled((x - reach, y - reach, x + reach, y + reach), 1 / ground.scale, size)
        price[max(0, y - side) : y + side, max(0, x - side) : x + side] = 9


def _px_per_m(size: tuple[int, int], labels: Sequence[Label]) -> float:
    """The middle of what all labelled things say about the scale, within reason."""
    usual = max(size) / 3.6  # where nothing is known: walls are photographed from a few steps away
    said = [
        float(np.sqrt(label.w * size[0] * label.h * size[1])) / RULERS_M[label.kind]
        for label in labels
        if label.kind in RULERS_M
    ]
    return float(np.clip(np.median(said) if said else usual, usual * 0.4, usual * 2.4))


def _pixels(label: Label, size: tuple[int, int]) -> Xyxy:
    return _scaled(label.xyxy, 1.0, size, size)


def _scaled(box: Sequence[float], factor: float, size: tuple[int, int], parts: tuple[int, int] = (1, 1)) -> Xyxy:
    x0, y0, x1, y1 = (float(v) * factor * parts[i % 2] for i, v in enumerate(box))
    return max(0.0, x0), max(0.0, y0), min(float(size[0]), x1), min(float(size[1]), y1)


def _surface(ground: Ground, size: tuple[int, int], area: Xyxy, box: Xyxy, px_per_m: float) -> Surface:
    inside = _scaled(area, 1.0, size)
    across, upright = directions(ground.part(ground.dx, inside), ground.part(ground.dy, inside))
    right = np.array((np.cos(across), np.sin(across)), np.float32)
    down = np.array((np.cos(upright), np.sin(upright)), np.float32)
    turned = abs(across - (upright - np.pi / 2))
    squeeze = float(np.clip(1 - 1.1 * turned, 0.45, 1))
    colour = np.median(ground.part(ground.lab, box).reshape(-1, 3), 0)
    return Surface(inside, right, down, squeeze, px_per_m, np.asarray(colour, np.float32))


def directions(dx: Plane, dy: Plane) -> tuple[float, float]:
    """Angles of the plane's horizontals (near 0) and verticals (near pi/2), from gradients of equal shape."""
    steep = np.hypot(dx, dy)
    strong = steep > max(0.03, float(np.quantile(steep, 0.85)))
    line = (np.arctan2(dy[strong], dx[strong]) + np.pi / 2) % np.pi
    weight = steep[strong]
    flat = (line + np.pi / 2) % np.pi - np.pi / 2
    return _peak(flat, weight, 0.0, 0.45), _peak(line, weight, np.pi / 2, 0.3)


def _peak(angles: Plane, weight: Plane, about: float, reach: float) -> float:
    counts, edges = np.histogram(angles, bins=24, range=(about - reach, about + reach), weights=weight)
    if counts.sum() < 0.5 or counts.max() < 2.2 * counts.mean():
        return about
    top = int(counts.argmax())
    return float((edges[top] + edges[top + 1]) / 2)


def cost(ground: Ground, surface: Surface, quad: Quad) -> float:
    """How unlike a bare piece of this surface the place under a quad is: 0 is perfect, above `WORST` it is not."""
    box = (*quad.min(0), *quad.max(0))
    if ground.part(ground.plants, box).mean() > 0.2:
        return 9.0
    under = ground.part(ground.lab, box).reshape(-1, 3)
    apart = np.linalg.norm((under - surface.colour) / np.array((28, 14, 14), np.float32), axis=1)
    busy = float(ground.part(ground.steep, box).mean())
    return float(np.median(apart)) * 0.5 + float((apart > 0.9).mean()) * 1.2 + busy * 7
