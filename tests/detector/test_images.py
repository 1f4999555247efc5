"""A photo comes out upright, in colour and no larger than needed, with the place and moment that its file tells."""

import io
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pictures

from detector.exif import Exif, read_exif
from detector.images import encode_jpeg, open_file, open_photo, upright
from detector.types import GeoPoint
from tests.detector.build import a_file, a_picture, an_exif

SHANGHAI = ZoneInfo("Asia/Shanghai")
GPS = {1: "N", 2: (31.0, 13.0, 48.0), 3: "E", 4: (121.0, 28.0, 12.0)}
FORMS = ("JPEG", "PNG", "WEBP")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(form: str, orientation: int) -> None:
    wanted = a_picture(120, 80)
    inverse = {6: 8, 8: 6}.get(orientation, orientation)
    data = a_file(upright(wanted, inverse), form, exif=an_exif(orientation=orientation))
    photo = open_photo(data)
    assert (photo.width, photo.height, photo.scale) == (120, 80, 1.0)
    assert np.abs(photo.image.astype(int) - wanted).mean() < 6


def test_turning_agrees_with_pillow() -> None:
    from PIL import ImageOps

    for orientation in range(1, 9):
        picture = Pictures.open(io.BytesIO(a_file(form="PNG", exif=an_exif(orientation=orientation))))
        assert np.array_equal(upright(a_picture(), orientation), np.asarray(ImageOps.exif_transpose(picture)))


@pytest.mark.parametrize("form", FORMS)
def test_place_and_moment_are_read_from_every_format(form: str) -> None:
    gps = {**GPS, 17: 271.5, 31: 4.5}
    data = a_file(form=form, exif=an_exif(gps=gps, camera={0x9003: "2026:05:04 12:30:00", 0x9011: "+09:00"}))
    photo = open_photo(data, timezone=SHANGHAI)
    assert photo.place == GeoPoint(31.23, 121.47, 4.5)
    assert photo.heading_deg == 271.5
    assert photo.taken_at == datetime(2026, 5, 4, 3, 30, tzinfo=UTC)
    assert photo.format == form.lower()


def test_a_moment_without_an_offset_is_in_the_zone_that_is_given() -> None:
    data = a_file(exif=an_exif(camera={0x9003: "2026:05:04 12:30:00"}))
    taken_at = open_photo(data, timezone=SHANGHAI).taken_at
    assert taken_at == datetime(2026, 5, 4, 4, 30, tzinfo=UTC)
    assert taken_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "tags",
    [
        {0x9003: "2026:05:04 12:30:00", 0x0132: "2026:09:09 09:09:09"},
        {0x0132: "2026:05:04 12:30:00"},
        {0x0132: "2026:05:04 06:30:00", 0x9010: "+02:00"},
    ],
)
def test_a_moment_on_top_of_the_file_will_do_where_the_camera_wrote_none(tags: dict[int, str]) -> None:
    written = Pictures.Exif()
    written.update(tags)
    taken_at = open_photo(a_file(exif=written.tobytes()), timezone=SHANGHAI).taken_at
    assert taken_at == datetime(2026, 5, 4, 4, 30, tzinfo=UTC)


def test_south_and_west_are_negative() -> None:
    place = open_photo(a_file(exif=an_exif(gps={**GPS, 1: "S", 3: "W"}))).place
    assert place == GeoPoint(-31.23, -121.47)


