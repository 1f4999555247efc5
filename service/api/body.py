"""Pictures and fields of a multipart form: read after the caller is known, bounded, each field checked here."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import Request
from starlette.datastructures import UploadFile

from detector.exif import YEARS
from detector.types import GeoPoint
from service.domain.coordinates import System, from_gcj02
from service.errors import Malformed, PlaceOutOfRange, TimeWithoutZone, Unprocessable

MAX_FIELDS: Final = 24
MAX_FIELD_BYTES: Final = 16 * 1024
LONGEST_NOTE: Final = 2000
TEXT: Final = r"^[^\x00]*$"
"""The empty sign is no reason that anybody could read, and PostgreSQL keeps none."""

NO_TEXT: Final = re.compile(r"[\0\ud800-\udfff]")
"""What no database keeps: the empty sign, and halves of signs, which a form may hold in a charset of its choice."""


@dataclass(frozen=True, slots=True)
class Form:
    """A picture's bytes and the text fields that came with it."""

    file: bytes
    fields: Mapping[str, str]

    def text(self, name: str, longest: int = 200) -> str | None:
        """A field's text, None if it is absent or blank; Unprocessable if it is too long or no text."""
        value = self.fields.get(name, "").strip()
        if len(value) > longest:
            raise Unprocessable(field=name, problem="too_long")
        if NO_TEXT.search(value):
            raise Unprocessable(field=name, problem="not_text")
        return value or None

    def number(self, name: str) -> float | None:
        """A field's number, None if it is absent; Unprocessable if it is none."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return float(text)
        except ValueError as error:
            raise Unprocessable(field=name, problem="not_a_number") from error

    def place(self) -> GeoPoint | None:
        """The place that `lat`, `lon` and `accuracy_m` say, None without them; PlaceOutOfRange, Unprocessable.

        `coordinates` says `gcj02` where a Chinese map or a mini-program gave them.
        """
        return self.on_wgs84(point(self.number("lat"), self.number("lon"), self.number("accuracy_m")))

    def on_wgs84(self, place: GeoPoint | None) -> GeoPoint | None:
        """A place that was sent in the system that `coordinates` names, as it is kept."""
        system = self.text("coordinates") or System.WGS84
        if system not in (System.WGS84, System.GCJ02):
            raise Unprocessable(field="coordinates", problem="unknown")
        return from_gcj02(place) if place is not None and system == System.GCJ02 else place

    def moment(self, name: str) -> datetime | None:
        """The moment that a field says, in UTC, None without it; TimeWithoutZone, Unprocessable."""
        text = self.text(name)
        return None if text is None else moment(text, name)


def point(lat: float | None, lon: float | None, accuracy_m: float | None = None) -> GeoPoint | None:
    """A place on earth from what a client sent; half a place is Unprocessable, one elsewhere PlaceOutOfRange."""
    if lat is None and lon is None:
        return None
    if lat is None or lon is None:
        raise Unprocessable(field="lat" if lat is None else "lon", problem="missing")
    try:
        return GeoPoint(lat, lon, accuracy_m)
    except ValueError as error:
        raise PlaceOutOfRange(lat=str(lat), lon=str(lon)) from error


def moment(text: str, name: str) -> datetime:
    """An RFC 3339 time in UTC.

    Raises:
        TimeWithoutZone: it does not say where on earth it is that time.
        Unprocessable: it is no time, or one of a year in which nobody takes pictures.

    >>> moment("2026-11-25T20:00:00+08:00", "taken_at").isoformat()
    '2026-11-25T12:00:00+00:00'
    """
    try:
        read = datetime.fromisoformat(text.upper())  # RFC 3339 lets T and Z be small
    except ValueError as error:
        raise Unprocessable(field=name, problem="not_a_time") from error
    if read.tzinfo is None:
        raise TimeWithoutZone(field=name)
    try:
        return in_utc(read)
    except ValueError as error:
        raise Unprocessable(field=name, problem="not_a_time") from error


def in_utc(aware: datetime) -> datetime:
    """The same moment in UTC; ValueError in a year at the edge of the calendar, with which nobody could reckon."""
    if aware.year not in YEARS:
        raise ValueError(f"the year {aware.year}")
    return aware.astimezone(UTC)


def heading(degrees: float | None) -> float | None:
    """Degrees clockwise from north, brought into [0, 360); Unprocessable if they are not finite."""
    if degrees is not None and not math.isfinite(degrees):
        raise Unprocessable(field="heading_deg", problem="not_a_number")
    return None if degrees is None else degrees % 360


async def read_form(request: Request) -> Form:
    """Read a multipart form with one picture; Malformed if it is none, Unprocessable without a picture."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Malformed(problem="not_multipart")
    async with request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Unprocessable(field="file", problem="missing")
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        return Form(await file.read(), fields)


def form_docs(*required: str, **fields: dict[str, Any]) -> dict[str, Any]:
    """What OpenAPI says about such a form; `fields` are JSON schemas beside `file`."""
    properties = {"file": {"type": "string", "format": "binary", "description": "JPEG, PNG or WebP"}, **fields}
    schema = {"type": "object", "required": ["file", *required], "properties": properties}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
