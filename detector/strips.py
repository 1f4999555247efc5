"""Giant PNG files, decoded strip by strip: a tenth of the memory of the whole.

A row of a PNG may depend on the row above it and on no other. So a strip becomes a small PNG of its own: the last row
of the strip before, unfiltered, then its rows as they are in the file.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final

import numpy as np
from PIL import Image as Pictures
from PIL.Image import Image as Picture

from detector.types import Image

STRIP_BYTES: Final = 8 * 1024 * 1024
PIECE_BYTES: Final = 128 * 1024
"""Small enough to be served from memory that was used before: fresh pages cost more than the copying."""

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_UNFILTERED: Final = b"\0"


def can_strip(body: bytes) -> bool:
    """Whether a PNG has eight bits a channel and is not interlaced: then its rows stand one after another."""
    depth, colour, interlaced = body[24], body[25], body[28]
    return depth == 8 and colour in _CHANNELS and not interlaced


def decode_reduced(
    body: bytes, part: int, finish: Callable[[Picture], Picture], *, strip_bytes: int = STRIP_BYTES
) -> Image:
    """`(H, W, 3)` uint8 RGB of a PNG at 1/`part` of its size, rounded up.

    Args:
        body: a whole PNG for which `can_strip` holds.
        part: pixels that are averaged into one, each way.
        finish: reduces one strip by `part` and makes it RGB.
        strip_bytes: how large a strip may be.

    Raises:
        EOFError, zlib.error, OSError, SyntaxError, ValueError: the body is damaged.
    """
    width, height = struct.unpack_from(">II", body, 16)
    whole = np.empty((-(-height // part), -(-width // part), 3), np.uint8)
    at = 0
    for strip in _strips(body, part, strip_bytes):
        rows = np.asarray(finish(strip))
        whole[at : at + len(rows)] = rows
        at += len(rows)
    return whole


def _strips(body: bytes, part: int, strip_bytes: int) -> Iterator[Picture]:
    """Pictures of the full width, each a multiple of `part` rows high, but for the last."""
    width, height = struct.unpack_from(">II", body, 16)
    chunks = dict(_chunks(body))
    row_bytes = width * _CHANNELS[body[25]]
    rows = max(1, strip_bytes // row_bytes // part) * part
    unpack = _unpacker(chunks.pop(b"IDAT"))
    above = b""
    for top in range(0, height, rows):
        count, extra = min(rows, height - top), 1 if above else 0
        packer = zlib.compressobj(0)
        packed = [packer.compress(piece) for piece in chain([above], unpack(count * (1 + row_bytes)))]
        small = _png(chunks, width, count + extra, [*packed, packer.flush()])
        picture = Pictures.open(io.BytesIO(small), formats=["PNG"])
        picture.load()
        above = _UNFILTERED + picture.crop((0, picture.height - 1, width, picture.height)).tobytes()
        yield picture.crop((0, extra, width, picture.height)) if extra else picture


def _unpacker(packed: bytes) -> Callable[[int], Iterator[bytes]]:
    """The next so many bytes of a zlib stream, in small pieces; EOFError where there are fewer."""
    stream, feed, waiting = zlib.decompressobj(), _slices(packed), b""

    def unpack(count: int) -> Iterator[bytes]:
        nonlocal waiting
        while count:
            waiting = waiting or next(feed, b"")
            fed = bool(waiting)
            piece = stream.decompress(waiting, min(count, PIECE_BYTES))
            waiting = stream.unconsumed_tail
            count -= len(piece)
            if not piece and (stream.eof or not fed):
                raise EOFError("the picture ends too soon")
            yield piece

    return unpack


def _slices(packed: bytes) -> Iterator[bytes]:
    return (packed[at : at + PIECE_BYTES] for at in range(0, len(packed), PIECE_BYTES))


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk by name, the parts of the picture joined."""
    at, parts = len(SIGNATURE), []
    while at < len(body):
        length, name = struct.unpack_from(">I4s", body, at)
        content = body[at + 8 : at + 8 + length]
        at += 12 + length
        if name == b"IDAT":
            parts.append(content)
        else:
            yield name, content
    yield b"IDAT", b"".join(parts)


def _png(chunks: dict[bytes, bytes], width: int, height: int, packed: Sequence[bytes]) -> bytes:
    header = struct.pack(">II", width, height) + chunks[b"IHDR"][8:]
    colours = [(name, [chunks[name]]) for name in (b"PLTE", b"tRNS") if name in chunks]
    parts = [(b"IHDR", [header]), *colours, (b"IDAT", packed), (b"IEND", [])]
    return b"".join([SIGNATURE, *chain.from_iterable(_chunk(name, pieces) for name, pieces in parts)])


def _chunk(name: bytes, pieces: Sequence[bytes]) -> Iterator[bytes]:
    checked = zlib.crc32(name)
    yield struct.pack(">I", sum(map(len, pieces))) + name
    for piece in pieces:
        checked = zlib.crc32(piece, checked)
        yield piece
    yield struct.pack(">I", checked)
