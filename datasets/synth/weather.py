"""Light, weather and lens over a street: what happens between the plate and the camera's own noise."""

from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.float32]


def tone(linear: Picture) -> Picture:
    """A filmic curve, then the screen's own."""
    x = np.maximum(linear, 0) * 0.85
    curve = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    screen = np.where(curve < 0.0031, curve * 12.92, 1.055 * np.maximum(curve, 1e-6) ** (1 / 2.4) - 0.055)
    return np.asarray(screen, np.float32)


def _day(colour: Picture, _depth: Picture, _rng: np.random.Generator) -> Picture:
    return colour


def _dusk(colour: Picture, depth: Picture, _rng: np.random.Generator) -> Picture:
    fade = 1 / (1 + np.minimum(depth, 60) / 40)[..., None]
    return np.asarray(colour * np.array((0.62, 0.6, 0.72), np.float32) * (0.55 + 0.45 * fade), np.float32)


def _rain(colour: Picture, depth: Picture, _rng: np.random.Generator) -> Picture:
    veil = 1 - np.exp(-np.minimum(depth, 500) / 70)[..., None]
    wet = colour * np.array((0.66, 0.7, 0.74), np.float32)
    return np.asarray(wet * (1 - veil) + np.array((0.32, 0.34, 0.36), np.float32) * veil, np.float32)


def _night(colour: Picture, depth: Picture, rng: np.random.Generator) -> Picture:
    """A lamp over the nearer ground, darkness behind it; the sky goes black."""
    height, width = depth.shape
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    centre = (rng.uniform(0.35, 0.65), rng.uniform(0.55, 0.75))
    pool = np.exp(-(((x - centre[0]) / 0.42) ** 2 + ((y - centre[1]) / 0.5) ** 2))
    reach = np.exp(-np.minimum(depth, 400) / 16)
    lamp = (0.06 + 0.75 * pool * reach)[..., None] * np.array((1.08, 0.9, 0.66), np.float32)
    sky = (depth > 1000)[..., None]
    return np.asarray(np.where(sky, np.array((0.012, 0.013, 0.02), np.float32), colour * lamp), np.float32)


def _lamps(colour: Picture, depth: Picture, rng: np.random.Generator) -> Picture:
    """Street lamps and lit windows at night: pools of warm and white light, brighter than by one lamp."""
    height, width = depth.shape
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    lit = np.full((height, width, 3), 0.09, np.float32) * np.array((0.8, 0.85, 1.0), np.float32)
    for _ in range(rng.integers(2, 5)):
        tone_of = np.array(rng.choice(((1.1, 0.85, 0.55), (1.0, 0.97, 0.9), (0.85, 0.95, 1.1))), np.float32)
        at, wide = rng.uniform((0.0, 0.1), (1.0, 0.9)), rng.uniform(0.15, 0.45)
        pool = np.exp(-(((x - at[0]) / wide) ** 2 + ((y - at[1]) / (wide * 1.2)) ** 2)) * rng.uniform(0.4, 0.9)
        lit += pool[..., None].astype(np.float32) * tone_of
    sky = (depth > 1000)[..., None]
    return np.asarray(np.where(sky, np.float32(0.015), colour * lit), np.float32)


def _infrared(colour: Picture, depth: Picture, rng: np.random.Generator) -> Picture:
    """A camera's own infrared lamp: grey, bright in the middle and near, black far away; leaves and cloth turn pale."""
    height, width = depth.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    away = (x - rng.uniform(-0.2, 0.2)) ** 2 + (y - rng.uniform(-0.2, 0.2)) ** 2
    beam = np.exp(-away / rng.uniform(0.5, 1.1)) * np.clip(rng.uniform(6, 11) / np.maximum(depth, 2.5), 0.02, 1.6)
    grey = np.maximum(colour @ np.array((0.45, 0.4, 0.15), np.float32), 0)
    flat = np.asarray(grey**0.85 * (0.03 + beam), np.float32)
    return np.repeat(np.where(depth > 1000, np.float32(0.004), flat)[..., None], 3, 2)


