"""Where a vehicle was when: the track of a GPX or NMEA file, and places between its points.

A track's moments are those of the satellites, so they are the truth; what the camera's clock is off is an option of
whoever reads it.
"""

import io
import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from xml.etree import ElementTree
from xml.parsers import expat

from detector.errors import NotATrack, TrackTooLarge
from detector.types import GeoPoint

MAX_TRACK_BYTES: Final = 64 * 1024 * 1024
MAX_POINTS: Final = 400_000
"""At one a second, four days and nights."""

LONGEST_GAP_S: Final = 10.0
METRES_A_DEGREE: Final = 111_195.0
METRES_A_DILUTION: Final = 5.0
"""How far off a point may be at a horizontal dilution of one, as receivers of vehicles are."""

USUAL_ACCURACY_M: Final = 10.0
MOVING_M: Final = 2.0
MOVING_M_S: Final = 0.8
FASTEST_M_S: Final = 70.0
STUBBORN: Final = 5
"""So many points in a row that seem to be elsewhere are where the vehicle is."""

KNOT_M_S: Final = 0.514444
Missing = Literal["before_track", "after_track", "gap"]
"""Why a moment has no place."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A point of a track; `at` is UTC, heading clockwise from north."""

    at: datetime
    lat: float
    lon: float
    accuracy_m: float = USUAL_ACCURACY_M
    heading_deg: float | None = None
    speed_m_s: float | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the vehicle was and where its nose pointed."""

    place: GeoPoint
    heading_deg: float | None


@dataclass(frozen=True, slots=True)
class Track:
    """Points in the order of time, no two at one moment; `skipped` could not be used."""

    fixes: tuple[Fix, ...]
    skipped: int = 0

    @property
    def began(self) -> datetime:
        """When its first point was."""
        return self.fixes[0].at

    @property
    def ended(self) -> datetime:
        """When its last point was."""
        return self.fixes[-1].at

    def at(self, moment: datetime, longest_gap_s: float = LONGEST_GAP_S) -> Spot | Missing:
        """Where the vehicle was: between two points on the line that joins them.

        Args:
            moment: aware, on the clock of the track.
            longest_gap_s: between two points farther apart in time nobody knows.
        """
        after = bisect_right(self.fixes, moment, key=lambda fix: fix.at)
        if after == 0:
            return "before_track"
        before = self.fixes[after - 1]
        if after == len(self.fixes):
            return _spot(before, before, 0.0) if moment == before.at else "after_track"
        later = self.fixes[after]
        gap_s = (later.at - before.at).total_seconds()
        share = (moment - before.at).total_seconds() / gap_s
        if gap_s > longest_gap_s:
            return "gap" if share else _spot(before, before, 0.0)
        return _spot(before, later, share)


def read_track(data: bytes) -> Track:
    """The track of a GPX or NMEA file.

    Raises:
        NotATrack: it is neither, or has no point with a place and a moment.
        TrackTooLarge: more bytes or points than are read.
    """
    return joined([data])


def joined(files: Iterable[bytes]) -> Track:
    """One track of several files, as recorders that begin a new one every hour write them; see `read_track`."""
    found: list[Fix] = []
    skipped = 0
    for data in files:
        if len(data) > MAX_TRACK_BYTES:
            raise TrackTooLarge(bytes=len(data), limit=MAX_TRACK_BYTES)
        for fix in _gpx(data) if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else _nmea(data):
            if fix is None:
                skipped += 1
                continue
            found.append(fix)
            if len(found) > MAX_POINTS:
                raise TrackTooLarge(points=len(found), limit=MAX_POINTS)
    kept = _plausible(sorted(found, key=lambda fix: fix.at))
    if not kept:
        raise NotATrack(skipped=skipped, why="no point with a place and a moment")
    return Track(tuple(_headed(kept)), skipped + len(found) - len(kept))


def metres_between(a: Fix, b: Fix) -> float:
    """How far two points are apart; exact enough within a city."""
    return math.hypot(*_metres(a, b))


def _metres(a: Fix, b: Fix) -> tuple[float, float]:
    """East and north from one point to another."""
    east = (b.lon - a.lon) * METRES_A_DEGREE * math.cos(math.radians((a.lat + b.lat) / 2))
    return east, (b.lat - a.lat) * METRES_A_DEGREE


def _spot(before: Fix, later: Fix, share: float) -> Spot:
    doubt_m = 0.5 * min(share, 1 - share) * metres_between(before, later)  # it may have turned in between
    accuracy_m = before.accuracy_m + share * (later.accuracy_m - before.accuracy_m) + doubt_m
    lat = before.lat + share * (later.lat - before.lat)
    lon = before.lon + share * (later.lon - before.lon)
    return Spot(GeoPoint(lat, lon, round(accuracy_m, 1)), _turned(before.heading_deg, later.heading_deg, share))


def _turned(before: float | None, later: float | None, share: float) -> float | None:
    """Between two headings, the shorter way round.

    >>> _turned(350.0, 10.0, 0.5), _turned(None, 10.0, 0.5)
    (0.0, 10.0)
    """
    if before is None or later is None:
        return later if before is None else before
    return (before + share * ((later - before + 180) % 360 - 180)) % 360


def _plausible(fixes: list[Fix]) -> list[Fix]:
    """Without doubles and without jumps that no vehicle makes."""
    kept: list[Fix] = []
    refused = 0
    for fix in fixes:
        if kept:
            passed_s = (fix.at - kept[-1].at).total_seconds()
            if passed_s <= 0:
                continue
            if metres_between(kept[-1], fix) > FASTEST_M_S * passed_s + USUAL_ACCURACY_M and refused < STUBBORN:
                refused += 1
                continue
        refused = 0
        kept.append(fix)
    return kept


def _headed(fixes: list[Fix]) -> Iterator[Fix]:
    """With the heading of each: as told while it moves, else from the way to the next point, else as it was."""
    last: float | None = None
    for fix, later in zip(fixes, [*fixes[1:], fixes[-1]], strict=True):
        told = fix.heading_deg if (fix.speed_m_s or MOVING_M_S) >= MOVING_M_S else None
        if told is None and metres_between(fix, later) >= MOVING_M:
            east, north = _metres(fix, later)
            told = math.degrees(math.atan2(east, north)) % 360
        last = last if told is None else told
        yield replace(fix, heading_deg=last)


def _fix(at: datetime, lat: float, lon: float, **more: float | None) -> Fix | None:
    dilution, heading, speed = more.get("dilution"), more.get("heading"), more.get("speed")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        return None
    accuracy_m = METRES_A_DILUTION * dilution if dilution is not None and 0 < dilution < 100 else USUAL_ACCURACY_M
    is_heading = heading is not None and math.isfinite(heading)
    return Fix(at, lat, lon, accuracy_m, heading % 360 if is_heading and heading is not None else None, speed)


def _gpx(data: bytes) -> Iterator[Fix | None]:
    """Track points; None for one that cannot be used. A document that declares its own words is refused unread."""
    try:
        _refuse_declarations(data)
        for _, element in ElementTree.iterparse(io.BytesIO(data)):  # noqa: S314  # nothing can be declared, see above
            if _name(element) == "trkpt":
                yield _point(element)
            if _name(element) in ("trkpt", "wpt", "rtept"):
                element.clear()
    except ElementTree.ParseError as error:
        raise NotATrack(why="broken XML", line=error.position[0]) from None
    except expat.ExpatError as error:
        raise NotATrack(why="broken XML", line=error.lineno) from None


def _refuse_declarations(data: bytes) -> None:
    """Read up to the first element, in whatever encoding, and refuse a document type there; later there can be none."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise NotATrack(why="it declares a document type")

    def begun(*_: object) -> None:
        raise _Begun

    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, begun
    with suppress(_Begun):
        parser.Parse(data, True)


