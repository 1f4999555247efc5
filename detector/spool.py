"""What an edge computer has to say, kept on disk until the service has taken it: durable, bounded, oldest first.

One file an item: a line of JSON and the blurred JPEG. It is written beside, synced, renamed, and the folder is synced:
what `add` returned from survives a power cut, and a half-written item is never read.
"""

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from detector.errors import SpoolInUse

SUFFIX: Final = ".item"
REFUSED: Final = "refused"
MOST_REFUSED: Final = 200
MOST_BYTES: Final = 2 * 1024**3
"""A vehicle that sees something each ten seconds fills it in about ten days."""


@dataclass(frozen=True, slots=True)
class Item:
    """One blurred frame with something on it; `fields` are those of the form that it is posted by."""

    name: str
    fields: Mapping[str, str]
    jpeg: bytes


@dataclass(slots=True)
class Counts:
    """What became of all items since the spool was made; kept on disk."""

    taken: int = 0
    posted: int = 0
    refused: int = 0
    dropped: int = 0


class Spool:
    """A folder of items. One process has it, any thread may call; OSError where the disk refuses.

    Full means: the oldest items make room for the newest, and are counted as `dropped`.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most_bytes
        self._lock = threading.Lock()
        (folder / REFUSED).mkdir(parents=True, exist_ok=True)
        for left in folder.glob("*.new"):
            left.unlink()
        self.counts = Counts(**_read_counts(folder / "counts.json"))
        self._sizes = {path.name: path.stat().st_size for path in folder.glob(f"*{SUFFIX}")}

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def size(self) -> int:
        """Bytes of what waits."""
        return sum(self._sizes.values())

    def add(self, fields: Mapping[str, str], jpeg: bytes) -> str:
        """Keep an item and return its name; the same item again is the same file."""
        data = json.dumps(dict(fields), sort_keys=True).encode() + b"\n" + jpeg
        digest = hashlib.sha256(data).hexdigest()[:16]
        with self._lock:
            self._make_room(len(data))
            name = next((old for old in self._sizes if old.endswith(f"-{digest}{SUFFIX}")), None)
            if name is None:
                name = f"{self.counts.taken:012d}-{digest}{SUFFIX}"
                _write(self._folder / name, data)
                self._sizes[name] = len(data)
                self._count(taken=1)
        return name

    def oldest(self) -> Item | None:
        """What is to be posted next, None if nothing waits; an item that cannot be read is set aside."""
        while (name := self._first()) is not None:
            try:
                head, _, jpeg = (self._folder / name).read_bytes().partition(b"\n")
                return Item(name, json.loads(head), jpeg)
            except FileNotFoundError:
                self._forget(name)
            except ValueError:
                self.refuse(name)
        return None

    def done(self, name: str) -> None:
        """The service has it."""
        self._forget(name, posted=1)

    def refuse(self, name: str) -> None:
        """The service will never take it: set aside for a person to look at, at most so many of them."""
        with self._lock:
            if self._sizes.pop(name, None) is not None:
                (self._folder / name).replace(self._folder / REFUSED / name)
                self._count(refused=1)
            for old in sorted((self._folder / REFUSED).iterdir())[:-MOST_REFUSED]:
                old.unlink(missing_ok=True)

    def _first(self) -> str | None:
        with self._lock:
            return min(self._sizes, default=None)

    def _forget(self, name: str, **counted: int) -> None:
        with self._lock:
            if self._sizes.pop(name, None) is not None:
                (self._folder / name).unlink(missing_ok=True)
                self._count(**counted)

    def _make_room(self, needed: int) -> None:
        while self._sizes and self.size + needed > self._most:
            name = min(self._sizes)
            del self._sizes[name]
            (self._folder / name).unlink(missing_ok=True)
            self._count(dropped=1)

    def _count(self, **counted: int) -> None:
        for name, more in counted.items():
            setattr(self.counts, name, getattr(self.counts, name) + more)
        _write(self._folder / "counts.json", json.dumps(asdict(self.counts)).encode())


@contextmanager
def open_spool(folder: Path, most_bytes: int = MOST_BYTES) -> Iterator[Spool]:
    """The spool in a folder, for this process alone; SpoolInUse if another one has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SpoolInUse(spool=str(folder)) from None
        yield Spool(folder, most_bytes)


def _read_counts(path: Path) -> dict[str, Any]:
    return json.loads(path.read_bytes()) if path.exists() else {}


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
