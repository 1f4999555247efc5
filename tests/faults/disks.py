"""Disks that can be cut off or filled: file systems on a loop device or in memory. Root only."""

import fcntl
import os
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FS_IOC_SHUTDOWN: Final = 0x8004587D
WITHOUT_JOURNAL_FLUSH: Final = 2


def why_not() -> str | None:
    """The reason why this machine cannot mount a disk of ours; None if it can.

    Tries it, since root in a container may still not be allowed to.
    """
    if os.geteuid() != 0:
        return "needs root for mount"
    probe = Path("/run/streetwarden-probe") if Path("/run").is_dir() else Path("/tmp/streetwarden-probe")
    probe.mkdir(exist_ok=True)
    try:
        _run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(probe))
        _run("umount", str(probe))
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        return f"mount is refused here: {error}"
    finally:
        probe.rmdir()
    return None if Path("/dev/loop-control").exists() else "there is no loop device here"


@dataclass(frozen=True, slots=True)
class LoopDisk:
    """An ext4 file system in a file, mounted at `point`, whose power can be cut."""

    image: Path
    point: Path

    @classmethod
    def make(cls, folder: Path, size_mb: int = 256) -> "LoopDisk":
        """Format a new image in `folder` and mount it."""
        disk = cls(folder / "disk.img", folder / "disk")
        disk.point.mkdir()
        with disk.image.open("wb") as file:
            file.truncate(size_mb * 2**20)
        _run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0", str(disk.image))
        disk.mount()
        return disk

    def mount(self) -> None:
        """Mount it; what the journal holds is replayed."""
        _run("mount", "-o", "loop", str(self.image), str(self.point))

    def cut(self) -> None:
        """From this instant nothing more reaches the disk, and what is only in memory is lost."""
        descriptor = os.open(self.point, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, FS_IOC_SHUTDOWN, struct.pack("I", WITHOUT_JOURNAL_FLUSH))
        finally:
            os.close(descriptor)

    def unmount(self, patience_s: float = 10.0) -> None:
        """Unmount it, waiting for processes that are just dying."""
        last = time.monotonic() + patience_s
        while True:
            try:
                return _run("umount", str(self.point))
            except subprocess.CalledProcessError:
                if time.monotonic() > last:
                    raise
                time.sleep(0.1)

    def power_back(self) -> None:
        """Unmount and mount again, as a machine does that starts."""
        self.unmount()
        self.mount()


@contextmanager
def loop_disk(folder: Path) -> Iterator[LoopDisk]:
    """A mounted disk, gone after the block."""
    disk = LoopDisk.make(folder)
    try:
        yield disk
    finally:
        disk.unmount()


@contextmanager
def small_disk(point: Path, size_mb: int) -> Iterator[Path]:
    """A file system in memory with `size_mb`, mounted at `point`."""
    point.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(point))
    try:
        yield point
    finally:
        _run("umount", "-l", str(point))


@contextmanager
def ballast(folder: Path, leave_mb: int = 0) -> Iterator[None]:
    """Inside the block, so much is left of the disk of `folder`; 0: it is full to the last byte."""
    file = folder / "ballast"
    try:
        with file.open("wb", buffering=0) as sink:
            _fill(sink.fileno())
            sink.truncate(max(0, sink.tell() - leave_mb * 2**20))
        yield
    finally:
        file.unlink()


def _fill(descriptor: int) -> None:
    for chunk in (2**20, 4096, 1):
        try:
            while True:
                os.write(descriptor, b"\0" * chunk)
        except OSError:
            continue


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