class _Begun(Exception):
    """The first element has come."""


def _point(element: ElementTree.Element) -> Fix | None:
    told = {_name(part): (part.text or "").strip() for part in element.iter()}
    try:
        at = datetime.fromisoformat(told["time"].upper())
        lat, lon = float(element.attrib["lat"]), float(element.attrib["lon"])
        more = {word: float(told[name]) if told.get(name) else None for word, name in GPX_WORDS.items()}
    except (KeyError, ValueError):
        return None
    return _fix((at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC), lat, lon, **more)


GPX_WORDS: Final = {"dilution": "hdop", "heading": "course", "speed": "speed"}


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


SENTENCE: Final = re.compile(rb"\$(?:G[PNLAB]|BD)(RMC|GGA),([^*\r\n]*)(?:\*([0-9A-Fa-f]{2}))?")


def _nmea(data: bytes) -> Iterator[Fix | None]:
    """Of each RMC sentence a point; the GGA sentence of the same second tells how good it is."""
    dilutions: dict[bytes, float | None] = {}
    for found in SENTENCE.finditer(data):
        if found[3] is not None and _checksum(found[0]) != int(found[3], 16):
            yield None
            continue
        parts = found[2].split(b",")
        if found[1] == b"GGA":
            dilutions = {parts[0]: _number(parts[7]) if len(parts) > 7 else None}
        else:
            yield _sentence(parts, dilutions.get(parts[0]))


def _sentence(parts: list[bytes], dilution: float | None) -> Fix | None:
    if len(parts) < 9 or parts[1] != b"A":
        return None
    try:
        at = _moment(parts[0].decode(), parts[8].decode())
        lat, lon = _degrees(parts[2], 2, parts[3] == b"S"), _degrees(parts[4], 3, parts[5] == b"W")
    except (ValueError, OverflowError):
        return None
    speed = _number(parts[6])
    return _fix(
        at, lat, lon, dilution=dilution, heading=_number(parts[7]), speed=None if speed is None else speed * KNOT_M_S
    )


def _moment(time: str, date: str) -> datetime:
    """Of `hhmmss.ss` and `ddmmyy`; ValueError."""
    seconds = float(time[4:] or "x")
    year = int(date[4:6]) + (1900 if int(date[4:6]) >= 80 else 2000)
    day = datetime(year, int(date[2:4]), int(date[:2]), int(time[:2]), int(time[2:4]), tzinfo=UTC)
    return day + timedelta(seconds=seconds)


def _degrees(told: bytes, digits: int, is_negative: bool) -> float:
    degrees = int(told[:digits]) + float(told[digits:]) / 60
    return -degrees if is_negative else degrees


def _number(told: bytes) -> float | None:
    try:
        return float(told)
    except ValueError:
        return None


def _checksum(sentence: bytes) -> int:
    total = 0
    for byte in sentence[1 : sentence.index(b"*")]:
        total ^= byte
    return total
