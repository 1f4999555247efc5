"""F2: CPU time per 1080p photo over HTTP, against LitServe, BentoML and Ray Serve with the same weights and pixels."""

import itertools
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks import accuracy
from benchmarks.agreement import agreement
from benchmarks.cpu import tree_cpu_seconds
from benchmarks.figures import Figure, Reference
from benchmarks.memory import pss_mb, tree
from benchmarks.per_photo import NAMED, here
from benchmarks.posting import CARD, PICTURES
from benchmarks.rivals.environment import Trap, python_of, trap, version_of, without_ours
from benchmarks.rivals.look import MIN_SCORE
from benchmarks.rush import Phone, a_form
from detector.engine import EngineName
from detector.weights import Card, open_card

ROUNDS: Final = int(os.environ.get("STREETWARDEN_BENCH_ROUNDS", "5"))
CLIENTS: Final = 4
WARM: Final = 8
TARGET: Final = 0.67
SAME: Final = 0.95
"""So many boxes at least must be the same at IoU 0.9, or the two sides did not do the same work."""

START_LIMIT_S: Final = 120.0
COMMAND: Final = "make bench ONLY=F2"
RIVALS: Final = {"litserve": "LitServe", "bentoml": "BentoML", "ray": "Ray Serve"}
TITLE: Final = "CPU time per 1080p photo over HTTP, from bytes to boxes{}; against {}"


