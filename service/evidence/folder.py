"""Pictures on disk by their SHA-256, written so that what is acknowledged survives a power cut."""

import errno
import hashlib
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from service.errors import EvidenceUnknown, StorageFull
from service.evidence.base import NAME, UNTOUCHED, Removal, key_of

DISK_TROUBLE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG})
RESERVE_BYTES: Final = 16 * 1024 * 1024
"""Pictures leave this much of the disk alone, so that verdicts and moves go on where no new photo fits."""

PART: Final = ".part"
BIN: Final = "gone"


class EvidenceFolder:
    """A folder of objects, each named by the SHA-256 of its bytes: `ab/cdef…`, those in the bin `gone/ab/cdef…`.

    Several machines may share it.
    """

    def __init__(self, folder: Path, reserve_bytes: int = RESERVE_BYTES) -> None:
        self._folder = folder
        self._reserve_bytes = reserve_bytes
        self._safe_folders: set[Path] = set()
        self._turn = threading.Lock()

    def write(self, data: bytes) -> str:
        """As `Evidence.write`.

        Raises:
            StorageFull: the disk does not take them, or has only its reserve left; nothing is left behind, and it may
                be tried again.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        with _named_errors():
            target = self.path(sha256)
            self._make_folder(target.parent)
            self._keep_reserve(target.parent, len(data))
            if not self._touches(target, data):
                _write_beside(target, data)
            _sync(target.parent)
        return sha256

    def read(self, sha256: str) -> bytes:
        """As `Evidence.read`."""
        for path in (self.path(sha256), self._bin(sha256), self.path(sha256)):  # it may be moved meanwhile
            with suppress(FileNotFoundError):
                return path.read_bytes()
        raise EvidenceUnknown(sha256=sha256)

    def lay(self, sha256: str, data: bytes) -> None:
        """As `Evidence.lay`."""
        target = self.path(sha256)
        if target.parent not in self._safe_folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._safe_folders.add(target.parent)
        target.write_bytes(data)

    def path(self, sha256: str) -> Path:
        """Where the object of that name lies, or would lie; ValueError for what is no SHA-256."""
        return self._folder / key_of(sha256)

    def names(self, beginning: str = "") -> Iterator[str]:
        """As `Evidence.names`."""
        pattern = f"{beginning[:2]:?<2}/{beginning[2:]}*"
        found = [*self._folder.glob(pattern), *(self._folder / BIN).glob(pattern)]
        yield from sorted(filter(NAME.fullmatch, {path.parent.name + path.name for path in found}))

    def is_empty(self) -> bool:
        """As `Evidence.is_empty`."""
        return not self._folder.exists() or not any(self._folder.iterdir())

    def remove(self, sha256: str, now: datetime) -> Removal:
        """As `Evidence.remove`."""
        path, binned = self.path(sha256), self._bin(sha256)
        with self._turn:
            try:
                if now.timestamp() - path.stat().st_mtime < UNTOUCHED.total_seconds():
                    return "kept"
                self._make_folder(binned.parent)
                os.utime(path, (now.timestamp(), now.timestamp()))  # first: the bin counts from then on
                path.replace(binned)
            except FileNotFoundError:
                return "absent"
        _sync(binned.parent)
        _sync(path.parent)
        return "removed"

    def binned(self) -> list[tuple[str, datetime]]:
        """As `Evidence.binned`."""
        paths = sorted((self._folder / BIN).glob("??/*"))
        return [(path.parent.name + path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)) for path in paths]

    def bring_back(self, sha256: str) -> None:
        """As `Evidence.bring_back`."""
        path, binned = self.path(sha256), self._bin(sha256)
        self._make_folder(path.parent)
        if path.exists():
            binned.unlink(missing_ok=True)
            return
        binned.replace(path)
        _sync(path.parent)
        _sync(binned.parent)

    def drop(self, sha256: str) -> None:
        """As `Evidence.drop`."""
        binned = self._bin(sha256)
        binned.unlink(missing_ok=True)
        _sync(binned.parent)

    def sweep(self, before: datetime | None = None) -> int:
        """As `Evidence.sweep`."""
        parts = list(self._folder.glob(f"??/*{PART}"))
        if before is not None:
            parts = [part for part in parts if _is_older(part, before)]
        for part in parts:
            part.unlink(missing_ok=True)
        return len(parts)

    def _bin(self, sha256: str) -> Path:
        return self._folder / BIN / key_of(sha256)

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
        with self._turn, suppress(FileNotFoundError):  # another machine may have just put it into the bin
            if target.read_bytes() == data:
                os.utime(target)
                _sync(target)
                return True
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
