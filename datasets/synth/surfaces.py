"""Baked surfaces that repeat without a seam: tiled, plastered and concrete walls, brick, paving, asphalt.

Each is a square of six metres, drawn once and kept in the cache. Noise comes out of a filtered Fourier spectrum, which
is periodic by nature.
"""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE_M = 6.0
SIDE_PX = 2304

Picture: TypeAlias = NDArray[np.float32]

# name: (linear base colours r, g, b; brick width and height and joint in metres; joint brightness; grime 0..1)
SURFACES: dict[str, tuple[tuple[float, float, float], tuple[float, float, float] | None, float, float]] = {
    "wall/tile-white": ((0.66, 0.66, 0.63), (0.1, 0.05, 0.004), 0.45, 0.6),
    "wall/tile-beige": ((0.62, 0.5, 0.38), (0.2, 0.06, 0.006), 0.5, 0.5),
    "wall/tile-brown": ((0.3, 0.17, 0.12), (0.2, 0.06, 0.006), 0.4, 0.4),
    "wall/tile-grey": ((0.42, 0.44, 0.44), (0.3, 0.15, 0.006), 0.3, 0.5),
    "wall/plaster-pink": ((0.58, 0.36, 0.31), None, 0, 0.8),
    "wall/plaster-yellow": ((0.66, 0.52, 0.3), None, 0, 0.8),
    "wall/plaster-white": ((0.68, 0.67, 0.63), None, 0, 0.8),
    "wall/plaster-grey": ((0.46, 0.45, 0.42), None, 0, 0.9),
    "wall/concrete": ((0.36, 0.36, 0.34), None, 0, 0.9),
    "wall/brick-red": ((0.3, 0.1, 0.065), (0.24, 0.06, 0.009), 0.42, 0.5),
    "wall/brick-grey": ((0.21, 0.22, 0.22), (0.24, 0.06, 0.008), 0.35, 0.5),
    "wall/tile-green": ((0.36, 0.46, 0.38), (0.2, 0.1, 0.005), 0.45, 0.6),
    "wall/tile-pink": ((0.58, 0.4, 0.35), (0.1, 0.1, 0.004), 0.5, 0.6),
    "wall/plaster-cream": ((0.7, 0.63, 0.48), None, 0, 0.6),
    "wall/plaster-blue": ((0.4, 0.5, 0.58), None, 0, 0.7),
    "wall/stone": ((0.44, 0.41, 0.36), (1.0, 0.5, 0.008), 0.25, 0.4),
    "floor/paving-yellow": ((0.42, 0.35, 0.22), (0.2, 0.1, 0.005), 0.16, 0.6),
    "floor/paving-dark": ((0.16, 0.165, 0.17), (0.4, 0.2, 0.005), 0.09, 0.5),
    "floor/paving-red": ((0.33, 0.17, 0.13), (0.2, 0.1, 0.006), 0.16, 0.6),
    "floor/paving-grey": ((0.29, 0.29, 0.28), (0.3, 0.3, 0.006), 0.12, 0.6),
    "floor/paving-stone": ((0.37, 0.36, 0.34), (0.6, 0.3, 0.005), 0.16, 0.5),
    "floor/slab": ((0.33, 0.32, 0.3), (3.0, 3.0, 0.012), 0.1, 0.9),
    "wall/unseen-mosaic": ((0.5, 0.55, 0.56), (0.045, 0.045, 0.004), 0.35, 0.5),
    "wall/unseen-ochre": ((0.6, 0.4, 0.2), None, 0, 0.9),
    "wall/unseen-block": ((0.4, 0.4, 0.38), (0.39, 0.19, 0.012), 0.6, 0.6),
    "floor/unseen-square": ((0.3, 0.26, 0.2), (0.25, 0.25, 0.007), 0.2, 0.6),
    "floor/unseen-concrete": ((0.38, 0.38, 0.37), (2.0, 1.5, 0.015), 0.2, 0.8),
    "floor/asphalt": ((0.105, 0.105, 0.108), None, 0, 0.5),
    "floor/soil": ((0.12, 0.085, 0.05), None, 0, 0.9),
}


def noise(rng: np.random.Generator, falloff: float, stretch: tuple[float, float] = (1.0, 1.0)) -> Picture:
    """Periodic noise in [0, 1], `(SIDE_PX, SIDE_PX)`: a larger `falloff` is smoother; `stretch` is (down, across)."""
    down = np.fft.fftfreq(SIDE_PX)[:, None] * SIDE_PX / stretch[0]
    across = np.fft.rfftfreq(SIDE_PX)[None, :] * SIDE_PX / stretch[1]
    radius = np.sqrt(down**2 + across**2)
    radius[0, 0] = 1
    spectrum = np.fft.rfft2(rng.standard_normal((SIDE_PX, SIDE_PX)).astype(np.float32)) / radius**falloff
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum, s=(SIDE_PX, SIDE_PX)).astype(np.float32)
    low, high = np.percentile(field, (0.5, 99.5))
    return np.asarray(np.clip((field - low) / (high - low), 0, 1), np.float32)


