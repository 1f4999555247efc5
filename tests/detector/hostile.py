"""Files that somebody might send to hurt: generated here, none is stored."""

import struct
import zlib
from collections.abc import Callable
from typing import Final

import numpy as np

from detector.images import MAX_BYTES
from tests.detector.build import a_file, a_picture

NOISE: Final = np.random.default_rng(7).integers(0, 256, 200_000, np.uint8).tobytes()
PNG: Final = b"\x89PNG\r\n\x1a\n"


def a_chunk(name: bytes, body: bytes = b"") -> bytes:
    """A PNG chunk with its right checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def a_png(width: int, height: int, depth: int, colour: int, rows: bytes, before: bytes = b"") -> bytes:
    """A PNG of any measures around already packed rows."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return PNG + a_chunk(b"IHDR", header) + before + a_chunk(b"IDAT", rows) + a_chunk(b"IEND")


def zeros(count: int) -> bytes:
    """That many zero bytes, deflated a megabyte at a time."""
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    parts = [packer.compress(block) for _ in range(count >> 20)]
    return b"".join([*parts, packer.compress(bytes(count & (1 << 20) - 1)), packer.flush()])


def a_jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG whose header claims other measures."""
    data = bytearray(a_file())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def a_webp_of(width: int, height: int, flags: int = 0) -> bytes:
    """An extended WebP header of any measures around a small picture."""
    inner = a_file(form="WEBP")[12:]
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes([flags, 0, 0, 0]) + canvas + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def many_scans(width: int, height: int, scans: int) -> bytes:
    """A progressive JPEG that repeats its last scan."""
    data = a_file(a_picture(64, 64), progressive=True)
    head, tail = data[: data.rindex(b"\xff\xda")], data[data.rindex(b"\xff\xda") : -2]
    at = head.index(b"\xff\xc2") + 5
    head = head[:at] + struct.pack(">HH", height, width) + head[at + 4 :]
    return head + tail * scans + b"\xff\xd9"


def full_colour(jpeg: bytes) -> bytes:
    """The header of a JPEG, changed to one sample a pixel of every component."""
    at = jpeg.index(b"\xff\xc2") + 11
    return jpeg[:at] + b"\x11" + jpeg[at + 1 :]


def _cut(form: str, part: float) -> bytes:
    data = a_file(a_picture(400, 300), form)
    return data[: int(len(data) * part)]


def _scrambled(form: str) -> bytes:
    data = bytearray(a_file(np.frombuffer(NOISE[:120_000], np.uint8).reshape(200, 200, 3), form))
    data[len(data) // 3 : len(data) // 2] = NOISE[: len(data) // 2 - len(data) // 3]
    return bytes(data)


NOT_AN_IMAGE: Final[dict[str, Callable[[], bytes]]] = {
    "text": lambda: b"hello",
    "one byte": lambda: b"\xff",
    "html": lambda: b"<!DOCTYPE html><script>alert(1)</script>",
    "svg": lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "heic": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + NOISE[:500],
    "gif": lambda: a_file(form="GIF"),
    "bmp": lambda: a_file(form="BMP"),
    "tiff": lambda: a_file(form="TIFF"),
    "pdf": lambda: b"%PDF-1.7\n",
    "noise": lambda: NOISE,
    "riff without webp": lambda: b"RIFF\x10\0\0\0WAVEfmt " + NOISE[:100],
    "zip": lambda: b"PK\x03\x04" + NOISE[:100],
    "eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "html with blanks": lambda: b" \n" * 3_000_000 + b"<html>",
}

TRUNCATED: Final[dict[str, Callable[[], bytes]]] = {
    **{
        f"{form} cut at {part}": lambda f=form, p=part: _cut(f, p)
        for form in ("JPEG", "PNG", "WEBP")
        for part in (0.1, 0.5, 0.9)
    },
    "png scrambled": lambda: _scrambled("PNG"),
    "jpeg start alone": lambda: b"\xff\xd8",
    "jpeg of fill bytes": lambda: b"\xff\xd8" + b"\xff" * (MAX_BYTES - 2),
    "jpeg of fill bytes and zeros": lambda: b"\xff\xd8" + b"\xff\xff\xff\0" * (MAX_BYTES // 4 - 1),
    "jpeg of eight million empty segments": lambda: b"\xff\xd8" + b"\xff\xe1\0\x02" * (MAX_BYTES // 4 - 1),
    "jpeg of restart markers": lambda: b"\xff\xd8" + b"\xff\xd0" * (MAX_BYTES // 2 - 1),
    "jpeg without height": lambda: a_jpeg_of(100, 0),
    "jpeg without components": lambda: b"\xff\xd8\xff\xc0\0\x08\x08\0\x10\0\x10\0\xff\xda\0\x02" + NOISE,
    "jpeg whose frame is cut": lambda: b"\xff\xd8\xff\xc0\0\x03\x08\xff\xda\0\x02",
    "png signature alone": lambda: PNG,
    "png without pixels": lambda: (
        PNG + a_chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 2, 0, 0, 0)) + a_chunk(b"IEND")
    ),
    "png of no width": lambda: a_png(0, 9, 8, 2, zeros(100)),
    "png of an odd depth": lambda: a_png(9, 9, 7, 2, zeros(1000)),
    "png with a wrong checksum": lambda: a_file(form="PNG").replace(b"IDAT", b"IDAT\1", 1),
    "png of three million chunks": lambda: (
        PNG + a_chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 2, 0, 0, 0)) + a_chunk(b"teSt") * 2_700_000
    ),
    "png with too few rows": lambda: a_png(5000, 5000, 8, 2, zeros(100)),
    "webp header alone": lambda: a_file(form="WEBP")[:20],
    "webp whose canvas is another": lambda: a_webp_of(5000, 5000),
    "webp that claims to move": lambda: a_webp_of(1000, 1000, flags=0x02),
    "webp of noise": lambda: (
        b"RIFF" + struct.pack("<I", 60_008) + b"WEBPVP8 " + struct.pack("<I", 60_000) + NOISE[:60_000]
    ),
}

TOO_MANY_PIXELS: Final[dict[str, Callable[[], bytes]]] = {
    "jpeg of 30,000 x 30,000": lambda: a_jpeg_of(30_000, 30_000),
    "jpeg of 65,535 x 65,535": lambda: a_jpeg_of(65_535, 65_535),
    "png of 30,000 x 30,000": lambda: a_png(30_000, 30_000, 8, 2, zeros(1 << 20)),
    "png of 2 billion x 2 billion": lambda: a_png(2**31 - 1, 2**31 - 1, 8, 2, b""),
    "webp of 16 million x 16 million": lambda: a_webp_of(1 << 24, 1 << 24),
    "webp that moves on a large canvas": lambda: a_webp_of(8000, 4000, flags=0x02),
    "progressive jpeg of a thousand scans": lambda: many_scans(8000, 8000, 1000),
    "progressive jpeg of 64 million pixels in full colour": lambda: full_colour(many_scans(8000, 8000, 1)),
}

DECODABLE: Final[dict[str, Callable[[], bytes]]] = {
    "png of 64 million pixels": lambda: a_png(8000, 8000, 8, 2, zeros(8000 * 24001)),
    "png of 42 million gray 16-bit pixels": lambda: a_png(7000, 6000, 16, 0, zeros(6000 * 14001)),
    "webp scrambled": lambda: _scrambled("WEBP"),
    "jpeg that claims a larger picture": lambda: a_jpeg_of(7000, 7000),
    "png with a comment bomb": lambda: a_png(
        9, 9, 8, 2, zeros(9 * 28), a_chunk(b"zTXt", b"Comment\0\0" + zeros(1 << 27))
    ),
    "png with a profile bomb": lambda: a_png(9, 9, 8, 2, zeros(9 * 28), a_chunk(b"iCCP", b"icc\0\0" + zeros(1 << 27))),
    "png with thousands of comments": lambda: a_png(
        9, 9, 8, 2, zeros(9 * 28), a_chunk(b"zTXt", b"C\0\0" + zeros(1 << 20)) * 5000
    ),
    "jpeg with megabytes of comments": lambda: _with_segments(0xFE, b"\0" * 60_000, 500),
    "jpeg with photoshop blocks": lambda: _with_segments(
        0xED, b"Photoshop 3.0\0" + b"8BIM\4\4\0\0\0\0\0\0" * 5000, 400
    ),
    "jpeg with a movie behind it": lambda: a_file(progressive=True) + NOISE * 50,
    "progressive jpeg of 64 million pixels": lambda: many_scans(8000, 8000, 1),
}


def _with_segments(marker: int, body: bytes, count: int) -> bytes:
    data = a_file()
    return data[:2] + (bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body) * count + data[2:]
