"""A drawn plate mounted on a photograph: in perspective, in the light of its place, as sharp as its surroundings."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.plates.drawing import draw_plate

Pixels = NDArray[np.uint8]
Corners = NDArray[np.float32]
Box = tuple[float, float, float, float]

NARROWEST_PX = 9
"""A narrower plate is a stain that nobody could call one."""


@dataclass(frozen=True, slots=True)
class Mounted:
    """A picture with plates on it, and where they are: `(N, 4)` xyxy in its pixels."""

    picture: Pixels
    boxes: NDArray[np.float32]


def mount_on(vehicle: Box, picture: Pixels, rng: np.random.Generator, *, soft_px: float = 0) -> Box | None:
    """Hang a plate low on a vehicle, in place, and say where; None where it would be too small to see."""
    x0, y0, x1, y1 = vehicle
    wide, tall = x1 - x0, y1 - y0
    width = min(wide, tall * 1.3) * rng.uniform(0.17, 0.34)
    spot = (x0 + wide * rng.uniform(0.2, 0.8), y0 + tall * rng.uniform(0.55, 0.93))
    return hang(picture, spot, width, rng, soft_px=soft_px)


def hang(
    picture: Pixels, spot: tuple[float, float], width: float, rng: np.random.Generator, *, soft_px: float = 0
) -> Box | None:
    """Hang a plate `width` pixels wide at a spot of `(H, W, 3)` pixels, in place, and say where.

    `soft_px` is how far the picture itself is smeared, as one is that was enlarged.
    """
    plate = draw_plate(rng)
    corners = _turned(plate, width, rng) + np.array(spot, np.float32)
    box = _around(corners)
    height_px, width_px = picture.shape[:2]
    if box[2] - box[0] < NARROWEST_PX or box[0] < 0 or box[1] < 0 or box[2] > width_px or box[3] > height_px:
        return None
    _lay(picture, _lit(plate, picture, box, rng), corners, rng.uniform(0.3, 1.1) + soft_px, rng)
    return box


def _turned(plate: Pixels, width: float, rng: np.random.Generator) -> Corners:
    """`(4, 2)` corners around the origin of a plate turned about all its axes, seen from some way off."""
    tall, wide = plate.shape[:2]
    flat = np.array([[-wide, -tall, 0], [wide, -tall, 0], [wide, tall, 0], [-wide, tall, 0]]) / (2 * wide)
    yaw, pitch, roll = rng.normal(0, (30, 12, 4)) * np.pi / 180
    around_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    around_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    around_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    turned = flat @ (around_z @ around_x @ around_y).T
    away = rng.uniform(4, 20)
    return np.asarray(turned[:, :2] * away / (turned[:, 2:] + away) * width, np.float32)


def _lit(plate: Pixels, picture: Pixels, box: Box, rng: np.random.Generator) -> NDArray[np.float32]:
    """The plate as bright and as tinted as what is around its place, more or less."""
    x0, y0, x1, y1 = (round(side) for side in box)
    grown = max(4, (x1 - x0) // 2)
    around = picture[max(0, y0 - grown) : y1 + grown, max(0, x0 - grown) : x1 + grown].reshape(-1, 3).astype(np.float32)
    bright = np.percentile(around, 80, axis=0)
    gain = (bright / max(1.0, bright.mean())) ** 0.5 * np.clip(bright.mean() / rng.uniform(130, 220), 0.18, 1.1)
    if rng.random() < 0.07:
        gain = gain * rng.uniform(1.5, 2.5)  # light that falls on it alone, or comes back from it
    lit: NDArray[np.float32] = np.clip(plate * gain + rng.uniform(-6, 10), 0, 255).astype(np.float32)
    return lit


def _lay(
    picture: Pixels, plate: NDArray[np.float32], corners: Corners, soft_px: float, rng: np.random.Generator
) -> None:
    tall, wide = plate.shape[:2]
    x0, y0, x1, y1 = _around(corners)
    left, top = int(x0) - 4, int(y0) - 4
    right, bottom = min(picture.shape[1], int(x1) + 6), min(picture.shape[0], int(y1) + 6)
    left, top = max(0, left), max(0, top)
    fine = 4  # drawn this much larger, then averaged, as a camera's pixels do
    source = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, (corners - np.array([left, top], np.float32)) * fine)
    size = ((right - left) * fine, (bottom - top) * fine)
    laid = cv2.warpPerspective(plate, matrix, size, flags=cv2.INTER_AREA)
    cover = cv2.warpPerspective(np.ones((tall, wide), np.float32), matrix, size)
    small = (right - left, bottom - top)
    laid, cover = (cv2.resize(each, small, interpolation=cv2.INTER_AREA) for each in (laid, cover))
    laid, cover = (cv2.GaussianBlur(each, (0, 0), soft_px) for each in (laid, cover))
    region = picture[top:bottom, left:right].astype(np.float32)
    mixed = region * (1 - cover[..., None]) + laid + rng.normal(0, rng.uniform(0, 5), region.shape) * cover[..., None]
    picture[top:bottom, left:right] = np.clip(mixed, 0, 255).astype(np.uint8)


def _around(corners: Corners) -> Box:
    (x0, y0), (x1, y1) = corners.min(0), corners.max(0)
    return float(x0), float(y0), float(x1), float(y1)
