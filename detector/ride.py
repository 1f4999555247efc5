"""A vehicle's recording along its track: frames with a place and a heading, and a word about every file."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Final, Literal
from zoneinfo import ZoneInfo

import av

from detector.errors import DetectorError, NoScratchRoom, NotARecording, NotATrack
from detector.exif import YEARS
from detector.images import MAX_BYTES, UTC_ZONE, open_photo
from detector.recording import Part, Recording
from detector.sources import FILE_ONLY, Reading, open_source
from detector.tracklog import LONGEST_GAP_S, MAX_TRACK_BYTES, Spot, Track, joined
from detector.types import Frame

EVERY_S: Final = 0.5
"""At 40 km/h, a look each five metres and a half."""

NAMED: Final = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d\d)[-_.]?(\d\d)[-_. T]?(\d\d)[-_.:]?(\d\d)[-_.:]?(\d\d)(?!\d)")
ZONE_STEP: Final = timedelta(minutes=15)
FARTHEST_ZONE: Final = 14 * 4

Outcome = Literal["read", "track", "ignored", "wrong_type", "encrypted", "bomb", "unreadable"]
"""What became of a file; `ignored` is what a system puts beside the files."""


@dataclass(frozen=True, slots=True)
class Riding:
    """How a recording is read.

    Attributes:
        every_s: least time between two frames of a video.
        offset_s: what is added to the camera's clock to get the track's.
        began_at: when the one video of the recording began, where neither its name nor the file says so; aware.
        timezone: of moments in names and Exif without an offset.
        longest_gap_s: between two points of the track farther apart in time nobody knows where the vehicle was.
    """

    every_s: float = EVERY_S
    offset_s: float = 0.0
    began_at: datetime | None = None
    timezone: ZoneInfo = UTC_ZONE
    longest_gap_s: float = LONGEST_GAP_S


@dataclass(slots=True)
class Line:
    """What became of one file: so many frames, so many of them with a place, and why the others have none.

    Attributes:
        code: of the error that ended it early, if so.
        without: frames by why they have no place: `before_track`, `after_track`, `gap`, `no_track`, `no_time`.
        began_at: the moment of its first frame, on the track's clock.
    """

    file: str
    outcome: Outcome
    code: str | None = None
    frames: int = 0
    placed: int = 0
    without: dict[str, int] = field(default_factory=dict)
    began_at: datetime | None = None
    offset_hint_s: float | None = None


class Ride:
    """Iterate for the frames; `lines` grows by one a file, each written when its file is done.

    Args:
        recording: what is read.
        track: where the vehicle was; by default what lies in the recording.
        source: what frames call their source.
        how: see `Riding`.
        done: names of files that were read before, and are left out.

    Raises:
        TrackError: the track, or one that lies in the recording, cannot be used.
        NoScratchRoom: while iterating; a video cannot be unpacked now, and its file is not done.
    """

    def __init__(
        self, recording: Recording, track: Track | None, source: str, how: Riding, done: Collection[str] = ()
    ) -> None:
        self.lines: list[Line] = []
        self.total = len(recording.parts)
        self.track = track or _track_of(recording)
        self._recording, self._source, self._how, self._done = recording, source, how, done
        videos = [part for part in recording.parts if part.kind == "video"]
        self._only = videos[0] if len(videos) == 1 else None

    def __iter__(self) -> Iterator[Frame]:
        for part in self._recording.parts:
            if part.name not in self._done:
                line = Line(part.name, _outcome(part))
                yield from self._frames(part, line)
                self.lines.append(line)

    def _frames(self, part: Part, line: Line) -> Iterator[Frame]:
        if line.outcome != "read":
            return
        why: Counter[str] = Counter()
        try:
            for frame, is_timed in self._picture(part) if part.kind == "picture" else self._video(part):
                placed = self._placed(frame, is_timed, why)
                line.frames += 1
                line.placed += placed.place is not None
                line.began_at = line.began_at or (placed.taken_at if is_timed else None)
                yield placed
        except NoScratchRoom:
            raise  # it says nothing of the file
        except (DetectorError, OSError) as error:
            line.code = getattr(error, "code", "recording.unusable")
            line.outcome = "read" if line.frames else "unreadable"
        line.without = dict(why)
        if line.began_at and self.track and not line.placed:
            line.offset_hint_s = _hint(line.began_at, self.track, self._how.offset_s)

    def _picture(self, part: Part) -> Iterator[tuple[Frame, bool]]:
        photo = open_photo(self._recording.read(part, MAX_BYTES), timezone=self._how.timezone)
        taken_at = photo.taken_at or _named(part.name, self._how.timezone)
        moment = taken_at or datetime(YEARS[0], 1, 1, tzinfo=UTC)
        yield Frame(photo.image, self._source, moment, photo.place, photo.heading_deg), taken_at is not None

    def _video(self, part: Part) -> Iterator[tuple[Frame, bool]]:
        reading = Reading(every_s=self._how.every_s, most_apart_s=2 * self._how.every_s)
        with self._recording.on_disk(part) as path:
            told = self._how.began_at if part == self._only else None
            began_at = told or _named(part.name, self._how.timezone) or _written(path)
            moment = began_at or datetime(YEARS[0], 1, 1, tzinfo=UTC)
            with open_source(str(path), now=lambda: moment, name=self._source, reading=reading) as source:
                for frame in source:
                    yield frame, began_at is not None

    def _placed(self, frame: Frame, is_timed: bool, why: Counter[str]) -> Frame:
        """On the track's clock, which never steps, and at the vehicle's place; else a picture keeps its own place."""
        moment = frame.taken_at + timedelta(seconds=self._how.offset_s) if is_timed else frame.taken_at
        found = self._spot(moment, is_timed)
        if isinstance(found, Spot):
            return replace(frame, taken_at=moment, place=found.place, heading_deg=found.heading_deg, clock_s=None)
        if frame.place is None:
            why[found] += 1
        return replace(frame, taken_at=moment, clock_s=None)

    def _spot(self, moment: datetime, is_timed: bool) -> Spot | str:
        if not is_timed:
            return "no_time"
        return "no_track" if self.track is None else self.track.at(moment, self._how.longest_gap_s)


def is_timed(frame: Frame) -> bool:
    """Whether anybody knows when a frame was taken."""
    return frame.taken_at.year != YEARS[0]


def _outcome(part: Part) -> Outcome:
    if part.refused:
        return part.refused
    if part.kind == "track":
        return "track"
    if part.kind == "other":
        path = PurePosixPath(part.name)
        return "ignored" if path.name.startswith(".") or path.parts[:1] == ("__MACOSX",) else "wrong_type"
    return "read"


def _track_of(recording: Recording) -> Track | None:
    """The track that lies in a recording, of all files that hold one; None without any."""
    parts = [part for part in recording.parts if part.kind == "track" and not part.refused]
    try:
        return joined(recording.read(part, MAX_TRACK_BYTES) for part in parts) if parts else None
    except NotARecording as error:
        raise NotATrack(**error.facts) from None


def _named(name: str, timezone: ZoneInfo) -> datetime | None:
    """The moment in a file's name, as recorders of vehicles write it.

    >>> str(_named("DCIM/20260504_120102_F.MP4", ZoneInfo("Asia/Shanghai")))
    '2026-05-04 04:01:02+00:00'
    """
    found = NAMED.search(PurePosixPath(name).name)
    if found is None:
        return None
    try:
        moment = datetime(*(int(part) for part in found.groups()), tzinfo=timezone)  # type: ignore[misc,arg-type]  # six
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.year in YEARS else None


def _written(path: Path) -> datetime | None:
    """When a video says that it began."""
    try:
        with av.open(str(path), options=FILE_ONLY) as container:
            told: Mapping[str, str] = container.metadata
            moment = datetime.fromisoformat(told["creation_time"].replace(" ", "T"))
    except (av.error.FFmpegError, KeyError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) if moment.year in YEARS and moment.year > YEARS[0] else None


def _hint(moment: datetime, track: Track, offset_s: float) -> float | None:
    """The offset with which a file would lie on its track, if its clock is set to another zone."""
    steps = sorted(range(-FARTHEST_ZONE, FARTHEST_ZONE + 1), key=abs)
    fits = (step for step in steps if track.began <= moment + step * ZONE_STEP <= track.ended)
    step = next(fits, None)
    return None if step is None else offset_s + (step * ZONE_STEP).total_seconds()
