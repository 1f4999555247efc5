"""Hostile files, made here: torn, lying, bombs, disguises, broken metadata, polyglots and mutations."""

import io
import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import Image

from tests.faults.pictures import draw

REFUSED: Final = range(400, 500)
TAKEN_OR_REFUSED: Final = (*range(200, 300), *range(400, 500))
SCRIPT: Final = b"<script>document.title='owned'</script>"


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file, and the answers that are right for it: a code with its status, or any status of a range."""

    name: str
    body: bytes
    status: int | None = None
    code: str | None = None
    legal: bool = False

    def accepts(self, status: int, code: str | None) -> bool:
        """Whether this answer is right.

        >>> Hostile("text", b"hello", 415, "photo.not_an_image").accepts(415, "photo.not_an_image")
        True
        >>> Hostile("odd but whole", b"...", legal=True).accepts(500, None)
        False
        """
        if self.status is not None:
            return (status, code) == (self.status, self.code)
        return status in (TAKEN_OR_REFUSED if self.legal else REFUSED)


def corpus() -> Iterator[Hostile]:
    """Everything but the mutations."""
    yield Hostile("0 bytes", b"", 422, "photo.empty")
    yield from disguises()
    yield from torn()
    yield from lying_headers()
    yield from bombs()
    yield from odd_metadata()
    yield from polyglots()
    yield from odd_but_whole()


def disguises() -> Iterator[Hostile]:
    """Other things under the name of a photo."""
    others = {
        "text": b"hello",
        "HTML": b"<!doctype html><html><body>" + SCRIPT,
        "SVG": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "SVG after a byte order mark": b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg'/>",
        "HEIC": struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + bytes(1000),
        "AVIF": struct.pack(">I", 24) + b"ftypavif\0\0\0\0mif1avif" + bytes(1000),
        "GIF": encoded("GIF"),
        "BMP": encoded("BMP"),
        "TIFF": encoded("TIFF"),
        "ICO": encoded("ICO"),
        "PDF": b"%PDF-1.7\n" + bytes(200),
        "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        "ZIP": b"PK\x03\x04" + bytes(200),
        "ELF": b"\x7fELF" + bytes(200),
        "pickle": b"\x80\x04\x95\x1d\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
        "zeros": bytes(5000),
        "RIFF without WebP": b"RIFF\x10\0\0\0WAVEfmt " + bytes(100),
    }
    for name, body in others.items():
        yield Hostile(f"{name} as a photo", body, 415, "photo.not_an_image")


def torn() -> Iterator[Hostile]:
    """Real pictures that end too soon."""
    for form in ("JPEG", "PNG", "WEBP"):
        whole = encoded(form)
        for percent in (20, 50, 90):
            yield Hostile(f"{form}, {percent} % of it", whole[: len(whole) * percent // 100], 422, "photo.truncated")
    yield Hostile("JPEG, its first two bytes", b"\xff\xd8")
    yield Hostile("JPEG, its first marker", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00")
    yield Hostile("PNG, its signature", b"\x89PNG\r\n\x1a\n")


def lying_headers() -> Iterator[Hostile]:
    """Headers that announce more pixels than anybody wants."""
    yield Hostile("PNG header of 30000 x 30000", png_header(30000, 30000), 413, "photo.too_many_pixels")
    yield Hostile("PNG header of 2^31-1 x 2^31-1", png_header(2**31 - 1, 2**31 - 1), 413, "photo.too_many_pixels")
    yield Hostile("JPEG header of 30000 x 30000", resized_jpeg(30000, 30000), 413, "photo.too_many_pixels")
    yield Hostile("JPEG header of 65500 x 65500", resized_jpeg(65500, 65500), 413, "photo.too_many_pixels")
    yield Hostile("JPEG header of 8000 x 8000 over a small body", resized_jpeg(8000, 8000), legal=True)
    yield Hostile("JPEG header of 0 x 0", resized_jpeg(0, 0))
    yield Hostile("PNG header of 0 x 0", png_header(0, 0))
    lossless = b"VP8L" + struct.pack("<I", 5) + b"\x2f" + struct.pack("<I", 16382 | 16382 << 14)
    yield Hostile("WebP header of 16383 x 16383", b"RIFF" + struct.pack("<I", 4 + len(lossless)) + b"WEBP" + lossless)


def bombs() -> Iterator[Hostile]:
    """Small files that unpack to a lot, or cost a lot."""
    yield Hostile("PNG of 8000 x 8000, a legal giant", png(8000, 8000), legal=True)
    yield Hostile("PNG of 8000 x 8000 with alpha and 16 bits", png(8000, 8000, depth=16, color=6), legal=True)
    yield Hostile(
        "PNG whose text unpacks to 200 MB", png(8, 8, chunk=(b"zTXt", b"a\0\0" + deflated(200 * 2**20))), legal=True
    )
    yield Hostile(
        "PNG whose profile unpacks to 200 MB", png(8, 8, chunk=(b"iCCP", b"a\0\0" + deflated(200 * 2**20))), legal=True
    )
    yield Hostile("PNG with more pixels than its header says", png(8, 8, rows=100_000), legal=True)
    yield Hostile("JPEG of 8000 x 8000, progressive, 100 scans", scan_bomb(8000, 100), legal=True)
    yield Hostile("JPEG of 8000 x 8000, progressive, a legal giant", progressive_jpeg(8000), legal=True)
    yield Hostile(
        "JPEG of 8000 x 8000, progressive, colours in full", progressive_jpeg(8000, subsampling=0), legal=True
    )
    yield Hostile("WebP animation of 300 frames", animation("WEBP", 300), legal=True)
    yield Hostile("PNG animation of 300 frames", animation("PNG", 300), legal=True)
    yield Hostile("PNG of 60000 x 1", png(60000, 1), legal=True)
    yield Hostile("PNG of 1 x 60000", png(1, 60000), legal=True)
    yield Hostile("JPEG with 10 MB after its end", draw(3) + bytes(10 * 2**20), legal=True)


def odd_metadata() -> Iterator[Hostile]:
    """Whole pictures whose EXIF is broken: taken or refused, never a fault."""
    loop = b"MM\0*\0\0\0\x08" + b"\0\x01" + struct.pack(">HHII", 0x8769, 4, 1, 8) + struct.pack(">I", 8)
    far = b"II*\0\xff\xff\xff\x7f"
    many = b"MM\0*\0\0\0\x08\xff\xff" + bytes(60_000)
    north_of_north = exif_of({1: "N", 2: (999.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)})
    nowhere = exif_of({1: "N", 2: (float("nan"), 0.0, 0.0), 3: "E", 4: (1e300, 0.0, 0.0)})
    texts = exif_of({1: 7, 2: "north", 3: b"\xff", 4: "east"})
    odd_time = exif_of({}, taken="2026:13:45 99:99:99")
    for name, exif in {
        "a loop": loop,
        "an offset past its end": far,
        "65535 entries": many,
        "noise": random.Random(1).randbytes(500),
        "nothing": b"",
        "999 degrees north": north_of_north,
        "a place that is no number": nowhere,
        "texts as numbers": texts,
        "the 45th of month 13": odd_time,
    }.items():
        yield Hostile(f"JPEG, EXIF is {name}", with_exif(exif), legal=True)


def polyglots() -> Iterator[Hostile]:
    """Pictures that are something else as well."""
    yield Hostile("JPEG with HTML in its comment", encoded("JPEG", comment=b"--><html>" + SCRIPT), legal=True)
    yield Hostile("JPEG followed by HTML", draw(5) + b"<html>" + SCRIPT, legal=True)
    yield Hostile("JPEG followed by a ZIP", draw(6) + b"PK\x03\x04" + bytes(100), legal=True)
    yield Hostile("PNG with a script in its text", png(8, 8, chunk=(b"tEXt", b"Comment\0" + SCRIPT)), legal=True)
    yield Hostile("HTML followed by a JPEG", b"<html>" + SCRIPT + draw(7), 415, "photo.not_an_image")


def odd_but_whole() -> Iterator[Hostile]:
    """Rare but legal pictures; the service may take or refuse them."""
    small = Image.new("RGB", (40, 30), "gray")
    for mode, form in (
        ("CMYK", "JPEG"),
        ("L", "JPEG"),
        ("1", "PNG"),
        ("P", "PNG"),
        ("LA", "PNG"),
        ("RGBA", "WEBP"),
        ("I;16", "PNG"),
    ):
        file = io.BytesIO()
        (Image.new("I;16", (40, 30)) if mode == "I;16" else small.convert(mode)).save(file, form)
        yield Hostile(f"{form} in mode {mode}", file.getvalue(), legal=True)
    yield Hostile("PNG of one pixel", png(1, 1), legal=True)


def mutations(count: int, seed: int = 7) -> Iterator[Hostile]:
    """Real pictures with flipped, cut, repeated or spliced bytes: any 2xx or 4xx is right."""
    dice = random.Random(seed)
    wholes = [draw(11, (320, 240)), encoded("PNG"), encoded("WEBP"), with_exif(exif_of({1: "N", 2: (31.0, 2.0, 3.0)}))]
    for number in range(count):
        yield Hostile(f"mutation {number} of seed {seed}", mutated(dice.choice(wholes), dice), legal=True)


def mutated(whole: bytes, dice: random.Random) -> bytes:
    """One to twenty random injuries; the first bytes are spared half of the time, so that decoders get to work."""
    body = bytearray(whole)
    spared = dice.choice((0, 20))
    for _ in range(dice.randint(1, 20)):
        at = dice.randrange(min(spared, len(body) - 1), len(body))
        match dice.randrange(4):
            case 0:
                body[at] = dice.randrange(256)
            case 1:
                body[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
            case 2:
                del body[at : at + dice.randrange(1, 64)]
            case _:
                body[at:at] = body[at : at + dice.randrange(1, 256)]
        if len(body) < 2:
            break
    return bytes(body)


def encoded(form: str, **options: bytes) -> bytes:
    """A drawn picture in another format."""
    file = io.BytesIO()
    Image.open(io.BytesIO(draw(2))).save(file, form, **options)
    return file.getvalue()


def animation(form: str, frames: int) -> bytes:
    """A moving picture of 200 x 200."""
    file = io.BytesIO()
    first, *rest = (Image.new("RGB", (200, 200), (n % 256, 0, 0)) for n in range(frames))
    first.save(file, form, save_all=True, append_images=rest)
    return file.getvalue()


def with_exif(exif: bytes) -> bytes:
    """A drawn JPEG with these bytes as its EXIF segment."""
    body, payload = draw(4), b"Exif\0\0" + exif
    return body[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + body[2:]


def exif_of(gps: dict[int, object], taken: str | None = None) -> bytes:
    """EXIF as Pillow writes it, with this GPS folder; values that Pillow cannot write are left out."""
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[36867] = taken
    for tag, value in gps.items():
        trial = Image.Exif()
        trial.get_ifd(0x8825)[tag] = value
        try:
            trial.tobytes()
        except (TypeError, ValueError, struct.error, OverflowError, AttributeError):
            continue
        exif.get_ifd(0x8825)[tag] = value
    return exif.tobytes().removeprefix(b"Exif\0\0")


def png_header(width: int, height: int) -> bytes:
    """A PNG that ends after its header and a little of its body."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", b"")
    )