@pytest.mark.parametrize(
    "change",
    [
        {1: "X"},
        {1: ""},
        {2: (91.0, 0.0, 0.0)},
        {4: (181.0, 0.0, 0.0)},
        {2: (31.0, 75.0, 0.0)},
        {2: (float("nan"), 0.0, 0.0)},
        {2: ()},
        {2: "31.23"},
        {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
    ],
)
def test_a_place_that_cannot_be_is_no_place(change: dict[int, object]) -> None:
    photo = open_photo(a_file(exif=an_exif(gps={**GPS, **change})))
    assert photo.place is None
    assert photo.image.shape == (240, 320, 3)


@pytest.mark.parametrize("missing", [1, 2, 3, 4])
def test_half_a_place_is_no_place(missing: int) -> None:
    gps = {key: value for key, value in GPS.items() if key != missing}
    assert open_photo(a_file(exif=an_exif(gps=gps))).place is None


@pytest.mark.parametrize("error_m", [float("nan"), 0.0, "far"])
def test_an_accuracy_that_says_nothing_spoils_no_place(error_m: object) -> None:
    place = open_photo(a_file(exif=an_exif(gps={**GPS, 31: error_m}))).place
    assert place is not None
    assert place.accuracy_m in (None, 0.0)


@pytest.mark.parametrize(
    "moment",
    [
        "0000:00:00 00:00:00",
        "0001:01:02 12:00:00",
        "9999:12:31 12:00:00",
        "2026:13:01 00:00:00",
        "2026:02:30 12:00:00",
        "yesterday",
        "",
        "2026:05:04",
    ],
)
def test_a_moment_that_cannot_be_is_no_moment(moment: str) -> None:
    assert open_photo(a_file(exif=an_exif(camera={0x9003: moment})), timezone=SHANGHAI).taken_at is None


def test_a_moment_at_the_edge_of_the_calendar_is_no_moment() -> None:
    data = a_file(exif=an_exif(camera={0x9003: "0001:01:01 00:00:00"}))
    assert open_photo(data, timezone=SHANGHAI).taken_at is None


@given(st.binary(max_size=300))
def test_garbage_reads_as_nothing(rest: bytes) -> None:
    for start in (b"II*\0", b"MM\0*", b"II*\0\x08\0\0\0", b""):
        assert isinstance(read_exif(start + rest, SHANGHAI), Exif)


def test_a_directory_that_leads_to_itself_is_read_once() -> None:
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    assert read_exif(b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8), SHANGHAI) == Exif()


@pytest.mark.parametrize("damage", [b"", b"II*\0", b"II*\0\xff\xff\xff\xff", b"\0" * 60_000])
def test_broken_exif_fails_no_photo(damage: bytes) -> None:
    segment = b"\xff\xe1" + struct.pack(">H", len(damage) + 8) + b"Exif\0\0" + damage
    data = a_file()
    photo = open_photo(data[:2] + segment + data[2:])
    assert (photo.place, photo.taken_at, photo.width) == (None, None, 320)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_pixel_becomes_rgb(mode: str) -> None:
    gray = Pictures.fromarray(np.tile(np.arange(256, dtype=np.uint8), (64, 1)))
    if mode == "I;16":
        picture = Pictures.fromarray(np.asarray(gray).astype(np.uint16) * 257)
    else:
        picture = gray.convert("RGB").convert(mode) if mode in ("P", "CMYK") else gray.convert(mode)
    out = io.BytesIO()
    picture.save(out, "JPEG" if mode == "CMYK" else "PNG")
    image = open_photo(out.getvalue()).image
    assert image.shape == (64, 256, 3)
    assert image.dtype == np.uint8
    assert image[:, :40].mean() < 60
    assert image[:, -40:].mean() > 190


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_what_is_transparent_is_white(form: str) -> None:
    picture = Pictures.new("RGBA", (40, 40), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 20, 40))
    out = io.BytesIO()
    picture.save(out, form, lossless=True)
    image = open_photo(out.getvalue()).image
    assert image[20, 5].tolist() == [0, 0, 255]
    assert image[20, 35].tolist() == [255, 255, 255]


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_moving_picture_gives_its_first(form: str) -> None:
    first, second = Pictures.new("RGB", (40, 30), "red"), Pictures.new("RGB", (40, 30), "blue")
    out = io.BytesIO()
    first.save(out, form, save_all=True, append_images=[second], duration=100)
    assert open_photo(out.getvalue()).image[10, 10, 0] > 230


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("width", "height"), [(3000, 2000), (2000, 3000), (1281, 33), (640, 640), (639, 10), (1, 1)])
def test_a_large_photo_is_decoded_small_but_never_too_small(form: str, width: int, height: int) -> None:
    photo = open_photo(a_file(a_picture(width, height), form), longest_side=640)
    longest = max(photo.image.shape[:2])
    assert longest >= min(640, max(width, height))
    assert longest < 2 * 640
    assert (photo.width, photo.height) == (width, height)
    assert longest == pytest.approx(photo.scale * max(width, height))
    wanted = np.asarray(Pictures.fromarray(a_picture(width, height)).resize(photo.image.shape[1::-1], 4))
    assert np.abs(photo.image.astype(int) - wanted).mean() < 8


def test_what_is_encoded_holds_pixels_and_nothing_else() -> None:
    gps = an_exif(orientation=6, gps=GPS)
    data = encode_jpeg(open_photo(a_file(exif=gps, comment=b"secret")).image)
    again = Pictures.open(io.BytesIO(data))
    assert not again.getexif()
    assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Exif" not in data
    assert b"secret" not in data
    assert again.size == (240, 320)


def test_a_file_of_ones_own_is_read_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "street.jpg"
    path.write_bytes(a_file())
    assert np.array_equal(open_file(path).image, open_photo(a_file()).image)
