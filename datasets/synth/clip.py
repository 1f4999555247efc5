"""The demo's clip: one fixed view from a pole, cars that pass, noise that lives; encoded with PyAV, H.264.

Only the part of the picture that a car touches is rendered again for each of its frames; the rest is the plate.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from datasets.synth.demo import plate_folder, scene_of
from datasets.synth.plates import Plate, Quality, open_plate, render
from datasets.synth.scene import Model, Scene, Vec, reach
from datasets.synth.shots import Shot, develop, expose
from datasets.synth.street import CARS, KERB_M

RATE = 12
SECONDS = 12
QUALITY = Quality(1280, 720, 6)
SCENE = "pole/9"
_LENS_NOISE = 0.006
_KEYFRAME_S = 1


@dataclass(frozen=True, slots=True)
class Passing:
    """A car that drives through the view: model, from which x at which second, how fast, in which lane (y)."""

    model: str
    start_s: float
    from_x: float
    speed: float
    lane_y: float
    tint: Vec

    def at(self, second: float) -> Vec | None:
        """Where its middle is; None while it is not on the road before the camera."""
        x = self.from_x + self.speed * (second - self.start_s)
        ahead = second >= self.start_s and abs(x) <= abs(self.from_x)
        return (x, self.lane_y, -KERB_M) if ahead else None


# in the lane under the wall, kerb on its right, a car comes from the right of the picture
CARS_PASSING = (Passing("KatorLegaz/59", 4.0, 9.0, -6.5, -4.9, (0.62, 0.63, 0.64)),)


def frames() -> list[tuple[int, Scene | None]]:
    """Every frame's number with the scene that has its car in it, None where the road is empty."""
    empty = scene_of(SCENE)
    return [(i, _with_car(empty, i / RATE)) for i in range(RATE * SECONDS)]


def _with_car(empty: Scene, second: float) -> Scene | None:
    for car in CARS_PASSING:
        at = car.at(second)
        if at is None:
            continue
        turn = -90.0 if car.speed > 0 else 90.0
        body = Model(name=car.model, at=at, turn_deg=turn, size=CARS[car.model], tint=car.tint, thing=_CAR)
        scene = replace(empty, solids=(*empty.solids, body))
        if border_of(scene) is not None:
            return scene
    return None


_CAR = 250


def border_of(scene: Scene) -> tuple[float, float, float, float] | None:
    """The share of the picture that a car and its shadow touch: x0, y0, x1, y1 from below left; None if out of view."""
    box = reach(scene, _CAR, QUALITY.width, QUALITY.height)
    if box is None:
        return None
    margin = 0.07 * QUALITY.width
    x0, x1 = max(box[0] - margin, 0) / QUALITY.width, min(box[2] + margin, QUALITY.width) / QUALITY.width
    y0, y1 = 1 - min(box[3] + margin, QUALITY.height) / QUALITY.height, 1 - max(box[1] - margin, 0) / QUALITY.height
    if x1 - x0 < 0.02 or y1 - y0 < 0.02:
        return None
    return (x0, y0, x1, y1)


def make(file: Path, tell: Callable[[str], None], threads: int = 2) -> None:
    """Render what is missing and encode the clip."""
    quality = replace(QUALITY, threads=threads)
    folder = plate_folder() / "clip"
    sequence = frames()
    scenes = {"empty": scene_of(SCENE)} | {f"car-{i:03d}": scene for i, scene in sequence if scene is not None}
    borders = {name: border for name, scene in scenes.items() if (border := border_of(scene)) is not None}
    render(scenes, folder, quality, _line(tell), borders)
    encode(file, pictures(sequence, folder))
    tell(str(file))


def _line(tell: Callable[[str], None]) -> Callable[[Mapping[str, object]], None]:
    return lambda facts: tell(f"{Path(str(facts['plate'])).stem}: {facts['cpu_s']} CPU-s")


def pictures(
    sequence: list[tuple[int, Scene | None]], folder: Path
) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """Each frame as the camera gives it, RGB uint8 `(H, W, 3)`; exposure stays that of the empty street."""
    empty_scene = scene_of(SCENE)
    empty = open_plate(folder / "empty.npz")
    gain = expose(empty, empty_scene, Shot()).mean() / max(float(empty.rgb.mean()), 1e-6)
    for i, scene in sequence:
        plate = empty if scene is None else _pasted(empty, scene, folder / f"car-{i:03d}.npz")
        shot = Shot(size=(QUALITY.width, QUALITY.height), noise=_LENS_NOISE, seed=i)
        yield develop(np.asarray(plate.rgb * gain, np.float32), plate.depth, shot)


def _pasted(empty: Plate, scene: Scene, file: Path) -> Plate:
    border = border_of(scene)
    if border is None:
        return empty
    part = open_plate(file)
    height, width = empty.depth.shape
    inside = np.s_[
        int((1 - border[3]) * height) + 2 : int((1 - border[1]) * height) - 2,
        int(border[0] * width) + 2 : int(border[2] * width) - 2,
    ]
    rgb, depth = empty.rgb.copy(), empty.depth.copy()
    rgb[inside], depth[inside] = part.rgb[inside], part.depth[inside]
    return Plate(rgb, depth, empty.index)


def encode(file: Path, sequence: Iterator[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]) -> None:
    """Write H.264 in an MP4, a keyframe a second."""
    with av.open(str(file), "w", options={"movflags": "faststart"}) as out:
        stream = out.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = QUALITY.width, QUALITY.height, "yuv420p"
        stream.time_base = Fraction(1, RATE)
        stream.options = {
            "crf": "27",
            "preset": "slow",
            "g": str(RATE * _KEYFRAME_S),
            "keyint_min": str(RATE * _KEYFRAME_S),
        }
        for picture in sequence:
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
