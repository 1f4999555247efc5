"""What a decoder is given of an untrusted file: its measures, and only the parts that make pixels.

Colour profiles, comments, previews and animation frames never reach a decoder, so a flood or a bomb in them costs
nothing. Every walk is bounded by a number of parts and looks at no pixel.
"""

import re
import struct
from dataclasses import dataclass
from typing import Final, Literal

from detector.errors import NotAnImage, TooManyPixels, TruncatedPhoto

Format = Literal["jpeg", "png", "webp"]
Part = bytes | memoryview

MAX_PIXELS: Final = 64_000_000
MAX_PARTS: Final = 20_000
MAX_EXIF_BYTES: Final = 65_536
MAX_FILL_BYTES: Final = 65_536
MAX_SCAN_PIXELS: Final = 16 * MAX_PIXELS

_FOREIGN: Final = (
    (re.compile(rb"....ftyp(heic|heix|hevc|mif1|msf1|heim|heis)", re.DOTALL), "heic"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "avif"),
    (re.compile(rb"....ftyp", re.DOTALL), "video"),
    (re.compile(rb"GIF8"), "gif"),
    (re.compile(rb"BM"), "bmp"),
    (re.compile(rb"II\*\0|MM\0\*"), "tiff"),
    (re.compile(rb"%PDF"), "pdf"),
    (re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!DOCTYPE )?svg", re.DOTALL | re.IGNORECASE), "svg"),
    (re.compile(rb"\s*<(!DOCTYPE )?html", re.IGNORECASE), "html"),
)

_MARKER = re.compile(rb"\xff([\x01-\xfe])")
_SCAN_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
_SOF: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_JPEG_KEPT: Final = _SOF | {0xC4, 0xCC, 0xDB, 0xDD, 0xEE}
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_PIXEL_BYTES, _COEFFICIENT_BYTES = 4, 2
"""A decoded pixel takes four bytes; a progressive picture also keeps every coefficient until its last scan."""
_EOI, _SOS, _APP0, _APP1 = 0xD9, 0xDA, 0xE0, 0xE1

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_PNG_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


@dataclass(frozen=True, slots=True)
class Container:
    """A file without what nobody needs.

    Attributes:
        format: which decoder it is for.
        width: pixels as stored, before any turning.
        height: pixels as stored.
        body: what the decoder may read.
        exif: the TIFF block, empty where there is none.
        animated: more than one picture; only the first is wanted.
    """

    format: Format
    width: int
    height: int
    body: bytes
    exif: bytes = b""
    animated: bool = False


def open_container(data: bytes) -> Container:
    """Read the outer structure of a JPEG, PNG or WebP file.

    Raises:
        NotAnImage: it is none of the three; fact `seems` names what it looks like.
        TruncatedPhoto: the structure breaks off or contradicts itself.
        TooManyPixels: the header announces more than 64 Mpx, or more work than a photo of that size can need.
    """
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data.startswith(_PNG_SIGNATURE):
        return _png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    raise NotAnImage(seems=next((name for magic, name in _FOREIGN if magic.match(data[:1024])), "unknown"))


def _admit(width: int, height: int, cost: float = 1.0) -> None:
    """Refuse what costs as much as too many plain pixels would."""
    if width < 1 or height < 1:
        raise TruncatedPhoto(width=width, height=height)
    if width * height * cost > MAX_PIXELS:
        raise TooManyPixels(width=width, height=height, limit=int(MAX_PIXELS / cost))


def _jpeg(data: bytes) -> Container:
    view, at, exif = memoryview(data), 2, b""
    kept: list[Part] = [b"\xff\xd8"]
    frame: tuple[int, int, int, float] | None = None  # marker, width, height, samples a pixel
    for _ in range(MAX_PARTS):
        found = _MARKER.search(data, at, at + MAX_FILL_BYTES)
        if not found:
            break
        start, at, marker = found.start(), found.end(), found[1][0]
        if marker in _STANDALONE:
            continue
        if marker == _EOI or len(data) < at + 2:
            break
        end = at + int.from_bytes(view[at : at + 2])
        if not at + 2 <= end <= len(data):
            break
        if marker in _SOF:
            frame = marker, *_jpeg_size(view[at + 2 : end])
        if marker == _APP1 and not exif and data[at + 2 : at + 8] == b"Exif\0\0":
            exif = data[at + 8 : end]
        if marker in _JPEG_KEPT or (marker == _APP0 and data[at + 2 : at + 6] == b"JFIF"):
            kept.append(view[start:end])
        if marker == _SOS and frame:
            _admit_scans(data, end, *frame)
            return Container("jpeg", frame[1], frame[2], b"".join([*kept, view[start:]]), exif)
        at = end
    raise TruncatedPhoto(format="jpeg", bytes=len(data))


