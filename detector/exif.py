"""What a camera wrote beside the pixels: which way is up, where, when. Garbage reads as nothing, never as an error."""

import re
import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from detector.types import GeoPoint

MAX_ENTRIES: Final = 512
MAX_VALUE_BYTES: Final = 256

YEARS: Final = range(1970, 2200)
"""In which pictures are taken; with a moment at the edge of the calendar nobody could reckon."""

_ORIENTATION, _EXIF_IFD, _GPS_IFD = 0x0112, 0x8769, 0x8825
_MOMENTS: Final = ((0x9003, 0x9011), (0x9004, 0x9012), (0x0132, 0x9010))
"""Taken, digitized, changed, each with its offset; the last is nearer to the truth than when the picture came to us."""
_TIMES: Final = frozenset(tag for pair in _MOMENTS for tag in pair)
_LAT_REF, _LAT, _LON_REF, _LON, _DIRECTION, _ERROR_M = 1, 2, 3, 4, 17, 31

_TEXT, _SHORT, _LONG, _RATIONAL = 2, 3, 4, 5
_BYTES_OF: Final = {_TEXT: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8}

_MOMENT = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")

Values = tuple[float, ...] | str
Directory = Mapping[int, Values]


@dataclass(frozen=True, slots=True)
class Exif:
    """What is known beside the pixels.

    Attributes:
        orientation: 1 to 8, as in the Exif standard; 1 is upright.
        place: where the camera stood, None where unknown.
        heading_deg: clockwise from north, None where unknown.
        taken_at: aware UTC, None where unknown.
    """

    orientation: int = 1
    place: GeoPoint | None = None
    heading_deg: float | None = None
    taken_at: datetime | None = None


def read_exif(tiff: bytes, timezone: ZoneInfo) -> Exif:
    """Read the TIFF block of an Exif segment.

    Args:
        tiff: from the byte-order mark on; may be empty or garbage.
        timezone: of moments that were written without an offset.

    >>> read_exif(b"no such thing", ZoneInfo("Asia/Shanghai"))
    Exif(orientation=1, place=None, heading_deg=None, taken_at=None)
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return Exif()
    top = _directory(tiff, order, _pointer(tiff, order), {_ORIENTATION, _EXIF_IFD, _GPS_IFD, *_TIMES})
    camera = {**top, **_directory(tiff, order, _number(top, _EXIF_IFD), _TIMES)}  # some programs write all on top
    gps = _directory(tiff, order, _number(top, _GPS_IFD), {_LAT_REF, _LAT, _LON_REF, _LON, _DIRECTION, _ERROR_M})
    orientation = _number(top, _ORIENTATION) or 1
    heading_deg = _number(gps, _DIRECTION)
    return Exif(
        orientation=int(orientation) if orientation in range(1, 9) else 1,
        place=_place(gps),
        heading_deg=heading_deg if heading_deg is not None and 0 <= heading_deg <= 360 else None,
        taken_at=next(filter(None, (_moment(camera, *tags, timezone) for tags in _MOMENTS)), None),
    )


def _pointer(tiff: bytes, order: str) -> float | None:
    return float(struct.unpack_from(f"{order}I", tiff, 4)[0]) if len(tiff) >= 8 else None


def _directory(tiff: bytes, order: str, at: float | None, wanted: Collection[int]) -> Directory:
    """The wanted values of one directory; it follows no chain, so a loop of directories costs nothing."""
    if at is None or not 8 <= at <= len(tiff) - 2:
        return {}
    start = int(at)
    (entries,) = struct.unpack_from(f"{order}H", tiff, start)
    found: dict[int, Values] = {}
    for entry in range(min(entries, MAX_ENTRIES, (len(tiff) - start - 2) // 12)):
        tag, kind, count, _ = struct.unpack_from(f"{order}HHII", tiff, start + 2 + 12 * entry)
        if tag in wanted and (values := _values(tiff, order, start + 10 + 12 * entry, kind, count)):
            found.setdefault(tag, values)
    return found


def _values(tiff: bytes, order: str, at: int, kind: int, count: int) -> Values:
    length = _BYTES_OF.get(kind, 0) * count
    if not 0 < length <= MAX_VALUE_BYTES:
        return ()
    if length > 4:
        (at,) = struct.unpack_from(f"{order}I", tiff, at)
    raw = tiff[at : at + length]
    if len(raw) < length:
        return ()
    if kind == _TEXT:
        return raw.split(b"\0", 1)[0].decode("ascii", errors="replace").strip()
    if kind == _RATIONAL:
        pairs = struct.iter_unpack(f"{order}II", raw)
        return tuple(above / below if below else float("nan") for above, below in pairs)
    return tuple(float(value) for (value,) in struct.iter_unpack(order + ("H" if kind == _SHORT else "I"), raw))


def _number(directory: Directory, tag: int) -> float | None:
    values = directory.get(tag)
    return float(values[0]) if isinstance(values, tuple) and values else None


def _text(directory: Directory, tag: int) -> str:
    value = directory.get(tag)
    return value if isinstance(value, str) else ""


def _place(gps: Directory) -> GeoPoint | None:
    """The place, or None where a part is missing or impossible. 0°, 0° is what phones write without a fix."""
    lat, lon = _degrees(gps, _LAT, _LAT_REF, "NS"), _degrees(gps, _LON, _LON_REF, "EW")
    if lat is None or lon is None or (lat == 0 and lon == 0) or not (abs(lat) <= 90 and abs(lon) <= 180):
        return None
    error_m = _number(gps, _ERROR_M)
    return GeoPoint(lat, lon, error_m if error_m is not None and 0 <= error_m < float("inf") else None)


def _degrees(gps: Directory, tag: int, ref_tag: int, refs: str) -> float | None:
    parts, ref = gps.get(tag), _text(gps, ref_tag).upper()[:1]
    if not isinstance(parts, tuple) or not 1 <= len(parts) <= 3 or not ref or ref not in refs:
        return None
    if any(not 0 <= part <= 60 for part in parts[1:]) or not parts[0] >= 0:
        return None
    degrees = round(sum(part / 60.0**i for i, part in enumerate(parts)), 9)
    return degrees if ref == refs[0] else -degrees


def _moment(camera: Directory, tag: int, offset_tag: int, zone: ZoneInfo) -> datetime | None:
    written = _MOMENT.fullmatch(_text(camera, tag))
    if not written:
        return None
    offset = _OFFSET.fullmatch(_text(camera, offset_tag))
    year, month, day, hour, minute, second = (int(part) for part in written.groups())
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=_zone(offset) or zone)
        return local.astimezone(UTC) if year in YEARS else None
    except (ValueError, OverflowError):
        return None


def _zone(offset: re.Match[str] | None) -> timezone | None:
    if not offset:
        return None
    sign, hours, minutes = offset.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(ahead if sign == "+" else -ahead)
