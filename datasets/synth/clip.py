"""The demo's clip: one fixed view from a pole, a car that passes, noise that lives; encoded with PyAV, H.264.

The empty street is one plate. The car is rendered at a few spots of its way, each only in the part of the picture that
it touches; between two spots the nearer one is warped to where the car is, with the shadow that it throws.
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

CAR = "KatorLegaz/59"
PAINT: Vec = (0.62, 0.63, 0.64)
LANE_Y = -4.9  # under the wall; with the kerb on its right, a car comes from the right of the picture
SPEED = -6.5
ENTERS_S = 4.0
FROM_X = 8.4
SPOTS = (7.2, 5.0, 2.8, 0.6, -1.6, -3.8, -6.0)  # where it is rendered

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
    return Model(name=CAR, at=at, turn_deg=90.0, size=CARS[CAR], tint=PAINT, thing=_THING)


def scenes() -> dict[str, Scene]:
    """The empty street, and the same with the car at each spot."""
    empty = scene_of(SCENE)
    with_car = {f"car-{i}": replace(empty, solids=(*empty.solids, body(x))) for i, x in enumerate(SPOTS)}
    return {"empty": empty} | with_car


def border_of(scene: Scene) -> Border | None:
    """The share of the picture that the car and its shadow touch: x0, y0, x1, y1 from below left; None without it."""
    box = reach(scene, _THING, QUALITY.width, QUALITY.height)
    if box is None:
        return None
    margin = 0.06 * QUALITY.width
    x0, x1 = max(box[0] - margin, 0) / QUALITY.width, min(box[2] + margin, QUALITY.width) / QUALITY.width
    y0, y1 = 1 - min(box[3] + margin, QUALITY.height) / QUALITY.height, 1 - max(box[1] - margin, 0) / QUALITY.height
    return (x0, y0, x1, y1)


def make(file: Path, tell: Callable[[str], None], threads: int = 2) -> None:
    """Render what is missing and encode the clip."""
    folder = plate_folder() / "clip"
    wanted = scenes()
    borders = {name: border for name, scene in wanted.items() if (border := border_of(scene)) is not None}
    plates = render(wanted, folder, replace(QUALITY, threads=threads), _line(tell), borders)
    empty, *cars = (open_plate(plate) for plate in plates)
    encode(file, pictures(wanted["empty"], empty, cars))
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
    plate = cars[nearest]
    way = _warp(scene, SPOTS[nearest], x)
    mask = (plate.index == _THING).astype(np.float32)
    lit = plate.rgb.sum(2) > 0
    shade = np.where(lit & (mask == 0), plate.rgb.sum(2) / np.maximum(empty.rgb.sum(2), 1e-4), 1.0)
    shade = cv2.GaussianBlur(np.clip(shade, 0.2, 1.05).astype(np.float32), (0, 0), 2.0)
    size = (mask.shape[1], mask.shape[0])
    solid = cv2.GaussianBlur(cv2.warpAffine(mask, way, size), (0, 0), 0.7)[..., None]
    colour = cv2.warpAffine(plate.rgb, way, size, flags=cv2.INTER_LINEAR)
    shadow = cv2.warpAffine(shade, way, size, borderMode=cv2.BORDER_CONSTANT, borderValue=1.0)[..., None]
    return np.asarray(empty.rgb * shadow * (1 - solid) + colour * solid, np.float32)


def _warp(scene: Scene, from_x: float, to_x: float) -> NDArray[np.float64]:
    """The affine map that takes the corners of the car at one spot of the picture nearest to those at another."""
    here, there = (
        [scene.camera.project(point, QUALITY.width, QUALITY.height) for point in corners(body(x))]
        for x in (from_x, to_x)
    )
    pairs = [(a, b) for a, b in zip(here, there, strict=True) if a is not None and b is not None]
    left = np.array([(a[0], a[1], 1.0) for a, _ in pairs])
    right = np.array([b for _, b in pairs])
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
