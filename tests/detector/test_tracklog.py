"""A vehicle's place at any moment of its track; what is no track says so, what is a bad point is left out."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from detector.errors import NotATrack, TrackTooLarge
from detector.tracklog import Spot, joined, read_track
from tests.detector.tracks import NOON, a_gpx, an_nmea

EAST_10_M_S = 10 / (111_195 * math.cos(math.radians(31.23)))


def seconds(count: float) -> datetime:
    return NOON + timedelta(seconds=count)


@pytest.mark.parametrize("write", [a_gpx, an_nmea])
def test_a_place_lies_between_its_two_points_and_the_nose_points_along_the_way(write: object) -> None:
    track = read_track(write([(s, 31.23, 121.47 + s * EAST_10_M_S) for s in range(60)]))  # type: ignore[operator]  # both write alike
    spot = track.at(seconds(30.5))
    assert isinstance(spot, Spot)
    assert abs(spot.place.lon - (121.47 + 30.5 * EAST_10_M_S)) < 3e-6
    assert abs(spot.place.lat - 31.23) < 3e-6
    assert spot.heading_deg is not None
    assert abs(spot.heading_deg - 90) < 1
    assert spot.place.accuracy_m is not None
    assert 5 <= spot.place.accuracy_m <= 15


def test_before_after_and_within_a_gap_nobody_knows() -> None:
    track = read_track(a_gpx([(s, 31.23 + s * 1e-5, 121.47) for s in (*range(10), *range(60, 70))]))
    assert track.at(seconds(-0.1)) == "before_track"
    assert track.at(seconds(69.1)) == "after_track"
    assert track.at(seconds(30)) == "gap"
    assert isinstance(track.at(seconds(30), longest_gap_s=60), Spot)
    assert isinstance(track.at(seconds(0)), Spot)
    assert isinstance(track.at(seconds(69)), Spot)


def test_the_longer_nobody_knew_the_less_exact_is_the_place() -> None:
    track = read_track(a_gpx([(0, 31.23, 121.47), (8, 31.2307, 121.47)]))
    ends, middle = track.at(seconds(0)), track.at(seconds(4))
    assert isinstance(ends, Spot)
    assert isinstance(middle, Spot)
    assert middle.place.accuracy_m > ends.place.accuracy_m + 15  # type: ignore[operator]  # both have one


def test_a_vehicle_that_stands_keeps_its_heading() -> None:
    moving = [(s, 31.23 + s * 1e-4, 121.47) for s in range(10)]
    track = read_track(a_gpx([*moving, *((s, moving[-1][1], 121.47) for s in range(10, 40))]))
    spot = track.at(seconds(35))
    assert isinstance(spot, Spot)
    assert spot.heading_deg == 0


def test_headings_turn_the_shorter_way_round() -> None:
    west_of_north, east_of_north = (0, 31.23, 121.47), (10, 31.2310, 121.4699)
    track = read_track(a_gpx([west_of_north, east_of_north, (20, 31.2320, 121.4700)]))
    spot = track.at(seconds(5))
    assert isinstance(spot, Spot)
    assert spot.heading_deg is not None
    assert spot.heading_deg > 350 or spot.heading_deg < 10


def test_a_jump_that_no_vehicle_makes_is_left_out_and_one_that_stays_is_believed() -> None:
    points = [(s, 31.23, 121.47 + s * EAST_10_M_S) for s in range(20)]
    points[10] = (10, 31.9, 121.47)
    track = read_track(a_gpx(points))
    assert track.skipped == 1
    assert len(track.fixes) == 19
    lost_first = read_track(a_gpx([(0, 10.0, 10.0), *((s, 31.23, 121.47) for s in range(1, 20))]))
    assert lost_first.at(seconds(15)).place.lat == 31.23  # type: ignore[union-attr]  # it is a spot


def test_points_out_of_order_and_double_ones_are_put_right() -> None:
    track = read_track(a_gpx([(2, 31.2302, 121.47), (0, 31.23, 121.47), (1, 31.2301, 121.47), (1, 31.2301, 121.47)]))
    assert [fix.at for fix in track.fixes] == [seconds(0), seconds(1), seconds(2)]


def test_several_files_are_one_track() -> None:
    track = joined([a_gpx([(s, 31.23, 121.47) for s in range(5, 9)]), an_nmea([(s, 31.23, 121.47) for s in range(5)])])
    assert (track.began, track.ended) == (seconds(0), seconds(8))


def test_a_sentence_with_a_wrong_checksum_and_one_without_a_fix_are_left_out() -> None:
    told = an_nmea([(s, 31.23, 121.47) for s in range(5)])
    lines = told.splitlines()
    lines[1] = lines[1].replace(b",A,", b",V,")
    lines[3] = lines[3][:-2] + b"00"
    track = read_track(b"\r\n".join([*lines, b"$GPRMC,garbage", b"\xff\xfe noise"]))
    assert 3 <= len(track.fixes) < 5


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a track",
        b"\xff\xd8\xff\xe0 a picture",
        b"<gpx><trk>",
        b"<gpx></gpx>",
        b"<html><body>no</body></html>",
        b'<gpx><trk><trkseg><trkpt lat="31" lon="121"/></trkseg></trk></gpx>',
        b'<!DOCTYPE gpx [<!ENTITY a "aaaa">]><gpx>&a;</gpx>',
        b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><gpx/>',
        b'<?a <!-- ?><!DOCTYPE gpx [<!ENTITY a "aaaa">]><?b --> ?><gpx>&a;</gpx>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE gpx [<!ENTITY a "aaaa">]><gpx>&a;</gpx>'.encode("utf-16"),
    ],
)
def test_what_is_no_track_says_so(data: bytes) -> None:
    with pytest.raises(NotATrack):
        read_track(data)


def test_a_bomb_of_entities_is_refused_unread() -> None:
    bomb = b"<!DOCTYPE l [<!ENTITY a 'ha'>" + b"".join(
        b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )
    with pytest.raises(NotATrack):
        read_track(bomb + b"]><gpx>&j;</gpx>")


def test_more_bytes_than_are_read_are_refused() -> None:
    with pytest.raises(TrackTooLarge):
        read_track(b" " * (64 * 1024 * 1024 + 1))


def test_moments_of_another_zone_are_the_same_moments() -> None:
    told = a_gpx([(0, 31.23, 121.47), (1, 31.23, 121.47)]).replace(
        b"2026-05-04T04:00:00Z", b"2026-05-04T12:00:00+08:00"
    )
    assert read_track(told).began == datetime(2026, 5, 4, 4, tzinfo=UTC)
