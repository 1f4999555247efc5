"""RTSP as cameras speak it: over TCP, over UDP, with rests between the looks; packets are left out whole."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.errors import SourceError, SourceSilent
from detector.interleaved import MARKER, SIP_EVERY_S, SIP_PICTURES, Rest, Splitter, found_again, messages, packet
from detector.rtpudp import Legs
from detector.sources import Reading, open_source
from tests.detector.clips import a_clip
from tests.rtsp_cameras import RtspCamera, an_rtsp_camera

REPLY = b"RTSP/1.0 200 OK\r\nCSeq: 4\r\nContent-Length: 5\r\n\r\nv=0\r\n"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_clip(tmp_path_factory.mktemp("rtsp") / "street.h264", frames=40, fps=20, gop=10, size=(320, 192))


def frames_of(address: str, count: int, **how: float) -> list[float]:
    """When the first frames came, seconds after the first."""
    with open_source(address, now=lambda: datetime.now(UTC), name="camera", reading=Reading(**how)) as source:
        at_s = [next(source).clock_s or 0.0 for _ in range(count)]
        assert source.tempo.size == (320, 192)
    return [one - at_s[0] for one in at_s]


@pytest.fixture(scope="module")
def udp_only(clip: Path) -> Iterator[RtspCamera]:
    with an_rtsp_camera(clip, 20, over="udp") as camera:
        yield camera


@pytest.mark.parametrize("scheme", ["rtsp", "rtspu"])
def test_a_server_that_refuses_tcp_is_read_over_udp_asked_for_or_not(udp_only: RtspCamera, scheme: str) -> None:
    address = udp_only.address.replace("rtsp://", f"{scheme}://")
    assert frames_of(address, 3, timeout_s=5)[-1] > 0.5


def test_a_server_that_sends_over_tcp_alone_is_read(clip: Path) -> None:
    with an_rtsp_camera(clip, 20, over="tcp") as camera:
        assert frames_of(camera.address, 3, timeout_s=5)[-1] > 0.5
        with pytest.raises(SourceError):
            frames_of(camera.address.replace("rtsp:", "rtspu:"), 1, timeout_s=2)


def test_a_server_that_hangs_is_silent_within_its_timeout_also_during_a_rest(clip: Path) -> None:
    with an_rtsp_camera(clip, 20) as camera:
        source = open_source(camera.address, now=lambda: datetime.now(UTC), reading=Reading(every_s=60, timeout_s=1.5))
        next(source)
        time.sleep(1)  # it learns how far apart keyframes are, and rests
        camera.hang()
        began = time.monotonic()
        with pytest.raises(SourceSilent):
            next(source)
        assert time.monotonic() - began < 5


def test_texts_and_packets_are_told_apart_in_whatever_pieces_they_come() -> None:
    told = REPLY + packet(0, bytes((128, 96)) + b"picture") + REPLY + packet(1, b"report")
    for size in (1, 2, 5, 1000):
        splitter, held, found = Splitter(Rest()), b"", []
        for at in range(0, len(told), size):
            held += splitter.admit(told[at : at + size], 0.0)
        found = list(messages(held))
        assert b"".join(found) == told
        assert len(found) == 4


def test_a_text_without_an_end_stops_nothing() -> None:
    splitter = Splitter(Rest())
    endless = b"RTSP/1.0 200 OK\r\n" + b"x" * 70_000
    assert splitter.admit(endless, 0.0) == endless
    assert splitter.admit(b"more", 0.0) == b"more"


def test_while_nothing_is_wanted_whole_pictures_are_left_out_but_for_sips() -> None:
    rest = Rest()
    rest.until_s = 60.0
    splitter = Splitter(rest)
    passed = []
    for tenth in range(700):
        for last in (False, False, True):
            one = packet(0, bytes((128, MARKER * last + 96)) + tenth.to_bytes(2))
            passed += list(messages(splitter.admit(one, tenth / 10)))
    pictures = [int.from_bytes(one[-2:]) for one in passed]
    sipped = [one for one in pictures if one < 600]
    assert all(pictures.count(one) == 3 for one in set(pictures))
    assert len(set(sipped)) <= SIP_PICTURES * 60 / SIP_EVERY_S
    assert max(later - sooner for sooner, later in pairwise(sipped)) <= 10 * SIP_EVERY_S + 2
    assert set(range(602, 700)) <= set(pictures)


def test_a_report_is_never_left_out() -> None:
    rest = Rest()
    rest.until_s = 60.0
    assert Splitter(rest).admit(packet(1, b"report"), 1.0) == packet(1, b"report")


def a_packet(body: bytes) -> bytes:
    return packet(0, bytes((128, 96)) + body)


@given(st.lists(st.binary(max_size=40), min_size=5, max_size=12), st.data())
def test_bytes_that_begin_anywhere_are_understood_from_the_next_packet_or_the_one_after_on(
    bodies: list[bytes], data: st.DataObject
) -> None:
    told = b"".join(a_packet(body) for body in bodies[:-4])
    cut = data.draw(st.integers(0, len(told) - 1))
    splitter, whole = Splitter(Rest()), told + b"".join(a_packet(b"$" * n) for n in (0, 9, 300, 1))
    splitter.search()
    passed = splitter.admit(whole[cut:], 0.0)
    assert whole.endswith(passed)
    assert passed.endswith(a_packet(b"$" * 300) + a_packet(b"$"))


def test_a_single_packet_of_a_slow_camera_is_understood_at_once_and_half_of_one_is_waited_for() -> None:
    one = a_packet(b"picture")
    assert found_again(one) == 0
    assert found_again(REPLY + one) == 0
    assert found_again(one[3:] + one) is None
    splitter = Splitter(Rest())
    splitter.search()
    assert splitter.admit(one[3:] + one[:5], 0.0) == b""
    assert splitter.admit(one[5:] + 3 * one, 0.0) == 4 * one


def test_while_nobody_reads_there_is_no_sip() -> None:
    rest = Rest()
    rest.until_s, rest.unread_s = 60.0, 20.0
    kept = [second for second in range(40) if rest.keeps(float(second), marker=True)]
    assert kept[:SIP_PICTURES] == [21, 22]
    assert kept[SIP_PICTURES] - kept[SIP_PICTURES - 1] > SIP_EVERY_S


def test_pictures_come_again_after_each_rest_in_which_nothing_was_read(clip: Path) -> None:
    with an_rtsp_camera(clip, 20) as camera:
        first, *later = frames_of(camera.address, 3, every_s=4, timeout_s=5)
    assert first == 0
    assert later[0] >= 3
    assert later[1] - later[0] >= 3


def a_udp_socket() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def test_what_comes_from_anybody_but_the_camera_is_nobodys() -> None:
    passed: list[bytes] = []
    legs = Legs("127.0.0.1", "127.0.0.2", lambda _, __: True, passed.append)
    asked = legs.ask(b"SETUP rtsp://x RTSP/1.0\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n")
    port = int(asked.partition(b"client_port=")[2].partition(b"-")[0])
    told = legs.answer(b"RTSP/1.0 200 OK\r\nTransport: RTP/AVP;unicast;server_port=9-10\r\n\r\n")
    assert b"interleaved=0-1" in told
    with a_udp_socket() as stranger, a_udp_socket() as camera:
        stranger.sendto(b"stranger", ("127.0.0.1", port))
        camera.bind(("127.0.0.2", 0))
        camera.sendto(b"camera", ("127.0.0.1", port))
        limit = time.monotonic() + 5
        while not passed and time.monotonic() < limit:
            time.sleep(0.01)
    legs.close()
    assert passed == [packet(0, b"camera")]
