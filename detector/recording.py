"""What a vehicle brought home: a folder, a ZIP archive or one file, opened so that nothing in it can do harm.

No name of an archive ever becomes a path, nothing is unpacked that is larger than it says or than is allowed, and
what a link leads to is not read.

What is unpacked shows people's faces: it lies in a folder that its owner alone may enter, one video at a time, and is
gone when it was read. What a kill left there is removed at the next start.
"""

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final, Literal

from detector.errors import NoScratchRoom, NotARecording, RecordingTooLarge
from detector.spool import NO_ROOM

MAX_FILES: Final = 20_000
MAX_BYTES: Final = 16 * 1024**3
MOST_PACKED: Final = 100
"""How many times larger than its packed bytes a file may be; pictures and videos hardly shrink at all."""

PIECE: Final = 1024 * 1024
SPARE_BYTES: Final = 64 * 1024 * 1024
"""What a disk must have left beside a video that is unpacked: others keep on it what must not be lost."""

OWNERS_ALONE: Final = 0o700
PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED: Final = 0x1

PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})
VIDEOS: Final = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".avi", ".ts", ".mts", ".webm", ".h264"})
TRACKS: Final = frozenset({".gpx", ".nmea", ".nma"})

Kind = Literal["picture", "video", "track", "other"]
Refused = Literal["encrypted", "bomb", "unreadable"]


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a recording: its name as it stands there, its size, and why it cannot be read, if so."""

    name: str
    size: int
    refused: Refused | None = None

    @property
    def kind(self) -> Kind:
        """What it is by its name."""
        return kind_of(self.name)


def kind_of(name: str) -> Kind:
    """What a file is by its name; what a system puts beside the files is nothing.

    >>> kind_of("day 1/A.MP4"), kind_of("__MACOSX/._A.MP4"), kind_of("more.zip")
    ('video', 'other', 'other')
    """
    path = PurePosixPath(name)
    if path.name.startswith(".") or path.parts[:1] == ("__MACOSX",):
        return "other"
    suffix = path.suffix.lower()
    return (
        "picture" if suffix in PICTURES else "video" if suffix in VIDEOS else "track" if suffix in TRACKS else "other"
    )


class Recording:
    """The files of a recording, in the order of their names."""

    def __init__(
        self, path: Path, archive: zipfile.ZipFile | None, parts: list[Part], scratch: Path | None = None
    ) -> None:
        self.parts = tuple(parts)
        self._scratch = scratch
        self._path = path
        self._archive = archive

    def read(self, part: Part, most_bytes: int) -> bytes:
        """The bytes of a file, and one of what is too much; OSError, NotARecording where they are damaged."""
        with _named_errors(), self._opened(part) as file:
            return file.read(min(most_bytes, part.size) + 1)

    @contextmanager
    def on_disk(self, part: Part) -> Iterator[Path]:
        """A file where it can be read by its path; one of an archive is there only as long as needed.

        Raises:
            NoScratchRoom: the disk has no room to unpack it.
        """
        if self._archive is None:
            yield self._file(part)
            return
        with tempfile.NamedTemporaryFile(suffix=PurePosixPath(part.name).suffix.lower(), dir=self._scratch) as copy:
            self._unpack(part, copy)
            yield Path(copy.name)

    def _unpack(self, part: Part, copy: IO[bytes]) -> None:
        free = shutil.disk_usage(self._scratch or tempfile.gettempdir()).free
        if free < part.size + SPARE_BYTES:
            raise NoScratchRoom(bytes=part.size, free=free)
        with _named_errors(), self._opened(part) as file:
            left = part.size
            while left > 0 and (piece := file.read(min(PIECE, left))):
                _write(copy, piece)
                left -= len(piece)

    def _file(self, part: Part) -> Path:
        return self._path if self._path.is_file() else self._path / part.name

    @contextmanager
    def _opened(self, part: Part) -> Iterator[zipfile.ZipExtFile]:
        if self._archive is None:
            with self._file(part).open("rb") as plain:
                yield plain  # type: ignore[misc]  # both are read alike
            return
        with self._archive.open(part.name) as packed:
            yield packed  # type: ignore[misc]  # typeshed calls it IO


@contextmanager
def open_recording(path: Path, scratch: Path | None = None, name: str | None = None) -> Iterator[Recording]:
    """A recording, open as long as needed.

    Args:
        path: a folder, an archive or one file.
        scratch: where a video of an archive lies while it is read (`scratch_in`); by default the system's own folder.
        name: what one file is called, where its path does not say so.

    Raises:
        NotARecording: no such thing, or nothing in it.
        RecordingTooLarge: more files or bytes than are read.
    """
    if path.is_dir():
        yield Recording(path, None, _admitted(_of_folder(path)), scratch)
    elif path.is_file() and zipfile.is_zipfile(path):
        with _named_errors(), zipfile.ZipFile(path) as archive:
            yield Recording(path, archive, _admitted(_of_archive(archive)), scratch)
    elif path.is_file():
        yield Recording(path, None, _admitted([Part(name or path.name, path.stat().st_size)]), scratch)
    else:
        raise NotARecording(why="no such file or folder")


@contextmanager
def scratch_in(folder: Path) -> Iterator[Path]:
    """A folder in which videos of archives are unpacked, open as long as needed; empty, whatever a kill left there."""
    scratch = clear_scratch(folder)
    scratch.mkdir(OWNERS_ALONE, parents=True)
    try:
        yield scratch
    finally:
        clear_scratch(folder)


def clear_scratch(folder: Path) -> Path:
    """Remove what a kill left unpacked in a folder, and say where it was."""
    scratch = folder / "unpacked"
    shutil.rmtree(scratch, ignore_errors=True)
    return scratch


def _write(copy: IO[bytes], piece: bytes) -> None:
    """Write, and through to the file; NoScratchRoom where the disk became full meanwhile."""
    try:
        copy.write(piece)
        copy.flush()
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise NoScratchRoom(bytes=len(piece), free=0) from None


def _of_folder(folder: Path) -> Iterator[Part]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield Part(path.relative_to(folder).as_posix(), path.stat().st_size)


def _of_archive(archive: zipfile.ZipFile) -> Iterator[Part]:
    for one in archive.infolist():
        if not one.is_dir():
            yield Part(one.filename, one.file_size, _refused(one))


def _refused(one: zipfile.ZipInfo) -> Refused | None:
    if one.flag_bits & ENCRYPTED:
        return "encrypted"
    if one.compress_type not in PACKED:
        return "unreadable"
    return "bomb" if one.file_size > PIECE + MOST_PACKED * one.compress_size else None


def _admitted(found: Iterator[Part] | list[Part]) -> list[Part]:
    """In the order of their names, if they are not too many and not too large; a bomb is never unpacked."""
    parts, bytes_ = [], 0
    for part in found:
        parts.append(part)
        bytes_ += 0 if part.refused else part.size
        if len(parts) > MAX_FILES:
            raise RecordingTooLarge(files=len(parts), limit=MAX_FILES)
        if bytes_ > MAX_BYTES:
            raise RecordingTooLarge(bytes=bytes_, limit=MAX_BYTES)
    if not parts:
        raise NotARecording(why="nothing is in it")
    return sorted(parts, key=lambda part: part.name)


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise NotARecording(why=type(error).__name__) from None
