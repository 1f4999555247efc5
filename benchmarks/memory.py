"""How much memory a process and its children take, as the kernel counts it."""

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

KB_PER_MB = 1024


def tree(pid: int) -> list[int]:
    """The process and all that it started, as far as they live."""
    try:
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def pss_mb(pid: int) -> float:
    """Proportional set size of the whole tree, MB: shared pages are divided among those who share them."""
    return sum(_field(member, "smaps_rollup", "Pss:") for member in tree(pid)) / KB_PER_MB


def highest_mb(pid: int) -> float:
    """The most resident memory that the process itself ever had (VmHWM), MB."""
    return _field(pid, "status", "VmHWM:") / KB_PER_MB


def mapped_libraries(pid: int) -> set[str]:
    """Names of all files mapped by the tree: a loaded torch would show here."""
    names = set()
    for member in tree(pid):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{member}/maps").read_text(encoding="utf-8").splitlines()
            names |= {line.split(maxsplit=5)[5] for line in lines if "/" in line}
    return names


@dataclass(slots=True)
class Peak:
    """The highest proportional set size seen so far, MB."""

    mb: float = 0.0


@contextmanager
def watched(pid: int, every_s: float = 0.25) -> Iterator[Peak]:
    """Follow a tree's memory inside the block; seldom, since the kernel holds up the tree while it counts."""
    peak, ended = Peak(), threading.Event()

    def watch() -> None:
        while not ended.is_set():
            peak.mb = max(peak.mb, pss_mb(pid))
            time.sleep(every_s)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _field(pid: int, file: str, name: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8").splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0
