"""A giant PNG comes out of its strips as it does in one piece."""

import io
import zlib

import numpy as np
import pytest
from PIL import Image as Pictures

from detector.images import _small_rgb
from detector.strips import _chunks as chunks
from detector.strips import can_strip, decode_reduced
from detector.types import Image


def a_png(mode: str, width: int, height: int) -> bytes:
    """Noise over a slope, so that every kind of filter is used."""
    dice = np.random.default_rng(5)
    slope = np.linspace(0, 200, width * height * 4).reshape(height, width, 4)
    picture = Pictures.fromarray((slope + dice.integers(0, 56, slope.shape)).astype(np.uint8), "RGBA").convert(mode)
    file = io.BytesIO()
    picture.save(file, "PNG", **({"transparency": 3} if mode == "P" else {}))
    return file.getvalue()


def cut(body: bytes, rows: int) -> bytes:
    """The PNG with so many rows of its pixels, under a header that promises all."""
    facts = dict(chunks(body))
    row = 1 + 3 * int.from_bytes(body[16:20], "big")
    short = zlib.compress(zlib.decompress(facts[b"IDAT"])[: rows * row])
    return body[:33] + len(short).to_bytes(4, "big") + b"IDAT" + short + bytes(4) + body[-12:]


def decoded(body: bytes, part: int) -> Image:
    return decode_reduced(body, part, lambda strip: _small_rgb(strip, part), strip_bytes=20_000)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P"])
@pytest.mark.parametrize("part", [1, 2, 3])
def test_strips_give_the_same_pixels_as_the_whole(mode: str, part: int) -> None:
    body = a_png(mode, 301, 207)
    assert can_strip(body)
    assert np.array_equal(decoded(body, part), np.asarray(_small_rgb(Pictures.open(io.BytesIO(body)), part)))


def test_a_giant_with_too_few_rows_or_damaged_ones_is_noticed() -> None:
    body = a_png("RGB", 301, 207)
    at = body.index(b"IDAT") + 4
    with pytest.raises(EOFError):
        decoded(cut(body, rows=100), 2)
    with pytest.raises(zlib.error):
        decoded(body[:at] + b"\xff" * 50 + body[at + 50 :], 2)


@pytest.mark.parametrize("change", [(24, 16), (28, 1)])
def test_sixteen_bits_and_interlacing_are_left_to_the_whole_decoder(change: tuple[int, int]) -> None:
    body = bytearray(a_png("RGB", 8, 8))
    body[change[0]] = change[1]
    assert not can_strip(bytes(body))
