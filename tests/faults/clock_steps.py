"""K4: the clock is set forwards, backwards, by zones and by daylight saving, two hundred times, as a camera is read."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import numpy as np

from detector.errors import SourceSilent
from detector.gate import Gate, Gating
from detector.moments import Steady
from detector.observe import Looks, Persistence, Scene
from detector.sources import Reading, open_source
from detector.types import Detections, Frame
from tests.detector.cameras import Camera, a_camera
from tests.faults.outcome import Outcome, broken_cases

TITLE: Final = "clock steps, daylight saving and zones stop no watchdog and reorder nothing"
STEPS_S: Final = (-86_400.0, -3600.0, -61.0, -0.5, 0.5, 61.0, 3600.0, 86_400.0)
ZONES: Final = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Pacific/Apia", "UTC")
NOON: Final = datetime(2026, 3, 8, 6, 59, tzinfo=UTC)
"""A minute before New York's clocks go forward."""

LASTING: Final = timedelta(minutes=10)
LOOK_EVERY: Final = timedelta(minutes=1)
FRAME_S: Final = 5.0
STILL: Final = np.random.default_rng(4).integers(0, 255, (90, 160, 3), np.uint8)
NOTHING_SEEN: Final = "it opens after ten minutes of the monotonic clock, never sooner, never later"


class Stepping:
    """A wall clock that somebody sets; between two steps it runs with the other one."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.off_s = 0.0
        self._monotonic = monotonic

    def __call__(self) -> datetime:
        """What the wall says."""
        return NOON + timedelta(seconds=self._monotonic() + self.off_s)


def measure(steps: int = 200, seed: int = 4) -> Outcome:
    """Step while frames arrive from a real camera, then while a day of looks is decided about."""
    dice = random.Random(seed)
    with zones(dice) as turn:
        broken = [*live(steps // 2, dice, turn), *silent(dice), *watchdogs(steps - steps // 2, dice, turn)]
    rounds: list[dict[str, Any]] = [{"steps": steps, "broken": broken}]
    return Outcome([broken_cases("K4", TITLE, broken, rounds, f"{steps} steps")])


@contextmanager
def zones(dice: random.Random) -> Iterator[Callable[[], None]]:
    """Gives a way to move this process to another zone; it is where it was afterwards."""
    before = os.environ.get("TZ")

    def turn() -> None:
        os.environ["TZ"] = dice.choice(ZONES)
        time.tzset()

    yield turn
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def live(steps: int, dice: random.Random, turn: Callable[[], None]) -> list[str]:
    """Frames of a camera, a step before each: their moments grow."""
    wall = Stepping(time.monotonic)
    frames: list[Frame] = []
    with (
        a_camera(Camera(pictures=steps + 20, every_s=0.02)) as address,
        open_source(f"{address}/mjpeg", now=Steady(wall), reading=Reading(timeout_s=5)) as source,
    ):
        for _ in range(steps):
            wall.off_s += dice.choice(STEPS_S)
            turn()
            frames.append(next(source))
    pairs = list(pairwise(frames))
    broken = [f"{a.taken_at} before {b.taken_at}" for a, b in pairs if a.taken_at >= b.taken_at]
    return broken + [f"{a.clock_s} before {b.clock_s}" for a, b in pairs if (a.clock_s or 0) >= (b.clock_s or 0)]


def silent(dice: random.Random, timeout_s: float = 1.0) -> list[str]:
    """A camera falls silent while the clock goes back an hour: that is noticed as soon as ever."""
    wall = Stepping(time.monotonic)
    with a_camera(Camera(pictures=3)) as address:
        source = open_source(f"{address}/mjpeg", now=Steady(wall), reading=Reading(timeout_s=timeout_s))
        next(source)
        wall.off_s += dice.choice(STEPS_S[:2])
        began = time.monotonic()
        try:
            for _ in source:
                pass
        except SourceSilent:
            waited_s = time.monotonic() - began
            return [f"silence noticed after {waited_s:.1f} s"] if waited_s > 4 * timeout_s else []
    return ["silence was never noticed"]


def watchdogs(steps: int, dice: random.Random, turn: Callable[[], None]) -> list[str]:
    """Looks at a still scene, a step before each: each minute one is forced, and what lasts opens at its time."""
    now_s = [0.0]
    wall = Stepping(lambda: now_s[0])
    steady = Steady(wall, lambda: now_s[0])
    gate, looks = Gate(Gating(look_every=LOOK_EVERY)), Looks({"litter": Persistence(LASTING, min_hits=3)})
    seen = Detections(np.array([[10, 10, 60, 60]], np.float32), np.array([0.8], np.float32), ("litter",), ("litter",))
    looked: list[float] = []
    opened: list[float] = []
    for _ in range(steps):
        wall.off_s += dice.choice(STEPS_S)
        turn()
        frame = Frame(STILL, "pole", steady(), clock_s=now_s[0])
        if gate.admit(frame):
            looked.append(now_s[0])
            scene = Scene("pole", frame.taken_at, clock_s=frame.clock_s)
            opened += [now_s[0] for one in looks.see(scene, seen, "f" * 64) if one.reason == "opened"]
        now_s[0] += FRAME_S
    longest = LOOK_EVERY.total_seconds() + FRAME_S
    broken = [f"no look from {a} to {b} s" for a, b in pairwise(looked) if b - a > longest]
    lasting_s = LASTING.total_seconds()
    in_time = len(opened) == 1 and lasting_s <= opened[0] <= lasting_s + longest
    return broken + ([] if in_time or now_s[0] < lasting_s + longest else [f"{NOTHING_SEEN}: {opened}"])
