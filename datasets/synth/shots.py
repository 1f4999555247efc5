"""A plate becomes pictures: exposure, light and weather, crop, noise, JPEG; boxes come from the index pass."""

import itertools
import math
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.records import Label
from datasets.synth.plates import Plate
from datasets.synth.scene import Scene, Thing
from datasets.synth.weather import coarse, light_up, shaken, streaks, tone, vignette, wet_lens

_MIN_SIDE_PX = 8
_CLEAR_M = 10.0  # no haze nearer than this
_HIDDEN_APART = 0.3
_SCRAP = 0.3  # a part so short beside the other is its brick or its strip, and gets no box of its own
_LEAST_LEFT, _LEAST_LEFT_THIN = 0.25, 0.4
_THIN_PX, _THIN_SHARE = 12, 0.02
_DARK = {"night": 3.0, "lamps": 2.2, "infrared": 2.6}  # how much stronger the noise is

_LEAST_CHANGE = 0.035  # of white, over the noise
_DOUBLED = 0.5  # intersection over union

THIN = frozenset({"flying_wire"})
Extent: TypeAlias = tuple[float, float, float, float]

_Value = TypeVar("_Value", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Shot:
    """How a plate is photographed.

    Attributes:
        crop: x0, y0, x1, y1 as shares of the plate.
        size: width and height of the picture, pixels.
        light: `day`, `dusk`, `rain`, `night` (one lamp), `lamps` (several) or `infrared`.
        exposure: 1 is right; the brightness of the middle of the histogram follows it.
        warmth: above 1 redder, below 1 bluer.
        blur_px, noise: softness of the lens and strength of the sensor's noise (share of white).
        quality: JPEG quality, 1..100.
        motion_px: how far the camera moved while it looked; `drops`: how many drops lie on its glass.
        detail: share of its pixels that a poor camera has each way; the picture is scaled up again.
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
    motion_px: float = 0.0
    drops: int = 0
    detail: float = 1.0


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
    colour = _resized(window(expose(plate, scene, shot), shot.crop), shot.size)
    depth = _resized(window(plate.depth, shot.crop), shot.size)
    picture = develop(colour, depth, shot)
    done, jpeg = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, shot.quality])
    if not done:
        raise ValueError(f"no JPEG came of {shot}")
    return Taken(jpeg.tobytes(), labels_of(window(plate.index, shot.crop), scene, shot.size))


def tells_apart(plate: Plate, bare: Plate, scene: Scene, shot: Shot) -> bool:
    """Whether each thin thing in a shot differs from the same shot of the bare street by more than its noise."""
    index = cv2.resize(window(plate.index, shot.crop), shot.size, interpolation=cv2.INTER_NEAREST)
    thin = [thing.id for thing in scene.things if thing.kind in THIN and (index == thing.id).any()]
    if not thin:
        return True
    with_it, without = (_screen(passes, scene, shot) for passes in (plate, bare))
    change = np.abs(with_it - without).mean(2)
    least = _LEAST_CHANGE + shot.noise * _DARK.get(shot.light, 1.0)
    return all(float(np.percentile(change[index == number], 60)) >= least for number in thin)


def _screen(plate: Plate, scene: Scene, shot: Shot) -> NDArray[np.float32]:
    """A shot without its lens and its noise."""
    colour = _resized(window(expose(plate, scene, shot), shot.crop), shot.size)
    depth = _resized(window(plate.depth, shot.crop), shot.size)
    return tone(light_up(shot.light, colour, depth, np.random.default_rng(shot.seed)))


def doubled(labels: tuple[Label, ...]) -> bool:
    """Whether two boxes of thin things lie nearly on each other, so that nobody could say which is which."""
    boxes = [label.xyxy for label in labels if label.kind in THIN]
    return any(_shared(a, b) > _DOUBLED for a, b in itertools.combinations(boxes, 2))


def _shared(a: Extent, b: Extent) -> float:
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(wide, 0.0) * max(high, 0.0)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def labels_of(index: NDArray[np.uint16], scene: Scene, size: tuple[int, int]) -> tuple[Label, ...]:
    """The labels of all things whose visible pixels span at least eight pixels of a picture of `size`.

    One a thing, but two for a flying wire of which more than three tenths are hidden between two parts. The box
    of a flying wire is at least twelve pixels and a fiftieth of the picture wide and high.

    Args:
        index: `(H, W)`, the thing id of each pixel, 0 for none.
    """
    return tuple(label for thing in scene.things for label in thing_labels(index, thing, size))


def thing_labels(index: NDArray[np.uint16], thing: Thing, size: tuple[int, int]) -> tuple[Label, ...]:
    """The labels of one thing; none where too little of it is seen."""
    mask = index == thing.id
    if thing.kind in THIN:
        return tuple(
            _label(thing.kind, _padded(run, size)) for run in runs(mask) if _longest(run, size) >= _MIN_SIDE_PX
        )
    whole = extent(mask)
    if whole is None or min((whole[2] - whole[0]) * size[0], (whole[3] - whole[1]) * size[1]) < _MIN_SIDE_PX:
        return ()
    return (_label(thing.kind, whole),)


def runs(mask: NDArray[np.bool_]) -> list[Extent]:
    """The extents of the visible runs of a cord: one, or two where more than three tenths between them are hidden."""
    whole = extent(mask)
    if whole is None:
        return []
    height, width = mask.shape
    reach = max(3, round(0.012 * width)) | 1
    joined = cv2.dilate(mask.astype(np.uint8), np.ones((reach, reach), np.uint8))
    count, names = cv2.connectedComponents(joined, connectivity=8)
    parts = [part for name in range(1, count) if (part := extent(mask & (names == name))) is not None]
    parts = [part for part in parts if _longest(part, (width, height)) >= reach]
    while len(parts) > 2:
        parts = _nearest_joined(parts, (width, height))
    if len(parts) < 2:
        return [whole]
    gap = _gap(parts[0], parts[1], (width, height))
    lengths = sorted(math.hypot((p[2] - p[0]) * width, (p[3] - p[1]) * height) for p in parts)
    apart = gap > _HIDDEN_APART * (gap + sum(lengths)) and lengths[0] > _SCRAP * lengths[1]
    return parts if apart else [whole]


def _nearest_joined(parts: list[Extent], size: tuple[int, int]) -> list[Extent]:
    """The same parts with the two that lie nearest to each other made one."""
    a, b = min(itertools.combinations(parts, 2), key=lambda pair: _gap(pair[0], pair[1], size))
    both = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
    return [*(part for part in parts if part not in (a, b)), both]


def intact(index: NDArray[np.uint16], scene: Scene, shot: Shot) -> bool:
    """Whether a shot leaves nothing of each thing, or a quarter of its visible pixels (more of a cord) and a label."""
    part = window(index, shot.crop)
    for thing in scene.things:
        left, whole = int((part == thing.id).sum()), int((index == thing.id).sum())
        least = _LEAST_LEFT_THIN if thing.kind in THIN else _LEAST_LEFT
        if left and (left < least * whole or not thing_labels(part, thing, shot.size)):
            return False
    return True


def extent(mask: NDArray[np.bool_]) -> Extent | None:
    """What a mask spans, as shares of it: x0, y0, x1, y1."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return None
    height, width = mask.shape
    x0, x1, y0, y1 = int(columns.min()), int(columns.max()) + 1, int(rows.min()), int(rows.max()) + 1
    return (x0 / width, y0 / height, x1 / width, y1 / height)


def _longest(part: Extent, size: tuple[int, int]) -> float:
    return max((part[2] - part[0]) * size[0], (part[3] - part[1]) * size[1])


def _gap(a: Extent, b: Extent, size: tuple[int, int]) -> float:
    across = max(0.0, max(a[0], b[0]) - min(a[2], b[2])) * size[0]
    down = max(0.0, max(a[1], b[1]) - min(a[3], b[3])) * size[1]
    return math.hypot(across, down)


def _padded(part: Extent, size: tuple[int, int]) -> Extent:
    """The same box, widened round its middle to the least side and moved into the picture."""
    low, high = list(part[:2]), list(part[2:])
    for axis in (0, 1):
        least = max(_THIN_PX / size[axis], _THIN_SHARE)
        short = least - (high[axis] - low[axis])
        if short > 0:
            start = min(max(low[axis] - short / 2, 0.0), 1 - least)
            low[axis], high[axis] = start, start + least
    return (low[0], low[1], high[0], high[1])


def _label(kind: str, box: Extent) -> Label:
    x0, y0, x1, y1 = box
    return Label(kind, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0)


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
    screen = tone(light_up(shot.light, colour, depth, rng))
    if shot.light == "rain":
        screen = streaks(screen, rng)
    screen = coarse(shaken(wet_lens(screen, shot.drops, rng), shot.motion_px, rng), shot.detail)
    soft = _blurred(screen, shot.blur_px)
    sharp = soft + 0.55 * (soft - _blurred(soft, 1.4))
    strength = shot.noise * _DARK.get(shot.light, 1.0)
    grain = rng.standard_normal(screen.shape).astype(np.float32)
    blotches = _blurred(rng.standard_normal(screen.shape).astype(np.float32), 1.1) * 1.4
    noisy = sharp + strength * (grain + blotches) * (0.5 + 0.7 * (1 - sharp))
    if shot.light == "infrared":
        noisy = np.repeat(noisy.mean(2, keepdims=True), 3, 2)
    return np.asarray((noisy * vignette(screen.shape) * 255).clip(0, 255), np.uint8)


def _blurred(values: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma_px), np.float32)


def _resized(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    smaller = size[0] <= values.shape[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR if values.ndim == 2 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(values, size, interpolation=way), np.float32)


def window(values: NDArray[_Value], crop: tuple[float, float, float, float]) -> NDArray[_Value]:
    """The part of a pass (H, W, ...) that a shot looks through."""
    height, width = values.shape[:2]
    x0, y0, x1, y1 = crop
    return values[math.floor(y0 * height) : math.ceil(y1 * height), math.floor(x0 * width) : math.ceil(x1 * width)]