def _jpeg_size(sof: memoryview) -> tuple[int, int, float]:
    """Width, height and samples a pixel from a start-of-frame segment; refused at once if they are too much."""
    if len(sof) < 6 or len(sof) < 6 + 3 * sof[5]:
        raise TruncatedPhoto(format="jpeg")
    height, width = struct.unpack_from(">HH", sof, 1)
    _admit(width, height, cost=1 if sof[5] <= 3 else 4 / 3)
    sampling = [(sof[7 + 3 * i] >> 4, sof[7 + 3 * i] & 15) for i in range(sof[5])]  # of each component
    whole = max((across for across, _ in sampling), default=1) * max((down for _, down in sampling), default=1)
    return width, height, sum(across * down for across, down in sampling) / max(1, whole)


def _admit_scans(data: bytes, at: int, marker: int, width: int, height: int, samples: float) -> None:
    """A progressive picture is walked once a scan; ten are usual, thousands are an attack."""
    if marker not in _PROGRESSIVE:
        return
    _admit(width, height, cost=samples * _COEFFICIENT_BYTES / _PIXEL_BYTES)
    allowed = max(16, MAX_SCAN_PIXELS // (width * height))
    scans = 1
    while (found := _SCAN_MARKER.search(data, at)) and found[1][0] != _EOI:
        at = found.end()
        scans += found[1][0] == _SOS
        if scans > min(allowed, 1000):
            raise TooManyPixels(width=width, height=height, scans=scans, limit=MAX_PIXELS)


def _png(data: bytes) -> Container:
    view, at, exif = memoryview(data), len(_PNG_SIGNATURE), b""
    kept: list[Part] = [_PNG_SIGNATURE]
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise TruncatedPhoto(format="png", bytes=len(data))
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    plain = 1.5 if depth == 16 else 4 / 3 if data[28] else 1.0  # an interlaced picture cannot be had in strips
    _admit(width, height, cost=max(plain, _PNG_CHANNELS.get(colour, 4) * depth / 32))
    for _ in range(MAX_PARTS):
        if len(data) < at + 12:
            break
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            break
        if name in _PNG_KEPT:
            kept.append(view[at:end])
        if name == b"eXIf" and length <= MAX_EXIF_BYTES:
            exif = data[at + 8 : at + 8 + length]
        if name == b"IEND":
            return Container("png", width, height, b"".join(kept), exif)
        at = end
    raise TruncatedPhoto(format="png", bytes=len(data))


def _webp(data: bytes) -> Container:
    if len(data) < 30:
        raise TruncatedPhoto(format="webp", bytes=len(data))
    kind, flags = data[12:16], data[20]
    animated = kind == b"VP8X" and bool(flags & 0x02)
    width, height = _webp_size(data, kind)
    exif, lossless = _webp_walk(data)
    _admit(width, height, cost=4.0 if animated else 2.0 if lossless else 1.0)
    return Container("webp", width, height, data, exif, animated)


def _webp_size(data: bytes, kind: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise TruncatedPhoto(format="webp", bytes=len(data))


def _webp_walk(data: bytes) -> tuple[bytes, bool]:
    """The Exif chunk, and whether the pixels are stored without loss (which costs the decoder twice the memory)."""
    at, exif, lossless = 12, b"", False
    for _ in range(MAX_PARTS):
        if len(data) < at + 8:
            break
        name, length = struct.unpack_from("<4sI", data, at)
        if name == b"EXIF" and length <= MAX_EXIF_BYTES:
            exif = data[at + 8 : at + 8 + length].removeprefix(b"Exif\0\0")
        lossless = lossless or name in (b"VP8L", b"ALPH")
        at += 8 + length + length % 2
    return exif, lossless
