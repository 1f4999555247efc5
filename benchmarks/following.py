"""F14: following. What it costs to say, of 50 boxes on a look, which is which thing of the looks before."""

import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figure, Reference
from benchmarks.posting import CARD, PICTURES
from detector.decisions import Scene
from detector.images import open_file
from detector.looks import Looks, View
from detector.model import open_model
from detector.types import Detections
from detector.weights import open_card

THINGS: Final = 50
LOOKS: Final = 120
ROUNDS: Final = 5
TARGET: Final = 0.5
SEEN: Final = 0.9
"""The share of looks on which the model finds a thing; where it does not, its place in the picture is compared."""

SHAKES_PX: Final = 2.0
EVERY: Final = timedelta(seconds=8)
BEGAN: Final = datetime(2026, 5, 4, 4, tzinfo=UTC)
COMMAND: Final = "make bench ONLY=F14"


def measure() -> list[Figure]:
    """A street full of things, looked at again and again; beside it the look itself, on the same picture."""
    picture = open_file(sorted(PICTURES.glob("*.jpg"))[0], longest_side=960).image
    model = open_model(open_card(CARD))
    rounds = []
    for seed in range(ROUNDS):
        followed, begun = _follow(picture, seed)
        begun_s = time.process_time()
        model.detect([picture] * ROUNDS)
        look_ms = 1000 * (time.process_time() - begun_s) / ROUNDS
        rounds.append({"ms": round(followed, 3), "look_ms": round(look_ms, 2), "things": begun})
    ms, look_ms = (statistics.median(one[key] for one in rounds) for key in ("ms", "look_ms"))
    note = f"{ms:.2f} against {look_ms:.1f} CPU-ms; {THINGS} things became {max(one['things'] for one in rounds)}"
    return [
        Figure("F14", f"follow {THINGS} boxes a look, against the look itself", round(ms / look_ms, 3), "of a look",
               TARGET, rounds, COMMAND, reference=Reference("Model.detect", model.weights_sha256[:12], look_ms),
               note=note)
    ]  # fmt: skip


def _follow(picture: NDArray[np.uint8], seed: int) -> tuple[float, int]:
    """CPU-ms a look, and how many things the memory counted."""
    dice, looks, spent_s, numbers = np.random.default_rng(seed), Looks(), 0.0, set()
    height, width = picture.shape[:2]
    places = _places(width, height)
    for step in range(LOOKS):
        seen, scene = _seen(places, dice), Scene("pole", BEGAN + step * EVERY)
        begun_s = time.process_time()
        decisions = looks.see(scene, seen, "f" * 64, view=View.of(picture))
        spent_s += time.process_time() - begun_s
        numbers |= {thing.track for one in decisions for thing in one.things if thing.track is not None}
    return 1000 * spent_s / LOOKS, len(numbers)


def _places(width: int, height: int) -> NDArray[np.float32]:
    """`(THINGS, 4)`: boxes side by side, of several sizes."""
    columns = 10
    rows = -(-THINGS // columns)
    at = np.arange(THINGS)
    left, top = at % columns * (width / columns), at // columns * (height / rows)
    size = 24 + 4 * (at % 7)
    return np.stack([left + 8, top + 8, left + 8 + size, top + 8 + size], axis=1).astype(np.float32)


def _seen(places: NDArray[np.float32], dice: np.random.Generator) -> Detections:
    """What the model finds of them on one look, a little beside where they are."""
    found: Any = dice.random(len(places)) < SEEN
    shaken = places[found] + dice.normal(0, SHAKES_PX, (int(found.sum()), 4)).astype(np.float32)
    scores = dice.uniform(0.3, 0.9, len(shaken)).astype(np.float32)
    return Detections(np.clip(shaken, 0, None), scores, ("litter",) * len(shaken), ("litter",) * len(shaken))
