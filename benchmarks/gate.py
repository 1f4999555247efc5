"""F9: the gate. How many looks it saves on a street where nothing happens, what it misses, and what it costs."""

import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from benchmarks.figures import Figure
from benchmarks.street import COMES_S, READ_EVERY_S, STATIC, WITH_HEAP, Film, Shot, picture
from detector.decisions import Scene
from detector.gate import Gate, Gating
from detector.looks import Looks
from detector.types import Box, Detection, Detections, Frame

LOOK_EVERY: Final = timedelta(minutes=1)
CONFIRM_EVERY: Final = timedelta(seconds=8)
COSTED: Final = 200
ROUNDS: Final = 5
TARGET_SKIPPED: Final = 90.0
TARGET_MS: Final = 0.1
COMMAND: Final = "make bench ONLY=F9"
BEGAN: Final = datetime(2026, 5, 4, 4, tzinfo=UTC)
HEAP: Final = Detection("litter", "litter", 0.8, Box(200, 200, 330, 290))


def measure() -> list[Figure]:
    """Every scene through the gate and without it, before an eye that sees the heap whenever it can be seen."""
    static = [static_scene(film, n) for n, film in enumerate(STATIC)]
    heaps = [heap_scene(film, n) for n, film in enumerate(WITH_HEAP)]
    skipped = 100 * sum(one["skipped"] for one in static) / sum(one["frames"] for one in static)
    worst = min(static, key=lambda one: one["skipped"] / one["frames"])
    missed = [one["scene"] for one in heaps if one["missed"]]
    later = max(one["later_s"] for one in heaps)
    costs = [cost_ms() for _ in range(ROUNDS)]
    read = f"{len(static)} scenes of 30 minutes, a frame every {READ_EVERY_S:g} s, a look forced every 60 s"
    note = f"{read}; least where {worst['scene']}: {100 * worst['skipped'] / worst['frames']:.0f} %"
    return [
        Figure("F9", "looks that the gate saves where nothing happens", round(skipped, 1), "%", TARGET_SKIPPED, static,
               COMMAND, "at_least", note=note),
        Figure("F9-missed", "tickets that it misses", len(missed), "tickets", 0, heaps, COMMAND,
               note=f"{len(heaps)} scenes with a heap; at most {later:g} s later than without a gate"),
        Figure("F9-cost", "what it costs a frame of 1080p", round(statistics.median(costs), 3), "CPU-ms", TARGET_MS,
               costs, COMMAND),
    ]  # fmt: skip


def static_scene(film: Film, seed: int) -> dict[str, Any]:
    """How many frames of a film are not looked at."""
    gate, causes = Gate(), []
    for shot in film.shots(seed):
        causes.append(gate.admit(_frame(shot)))
    told = {cause: causes.count(cause) for cause in ("first", "due", "changed")}
    return {"scene": film.name, "frames": len(causes), "skipped": causes.count(None), **told}


def heap_scene(film: Film, seed: int) -> dict[str, Any]:
    """When the heap of a film becomes a ticket, with the gate and with a look at every frame."""
    shots = list(film.shots(seed))
    gated, looks = _opened_s(shots, Gate(Gating(look_every=LOOK_EVERY)))
    every, _ = _opened_s(shots, None)
    later_s = gated - every if gated is not None and every is not None else 0.0
    return {
        "scene": film.name,
        "comes_s": COMES_S,
        "opened_s": gated,
        "opened_without_gate_s": every,
        "later_s": later_s,
        "looks": looks,
        "frames": len(shots),
        "missed": every is not None and gated is None,
    }


def cost_ms() -> float:
    """CPU-ms of one decision about a 1080p frame that is not looked at."""
    wide = np.ascontiguousarray(np.repeat(np.repeat(picture("heap-shiliu.jpg"), 3, axis=0), 3, axis=1))
    gate, frame = Gate(), Frame(wide, "pole", BEGAN, clock_s=0.0)
    gate.admit(frame)
    began = time.process_time()
    for _ in range(COSTED):
        gate.admit(frame)
    return 1000 * (time.process_time() - began) / COSTED


def _opened_s(shots: Sequence[Shot], gate: Gate | None) -> tuple[float | None, int]:
    """When a ticket is opened, and after how many looks at all."""
    looks, taken, pending, opened = Looks(), 0, False, None
    for shot in shots:
        frame = _frame(shot)
        if gate is not None and gate.admit(frame, CONFIRM_EVERY if pending else LOOK_EVERY) is None:
            continue
        taken += 1
        decisions = looks.see(Scene("pole", frame.taken_at, clock_s=shot.at_s), _seen(shot), "f" * 64)
        pending = any(one.reason in ("too_few_hits", "not_yet_persistent", "missed") for one in decisions)
        if opened is None and any(one.reason == "opened" for one in decisions):
            opened = shot.at_s
    return opened, taken


def _frame(shot: Shot) -> Frame:
    return Frame(shot.image, "pole", BEGAN + timedelta(seconds=shot.at_s), clock_s=shot.at_s)


def _seen(shot: Shot) -> Detections:
    if not shot.shows_heap:
        return Detections.none()
    xyxy = np.array([HEAP.box.xyxy], np.float32)
    return Detections(xyxy, np.array([HEAP.score], np.float32), (HEAP.kind,), (HEAP.condition,))