@dataclass(slots=True)
class Server:
    """One side: a process that answers `/predict`, and all that it started."""

    process: subprocess.Popen[str]
    url: str
    started_s: float

    def look(self, pictures: Mapping[str, bytes]) -> dict[str, list[list[float]]]:
        """Post every picture once, a few at a time, and give the boxes by name."""
        forms = {name: a_form("/predict", data, {}, {}) for name, data in pictures.items()}
        phones = [Phone(self.url) for _ in range(CLIENTS)]
        parts = [list(forms)[number::CLIENTS] for number in range(CLIENTS)]

        def send(number: int) -> dict[str, list[list[float]]]:
            return {name: _rows(phones[number].send(forms[name]).body) for name in parts[number]}

        with ThreadPoolExecutor(CLIENTS) as threads:
            found = list(threads.map(send, range(CLIENTS)))
        for phone in phones:
            phone.close()
        return {name: rows for one in found for name, rows in one.items()}

    def stop(self) -> None:
        """End it and whatever it leaves behind."""
        left = tree(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        for pid in left[1:]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.communicate()


@dataclass(frozen=True, slots=True)
class Run:
    """What all sides did, one after another, in every round.

    Attributes:
        rounds: a side's CPU time and memory, by its name.
        boxes: what each found in the last round, by its name and the picture's.
        means: mean AP50 of each on the test pictures; empty where there are none.
        started: seconds from a side's start to its first answer.
    """

    rounds: Sequence[Mapping[str, Mapping[str, float]]]
    boxes: Mapping[str, Mapping[str, Sequence[Sequence[float]]]]
    started: Mapping[str, float]

    def middle(self, side: str, key: str) -> float:
        """The median of a side over the rounds."""
        return statistics.median(one[side][key] for one in self.rounds)


def measure() -> list[Figure]:
    """Start all sides, let each look in turn, one at a time; then a row for each of our engines and each rival."""
    card = open_card(CARD)
    pictures = {path.name: path.read_bytes() for path in sorted(PICTURES.glob("*.jpg"))}
    with TemporaryDirectory(prefix="bench-") as folder, trap() as caught, ExitStack() as held:
        engines = here()
        sides, failed = {mine: held.enter_context(ours(engine)) for engine, mine in engines.items()}, {}
        for name in RIVALS:
            try:
                sides[name] = held.enter_context(rival(name, card, Path(folder), caught))
            except (subprocess.CalledProcessError, ChildProcessError) as error:
                failed[name] = str(error)[:200]
        run = _run(sides, pictures)
        rows = [
            _missing(engine, name, failed[name]) if name in failed else _row(card, run, (engine, mine), name)
            for engine, mine in engines.items()
            for name in RIVALS
        ]
        looks = {name: side.look for name, side in sides.items()}
        return [*rows, accuracy.served(looks, list(engines.values()), COMMAND), _silence(caught)]


def _run(sides: Mapping[str, Server], pictures: Mapping[str, bytes]) -> Run:
    for side in sides.values():
        side.look(dict(itertools.islice(pictures.items(), WARM)))
    rounds, boxes = [], {}
    for _ in range(ROUNDS):
        told = {name: _round(side, pictures) for name, side in sides.items()}
        boxes = {name: one.pop("boxes") for name, one in told.items()}
        rounds.append(told)
    return Run(rounds, boxes, {name: round(side.started_s, 1) for name, side in sides.items()})


def _named(engine: EngineName, name: str) -> tuple[str, str]:
    """Id and title of the row that compares one of our engines with a rival.

    >>> _named("openvino", "ray")[0]
    'F2-openvino-ray'
    """
    prefix, by = NAMED[engine]
    return f"{prefix.replace('F1', 'F2')}-{name}", TITLE.format(by, RIVALS[name])


def _missing(engine: EngineName, name: str, why: str) -> Figure:
    return Figure(*_named(engine, name), None, "of it", TARGET, [], COMMAND, note=why)


def _row(card: Card, run: Run, ours: tuple[EngineName, str], name: str) -> Figure:
    """One of our engines, and what its side is called, against a rival."""
    engine, mine = ours
    value = statistics.median(one[mine]["cpu_ms"] / one[name]["cpu_ms"] for one in run.rounds)
    kept = [{side: one[side] for side in (mine, name)} for one in run.rounds]
    same = _same(card, run.boxes, mine, name)
    told = (
        f"{run.middle(mine, 'cpu_ms'):.1f} against {run.middle(name, 'cpu_ms'):.1f} CPU-ms; "
        f"{run.middle(mine, 'pss_mb'):.0f} against {run.middle(name, 'pss_mb'):.0f} MB; start to first answer "
        f"{run.started[mine]:g} against {run.started[name]:g} s; {same[0]} of {same[1]} boxes the same at IoU 0.9"
    )
    alike = same[0] >= SAME * same[1]
    told += "" if alike else "; not comparable"
    reference = Reference(RIVALS[name], version_of(name), round(run.middle(name, "cpu_ms"), 1))
    return Figure(*_named(engine, name), round(value, 3) if alike else None, "of it", TARGET, kept, COMMAND,
                  reference=reference, note=told)  # fmt: skip


def _silence(caught: Trap) -> Figure:
    title = "calls of the rivals to the outside while they were measured"
    note = "usage reporting is switched off by every switch that they document; proxy settings lead to a listener"
    return Figure("F2-silent", title, len(caught.asked), "calls", None, sorted(caught.asked), COMMAND, note=note)


def _round(side: Server, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    begun = tree_cpu_seconds(side.process.pid)
    boxes = side.look(pictures)
    spent = tree_cpu_seconds(side.process.pid) - begun
    return {
        "cpu_ms": round(1000 * spent / len(pictures), 2),
        "pss_mb": round(pss_mb(side.process.pid), 1),
        "boxes": boxes,
    }


def _same(
    card: Card, boxes: Mapping[str, Mapping[str, Sequence[Sequence[float]]]], mine: str, name: str
) -> tuple[int, int]:
    ours, theirs = (
        {file: [[card.kinds[int(row[0])], *row[1:]] for row in rows] for file, rows in boxes[side].items()}
        for side in (mine, name)
    )
    return agreement(ours, theirs, MIN_SCORE)


def _rows(body: bytes) -> list[list[float]]:
    """The boxes of one photo; BentoML answers a batch of one with a list of one."""
    rows: Any = json.loads(body)
    is_batch = bool(rows) and (not rows[0] or isinstance(rows[0][0], list))
    boxes: list[list[float]] = rows[0] if is_batch else rows
    return boxes


@contextmanager
def ours(engine: EngineName = "onnxruntime") -> Iterator[Server]:
    """The service's pool and model behind the same route."""
    command = [sys.executable, "-m", "benchmarks.rivals.ours", str(CARD), engine]
    with _running(command, dict(os.environ), None) as server:
        yield server


@contextmanager
def rival(name: str, card: Card, folder: Path, caught: Trap) -> Iterator[Server]:
    """A rival's server in its own environment, with no way out.

    Raises:
        subprocess.CalledProcessError: it could not be installed.
        ChildProcessError: it did not start.
    """
    onnx = folder / "street.onnx"
    onnx.write_bytes(card.read("onnxruntime"))
    port = _free_port()
    command = [str(python_of(name)), "-m", f"benchmarks.rivals.{name}_server", str(onnx), str(max(card.input)), port]
    with _running(command, without_ours() | caught.environment(), f"http://127.0.0.1:{port}") as server:
        yield server


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str], url: str | None) -> Iterator[Server]:
    """Start a side and wait for its first answer; one that says READY tells its address itself."""
    begun = time.monotonic()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        process = subprocess.Popen(
            command, stdout=nowhere if url else subprocess.PIPE, stderr=nowhere, text=True, env=environment
        )
    server = Server(process, url or _told(process), 0.0)
    try:
        _first_answer(server)
        server.started_s = time.monotonic() - begun
        yield server
    finally:
        server.stop()


def _told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().removeprefix("READY ").strip()


def _first_answer(server: Server) -> None:
    picture = min(PICTURES.glob("*.jpg")).read_bytes()
    last = time.monotonic() + START_LIMIT_S
    while time.monotonic() < last:
        if server.process.poll() is not None:
            raise ChildProcessError(f"ended with status {server.process.returncode}")
        try:
            phone = Phone(server.url)
            reply = phone.send(a_form("/predict", picture, {}, {}))
            phone.close()
        except (OSError, HTTPException):
            time.sleep(0.02)
            continue
        if reply.status == 200:
            return
        time.sleep(0.02)
    raise ChildProcessError(f"no answer within {START_LIMIT_S:g} s")


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])
