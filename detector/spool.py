"""What an edge computer has to say, kept on disk until the service has taken it: durable, bounded, oldest first.

One file an item: a line of JSON and the blurred JPEG. It is written beside, synced, renamed, and the folder is synced:
what `add` returned from survives a power cut, and a half-written item is never read.
"""

import errno
import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from detector.errors import SpoolInUse

SUFFIX: Final = ".item"
REFUSED: Final = "refused"
MOST_REFUSED: Final = 200
MOST_BYTES: Final = 2 * 1024**3
"""A vehicle that sees something each ten seconds fills it in about ten days."""

COUNTS: Final = "counts.json"
COUNTS_BYTES: Final = 256

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Item:
    """One blurred frame with something on it; `fields` are those of the form that it is posted by."""

    name: str
    fields: Mapping[str, str]
    jpeg: bytes


@dataclass(slots=True)
class Counts:
    """What became of all items since the spool was made; kept on disk.

    `posted` follows from the others, so that a kill between an item and its count is put right at the next start. Where
    that could be off by one it is a loss told too often, never one kept quiet.
    """

    taken: int = 0
    posted: int = 0
    refused: int = 0
    dropped: int = 0


_COUNTED: Final = frozenset(field.name for field in fields(Counts))


class Spool:
    """A folder of items. One process has it, any thread may call; OSError where the disk refuses.

    Full, by its own bound or because the disk is, means: the oldest items make room for the newest, and are counted as
    `dropped`; so is the newest itself where even an empty spool leaves no room for it.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most_bytes
        self._lock = threading.Lock()
        (folder / REFUSED).mkdir(parents=True, exist_ok=True)
        for left in folder.glob("*.new"):
            left.unlink()
        self._sizes = {path.name: path.stat().st_size for path in folder.glob(f"*{SUFFIX}")}
        names = [*self._sizes, *(path.name for path in (folder / REFUSED).iterdir())]
        told = _read_counts(folder / COUNTS)
        self.counts = _caught_up(told, names, len(self._sizes))
        self._not_ours = {name: value for name, value in told.items() if name not in _COUNTED}

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def size(self) -> int:
        """Bytes of what waits."""
        return sum(self._sizes.values())

    def add(self, fields: Mapping[str, str], jpeg: bytes) -> str | None:
        """Keep an item and return its name, None where there is no room; the same item again is the same file."""
        data = json.dumps(dict(fields), sort_keys=True).encode() + b"\n" + jpeg
        digest = hashlib.sha256(data).hexdigest()[:16]
        with self._lock:
            there = next((old for old in self._sizes if old.endswith(f"-{digest}{SUFFIX}")), None)
            if there is not None:
                return there
            name = f"{self.counts.taken:012d}-{digest}{SUFFIX}"
            is_kept = len(data) <= self._most and self._keep(name, data)
            self._count(taken=1, dropped=0 if is_kept else 1)
            return name if is_kept else None

    def oldest(self) -> Item | None:
        """What is to be posted next, None if nothing waits; an item that cannot be read is set aside."""
        while (name := self._first()) is not None:
            try:
                return _item(name, (self._folder / name).read_bytes())
            except FileNotFoundError:
                self._forget(name)
            except (ValueError, RecursionError):
                self.refuse(name)
        return None

    def done(self, name: str) -> None:
        """The service has it."""
        self._forget(name, posted=1)

    def refuse(self, name: str) -> None:
        """The service will never take it: set aside for a person to look at, at most so many of them."""
        with self._lock:
            if self._sizes.pop(name, None) is not None:
                self._count(refused=1)
                (self._folder / name).replace(self._folder / REFUSED / name)
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

    def _keep(self, name: str, data: bytes) -> bool:
        """Write an item, the oldest making room for it; False if there is none to be made."""
        while self._sizes and self.size + len(data) > self._most:
            self._drop_oldest()
        while not write_file(self._folder / name, data):
            if not self._sizes:
                return False
            self._drop_oldest()
        self._sizes[name] = len(data)
        return True

    def _drop_oldest(self) -> None:
        name = min(self._sizes)
        del self._sizes[name]
        self._count(dropped=1)
        (self._folder / name).unlink(missing_ok=True)

    def _count(self, **counted: int) -> None:
        """Count, also on a full disk: the numbers always take the same room, so that they fit where they stood."""
        for name, more in counted.items():
            setattr(self.counts, name, getattr(self.counts, name) + more)
        path, data = self._folder / COUNTS, json.dumps(self._not_ours | asdict(self.counts)).encode()
        data = data.ljust(-(-len(data) // COUNTS_BYTES) * COUNTS_BYTES)
        if not write_file(path, data) and path.exists():
            with path.open("r+b") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())


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
    try:
        told = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _item(name: str, data: bytes) -> Item:
    """An item from its bytes; ValueError, RecursionError where they are none."""
    head, _, jpeg = data.partition(b"\n")
    told = json.loads(head)
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise ValueError("the fields of a form are texts")
    return Item(name, told, jpeg)


def _caught_up(told: Mapping[str, Any], names: Iterable[str], waiting: int) -> Counts:
    """The counts that fit what lies there: names carry the number under which an item was taken.

    Another version may have counted more than this one knows, or less.

    >>> _caught_up({"taken": 3, "posted": 1, "thinned": 2}, ["000000000003-a.item"], 1)
    Counts(taken=4, posted=3, refused=0, dropped=0)
    """
    counts = Counts(**{name: value for name, value in told.items() if name in _COUNTED and _is_count(value)})
    numbers = [int(number) for name in names if (number := name.partition("-")[0]).isdecimal()]
    counts.taken = max([counts.taken, *(number + 1 for number in numbers)])
    counts.posted = max(0, counts.taken - counts.refused - counts.dropped - waiting)
    return counts


def write_file(path: Path, data: bytes) -> bool:
    """Write a file for good; False if the disk has no room for it, and then nothing is there."""
    try:
        _write(path, data)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        path.with_name(path.name + ".new").unlink(missing_ok=True)
        return False
    return True


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
