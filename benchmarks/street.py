"""A street on film for the gate: pictures with noise, light, rain, leaves, traffic, dusk, and a heap that comes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import PIL.Image as Pillow

from detector.types import Image

PICTURES: Final = Path(__file__).resolve().parents[1] / "service/demo/pictures"
SIZE: Final = (640, 360)
READ_EVERY_S: Final = 5.0
LENGTH_S: Final = 30 * 60.0
COMES_S: Final = 600.0
SLOWLY_S: Final = 480.0
SEEN_FROM: Final = 0.5
"""Of a heap that grows, the share from which a model is taken to see it."""

Change = Callable[["Film", Image, float], Image]


def picture(name: str) -> Image:
    """One of the demo's pictures, `(360, 640, 3)`."""
    with Pillow.open(PICTURES / name) as opened:
        return np.asarray(opened.convert("RGB").resize(SIZE), np.uint8)


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame, its second, and whether its heap can be seen."""

    image: Image
    at_s: float
    shows_heap: bool


@dataclass(slots=True)
class Film:
    """Half an hour before one street.

    Attributes:
        name: of the scene.
        changes: what the sky, the trees and the traffic do to every picture.
        grows_s: None where no heap comes; else how long it takes to come, 0 at once.
        grain: gray levels of the sensor's noise.
        dice: what is left to chance.
    """

    name: str
    changes: tuple[Change, ...] = ()
    grows_s: float | None = None
    grain: float = 3.0
    dice: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def shots(self, seed: int) -> Iterator[Shot]:
        """All frames, the same for the same seed."""
        dice = self.dice = np.random.default_rng(seed)
        clean, heap = picture("heap-shiliu-after.jpg"), picture("heap-shiliu.jpg")
        noise = dice.normal(0, 1, clean.shape).astype(np.float32)
        for n in range(int(LENGTH_S / READ_EVERY_S)):
            at_s = n * READ_EVERY_S
            there = self._share(at_s)
            image = _partly(clean, heap, there)
            for change in self.changes:
                image = change(self, image, at_s)
            grain = np.roll(noise, int(dice.integers(noise.size)))
            noisy = np.clip(image + self.grain * grain, 0, 255).astype(np.uint8)
            yield Shot(noisy, at_s, there >= SEEN_FROM)

    def _share(self, at_s: float) -> float:
        if self.grows_s is None or at_s < COMES_S:
            return 0.0
        return 1.0 if self.grows_s == 0 else min(1.0, (at_s - COMES_S) / self.grows_s)


def _partly(clean: Image, heap: Image, share: float) -> Image:
    """The street with the lower part of what makes the difference: a heap grows from the ground."""
    if share in (0.0, 1.0):
        return heap if share else clean
    differs = np.flatnonzero((np.abs(heap.astype(np.int16) - clean).max(axis=2) > 24).any(axis=1))
    top = int(differs[-1] - share * (differs[-1] - differs[0]))
    image = clean.copy()
    image[top:] = heap[top:]
    return image


def daylight(_: Film, image: Image, at_s: float) -> Image:
    """The light of half an hour: up and down by a fifth."""
    return _scaled(image, 1.0 + 0.2 * np.sin(at_s / 300))


def exposure(_: Film, image: Image, at_s: float) -> Image:
    """A camera that sets its exposure anew every few minutes."""
    return _scaled(image, (1.0, 0.75, 1.2)[int(at_s // 200) % 3])


def clouds(_: Film, image: Image, at_s: float) -> Image:
    """A soft shadow that crosses the street in ten minutes."""
    at = np.linspace(0, 1, SIZE[0]) - (at_s % 600) / 600
    return _scaled(image, (1 - 0.35 * np.exp(-((at / 0.25) ** 2)))[None, :, None])


def rain(film: Film, image: Image, _: float) -> Image:
    """A hundred streaks, never the same."""
    wet = image.copy()
    for x, y in zip(film.dice.integers(0, SIZE[0], 100), film.dice.integers(0, SIZE[1] - 30, 100), strict=True):
        wet[y : y + 28, x] = wet[y : y + 28, x] // 2 + 110
    return wet


def leaves(film: Film, image: Image, _: float) -> Image:
    """A tree in the upper left, which never rests."""
    moved = image.copy()
    moved[:120, :220] = np.roll(moved[:120, :220], int(film.dice.integers(-5, 6)), axis=1)
    return moved


def traffic(film: Film, image: Image, _: float) -> Image:
    """Cars on the road, elsewhere on every frame, on half of them."""
    busy = image.copy()
    for _n in range(int(film.dice.integers(0, 3))):
        x, y = int(film.dice.integers(0, 540)), int(film.dice.integers(150, 260))
        busy[y : y + 60, x : x + 100] = film.dice.integers(20, 200, 3)
    return busy


def night(_film: Film, image: Image, _: float) -> Image:
    """A dark street."""
    return (70 * (image / 255.0) ** 1.4).astype(np.uint8)


def dusk(_: Film, image: Image, at_s: float) -> Image:
    """Ever darker, and after twenty minutes the camera switches to infrared."""
    if at_s < 1200:
        return _scaled(image, 1.0 - 0.6 * at_s / 1200)
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    lamp = np.exp(-(((x - 320) / 280) ** 2) - ((y - 220) / 170) ** 2)
    return np.repeat((image.mean(axis=2) * lamp)[..., None], 3, axis=2).astype(np.uint8)


def _scaled(image: Image, gain: object) -> Image:
    return np.clip(image * np.asarray(gain, np.float32), 0, 255).astype(np.uint8)


STATIC: Final = (
    Film("nothing happens"),
    Film("daylight", (daylight,)),
    Film("clouds", (clouds,)),
    Film("exposure", (exposure,)),
    Film("leaves", (leaves, daylight)),
    Film("rain", (rain,)),
    Film("night", (night,), grain=6.0),
)
WITH_HEAP: Final = (
    Film("a heap at once", (daylight,), grows_s=0),
    Film("a heap that grows", (daylight,), grows_s=SLOWLY_S),
    Film("a heap behind traffic", (traffic, daylight), grows_s=0),
    Film("a heap in the rain", (rain, clouds), grows_s=SLOWLY_S),
    Film("a heap under a tree", (leaves,), grows_s=SLOWLY_S),
    Film("a heap by night", (night,), grows_s=0, grain=6.0),
    Film("a heap at dusk", (dusk,), grows_s=SLOWLY_S),
)
