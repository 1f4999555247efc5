"""F1: CPU time per 1080p photo, from bytes to boxes, against ultralytics with the same weights in the same run."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

import psutil

from benchmarks.agreement import agreement
from benchmarks.figures import Figure, Reference
from benchmarks.looker import MIN_SCORE
from benchmarks.memory import tree
from benchmarks.posting import CARD, PICTURES, post, working_service

ROUNDS: Final = 7
TARGET: Final = 0.55
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
    """Alternate the two sides, then the whole way over HTTP."""
    pictures = sorted(PICTURES.glob("*.jpg"))
    with Side("ours", pictures) as ours, Side("ultralytics", pictures) as theirs:
        rounds = [(ours.round(), theirs.round()) for _ in range(ROUNDS)]
    same, boxes = agreement(rounds[-1][0]["boxes"], rounds[-1][1]["boxes"], MIN_SCORE)
    costs = [{"ours_ms": _ms(one, pictures), "ultralytics_ms": _ms(other, pictures)} for one, other in rounds]
    ratio = statistics.median(cost["ours_ms"] / cost["ultralytics_ms"] for cost in costs)
    ours_ms = statistics.median(cost["ours_ms"] for cost in costs)
    reference = Reference(
        "ultralytics predict",
        version("ultralytics-opencv-headless"),
        statistics.median(c["ultralytics_ms"] for c in costs),
    )
    note = f"{ours_ms:.0f} against {reference.value:.0f} CPU-ms; {same} of {boxes} boxes the same at IoU 0.9"
    title = "CPU time per 1080p photo, from bytes to boxes"
    ratio_row = Figure(
        "F1", title, round(ratio, 3), "of ultralytics", TARGET, costs, COMMAND, reference=reference, note=note
    )
    return [ratio_row, over_http(pictures)]


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


def wait_until_idle(pid: int) -> None:
    """Wait until the tree spends nearly nothing for a second: work behind the answer belongs to the photo too."""
    last = time.monotonic() + 60
    while time.monotonic() < last:
        before = tree_cpu_seconds(pid)
        time.sleep(1.0)
        if tree_cpu_seconds(pid) - before < 0.03:
            return


def tree_cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children, ended ones included."""
    times = [psutil.Process(member).cpu_times() for member in tree(pid)]
    return float(sum(t.user + t.system for t in times) + times[0].children_user + times[0].children_system)
