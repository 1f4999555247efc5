"""An edge computer as the world meets it: a process over a folder of pictures, a bad network, its owner's book."""

import fcntl
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from tests.faults.outside import environment

CAMERA: Final = "edge-1"
WALL: Final = Path(__file__).parents[2] / "service" / "demo" / "pictures" / "ads-shiku.jpg"
CONDITION: Final = "illegal_ad"
BEGIN: Final = datetime(2026, 5, 4, 0, 0, tzinfo=UTC)
APART: Final = timedelta(minutes=30)
"""So that there is something to say on every picture but the first."""

SIZE: Final = (640, 360)
LOOK_EVERY_S: Final = 0.002
PIECE: Final = 16 * 1024


class Album:
    """Pictures of one wall, half an hour apart; each differs from the others by a sensor's noise."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        with Image.open(WALL) as wall:
            self._wall = np.asarray(wall.convert("RGB").resize(SIZE), np.int16)

    def pages(self, first: int, count: int) -> Path:
        """A folder with the pictures of these numbers; a number is always the same picture."""
        folder = self._folder / f"{first}-{count}"
        folder.mkdir(exist_ok=True)
        for number in range(first, first + count):
            (folder / f"{number:06d}.jpg").write_bytes(self._picture(number).read_bytes())
        return folder

    def _picture(self, number: int) -> Path:
        path = self._folder / f"{number:06d}.jpg"
        if not path.exists():
            noise = np.random.default_rng(number).integers(-2, 3, self._wall.shape, np.int16)
            exif, taken_at = Image.Exif(), BEGIN + number * APART
            exif.get_ifd(0x8769).update({0x9003: f"{taken_at:%Y:%m:%d %H:%M:%S}", 0x9011: "+00:00"})
            Image.fromarray(np.clip(self._wall + noise, 0, 255).astype(np.uint8)).save(path, quality=90, exif=exif)
        return path


@dataclass(slots=True)
class EdgeComputer:
    """`python -m detector observe` on a folder, with a spool and a key."""

    spool: Path
    url: str
    key_file: Path
    log: Path
    process: subprocess.Popen[bytes] | None = None
    env: Mapping[str, str] = field(default_factory=dict)

    def begin(self, source: str | Path, *more: str) -> None:
        """Switch it on."""
        told = [str(source), "--post", self.url, "--key-file", str(self.key_file), "--spool", str(self.spool)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "detector", "observe", *told, "--threads", "1", *more],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=environment(self.env),
                start_new_session=True,
            )

    def has_begun(self) -> bool:
        """Whether it has its spool, and with it its ears for signals."""
        with suppress(FileNotFoundError), (self.spool / "lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def kill(self) -> None:
        """SIGKILL, as when somebody pulls the plug of the computer but not of its disk."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.wait(5)

    def terminate(self, limit_s: float) -> tuple[int | None, float]:
        """SIGTERM; the exit status, None if it is still there after `limit_s`, and the seconds that it took."""
        begun = time.monotonic()
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.wait(limit_s), time.monotonic() - begun

    def wait(self, limit_s: float) -> int | None:
        """Its exit status, None if it has not ended by then."""
        if self.process is None:
            return None
        try:
            return self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            return None


@dataclass(slots=True)
class Book:
    """What the edge computer has taken into its spool, by its owner: each item's moment, by name.

    On a disk whose power is cut, an item counts as taken once the spool's own count, written after it, says so.
    """

    spool: Path
    is_cut: bool = False
    items: dict[str, str] = field(default_factory=dict)
    _pending: dict[str, str] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Write down what appears, while inside."""
        self._stop.clear()
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.close()
            thread.join()

    def close(self) -> None:
        """Write nothing more down: what happens from now on was never promised."""
        self._stop.set()

    def _watch(self) -> None:
        while not self._stop.is_set():
            with suppress(OSError, ValueError):
                self._look()
            self._stop.wait(LOOK_EVERY_S)

    def _look(self) -> None:
        for path in self.spool.glob("*.item"):
            if path.name not in self.items and path.name not in self._pending:
                head, _, _ = path.read_bytes().partition(b"\n")
                self._pending[path.name] = json.loads(head)["taken_at"]
        taken = counts(self.spool).get("taken", 0) if self.is_cut else None
        for name in list(self._pending):
            if taken is None or int(name.partition("-")[0]) < taken:
                self.items[name] = self._pending.pop(name)


def counts(spool: Path) -> dict[str, int]:
    """What the spool says of itself."""
    file = spool / "counts.json"
    told: dict[str, int] = json.loads(file.read_bytes()) if file.exists() else {}
    return told


class Network:
    """A relay that loses connections: before they begin, in the middle of a frame, or just before the answer.

    `target` is the service's address, None while it is out of reach; `losses` the share of connections that fail.
    """

    def __init__(self, dice: random.Random) -> None:
        self.target: str | None = None
        self.losses = 0.0
        self.lost: dict[str, int] = {"before": 0, "within": 0, "answer": 0}
        self.passed = 0
        self._dice = dice
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where the edge computer believes the service to be."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}/api/cameras/{CAMERA}"

    def close(self) -> None:
        """Take nothing more."""
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._server.accept()
                threading.Thread(target=self._carry, args=(caller,), daemon=True).start()

    def _carry(self, caller: socket.socket) -> None:
        loss = self._dice.choice(list(self.lost)) if self._dice.random() < self.losses else None
        if loss is not None:
            self.lost[loss] += 1
        target = urlsplit(self.target or "")
        with caller, suppress(OSError):
            if loss == "before" or target.port is None:
                return
            with socket.create_connection(("127.0.0.1", target.port)) as service:
                budget = self._dice.randrange(1, 3 * PIECE) if loss == "within" else None
                up = threading.Thread(target=_pump, args=(caller, service, budget), daemon=True)
                up.start()
                told = _pump(service, caller, None, is_deaf=loss == "answer")
                self.passed += told > 0 and loss is None
                with suppress(OSError):
                    caller.shutdown(socket.SHUT_RDWR)
                up.join(1)


def _pump(source: socket.socket, sink: socket.socket, budget: int | None, *, is_deaf: bool = False) -> int:
    """Carry bytes to the end, or until the budget is spent and both ends are cut; how many came."""
    carried = 0
    with suppress(OSError):
        while piece := source.recv(PIECE):
            carried += len(piece)
            if budget is not None and carried > budget:
                for end in (source, sink):
                    end.shutdown(socket.SHUT_RDWR)
                break
            if not is_deaf:
                sink.sendall(piece)
    return carried
