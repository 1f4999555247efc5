"""Read what vehicles bring home: one thread, one recording at a time, rows say what is to be done and what was.

A recording whose row is there is read to its end, however often the service starts meanwhile: files that were done
are left out, and what is seen twice is one sighting, since a sighting's id comes from its frame.
"""

import os
import shutil
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from detector.errors import DetectorError, NoScratchRoom
from detector.recording import OWNERS_ALONE, clear_scratch, open_recording, scratch_in
from detector.ride import Ride, Riding, is_timed
from detector.tracklog import Fix, Track, read_track
from detector.types import Frame, GeoPoint
from service.clock import Clock
from service.domain.audit import AuditLine
from service.domain.coordinates import System, from_gcj02
from service.domain.uploads import Upload
from service.errors import Busy, ServiceError, StorageFull, TicketChanged
from service.errors.uploads import UploadGone
from service.evidence import RESERVE_BYTES
from service.eye import Eye
from service.inference import Dropped
from service.intake import Intake
from service.sent import Shown
from service.store import Store
from service.store.cameras import Camera
from service.upload_batch import Batch

FOLDER: Final = "uploads"
PART: Final = ".part"
RECORDING, TRACK = "recording", "track"
BROKEN: Final = "upload.broken"
AT_ONCE: Final = 500
"""A transaction that is longer would keep other writers waiting; on PostgreSQL it would hold too many locks."""

LOOK_EVERY_S: Final = 5.0
PAUSE_S: Final = 1.0
STOPPING_S: Final = 2.0
JPEG_QUALITY: Final = 90
LONGEST_NAME: Final = 400

log = structlog.get_logger(__name__)


AGAIN: Final = (StorageFull, Busy, TicketChanged, NoScratchRoom, OperationalError)
"""A recording that meets one of these is read again."""


class Stopped(Exception):
    """The service ends; the rest is read after the next start."""


@dataclass(slots=True)
class Uploads:
    """All recordings that are to be read; their bytes lie in `folder` until they are.

    Attributes:
        at_once: how many sightings of a recording become tickets in one transaction.
    """

    folder: Path
    store: Store
    eye: Eye
    intake: Intake
    clock: Clock
    at_once: int = AT_ONCE
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
        except AGAIN:
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
        batch = Batch(self.at_once, seq)
        try:
            for frame in ride:
                if self._stop.is_set():
                    raise Stopped
                batch.ended(ride.lines)
                if batch.is_due:
                    self._keep(upload, batch)
                if frame.place is not None and is_timed(frame):
                    batch.frames.append(self._look_at(camera, frame))
            batch.ended(ride.lines)
        except (Stopped, *AGAIN):
            raise
        except Exception:
            self._keep(upload, batch)  # what was seen before it broke was seen
            raise
        self._keep(upload, batch)

    def _look_at(self, camera: Camera, frame: Frame) -> Shown:
        """Look at a frame that has its place and moment."""
        while True:
            try:
                return self.intake.see_next(camera, frame)
            except Dropped:  # what comes live goes first
                if self._stop.wait(PAUSE_S):
                    raise Stopped from None

    def _keep(self, upload: Upload, batch: Batch) -> None:
        files = batch.kept(self._sightings(batch.frames))
        if files:
            with self.store.write() as rows:
                for one in files:
                    rows.uploads.file_done(upload.id, one)

    def _sightings(self, frames: Sequence[Shown]) -> list[int]:
        """Keep frames together, and say how many sightings each led to; what finds no room is kept by halves."""
        if not frames:
            return []
        try:
            return [len(led.outcomes) for led in self.intake.keep(frames)]
        except (Busy, TicketChanged):
            if len(frames) == 1:
                raise
            if self._stop.wait(PAUSE_S):
                raise Stopped from None
        half = len(frames) // 2
        return [*self._sightings(frames[:half]), *self._sightings(frames[half:])]

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


def _on_wgs84(fix: Fix) -> Fix:
    place = from_gcj02(GeoPoint(fix.lat, fix.lon))
    return replace(fix, lat=place.lat, lon=place.lon)
