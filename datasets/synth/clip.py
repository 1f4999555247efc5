"""The demo's clip: one fixed view from a pole, a car that passes, noise that lives; encoded with PyAV, H.264.

The empty street is one plate. The car is rendered at a few spots of its way by a camera with a wider frame, so that
none of it is cut off, and only where it is; between two spots the nearer one is warped to where the car is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.synth.demo import plate_folder, scene_of
from datasets.synth.plates import Border, Plate, Quality, open_plate, render
from datasets.synth.scene import Model, Scene, Vec, corners, reach
from datasets.synth.shots import Shot, develop, expose
from datasets.synth.street import CARS, KERB_M

Picture: TypeAlias = NDArray[np.uint8]

RATE = 12
SECONDS = 12
QUALITY = Quality(1280, 720, 4)
SCENE = "pole/9"

CAR = "KatorLegaz/75"
PAINT: Vec = (0.03, 0.035, 0.045)
LANE_Y = -4.9  # under the wall; with the kerb on its right, a car comes from the right of the picture
SPEED = -6.5
ENTERS_S = 4.0
FROM_X = 8.4
SPOTS = (6.0, 3.0, 0.0, -3.0, -6.0)  # where it is rendered
OVERSCAN = 1.6

_THING = 250
_KEYFRAME_S = 1


def car_x(second: float) -> float | None:
    """Where the car is along the street at a second; None while it is out of view.

    >>> [car_x(second) for second in (0, 4, 5, 11)]
    [None, 8.4, 1.9..., None]
    """
    x = FROM_X + SPEED * (second - ENTERS_S)
    return x if second >= ENTERS_S and x > -FROM_X else None


def body(x: float) -> Model:
    """The car at a spot of the lane."""
    at = (x, LANE_Y, -KERB_M)
    return Model(name=CAR, at=at, turn_deg=-90.0, size=CARS[CAR], tint=PAINT, thing=_THING)


def scenes() -> dict[str, Scene]:
    """The empty street, and the car at each spot before the wider camera."""
    empty = scene_of(SCENE)
    wide = replace(empty, camera=replace(empty.camera, lens_mm=empty.camera.lens_mm / OVERSCAN))
    with_car = {f"car-{i}": replace(wide, solids=(*wide.solids, body(x))) for i, x in enumerate(SPOTS)}
    return {"empty": empty} | with_car


def wider(quality: Quality) -> Quality:
    """The same pixels a metre over a wider frame."""
    return replace(quality, width=round(quality.width * OVERSCAN), height=round(quality.height * OVERSCAN))


def border_of(scene: Scene) -> Border | None:
    """The share of the picture that the car fills, from below left: x0, y0, x1, y1; None without a car in view."""
    box = reach(scene, _THING, 1, 1)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    height = QUALITY.width / QUALITY.height  # `reach` measures both sides in widths
    low, high = 0.5 - (y1 - 0.5) * height, 0.5 - (y0 - 0.5) * height
    return (max(x0 - 0.01, 0), max(low - 0.01, 0), min(x1 + 0.01, 1), min(high + 0.01, 1))


def make(file: Path, tell: Callable[[str], None], threads: int = 2) -> None:
    """Render what is missing and encode the clip."""
    folder = plate_folder() / "clip"
    wanted = scenes()
    empty = {"empty": wanted.pop("empty")}
    borders = {name: border for name, scene in wanted.items() if (border := border_of(scene)) is not None}
    quality = replace(QUALITY, threads=threads)
    (street,) = render(empty, folder, quality, _line(tell))
    cars = render(wanted, folder, wider(quality), _line(tell), borders)
    encode(file, pictures(empty["empty"], open_plate(street), [open_plate(car) for car in cars]))
    tell(str(file))


def pictures(scene: Scene, empty: Plate, cars: list[Plate]) -> Iterator[Picture]:
    """Each frame as the camera gives it, RGB uint8 `(H, W, 3)`; the exposure stays that of the empty street."""
    gain = float(expose(empty, scene, Shot()).mean()) / max(float(empty.rgb.mean()), 1e-6)
    for number in range(RATE * SECONDS):
        x = car_x(number / RATE)
        light = empty.rgb if x is None else _with_car(scene, empty, cars, x)
        shot = Shot(size=(QUALITY.width, QUALITY.height), noise=0.006, seed=number)
        yield develop(np.asarray(light * gain, np.float32), empty.depth, shot)


def _with_car(scene: Scene, empty: Plate, cars: list[Plate], x: float) -> NDArray[np.float32]:
    nearest = min(range(len(SPOTS)), key=lambda i: abs(SPOTS[i] - x))
    way = _warp(scene, SPOTS[nearest], x)
    size = (QUALITY.width, QUALITY.height)
    mask = (cars[nearest].index == _THING).astype(np.float32)
    solid = cv2.GaussianBlur(cv2.warpAffine(mask, way, size), (0, 0), 0.7)[..., None]
    colour = cv2.warpAffine(cars[nearest].rgb, way, size, flags=cv2.INTER_LINEAR)
    return np.asarray(empty.rgb * _shadow(scene, x) * (1 - solid) + colour * solid, np.float32)


def _shadow(scene: Scene, x: float) -> NDArray[np.float32]:
    """What the car leaves of the light on the road under a white sky: `(H, W, 1)`, 1 where it takes none."""
    foot = [point for point in corners(body(x)) if point[2] < 0]
    spots = [scene.camera.project(point, QUALITY.width, QUALITY.height) for point in foot]
    outline = cv2.convexHull(np.array([spot for spot in spots if spot is not None], np.float32)).astype(np.int32)
    dark = np.zeros((QUALITY.height, QUALITY.width), np.float32)
    cv2.fillConvexPoly(dark, outline, 1.0)
    return np.asarray(1 - 0.62 * cv2.GaussianBlur(dark, (0, 0), 16)[..., None], np.float32)


def _warp(scene: Scene, from_x: float, to_x: float) -> NDArray[np.float64]:
    """The affine map nearest to how the car's corners move, from the wider picture to another spot of the view."""
    view = (QUALITY.width, QUALITY.height)
    pairs = []
    for a, b in zip(corners(body(from_x)), corners(body(to_x)), strict=True):
        here, there = scene.camera.project(a, *view), scene.camera.project(b, *view)
        if here is not None and there is not None:
            pairs.append((here, there))
    shift = [side * (OVERSCAN - 1) / 2 for side in view]
    left = np.array([(here[0] + shift[0], here[1] + shift[1], 1.0) for here, _ in pairs])
    right = np.array([there for _, there in pairs])
    return np.asarray(np.linalg.lstsq(left, right, rcond=None)[0].T)


def _line(tell: Callable[[str], None]) -> Callable[[Mapping[str, object]], None]:
    return lambda facts: tell(f"{Path(str(facts['plate'])).stem}: {facts['cpu_s']} CPU-s")


def encode(file: Path, sequence: Iterator[Picture]) -> None:
    """Write H.264 in an MP4, a keyframe a second."""
    gop = str(RATE * _KEYFRAME_S)
    with av.open(str(file), "w", options={"movflags": "faststart"}) as out:
        stream = out.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = QUALITY.width, QUALITY.height, "yuv420p"
        stream.time_base = Fraction(1, RATE)
        stream.options = {"crf": "26", "preset": "slow", "g": gop, "keyint_min": gop, "sc_threshold": "0"}
        for picture in sequence:
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
