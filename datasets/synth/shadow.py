"""The shadow of a few drawn solids: a map along the sun's rays, and the dark line where a cord lies on something."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.synth.lens import Lens
from datasets.synth.plates import Plate
from datasets.synth.scene import Block, Scene, Tube, corners

_CELL_M = 0.004
_WIDEST_CELLS = 1500
_LEAST_GAP_M = 0.015
_TOUCH_M = 0.12  # higher over the ground than this, no contact shows


def shadowed(plate: Plate, scene: Scene, lens: Lens, solids: Sequence[Tube | Block]) -> NDArray[np.float32]:
    """By how much each pixel of a plate is darkened by `solids`: (H, W), 1 where it is not."""
    points = lens.points(np.minimum(plate.depth, 200))
    shade = 1 - 0.35 * _cast(points, solids, np.array((0.0, 0.0, 1.0)), 0.02, _TOUCH_M)
    sun = scene.light.sun
    if sun is not None:
        turn, rise = math.radians(sun.azimuth_deg), math.radians(sun.elevation_deg)
        toward = np.array((math.sin(turn) * math.cos(rise), -math.cos(turn) * math.cos(rise), math.sin(rise)))
        sharp = 1.2 * math.tan(math.radians(sun.softness_deg)) / 2
        shade = shade * (1 - 0.6 * _cast(points, solids, toward, sharp, 6.0))
    return np.asarray(shade, np.float32)


def _cast(
    points: NDArray[np.float32],
    solids: Sequence[Tube | Block],
    toward: NDArray[np.float64],
    soft_m: float,
    far_m: float,
) -> NDArray[np.float32]:
    """How much of a light from `toward` each point (H, W, 3) loses to solids within `far_m`: (H, W) in [0, 1]."""
    side = np.cross(toward, (0.3, 0.9, 0.1))
    side /= np.linalg.norm(side)
    axes = np.stack([side, np.cross(toward, side), toward])
    lines = [(np.array(_spine(s), float) @ axes.T, _thick(s)) for s in solids]
    every = np.concatenate([line for line, _ in lines])
    low, high = every.min(0) - 0.15, every.max(0) + 0.15
    cell = max(_CELL_M, float((high - low)[:2].max()) / _WIDEST_CELLS)
    shape = tuple(int(v / cell) + 2 for v in (high - low)[1::-1])
    mask, level = np.zeros(shape, np.float32), np.full(shape, -1e3, np.float32)
    for line, thick in lines:
        _lay(mask, level, (line - low) / cell, thick / cell, line[:, 2])
    blurred = cv2.GaussianBlur(mask, (0, 0), max(soft_m / cell, 0.6))
    raised = cv2.dilate(level, np.ones((3, 3), np.uint8), iterations=max(2, int(2 * soft_m / cell)))
    flat = points.reshape(-1, 3) @ axes.T.astype(np.float32)
    x, y = ((flat[:, i] - np.float32(low[i])) / np.float32(cell) for i in (0, 1))
    picture = points.shape[:2]
    maps = (x.reshape(picture), y.reshape(picture))
    lost = cv2.remap(blurred, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    above = cv2.remap(raised, *maps, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=-1e3)
    gap = above - flat[:, 2].reshape(picture)
    return np.asarray(np.where((gap > _LEAST_GAP_M - 0.012) & (gap < far_m), lost, 0).clip(0, 1), np.float32)


def _spine(solid: Tube | Block) -> Sequence[tuple[float, float, float]]:
    return solid.points if isinstance(solid, Tube) else [corners(solid)[i] for i in (0, 7, 1, 6, 2, 5)]


def _thick(solid: Tube | Block) -> float:
    return 2 * solid.radius if isinstance(solid, Tube) else min(solid.size)


def _lay(
    mask: NDArray[np.float32],
    level: NDArray[np.float32],
    line: NDArray[np.float64],
    thick: float,
    heights: NDArray[np.float64],
) -> None:
    """Draw one line into the map and its height beside it; thinner than a cell it is drawn fainter."""
    for i in range(len(line) - 1):
        a, b = (tuple(round(v * 16) for v in line[j, :2]) for j in (i, i + 1))
        width = max(1, round(thick))
        cv2.line(mask, a, b, min(1.0, thick), width, cv2.LINE_AA, 4)
        cv2.line(level, a, b, float(heights[i : i + 2].mean()), width + 2, cv2.LINE_8, 4)
