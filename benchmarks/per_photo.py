"""F1: CPU time per 1080p photo, from bytes to boxes, against ultralytics with the same weights in the same run."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

from benchmarks import accuracy
from benchmarks.agreement import agreement
from benchmarks.cpu import tree_cpu_seconds, wait_until_idle
from benchmarks.figures import Figure, Reference
from benchmarks.looker import DEFAULT_SIDE, MIN_SCORE, SIDES
from benchmarks.posting import CARD, PICTURES, post, working_service
from detector.weights import open_card

ROUNDS: Final = 7
TARGET: Final = 0.55
TITLE: Final = "CPU time per 1080p photo, from bytes to boxes"
COMMAND: Final = "make bench ONLY=F1"


class Side:
    """A looker process."""

    def __init__(self, name: str, pictures: Sequence[Path]) -> None:
        command = [sys.executable, "-m", "benchmarks.looker", name, str(CARD), *map(str, pictures)]
        quiet = {"CI": "true", "YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false", "YOLO_VERBOSE": "false"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | quiet
        )
        self._read()

    def round(self) -> dict[str, Any]:
        """Look at all pictures once: CPU seconds and boxes."""
        if self._process.stdin is None:
            raise BrokenPipeError
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        for line in self._process.stdout or ():
            if line.startswith("{"):
                told: dict[str, Any] = json.loads(line)
                return told
        raise ChildProcessError(f"the looker ended with status {self._process.wait()}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate()


def measure() -> list[Figure]:
    """Alternate the sides, then the whole way over HTTP."""
    pictures = sorted(PICTURES.glob("*.jpg"))
    with ExitStack() as held:
        sides = {name: held.enter_context(Side(name, pictures)) for name in SIDES}
        rounds = [{name: side.round() for name, side in sides.items()} for _ in range(ROUNDS)]
    costs = [{f"{name}_ms": _ms(told, pictures) for name, told in one.items()} for one in rounds]
    last = {name: told["boxes"] for name, told in rounds[-1].items()}
    same = {side: agreement(last["ours"], last[side], MIN_SCORE) for side in SIDES}
    side_px = max(open_card(CARD).input)
    usual = "{} of {} boxes the same at IoU 0.9".format(*same["untouched"])
    equal = "{} of {} boxes the same at IoU 0.9".format(*same["ultralytics"])
    return [
        ratio(
            "F1",
            f"{TITLE}; ours at {side_px} pixels, `predict` untouched",
            "untouched",
            costs,
            f"{side_px} against {DEFAULT_SIDE} pixels; {usual}; see F1-ap50",
        ),
        accuracy.measure(),
        ratio("F1-pixels", f"{TITLE}, both at {side_px} pixels", "ultralytics", costs, equal),
        over_http(pictures),
    ]


def ratio(name: str, title: str, side: str, costs: Sequence[dict[str, float]], note: str) -> Figure:
    """The median over the rounds of our cost as a part of another side's."""
    value = statistics.median(cost["ours_ms"] / cost[f"{side}_ms"] for cost in costs)
    ours, theirs = (statistics.median(cost[f"{one}_ms"] for cost in costs) for one in ("ours", side))
    reference = Reference("ultralytics predict", version("ultralytics-opencv-headless"), theirs)
    told = f"{ours:.1f} against {theirs:.1f} CPU-ms; {note}"
    return Figure(
        name, title, round(value, 3), "of ultralytics", TARGET, costs, COMMAND, reference=reference, note=told
    )


def _ms(told: dict[str, Any], pictures: Sequence[Path]) -> float:
    return round(1000 * float(told["cpu_s"]) / len(pictures), 2)


def over_http(pictures: Sequence[Path]) -> Figure:
    """CPU time of the service per photo that came over HTTP and became durable tickets, face blur included."""
    with TemporaryDirectory(prefix="bench-") as folder, working_service(Path(folder)) as (service, client):
        post(client, pictures[0], 0)
        rounds = [_round(service.process.pid, client, pictures, number) for number in range(1, ROUNDS + 1)]
    title = "CPU time per photo from HTTP to durable tickets and a blurred picture"
    return Figure("F1-http", title, statistics.median(rounds), "CPU-ms", None, rounds, COMMAND)


def _round(pid: int, client: Any, pictures: Sequence[Path], number: int) -> float:
    begun = tree_cpu_seconds(pid)
    for index, picture in enumerate(pictures):
        post(client, picture, number * len(pictures) + index)
    wait_until_idle(pid)
    return round(1000 * (tree_cpu_seconds(pid) - begun) / len(pictures), 1)