def png(
    width: int,
    height: int,
    *,
    depth: int = 8,
    color: int = 2,
    rows: int | None = None,
    chunk: tuple[bytes, bytes] | None = None,
) -> bytes:
    """A black PNG; `rows` of pixel data may differ from the height that the header says."""
    channels = {2: 3, 6: 4}[color]
    row = bytes(1 + width * channels * depth // 8)
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(row) for _ in range(rows or height)) + packer.flush()
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))]
    parts += [chunk] if chunk else []
    parts += [(b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@cache
def deflated(zeros: int) -> bytes:
    """So many zero bytes, packed."""
    packer = zlib.compressobj(1)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(zeros // 2**20)) + packer.flush()


def resized_jpeg(width: int, height: int) -> bytes:
    """A small JPEG whose header announces another size."""
    body = bytearray(draw(9))
    at = body.index(b"\xff\xc0")
    body[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(body)


@cache
def progressive_jpeg(side: int, subsampling: int = 2) -> bytes:
    """A gray progressive JPEG; a decoder keeps its coefficients until the last scan, most with `subsampling` 0."""
    file = io.BytesIO()
    Image.new("RGB", (side, side), "gray").save(file, "JPEG", progressive=True, quality=30, subsampling=subsampling)
    return file.getvalue()


def scan_bomb(side: int, scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated: every repetition walks over the whole picture."""
    body = progressive_jpeg(side)
    last, end = body.rindex(b"\xff\xda"), body.rindex(b"\xff\xd9")
    return body[:end] + body[last:end] * scans + body[end:]