def draw_surface(name: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The colour `(H, W, 3)` BGR and the height `(H, W)` of a surface, by its name in `SURFACES`."""
    colour, brick, joint, grime = SURFACES[name]
    rng = np.random.default_rng(sum(name.encode()))
    broad, middle, fine = noise(rng, 1.7), noise(rng, 1.2), noise(rng, 0.55)
    picture = np.ones((SIDE_PX, SIDE_PX, 3), np.float32) * np.array(colour[::-1], np.float32)
    height = fine.copy()
    if brick:
        picture, height = _lay(rng, picture, height, brick, joint)
    picture *= (1 - 0.45 * grime * _step(broad, 0.5, 0.85))[..., None]
    warm = np.array((0.86, 0.94, 1.0), np.float32) ** (_step(middle, 0.45, 0.8) * grime)[..., None]
    picture *= warm * (0.86 + 0.26 * fine)[..., None] * (0.9 + 0.2 * middle)[..., None]
    picture = _stain_floor(rng, picture) if name.startswith("floor/") else _weather_wall(rng, picture, grime)
    if "asphalt" in name:
        picture *= (0.75 + 0.6 * rng.random((SIDE_PX, SIDE_PX)).astype(np.float32))[..., None]
    screen = np.where(picture < 0.0031, picture * 12.92, 1.055 * np.maximum(picture, 1e-6) ** (1 / 2.4) - 0.055)
    return (screen * 255).clip(0, 255).astype(np.uint8), (height * 255).clip(0, 255).astype(np.uint8)


def _lay(
    rng: np.random.Generator, picture: Picture, height: Picture, brick: tuple[float, float, float], joint: float
) -> tuple[Picture, Picture]:
    width_m, height_m, joint_m = brick
    y, x = (np.mgrid[0:SIDE_PX, 0:SIDE_PX] * (SIDE_M / SIDE_PX)).astype(np.float32)
    row = (y / height_m).astype(np.int32)
    shifted = (x + (row % 2) * width_m / 2) % SIDE_M
    column = (shifted / width_m).astype(np.int32)
    shade = rng.random((row.max() + 1, column.max() + 1)).astype(np.float32)[row, column]
    odd = rng.random((row.max() + 1, column.max() + 1)).astype(np.float32)[row, column] < 0.02
    picture = picture * (1.06 - 0.24 * shade - 0.2 * odd)[..., None]
    gap = ((shifted % width_m) < joint_m) | ((y % height_m) < joint_m)
    soft = cv2.GaussianBlur(gap.astype(np.float32), (0, 0), 0.8)[..., None]
    picture = picture * (1 - soft) + soft * joint * np.array((0.94, 0.98, 1.0), np.float32)
    return picture.astype(np.float32), (height * 0.3 + 0.7 * (1 - soft[..., 0])).astype(np.float32)


def _weather_wall(rng: np.random.Generator, picture: Picture, grime: float) -> Picture:
    runs = noise(rng, 1.25, (0.12, 2.2))
    picture = picture * (1 - 0.35 * grime * _step(runs, 0.55, 0.9))[..., None]
    flaked = _step(noise(rng, 1.5), 0.86, 0.88)[..., None] * (0.8 if grime >= 0.8 else 0)
    bare = np.array((0.33, 0.35, 0.36), np.float32) * (0.8 + 0.4 * noise(rng, 0.8))[..., None]
    return np.asarray(picture * (1 - flaked) + bare * flaked, np.float32)


def _stain_floor(rng: np.random.Generator, picture: Picture) -> Picture:
    for _ in range(rng.integers(50, 120)):  # chewing gum and drops
        centre = tuple(int(v) for v in rng.integers(0, SIDE_PX, 2))
        shade = picture[centre[1], centre[0]] * rng.uniform(0.55, 1.2)
        cv2.circle(picture, centre, int(rng.integers(2, 8)), [float(v) for v in shade], -1, cv2.LINE_AA)
    oil = _step(noise(rng, 1.6), 0.7, 0.9)
    cracks = np.abs(noise(rng, 1.45) - 0.5) < 0.0016
    picture = picture * (1 - 0.42 * oil)[..., None]
    lines = cv2.GaussianBlur(cracks.astype(np.float32), (0, 0), 0.8)[..., None]
    return np.asarray(picture * (1 - 0.55 * lines), np.float32)


def _step(values: Picture, low: float, high: float) -> Picture:
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
