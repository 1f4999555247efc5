"""Read what vehicles bring home: one thread, one recording at a time, rows say what is to be done and what was.

A recording whose row is there is read to its end, however often the service starts meanwhile: files that were done
are left out, and what is seen twice is one sighting, since a sighting's id comes from its frame.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError

from detector.errors import DetectorError, NoScratchRoom
from detector.recording import OWNERS_ALONE, clear_scratch, open_recording, scratch_in
from detector.ride import Line, Ride, Riding, is_timed
from detector.tracklog import Fix, Track, read_track
from detector.types import Frame, GeoPoint
from service.clock import Clock
from service.domain.audit import AuditLine
from service.domain.coordinates import System, from_gcj02
from service.domain.uploads import Upload, UploadedFile
from service.errors import Busy, ServiceError, StorageFull
from service.errors.uploads import UploadGone
from service.evidence import RESERVE_BYTES
from service.eye import Eye
from service.inference import Dropped
from service.intake import Intake
from service.store import Store
from service.store.cameras import Camera

FOLDER: Final = "uploads"
PART: Final = ".part"
RECORDING, TRACK = "recording", "track"
BROKEN: Final = "upload.broken"
LOOK_EVERY_S: Final = 5.0
PAUSE_S: Final = 1.0
STOPPING_S: Final = 2.0
JPEG_QUALITY: Final = 90
LONGEST_NAME: Final = 400

log = structlog.get_logger(__name__)


class Stopped(Exception):
    """The service ends; the rest is read after the next start."""


@dataclass(slots=True)
class Uploads:
    """All recordings that are to be read; their bytes lie in `folder` until they are."""

    folder: Path
    store: Store
    eye: Eye
    intake: Intake
    clock: Clock
    _wake: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; nobody sends anything yet, so bytes of which no open row speaks are what was cut off."""
        self.folder.mkdir(OWNERS_ALONE, exist_ok=True)
        self.folder.chmod(OWNERS_ALONE)  # it may be older than this rule
        clear_scratch(self.folder)
        with self.store.read() as rows:
            waiting = {upload.id for upload in rows.uploads.open()}
        for path in self.folder.iterdir():
            if path.is_file() and (path.name.partition(".")[0] not in waiting or path.suffix == PART):
                path.unlink()
        self._thread = threading.Thread(target=self._work, name="uploads", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to read."""
        self._wake.set()

    def stop(self) -> None:
        """End at the next frame."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(STOPPING_S)

    def path(self, upload_id: str, what: str = RECORDING) -> Path:
        """Where the bytes of an upload lie."""
        return self.folder / f"{upload_id}.{what}"

    def read_all(self) -> int:
        """Read everything that waits, and say how many recordings came to their end."""
        with self.store.read() as rows:
            waiting = rows.uploads.open()
        return sum(self._read(upload) for upload in waiting if not self._stop.is_set())

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self.read_all()
            except (ServiceError, DBAPIError, OSError) as error:
                log.warning("uploads wait", code=getattr(error, "code", None), exc_info=error)
            self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()

    def _read(self, upload: Upload) -> bool:
        code: str | None = None
        try:
            self._ride(upload)
        except Stopped:
            return False
        except (StorageFull, Busy, NoScratchRoom):
            self._stop.wait(PAUSE_S)
            return False
        except (DetectorError, UploadGone) as error:
            code = error.code
        except Exception as error:  # the last resort: one bad recording must not end all others
            code = error.code if isinstance(error, ServiceError) else BROKEN
            log.error("an upload broke something", upload=upload.id, exc_info=error)
        with self.store.write() as rows:
            now = self.clock()
            rows.uploads.end(upload.id, now, code)
            rows.audit.add(AuditLine(now, upload.by, "upload.ended", upload.id, None, {"code": code}))
        for what in (RECORDING, TRACK):
            self.path(upload.id, what).unlink(missing_ok=True)
        return True

    def _ride(self, upload: Upload) -> None:
        path = self.path(upload.id)
        if not path.is_file():
            raise UploadGone(id=upload.id)
        with self.store.read() as rows:
            camera = rows.cameras.get(upload.camera_id)
            done = rows.uploads.names_done(upload.id)
        riding = Riding(
            offset_s=upload.options.offset_s,
            began_at=upload.options.began_at,
            timezone=self.intake.policy.timezone,
        )
        with scratch_in(self.folder) as scratch, open_recording(path, scratch, upload.name) as recording:
            ride = Ride(recording, self._track(upload), camera.id, riding, done)
            if ride.track is not None and upload.options.coordinates is System.GCJ02:
                ride.track = replace(ride.track, fixes=tuple(_on_wgs84(fix) for fix in ride.track.fixes))
            largest = max(part.size for part in recording.parts)
            if not room_for(self.folder, largest, RESERVE_BYTES):
                raise StorageFull(where="uploads")
            with self.store.write() as rows:
                rows.uploads.begin(upload.id, ride.total)
            self._follow(upload, camera, ride, len(done))

    def _follow(self, upload: Upload, camera: Camera, ride: Ride, seq: int) -> None:
        looked = seen = told = 0
        for frame in _then_none(ride):
            if self._stop.is_set():
                raise Stopped
            for line in ride.lines[told:]:
                with self.store.write() as rows:
                    rows.uploads.file_done(upload.id, _word(seq + told, line, looked, seen))
                told, looked, seen = told + 1, 0, 0
            if frame is not None and frame.place is not None and is_timed(frame):
                looked += 1
                seen += self.look_at(camera, frame)

    def look_at(self, camera: Camera, frame: Frame) -> int:
        """Look at a frame that has its place and moment, and say how many sightings it led to."""
        while True:
            try:
                led, _ = self.intake.look_at(camera, frame)
                return len(led.outcomes)
            except Dropped:  # what comes live goes first
                if self._stop.wait(PAUSE_S):
                    raise Stopped from None

    def _track(self, upload: Upload) -> Track | None:
        with suppress(FileNotFoundError):
            return read_track(self.path(upload.id, TRACK).read_bytes())
        return None


def keep(part: Path, target: Path) -> None:
    """Give bytes that came in their name, so that they survive a power cut."""
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def room_for(folder: Path, bytes_: int, reserve: int) -> bool:
    """Whether a disk has room for so many bytes more, and for a reserve."""
    return shutil.disk_usage(folder).free - bytes_ >= reserve


def _then_none(ride: Ride) -> Iterator[Frame | None]:
    yield from ride
    yield None


def _word(seq: int, line: Line, looked: int, seen: int) -> UploadedFile:
    return UploadedFile(
        seq=seq,
        file=line.file,
        outcome=line.outcome,
        code=line.code,
        frames=line.frames,
        placed=line.placed,
        looked=looked,
        seen=seen,
        without=line.without,
        offset_hint_s=line.offset_hint_s,
    )


def _on_wgs84(fix: Fix) -> Fix:
    place = from_gcj02(GeoPoint(fix.lat, fix.lon))
    return replace(fix, lat=place.lat, lon=place.lon)
