"""Runs an edge computer: one thread reads and looks, one posts, and the caller waits for the end or for SIGTERM.

Whatever hangs, a camera, a name server, a network, holds up neither the other nor the end: what was taken into the
spool is on disk, and goes on from there at the next start. Whatever dies is begun anew, or ends the process: a computer
that reads and never posts, or posts and never reads, is worth nothing to anybody.
"""

import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from detector.asking import Asker
from detector.clock import utc_now
from detector.edge import Edge
from detector.errors import DetectorError, PostingDied, PostingHangs, ReadingDied, ReadingHangs, SourceError
from detector.moments import Now, Steady
from detector.posting import Poster
from detector.recording import clear_scratch, open_recording, scratch_in
from detector.sources import PICTURES, Reading, Source, open_source, recorded_at
from detector.telling import Teller
from detector.tending import Tended
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
        asker: knows what the city wants; in its folder videos of archives are unpacked, too.
        ended: nothing more will come.
        trouble: the code of why a live source cannot be read now, None while it can.
        failed: what ended the reading before its end.
        beat_s: when a frame came, or a try to read ended, on the monotonic clock.
    """

    watched: Watched
    edge: Edge
    asker: Asker
    stop: threading.Event
    ended: threading.Event = field(default_factory=threading.Event)
    trouble: str | None = None
    failed: Exception | None = None
    beat_s: float = field(default_factory=time.monotonic)
    _opened: Source | None = None

    def run(self) -> None:
        """Read to the end, or until stopped; a recording begins once the city was asked what it wants."""
        try:
            clear_scratch(self.asker.folder)
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
            before, self.beat_s = self.edge.seen.frames, time.monotonic()
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
                self.trouble, self.edge.orders, self.beat_s = None, self.asker.orders, time.monotonic()
                self.edge.see(frame)

    def _ride(self, track_file: Path) -> None:
        """A recording and the track of its vehicle; what nobody can place is not said."""
        from detector.ride import Ride, Riding
        from detector.tracklog import read_track

        path, track = Path(self.watched.source), read_track(track_file.read_bytes())
        how = Riding(every_s=self.watched.every_s, offset_s=self.watched.offset_s)
        with scratch_in(self.asker.folder) as scratch, open_recording(path, scratch) as recording:
            ride = Ride(recording, track, path.name, how)
            self.edge.watch(_until(self.stop, (frame for frame in ride if frame.place is not None)))
        for line in ride.lines:
            print(json.dumps(asdict(line), default=str), file=sys.stderr)


@dataclass(frozen=True, slots=True)
class Limits:
    """When work that does not get on is given up, so that whoever started this computer starts it again.

    Attributes:
        deaths: of posting in a row, with nothing posted in between.
        pause_s: after the first of them.
        hang_s: without any sign of life; the longest wait between two posts is a third of it.
    """

    deaths: int = 5
    pause_s: float = 1.0
    hang_s: float = 1800.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended: whether every thread has, and what was given up; one that hangs in a driver has not ended."""

    whole: bool
    given_up: DetectorError | None = None


def run(reader: Reader, poster: Poster, limits: Limits | None = None, teller: Teller | None = None) -> Ended:
    """Read and post until the source has ended and all is posted, until stopped, or until one of both is given up.

    Posting that dies is begun anew, and so are questions to the city and words about this computer. What lies in the
    spool is posted after the next start, so that giving up loses nothing that going on would keep.
    """
    limits = limits or Limits()
    stop = poster.stop
    reading = Tended("reading", reader.run, most_deaths=1)
    posting = Tended(
        "posting",
        lambda: _post(poster, reader.ended),
        lambda: poster.spool.counts.posted,
        limits.deaths,
        limits.pause_s,
    )
    asking = Tended("asking", lambda: reader.asker.run(stop), pause_s=limits.pause_s)
    works = [reading, posting, asking]
    if teller is not None:
        works.append(Tended("telling", lambda: teller.run(stop), pause_s=limits.pause_s))
    for work in works:
        work.begin()
    given_up: DetectorError | None = None
    while given_up is None and not (posting.is_done and not reading.is_alive) and not stop.wait(TICK_S):
        for work in works:
            work.look(time.monotonic())
        if posting.died_of is not None:
            poster.state.trouble = PostingDied.code
        if asking.died_of is not None:
            reader.asker.trouble = "orders.died"
        given_up = _given_up(reader, poster, posting, limits)
    stop.set()
    reader.close()
    reading.join(LAST_LOOK_S)
    posting.join(LAST_POST_S)
    return Ended(not reading.is_alive and not posting.is_alive, given_up)


def _given_up(reader: Reader, poster: Poster, posting: Tended, limits: Limits) -> DetectorError | None:
    """Why it makes no sense to go on, None while it does."""
    now_s, is_live = time.monotonic(), reader.watched.is_live
    if posting.is_given_up:
        return PostingDied(deaths=posting.deaths, why=type(posting.died_of).__name__)
    if posting.is_alive and now_s - poster.beat_s > limits.hang_s:
        return PostingHangs(seconds=limits.hang_s)
    if is_live and reader.failed is not None:
        return ReadingDied(why=getattr(reader.failed, "code", type(reader.failed).__name__))
    patience_s = max(limits.hang_s, 3 * reader.watched.every_s)
    if is_live and now_s - reader.beat_s > patience_s:
        return ReadingHangs(seconds=patience_s)
    return None


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
