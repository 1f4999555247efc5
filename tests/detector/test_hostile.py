"""A hostile file costs one error, little time and bounded memory."""

import json
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.errors import EmptyPhoto, NotAnImage, PhotoError, PhotoTooLarge, TooManyPixels, TruncatedPhoto
from detector.images import MAX_BYTES, open_photo
from tests.detector.build import a_file
from tests.detector.hostile import DECODABLE, NOT_AN_IMAGE, TOO_MANY_PIXELS, TRUNCATED

MOST_SECONDS = 2.0
MOST_MB = 512


@pytest.mark.parametrize("name", NOT_AN_IMAGE)
def test_what_is_no_photo_is_not_an_image(name: str) -> None:
    refuses(NOT_AN_IMAGE[name], NotAnImage)


@pytest.mark.parametrize("name", TRUNCATED)
def test_what_is_broken_is_truncated(name: str) -> None:
    refuses(TRUNCATED[name], TruncatedPhoto)


@pytest.mark.parametrize("name", TOO_MANY_PIXELS)
def test_what_would_be_too_much_is_refused_by_its_header(name: str) -> None:
    refuses(TOO_MANY_PIXELS[name], TooManyPixels, within_s=0.5)


def test_no_bytes_and_too_many_bytes_are_refused() -> None:
    refuses(lambda: b"", EmptyPhoto)
    refuses(lambda: bytes(MAX_BYTES + 1), PhotoTooLarge, within_s=0.1)


def test_a_refusal_names_what_the_file_seems_to_be() -> None:
    for name in ("html", "svg", "heic", "gif", "pdf"):
        with pytest.raises(NotAnImage) as raised:
            open_photo(NOT_AN_IMAGE[name]())
        assert raised.value.facts["seems"] == name


def test_the_whole_corpus_stays_within_its_time_and_memory() -> None:
    """In a process of its own, so that its peak is the files' alone."""
    ran = subprocess.run([sys.executable, "-m", "tests.detector.cost"], capture_output=True, text=True, check=True)
    costs = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(costs) == len(NOT_AN_IMAGE) + len(TRUNCATED) + len(TOO_MANY_PIXELS) + len(DECODABLE)
    assert [cost for cost in costs if cost["cpu_s"] > MOST_SECONDS] == []
    assert [cost for cost in costs if cost["peak_mb"] > MOST_MB] == []
    assert {cost["name"]: cost["answer"] for cost in costs if cost["name"] in DECODABLE} == dict.fromkeys(
        DECODABLE, "decoded"
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_no_damage_makes_anything_but_a_photo_or_a_photo_error(form: str, places: list[tuple[float, int]]) -> None:
    data = bytearray(a_file(form=form))
    for place, byte in places:
        data[min(len(data) - 1, int(place * len(data)))] = byte
    decoded_or_refused(bytes(data))


@given(st.sampled_from([b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8X", b""]), st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_invention_makes_anything_but_a_photo_or_a_photo_error(start: bytes, rest: bytes) -> None:
    decoded_or_refused(start + rest)


def decoded_or_refused(data: bytes) -> None:
    try:
        photo = open_photo(data)
    except PhotoError:
        return
    assert photo.image.ndim == 3


def refuses(make: Callable[[], bytes], error: type[PhotoError], within_s: float = MOST_SECONDS) -> None:
    data = make()
    began = time.process_time()
    with pytest.raises(error):
        open_photo(data)
    assert time.process_time() - began < within_s
