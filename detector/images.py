"""Photos from people and cameras: untrusted bytes become an upright picture with its place and moment, or one error."""

import io
import struct
import threading
import zlib
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL.Image import Image as Picture

from detector import strips
from detector.containers import MAX_PIXELS, Container, Format, open_container
from detector.errors import EmptyPhoto, PhotoTooLarge, TooManyPixels, TruncatedPhoto
from detector.exif import read_exif
from detector.pixels import as_array
from detector.types import GeoPoint, Image

MAX_BYTES: Final = 32 * 1024 * 1024
LONGEST_SIDE: Final = 1920
"""Pixels of a picture that people look at."""

LOOKING_SIDE: Final = 960
"""Pixels of a picture that only the model looks at: its boxes are those of the full picture, for half the decoding."""

GIANT_PIXELS: Final = 16_000_000
"""Larger pictures are decoded one at a time: each may take a quarter of a gigabyte."""

UTC_ZONE: Final = ZoneInfo("UTC")

_one_giant = threading.Lock()

_DAMAGE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
    cv2.error,
)


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """An upright picture and what its file told about it.

    Attributes:
        image: `(H, W, 3)` uint8 RGB, upright; smaller than the original where that was much larger than needed.
        width: pixels of the upright original.
        height: pixels of the upright original.
        scale: pixels of `image` per pixel of the original, in (0, 1]; a box on `image` divided by it is one on the
            original.
        format: what the file was.
        place: where the camera stood, None where the file does not say.
        heading_deg: clockwise from north, None where the file does not say.
        taken_at: aware UTC, None where the file does not say.
    """

    image: Image
    width: int
    height: int
    scale: float
    format: Format
    place: GeoPoint | None = None
    heading_deg: float | None = None
    taken_at: datetime | None = None


def open_photo(data: bytes, *, timezone: ZoneInfo = UTC_ZONE, longest_side: int = LONGEST_SIDE) -> Photo:
    """Decode a JPEG, PNG or WebP file of which nothing is trusted.

    Args:
        data: the whole file, up to 32 MiB.
        timezone: of a moment that the file gives without an offset.
        longest_side: pixels that the caller needs; larger pictures are decoded at a fraction that still has them.

    Raises:
        EmptyPhoto, PhotoTooLarge, NotAnImage, TooManyPixels, TruncatedPhoto: see `detector.errors`. Broken metadata
            fails no photo.
    """
    if not data:
        raise EmptyPhoto()
    if len(data) > MAX_BYTES:
        raise PhotoTooLarge(bytes=len(data), limit=MAX_BYTES)
    container = open_container(data)
    exif = read_exif(container.exif, timezone)
    stored = _decode(container, longest_side)
    image = upright(stored, exif.orientation)
    turned = exif.orientation >= 5
    return Photo(
        image=image,
        width=container.height if turned else container.width,
        height=container.width if turned else container.height,
        scale=max(stored.shape[:2]) / max(container.width, container.height),
        format=container.format,
        place=exif.place,
        heading_deg=exif.heading_deg,
        taken_at=exif.taken_at,
    )


def open_file(path: Path, *, timezone: ZoneInfo = UTC_ZONE, longest_side: int = LONGEST_SIDE) -> Photo:
    """`open_photo` for a file of one's own; reads no more than the cap. OSError if it cannot be read."""
    with path.open("rb") as file:
        return open_photo(file.read(MAX_BYTES + 1), timezone=timezone, longest_side=longest_side)


def encode_jpeg(image: Image, quality: int = 90) -> bytes:
    """A JPEG of `(H, W, 3)` uint8 RGB that holds pixels and nothing else: no Exif, no profile, no comment."""
    out = io.BytesIO()
    Pictures.fromarray(image).save(out, "JPEG", quality=quality)
    return out.getvalue()


