"""Pictures on disk by their SHA-256, written so that what is acknowledged survives a power cut."""

import errno
import hashlib
import io
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from PIL import Image as Pillow

from detector.types import Image
from service.errors import EvidenceUnknown, StorageFull

DISK_TROUBLE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG})
JPEG_QUALITY: Final = 86
RESERVE_BYTES: Final = 16 * 1024 * 1024
"""Pictures leave this much of the disk alone, so that verdicts and moves go on where no new photo fits."""

UNTOUCHED: Final = timedelta(hours=1)
"""Bytes that came again within this time may be about to get a row."""

PART: Final = ".part"
SERVED_TYPE: Final = "image/jpeg"

Blur = Callable[[Image], Image]
"""Takes `(H, W, 3)` uint8 RGB, gives the same with faces and number plates made unrecognisable."""


@dataclass(frozen=True, slots=True)
class Damage:
    """An object that is not what its name says: `missing`, `changed`, or `unreadable`."""

    sha256: str
    problem: str


class Evidence:
    """A folder of objects, each named by the SHA-256 of its bytes: `ab/cdef…`."""

    def __init__(self, folder: Path, reserve_bytes: int = RESERVE_BYTES) -> None:
        self._folder = folder
        self._reserve_bytes = reserve_bytes
        self._safe_folders: set[Path] = set()
        self._turn = threading.Lock()

    def write(self, data: bytes) -> str:
        """Keep bytes and answer their SHA-256; on return they survive a power cut.

        Raises:
            StorageFull: the disk does not take them, or has only its reserve left; nothing is left behind, and it may
                be tried again.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        with _named_errors():
            target = self.path(sha256)
            self._make_folder(target.parent)
            self._keep_reserve(target.parent, len(data))
            if self._touches(target, data):
                _sync(target)
            else:
                _write_beside(target, data)
            _sync(target.parent)
        return sha256

    def _make_folder(self, folder: Path) -> None:
        """Make a folder whose name survives a power cut. One that is there may come from a life that was cut off."""
        if folder in self._safe_folders:
            return
        folder.mkdir(parents=True, exist_ok=True)
        _sync(folder.parent)
        _sync(folder.parent.parent)
        self._safe_folders.add(folder)

    def _keep_reserve(self, folder: Path, coming_bytes: int) -> None:
        disk = os.statvfs(folder)
        free_bytes = disk.f_bavail * disk.f_frsize
        if free_bytes - coming_bytes < self._reserve_bytes:
            raise StorageFull(where="evidence", free_bytes=free_bytes)

    def _touches(self, target: Path, data: bytes) -> bool:
        """Whether the object is there already; from now on it counts as new, so nobody removes it meanwhile."""
        with self._turn:
            if not _holds(target, data):
                return False
            os.utime(target)
            return True

    def remove(self, sha256: str, now: datetime) -> bool:
        """Remove an object that no row speaks of, unless it was written again lately; says whether it is gone now."""
        path = self.path(sha256)
        with self._turn:
            try:
                if now.timestamp() - path.stat().st_mtime < UNTOUCHED.total_seconds():
                    return False
            except FileNotFoundError:
                return False
            path.unlink()
        _sync(path.parent)
        return True

    def read(self, sha256: str) -> bytes:
        """The bytes of that name; EvidenceUnknown if they are not there."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise EvidenceUnknown(sha256=sha256) from error

    def path(self, sha256: str) -> Path:
        """Where the object of that name lies, or would lie; ValueError for what is no SHA-256."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("an object's name is 64 hexadecimal digits")
        return self._folder / sha256[:2] / sha256[2:]

    def scrub(self, names: Iterable[str]) -> Iterator[Damage]:
        """Read every named object again and say which are gone, changed or cannot be read."""
        for sha256 in names:
            try:
                found = hashlib.sha256(self.path(sha256).read_bytes()).hexdigest()
            except FileNotFoundError:
                yield Damage(sha256, "missing")
                continue
            except OSError:
                yield Damage(sha256, "unreadable")
                continue
            if found != sha256:
                yield Damage(sha256, "changed")

    def names(self) -> Iterator[str]:
        """The names of all objects that lie here."""
        for path in sorted(self._folder.glob("??/*")):
            if path.suffix != PART:
                yield path.parent.name + path.name

    def sweep(self, before: datetime | None = None) -> int:
        """Remove what interrupted writes left behind, and say how many; while others write, only what is so old."""
        parts = list(self._folder.glob(f"??/*{PART}"))
        if before is not None:
            parts = [part for part in parts if _is_older(part, before)]
        for part in parts:
            part.unlink(missing_ok=True)
        return len(parts)


def served_jpeg(image: Image, blur: Blur) -> bytes:
    """The picture that may be shown: blurred, encoded anew, so that nothing of the original's metadata is left.

    Args:
        image: `(H, W, 3)` uint8 RGB, upright.
        blur: makes faces and number plates unrecognisable.
    """
    out = io.BytesIO()
    Pillow.fromarray(blur(image)).save(out, format="JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except FileNotFoundError:
        return False


def _is_older(part: Path, before: datetime) -> bool:
    try:
        return part.stat().st_mtime < before.timestamp()
    except FileNotFoundError:  # another process has just made it an object
        return False


def _write_beside(target: Path, data: bytes) -> None:
    part = target.with_name(f"{target.name}.{secrets.token_hex(6)}{PART}")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in DISK_TROUBLE:
            raise StorageFull(where="evidence", errno=errno.errorcode[error.errno]) from error
        raise
