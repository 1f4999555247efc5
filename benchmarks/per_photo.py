"""F1: CPU time per 1080p photo, from bytes to boxes, against ultralytics with the same weights in the same run."""

import importlib.util
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

from benchmarks import accuracy
from benchmarks.agreement import agreement
from benchmarks.cpu import tree_cpu_seconds, wait_until_idle
from benchmarks.figures import Figure, Reference
from benchmarks.looker import DEFAULT_SIDE, MIN_SCORE
from benchmarks.posting import CARD, PICTURES, post, working_service
from detector.boxes import STRIDE, letterbox
from detector.engine import EngineName
from detector.processor import flags, multiplies_bytes
from detector.weights import open_card

ROUNDS: Final = 7
TARGET: Final = 0.55
TITLE: Final = "CPU time per 1080p photo, from bytes to boxes"
COMMAND: Final = "make bench ONLY=F1"

NAMED: Final[Mapping[EngineName, tuple[str, str]]] = {
    "onnxruntime": ("F1", ""),
    "onnxruntime-int8": ("F1-int8", ", with eight-bit weights"),
    "openvino": ("F1-openvino", ", by OpenVINO with eight-bit weights"),
}
"""How the figures of an engine begin, and what its titles add."""

Costs = Sequence[Mapping[str, float]]
"""A round each: CPU-ms a picture, by side."""


def of(promise: str, engine: EngineName) -> str:
    """The name of a promise's figure for an engine.

    >>> of("F4", "onnxruntime"), of("F4", "onnxruntime-int8")
    ('F4', 'F4-int8')
    """
    return promise + NAMED[engine][0].removeprefix("F1")


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
    """Alternate the sides, then the whole way over HTTP; every engine that is installed."""
    pictures, engines = sorted(PICTURES.glob("*.jpg")), here()
    names = [*engines.values(), "ultralytics", "untouched"]
    with ExitStack() as held:
        sides = {name: held.enter_context(Side(name, pictures)) for name in names}
        rounds = [{name: side.round() for name, side in sides.items()} for _ in range(ROUNDS)]
    costs = [{f"{name}_ms": _ms(told, pictures) for name, told in one.items()} for one in rounds]
    last = {name: told["boxes"] for name, told in rounds[-1].items()}
    return [figure for engine, ours in engines.items() for figure in _figures(engine, ours, costs, last, pictures)]


def here() -> dict[EngineName, str]:
    """The engines that can be measured here, and what the looker calls them."""
    card = open_card(CARD)
    engines: dict[EngineName, str] = {"onnxruntime": "ours"}
    if card.has("onnxruntime-int8") and multiplies_bytes(flags()):
        engines["onnxruntime-int8"] = "int8"
    if importlib.util.find_spec("openvino") and card.has("openvino"):
        engines["openvino"] = "openvino"
    return engines


def _figures(
    engine: EngineName, ours: str, costs: Costs, boxes: Mapping[str, Any], pictures: Sequence[Path]
) -> list[Figure]:
    prefix, by = NAMED[engine]
    side_px, same = max(open_card(CARD).input), "{} of {} boxes the same at IoU 0.9"
    usual, equal = (
        same.format(*agreement(boxes[ours], boxes[side], MIN_SCORE)) for side in ("untouched", "ultralytics")
    )
    return [
        ratio(
            (prefix, f"{TITLE}{by}; ours at {side_px} pixels, `predict` untouched"),
            (ours, "untouched"),
            costs,
            f"{side_px} against {DEFAULT_SIDE} pixels; {usual}; see {prefix}-ap50",
        ),
        accuracy.measure(engine, prefix),
        ratio(
            (f"{prefix}-pixels", f"{TITLE}{by}, both at {side_px} pixels"),
            (ours, "ultralytics"),
            costs,
            f"{equal}; {padded()}",
        ),
        over_http(pictures, engine, prefix),
    ]


def padded() -> str:
    """What the inputs of a 1080p photo are, padding included: `predict` pads to the stride what ours squeezes to it."""
    side_px = max(open_card(CARD).input)
    at = letterbox(1920, 1080, side_px)
    theirs = -(-round(1080 * side_px / 1920) // STRIDE) * STRIDE
    return f"{at.width}×{at.height} against {side_px}×{theirs} with padding"


def ratio(named: tuple[str, str], sides: tuple[str, str], costs: Costs, note: str) -> Figure:
    """The median over the rounds of our cost as a part of another side's; `named` is id and title."""
    name, title = named
    value = statistics.median(cost[f"{sides[0]}_ms"] / cost[f"{sides[1]}_ms"] for cost in costs)
    ours, theirs = (statistics.median(cost[f"{one}_ms"] for cost in costs) for one in sides)
    reference = Reference("ultralytics predict", version("ultralytics-opencv-headless"), theirs)
    told = f"{ours:.1f} against {theirs:.1f} CPU-ms; {note}"
    return Figure(
        name, title, round(value, 3), "of ultralytics", TARGET, costs, COMMAND, reference=reference, note=told
    )


def _ms(told: dict[str, Any], pictures: Sequence[Path]) -> float:
    return round(1000 * float(told["cpu_s"]) / len(pictures), 2)


def over_http(pictures: Sequence[Path], engine: EngineName, prefix: str) -> Figure:
    """CPU time of the service per photo that came over HTTP and became durable tickets, face blur included."""
    with TemporaryDirectory(prefix="bench-") as folder, working_service(Path(folder), engine) as (service, client):
        post(client, pictures[0], 0)
        rounds = [_round(service.process.pid, client, pictures, number) for number in range(1, ROUNDS + 1)]
    title = "CPU time per photo from HTTP to durable tickets and a blurred picture"
    return Figure(f"{prefix}-http", title, statistics.median(rounds), "CPU-ms", None, rounds, COMMAND)


def _round(pid: int, client: Any, pictures: Sequence[Path], number: int) -> float:
    begun = tree_cpu_seconds(pid)
    for index, picture in enumerate(pictures):
        post(client, picture, number * len(pictures) + index)
    wait_until_idle(pid)
    return round(1000 * (tree_cpu_seconds(pid) - begun) / len(pictures), 1)