def upright(image: Image, orientation: int) -> Image:
    """Turn `(H, W, 3)` pixels as Exif `orientation` 1 to 8 says; contiguous.

    >>> row = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    >>> upright(row, 6).shape, upright(row, 3)[0, 0].tolist()
    ((2, 1, 3), [3, 4, 5])
    """
    if orientation >= 5:
        image = image.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    return np.ascontiguousarray(image)


def _decode(container: Container, longest_side: int) -> Image:
    """`(H, W, 3)` uint8 RGB as stored, at full size or at a whole fraction of it."""
    with _one_giant if _is_giant(container) else nullcontext():
        return _decode_alone(container, longest_side)


def _is_giant(container: Container) -> bool:
    return container.width * container.height > GIANT_PIXELS


def _decode_alone(container: Container, longest_side: int) -> Image:
    try:
        if container.format == "webp" and not container.animated:
            return _decode_webp(container, longest_side)
        if _is_giant(container) and container.format == "png" and strips.can_strip(container.body):
            part = _fraction(container.width, container.height, longest_side)
            return strips.decode_reduced(container.body, part, lambda strip: _small_rgb(strip, part))
        return _decode_pillow(container, longest_side)
    except Pictures.DecompressionBombError:
        raise TooManyPixels(width=container.width, height=container.height, limit=MAX_PIXELS) from None
    except _DAMAGE:
        raise TruncatedPhoto(format=container.format, bytes=len(container.body)) from None


def _decode_pillow(container: Container, longest_side: int) -> Image:
    picture = Pictures.open(io.BytesIO(container.body), formats=[container.format.upper()])
    if picture.size != (container.width, container.height):
        raise TruncatedPhoto(format=container.format)
    if container.format == "jpeg":
        part = _fraction(picture.width, picture.height, longest_side, of=(8, 4, 2))
        picture.draft(None, (max(1, picture.width // part), max(1, picture.height // part)))
    picture.load()
    part = _fraction(picture.width, picture.height, longest_side)
    return as_array(_small_rgb(picture, part))


def _small_rgb(picture: Picture, part: int) -> Picture:
    return _rgb(_reducible(picture).reduce(part) if part > 1 else picture)


def _decode_webp(container: Container, longest_side: int) -> Image:
    """By OpenCV, a quarter of the memory of Pillow's animation decoder; the header is admitted by now."""
    pixels = cv2.imdecode(np.frombuffer(container.body, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.shape[:2] != (container.height, container.width):
        raise TruncatedPhoto(format="webp", bytes=len(container.body))
    part = _fraction(container.width, container.height, longest_side)
    if part > 1:
        size = -(-container.width // part), -(-container.height // part)
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    if pixels.shape[2] == 4:
        return np.asarray(_rgb(Pictures.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA))))
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)


def _fraction(width: int, height: int, longest_side: int, of: tuple[int, ...] = ()) -> int:
    """The largest n (one of `of`, if given) of which 1/n of the picture is still at least `longest_side` long.

    >>> _fraction(4000, 3000, 1920), _fraction(4000, 3000, 640), _fraction(4000, 3000, 640, of=(8, 4, 2))
    (2, 6, 4)
    """
    most = max(1, max(width, height) // longest_side)
    return next((n for n in of if n <= most), 1) if of else most


def _reducible(picture: Picture) -> Picture:
    """Pillow averages no palettes, bits or 16-bit values."""
    if picture.mode.startswith("I"):
        return _eight_bits(picture)
    if picture.mode in ("1", "P", "PA"):
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture


def _eight_bits(picture: Picture) -> Picture:
    return Pictures.fromarray((np.asarray(picture) >> 8).astype(np.uint8))


def _rgb(picture: Picture) -> Picture:
    """Any mode as RGB; what is transparent becomes white, as a page would show it."""
    if picture.mode.startswith("I"):
        picture = _eight_bits(picture)
    if not picture.has_transparency_data:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    picture = picture.convert("RGBA")
    white = Pictures.new("RGBA", picture.size, "white")
    return Pictures.alpha_composite(white, picture).convert("RGB")
