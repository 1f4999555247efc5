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
from benchmarks.posting import CARD, PICTURES
from benchmarks.rivals.environment import Trap, python_of, trap, version_of, without_ours
from benchmarks.rivals.look import MIN_SCORE
from benchmarks.rush import Phone, a_form
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
TITLE: Final = "CPU time per 1080p photo over HTTP, from bytes to boxes, against {}"


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


def measure() -> list[Figure]:
    """Start all sides, let each look in turn, one at a time; then one row a rival."""
    card = open_card(CARD)
    pictures = {path.name: path.read_bytes() for path in sorted(PICTURES.glob("*.jpg"))}
    with TemporaryDirectory(prefix="bench-") as folder, trap() as caught, ExitStack() as held:
        sides, failed = {"ours": held.enter_context(ours())}, {}
        for name in RIVALS:
            try:
                sides[name] = held.enter_context(rival(name, card, Path(folder), caught))
            except (subprocess.CalledProcessError, ChildProcessError) as error:
                failed[name] = str(error)[:200]
        for side in sides.values():
            side.look(dict(itertools.islice(pictures.items(), WARM)))
        rounds, boxes = [], {}
        for _ in range(ROUNDS):
            told = {name: _round(side, pictures) for name, side in sides.items()}
            boxes = {name: one.pop("boxes") for name, one in told.items()}
            rounds.append(told)
        started = {name: round(side.started_s, 1) for name, side in sides.items()}
        missing = [
            Figure(f"F2-{name}", TITLE.format(RIVALS[name]), None, "of it", TARGET, [], COMMAND, note=why)
            for name, why in failed.items()
        ]
        rows = [_row(name, rounds, _same(card, boxes, name), started) for name in RIVALS if name in sides]
        alike = accuracy.served({name: side.look for name, side in sides.items()}, COMMAND)
        return [*rows, *missing, alike, _silence(caught)]


def _row(name: str, rounds: Sequence[Mapping[str, Any]], same: tuple[int, int], started: Mapping[str, float]) -> Figure:
    def middle(side: str, key: str) -> float:
        return statistics.median(float(one[side][key]) for one in rounds)

    value = statistics.median(one["ours"]["cpu_ms"] / one[name]["cpu_ms"] for one in rounds)
    kept = [{side: one[side] for side in ("ours", name)} for one in rounds]
    told = (
        f"{middle('ours', 'cpu_ms'):.1f} against {middle(name, 'cpu_ms'):.1f} CPU-ms; "
        f"{middle('ours', 'pss_mb'):.0f} against {middle(name, 'pss_mb'):.0f} MB; start to first answer "
        f"{started['ours']:g} against {started[name]:g} s; {same[0]} of {same[1]} boxes the same at IoU 0.9"
    )
    alike = same[0] >= SAME * same[1]
    told += "" if alike else "; not comparable"
    reference = Reference(RIVALS[name], version_of(name), round(middle(name, "cpu_ms"), 1))
    return Figure(f"F2-{name}", TITLE.format(RIVALS[name]), round(value, 3) if alike else None, "of it", TARGET, kept,
                  COMMAND, reference=reference, note=told)  # fmt: skip


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


def _same(card: Card, boxes: Mapping[str, Mapping[str, Sequence[Sequence[float]]]], name: str) -> tuple[int, int]:
    ours, theirs = (
        {file: [[card.kinds[int(row[0])], *row[1:]] for row in rows] for file, rows in boxes[side].items()}
        for side in ("ours", name)
    )
    return agreement(ours, theirs, MIN_SCORE)


def _rows(body: bytes) -> list[list[float]]:
    """The boxes of one photo; BentoML answers a batch of one with a list of one."""
    rows: Any = json.loads(body)
    is_batch = bool(rows) and (not rows[0] or isinstance(rows[0][0], list))
    boxes: list[list[float]] = rows[0] if is_batch else rows
    return boxes


@contextmanager
def ours() -> Iterator[Server]:
    """The service's pool and model behind the same route."""
    with _running([sys.executable, "-m", "benchmarks.rivals.ours", str(CARD)], dict(os.environ), None) as server:
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