Weather: TypeAlias = Callable[[Picture, Picture, np.random.Generator], Picture]
LIGHTS: dict[str, Weather] = {
    "day": _day,
    "dusk": _dusk,
    "rain": _rain,
    "night": _night,
    "lamps": _lamps,
    "infrared": _infrared,
}


def light_up(light: str, colour: Picture, depth: Picture, rng: np.random.Generator) -> Picture:
    """Linear `colour` (H, W, 3) in another light.

    Raises:
        ValueError: no light has this name.
    """
    if light not in LIGHTS:
        raise ValueError(f"no light is called {light!r}; there are {sorted(LIGHTS)}")
    return LIGHTS[light](colour, depth, rng)


def streaks(screen: Picture, rng: np.random.Generator) -> Picture:
    """Falling drops, drawn as short bright lines that lean with the wind."""
    height, width = screen.shape[:2]
    layer = np.zeros((height, width), np.float32)
    lean = rng.uniform(-0.25, 0.25)
    for _ in range(int(width * height / 1500)):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        length = rng.uniform(0.012, 0.04) * height
        cv2.line(
            layer, (x, y), (int(x + lean * length), int(y + length)), float(rng.uniform(0.15, 0.5)), 1, cv2.LINE_AA
        )
    drops = cv2.GaussianBlur(layer, (0, 0), 0.7)[..., None] * 0.5
    return np.asarray(screen * (1 - drops) + 0.85 * drops, np.float32)


def vignette(shape: tuple[int, ...]) -> Picture:
    """How the corners of a picture of `shape` fall off: (H, W, 1), 1 in the middle."""
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    return np.asarray(1 - 0.14 * ((x * x + y * y) / 2)[..., None], np.float32)


def wet_lens(screen: Picture, drops: int, rng: np.random.Generator) -> Picture:
    """`drops` drops of water on the glass: each shows the street small, upside down and soft, with a dark rim."""
    height, width = screen.shape[:2]
    wet: Picture = screen.copy()
    upside = cv2.GaussianBlur(screen[::-1, ::-1], (0, 0), 2.0)
    for _ in range(drops):
        radius = int(rng.uniform(0.004, 0.022) * width) + 2
        x, y = int(rng.integers(radius, width - radius)), int(rng.integers(radius, height - radius))
        mask = np.zeros((height, width), np.float32)
        cv2.ellipse(mask, (x, y), (radius, int(radius * rng.uniform(1.0, 1.4))), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
        rim = mask - cv2.erode(mask, np.ones((3, 3), np.uint8))
        mask = cv2.GaussianBlur(mask, (0, 0), 0.25 * radius)[..., None] * rng.uniform(0.3, 0.75)
        wet = np.asarray(wet * (1 - mask) + upside * mask - 0.06 * rim[..., None], np.float32)
    return np.asarray(wet, np.float32)


def shaken(screen: Picture, length_px: float, rng: np.random.Generator) -> Picture:
    """The blur of a camera that moved by `length_px` in some direction while it looked."""
    if length_px < 1:
        return screen
    side = int(length_px) | 1
    kernel = np.zeros((side, side), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = side // 2
    a = (reach - round(reach * np.cos(angle)), reach - round(reach * np.sin(angle)))
    b = (reach + round(reach * np.cos(angle)), reach + round(reach * np.sin(angle)))
    cv2.line(kernel, a, b, 1.0)
    return np.asarray(cv2.filter2D(screen, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT), np.float32)


def coarse(screen: Picture, detail: float) -> Picture:
    """The same picture from a camera that has only `detail` (0..1) of its pixels each way, scaled up again."""
    if detail >= 1:
        return screen
    height, width = screen.shape[:2]
    small = cv2.resize(
        screen, (max(8, int(width * detail)), max(8, int(height * detail))), interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
