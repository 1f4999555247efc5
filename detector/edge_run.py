"""Runs an edge computer: one thread reads and looks, one posts, and the caller waits for the end or for SIGTERM.

Whatever hangs, a camera, a name server, a network, holds up neither the other nor the end: what was taken into the
spool is on disk, and goes on from there at the next start.
"""

import json
import random
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from detector.asking import Asker
from detector.clock import utc_now
from detector.edge import Edge
from detector.errors import DetectorError, SourceError
from detector.moments import Now, Steady
from detector.posting import Poster
from detector.sources import PICTURES, Reading, Source, open_source, recorded_at
from detector.types import Frame

LONGEST_PAUSE_S: Final = 60.0
LAST_LOOK_S: Final = 5.0
"""A look that was begun may end; a source that does not answer is not waited for."""

LAST_POST_S: Final = 1.5
TICK_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched: a file, folder or address, how often, and the track of the vehicle that recorded it."""

    source: str
    every_s: float
    track: Path | None = None
    offset_s: float = 0.0

    @property
    def is_live(self) -> bool:
        """Whether it never ends by itself."""
        return "://" in self.source and not self.source.startswith("file://")


@dataclass(slots=True, eq=False)
class Reader:
    """Reads what is watched and shows it to the edge, on a thread of its own.

    Attributes:
        asker: knows what the city wants.
        ended: nothing more will come.
        trouble: the code of why a live source cannot be read now, None while it can.
        failed: what ended the reading before its end.
    """

    watched: Watched
    edge: Edge
    asker: Asker
    stop: threading.Event
    ended: threading.Event = field(default_factory=threading.Event)
    trouble: str | None = None
    failed: Exception | None = None
    _opened: Source | None = None

    def run(self) -> None:
        """Read to the end, or until stopped; a recording begins once the city was asked what it wants."""
        try:
            self.asker.ask()
            self.edge.orders = self.asker.orders
            if self.watched.track is not None:
                self._ride(self.watched.track)
            elif self.watched.is_live:
                self._live()
            else:
                self._recorded()
        except (DetectorError, OSError) as error:
            self.failed = error
            _say(error)
        except Exception as error:
            self.failed = error  # whoever starts it again has to know, whatever it was
            raise
        finally:
            self.ended.set()

    def close(self) -> None:
        """End a read in progress; what hangs is left behind."""
        if self._opened is not None:
            self._opened.close()

    def _live(self) -> None:
        """A stream, opened again after each break."""
        now, tries = Steady(utc_now), 0
        while not self.stop.is_set():
            before = self.edge.seen.frames
            try:
                self._read(now)
                self.trouble = "source.silent"
            except SourceError as error:
                self.trouble = error.code
                _say(error)
            tries = 0 if self.edge.seen.frames > before else tries + 1
            self.stop.wait(min(LONGEST_PAUSE_S, 2.0 ** min(tries, 6)) * random.uniform(0.5, 1.0))  # noqa: S311  # no secret

    def _recorded(self) -> None:
        """A file or a folder, each picture at the moment at which it was taken, also when it is read again."""
        path = Path(self.watched.source.removeprefix("file://"))
        is_video = path.is_file() and path.suffix.lower() not in PICTURES
        self._read(_standing(recorded_at(path)) if is_video else utc_now)

    def _read(self, now: Now) -> None:
        with open_source(self.watched.source, now=now, reading=Reading(every_s=self.watched.every_s)) as opened:
            self._opened = opened
            for frame in _until(self.stop, opened):
                self.trouble, self.edge.orders = None, self.asker.orders
                self.edge.see(frame)

    def _ride(self, track_file: Path) -> None:
        """A recording and the track of its vehicle; what nobody can place is not said."""
        from detector.recording import open_recording
        from detector.ride import Ride, Riding
        from detector.tracklog import read_track

        path, track = Path(self.watched.source), read_track(track_file.read_bytes())
        how = Riding(every_s=self.watched.every_s, offset_s=self.watched.offset_s)
        with tempfile.TemporaryDirectory() as scratch, open_recording(path, Path(scratch)) as recording:
            ride = Ride(recording, track, path.name, how)
            self.edge.watch(_until(self.stop, (frame for frame in ride if frame.place is not None)))
        for line in ride.lines:
            print(json.dumps(asdict(line), default=str), file=sys.stderr)


def run(reader: Reader, poster: Poster) -> bool:
    """Read and post until the source has ended and all is posted, or until stopped.

    Returns:
        Whether every thread has ended; one that hangs in a driver or a network has not.
    """
    stop = poster.stop
    reading = threading.Thread(target=reader.run, name="reading", daemon=True)
    asking = threading.Thread(target=reader.asker.run, args=(stop,), name="asking", daemon=True)
    posting = threading.Thread(target=_post, args=(poster, reader.ended), name="posting", daemon=True)
    for thread in (reading, asking, posting):
        thread.start()
    while (reading.is_alive() or posting.is_alive()) and not stop.wait(TICK_S):
        pass
    reader.close()
    reading.join(LAST_LOOK_S)
    posting.join(LAST_POST_S)
    return not reading.is_alive() and not posting.is_alive()


def _post(poster: Poster, ended: threading.Event) -> None:
    while not poster.stop.is_set():
        poster.run(until_empty=True)
        if ended.wait(poster.first_pause_s) and not len(poster.spool):
            return


def _until(stop: threading.Event, frames: Iterator[Frame]) -> Iterator[Frame]:
    for frame in frames:
        if stop.is_set():
            return
        yield frame


def _standing(moment: datetime) -> Now:
    return lambda: moment


def _say(error: Exception) -> None:
    print(f"python -m detector: {error}", file=sys.stderr, flush=True)
