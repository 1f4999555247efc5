"""F1-profile: one photo from socket to ticket, and where the time goes, measured inside the real service."""

import json
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.figures import Figure
from benchmarks.posting import PICTURES, post
from tests.faults.outside import Outside, create_key

COMMAND: Final = "make bench ONLY=F1-profile"
PHOTOS: Final = 20
WARM: Final = 4
PATIENCE_S: Final = 60.0
ENGINES: Final = ("onnxruntime", "auto")
STEPS: Final = ("decode", "bytes on disk", "look", "tickets", "commits", "HTTP and form")
"""Of the answer, in their order; what is left inside the intake is the two commits."""

AFTER: Final = "hide faces and plates"
"""Done behind the answer."""


def measure() -> list[Figure]:
    """One photo after another, with ONNX Runtime as it was before, and with the engine that the service chooses."""
    rounds = [_way(engine) for engine in ENGINES]
    last = rounds[-1]
    slowest = max(STEPS, key=lambda step: last[step])
    note = (
        f"most of it: {slowest}, {last[slowest]:.1f} ms; behind the answer {last[AFTER]:.0f} ms for {AFTER}; with ONNX "
        f"Runtime alone {rounds[0]['answer']:.1f} ms"
    )
    title = "one photo alone, from its first byte to the answer with its tickets"
    return [Figure("F1-profile", title, last["answer"], "ms", None, rounds, COMMAND, note=note)]


def _way(engine: str) -> dict[str, Any]:
    pictures = sorted(PICTURES.glob("*.jpg"))
    with TemporaryDirectory(prefix="bench-") as folder:
        data, notes = Path(folder) / "data", Path(folder) / "steps.jsonl"
        key = create_key(data, "inspector")["key"]
        command = [sys.executable, "-m", "benchmarks.way_watch", str(notes)]
        service = Outside.launch(data, env={"STREETWARDEN_ENGINE": engine}, command=command)
        try:
            with service.wait_ready().client(key, timeout_s=PATIENCE_S) as client:
                for number in range(WARM):
                    post(client, pictures[number % len(pictures)], number)
                _settled(notes, WARM)
                before = len(_steps(notes))
                answers = []
                for number in range(WARM, WARM + PHOTOS):
                    began = time.perf_counter()
                    post(client, pictures[number % len(pictures)], number)
                    answers.append(time.perf_counter() - began)
                    _settled(notes, number + 1)
                return {"engine": engine, **told(_steps(notes)[before:], answers)}
        finally:
            service.stop()


def told(steps: Sequence[Mapping[str, Any]], answers_s: Sequence[float]) -> dict[str, float]:
    """The median of every step, milliseconds; `answer` is the whole as the client saw it.

    >>> step = {"wall_s": 0.01, "step": "look"}
    >>> told([step, {"wall_s": 0.03, "step": "inside"}], [0.05])["commits"]
    20.0
    """

    def middle(name: str) -> float:
        return 1000 * statistics.median([float(one["wall_s"]) for one in steps if one["step"] == name] or [0.0])

    inside, answer = middle("inside"), 1000 * statistics.median(answers_s)
    known = {name: middle(name) for name in ("decode", "bytes on disk", "look", "tickets")}
    left = {"commits": inside - sum(known.values()), "HTTP and form": answer - inside}
    every = known | left | {AFTER: middle(AFTER), "answer": answer}
    return {name: round(max(0.0, value), 2) for name, value in every.items()}


def _settled(notes: Path, photos: int) -> None:
    """Wait until what happens behind the answers has happened, so that photos do not meet it."""
    last = time.monotonic() + PATIENCE_S
    while sum(one["step"] == AFTER for one in _steps(notes)) < photos and time.monotonic() < last:
        time.sleep(0.02)


def _steps(notes: Path) -> list[dict[str, Any]]:
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.is_file() else []
    return [json.loads(line) for line in lines if line.endswith("}")]
