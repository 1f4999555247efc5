"""A plate becomes pictures: exposure, light and weather, crop, noise, JPEG; boxes come from the index pass."""

import math
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.records import Label
from datasets.synth.plates import Plate
from datasets.synth.scene import Scene

_MIN_SIDE_PX = 8
_CLEAR_M = 10.0  # no haze nearer than this

_Value = TypeVar("_Value", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Shot:
    """How a plate is photographed.

    Attributes:
        crop: x0, y0, x1, y1 as shares of the plate.
        size: width and height of the picture, pixels.
        light: `day`, `dusk`, `night` or `rain`.
        exposure: 1 is right; the brightness of the middle of the histogram follows it.
        warmth: above 1 redder, below 1 bluer.
        blur_px, noise: softness of the lens and strength of the sensor's noise (share of white).
        quality: JPEG quality, 1..100.
    """

    crop: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    size: tuple[int, int] = (1280, 720)
    light: str = "day"
    exposure: float = 1.0
    warmth: float = 1.0
    blur_px: float = 0.5
    noise: float = 0.008
    quality: int = 88
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """One picture, as JPEG bytes, with what it shows."""

    jpeg: bytes
    labels: tuple[Label, ...]


def shoot(plate: Plate, scene: Scene, shot: Shot) -> Taken:
    """Photograph a plate.

    Raises:
        ValueError: the shot names a light that there is not.
    """
    colour = _resized(_window(expose(plate, scene, shot), shot.crop), shot.size)
    depth = _resized(_window(plate.depth, shot.crop), shot.size)
    picture = develop(colour, depth, shot)
    done, jpeg = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, shot.quality])
    if not done:
        raise ValueError(f"no JPEG came of {shot}")
    return Taken(jpeg.tobytes(), labels_of(_window(plate.index, shot.crop), scene, shot.size))


def labels_of(index: NDArray[np.uint16], scene: Scene, size: tuple[int, int]) -> tuple[Label, ...]:
    """One label for each thing whose visible pixels span at least eight pixels of a picture of `size`.

    Args:
        index: `(H, W)`, the thing id of each pixel, 0 for none.
    """
    labels = []
    height, width = index.shape
    for thing in scene.things:
        rows, columns = np.nonzero(index == thing.id)
        if not len(rows):
            continue
        x0, x1 = columns.min() / width, (columns.max() + 1) / width
        y0, y1 = rows.min() / height, (rows.max() + 1) / height
        if min((x1 - x0) * size[0], (y1 - y0) * size[1]) >= _MIN_SIDE_PX:
            labels.append(Label(thing.kind, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0))
    return tuple(labels)


def expose(plate: Plate, scene: Scene, shot: Shot) -> NDArray[np.float32]:
    """Linear light with haze by distance, scaled so that the picture's middle brightness is that of a camera."""
    veil = 1 - np.exp(-np.clip(plate.depth - _CLEAR_M, 0, 2000) / scene.light.haze_m)[..., None]
    air = np.array(scene.light.horizon, np.float32) * scene.light.strength * 0.9
    far = plate.depth[..., None] > 1000
    hazed = np.where(far, plate.rgb, plate.rgb * (1 - veil) + air * veil)
    near = plate.depth < 40
    brightness = hazed.mean(2)[near] if near.any() else hazed.mean(2)
    gain = shot.exposure * 0.27 / max(float(np.percentile(brightness, 62)), 1e-4)
    return (hazed * gain * np.array((shot.warmth, 1.0, 1 / shot.warmth), np.float32)).astype(np.float32)


def develop(colour: NDArray[np.float32], depth: NDArray[np.float32], shot: Shot) -> NDArray[np.uint8]:
    """Linear `(H, W, 3)` to a camera's picture, RGB uint8."""
    rng = np.random.default_rng(shot.seed)
    lit = _LIGHTS[shot.light](colour, depth, rng) if shot.light in _LIGHTS else _refuse(shot.light)
    screen = _tone(lit)
    if shot.light == "rain":
        screen = _streaks(screen, rng)
    soft = _blurred(screen, shot.blur_px)
    sharp = soft + 0.55 * (soft - _blurred(soft, 1.4))
    strength = shot.noise * (3.0 if shot.light == "night" else 1.0)
    grain = rng.standard_normal(screen.shape).astype(np.float32)
    coarse = _blurred(rng.standard_normal(screen.shape).astype(np.float32), 1.1) * 1.4
    noisy = sharp + strength * (grain + coarse) * (0.5 + 0.7 * (1 - sharp))
    return np.asarray((noisy * _vignette(screen.shape) * 255).clip(0, 255), np.uint8)


def _blurred(values: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma_px), np.float32)


def _resized(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    smaller = size[0] <= values.shape[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR if values.ndim == 2 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(values, size, interpolation=way), np.float32)


def _tone(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """A filmic curve, then the screen's own."""
    x = np.maximum(linear, 0) * 0.85
    curve = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    screen = np.where(curve < 0.0031, curve * 12.92, 1.055 * np.maximum(curve, 1e-6) ** (1 / 2.4) - 0.055)
    return np.asarray(screen, np.float32)


def _day(colour: NDArray[np.float32], _depth: NDArray[np.float32], _rng: np.random.Generator) -> NDArray[np.float32]:
    return colour


def _dusk(colour: NDArray[np.float32], depth: NDArray[np.float32], _rng: np.random.Generator) -> NDArray[np.float32]:
    fade = 1 / (1 + np.minimum(depth, 60) / 40)[..., None]
    return np.asarray(colour * np.array((0.62, 0.6, 0.72), np.float32) * (0.55 + 0.45 * fade), np.float32)


def _rain(colour: NDArray[np.float32], depth: NDArray[np.float32], _rng: np.random.Generator) -> NDArray[np.float32]:
    veil = 1 - np.exp(-np.minimum(depth, 500) / 70)[..., None]
    wet = colour * np.array((0.66, 0.7, 0.74), np.float32)
    return np.asarray(wet * (1 - veil) + np.array((0.32, 0.34, 0.36), np.float32) * veil, np.float32)


def _night(colour: NDArray[np.float32], depth: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """A lamp over the nearer ground, darkness behind it; the sky goes black."""
    height, width = depth.shape
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    centre = (rng.uniform(0.35, 0.65), rng.uniform(0.55, 0.75))
    pool = np.exp(-(((x - centre[0]) / 0.42) ** 2 + ((y - centre[1]) / 0.5) ** 2))
    reach = np.exp(-np.minimum(depth, 400) / 16)
    lamp = (0.06 + 0.75 * pool * reach)[..., None] * np.array((1.08, 0.9, 0.66), np.float32)
    sky = (depth > 1000)[..., None]
    return np.asarray(np.where(sky, np.array((0.012, 0.013, 0.02), np.float32), colour * lamp), np.float32)


_LIGHTS = {"day": _day, "dusk": _dusk, "rain": _rain, "night": _night}


def _refuse(light: str) -> NDArray[np.float32]:
    raise ValueError(f"no light is called {light!r}; there are {sorted(_LIGHTS)}")


def _streaks(screen: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
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


def _vignette(shape: tuple[int, ...]) -> NDArray[np.float32]:
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    return np.asarray(1 - 0.14 * ((x * x + y * y) / 2)[..., None], np.float32)


def _window(values: NDArray[_Value], crop: tuple[float, float, float, float]) -> NDArray[_Value]:
    height, width = values.shape[:2]
    x0, y0, x1, y1 = crop
    return values[math.floor(y0 * height) : math.ceil(y1 * height), math.floor(x0 * width) : math.ceil(x1 * width)]
