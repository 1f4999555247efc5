"""Tracks as recorders of vehicles write them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
Point = tuple[float, float, float]
"""Seconds after noon, lat, lon."""


def a_gpx(points: Iterable[Point], noon: datetime = NOON) -> bytes:
    """GPX 1.1."""
    told = [
        f'<trkpt lat="{lat:.7f}" lon="{lon:.7f}"><time>{_iso(noon, at_s)}</time><hdop>1.1</hdop></trkpt>'
        for at_s, lat, lon in points
    ]
    head = '<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"><!-- a patrol -->'
    return f"{head}<trk><trkseg>{''.join(told)}</trkseg></trk></gpx>".encode()


def an_nmea(points: Iterable[Point], noon: datetime = NOON) -> bytes:
    """A GGA and an RMC sentence a point, as a receiver without a course writes them."""
    lines = []
    for at_s, lat, lon in points:
        at = noon + timedelta(seconds=at_s)
        place = f"{_degrees(lat, 2)},N,{_degrees(lon, 3)},E"
        lines.append(_summed(f"GNGGA,{at:%H%M%S}.00,{place},1,09,1.2,5.0,M,,M,,"))
        lines.append(_summed(f"GNRMC,{at:%H%M%S}.00,A,{place},,,{at:%d%m%y},,,A"))
    return ("\r\n".join(lines) + "\r\n").encode()


def _iso(noon: datetime, at_s: float) -> str:
    return (noon + timedelta(seconds=at_s)).isoformat().replace("+00:00", "Z")


def _degrees(value: float, digits: int) -> str:
    whole = int(value)
    return f"{whole:0{digits}d}{(value - whole) * 60:010.7f}"


def _summed(sentence: str) -> str:
    total = 0
    for byte in sentence.encode():
        total ^= byte
    return f"${sentence}*{total:02X}"
