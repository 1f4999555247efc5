"""Streams as bad as cameras make them: each is read as far as it goes, and says what is wrong with it."""

import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from detector.errors import NoKeyframes, NotAStream, SourceStalled, StreamTooLarge
from detector.sources import Reading, Source, open_source
from detector.types import Frame
from tests.detector.cameras import Camera, a_camera
from tests.detector.clips import SIZE, a_clip, grey_of

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)


def opened(url: str | Path, **how: float) -> Source:
    return open_source(str(url), now=lambda: NOON, name="camera", reading=Reading(**how))


def moments(frames: list[Frame]) -> list[float]:
    return [round((frame.taken_at - NOON).total_seconds(), 2) for frame in frames]


def test_keyframes_that_come_often_enough_are_all_that_is_decoded(tmp_path: Path) -> None:
    with opened(a_clip(tmp_path / "street.mp4", frames=60)) as source:
        frames = list(source)
    assert moments(frames) == [0, 1, 2, 3, 4, 5]
    assert (source.tempo.interval_s, source.tempo.everything, source.tempo.size) == (1.0, False, SIZE)
    assert (source.tempo.codec, source.tempo.keyframes_s, source.tempo.a_second) == ("h264", 1.0, pytest.approx(10))
    assert [frame.clock_s for frame in frames] == [0, 1, 2, 3, 4, 5]


def test_where_keyframes_come_too_rarely_everything_is_decoded_from_the_first_one_on(tmp_path: Path) -> None:
    with opened(a_clip(tmp_path / "long.mp4", frames=90, gop=90), most_apart_s=2) as source:
        frames = list(source)
    assert moments(frames)[:3] == [0, 2.1, 4.1]
    assert source.tempo.everything
    for frame in frames:
        number = round((frame.taken_at - NOON).total_seconds() * 10)
        assert abs(int(frame.image[5, 5, 1]) - grey_of(number)) <= 4


def test_where_keyframes_come_often_again_they_are_enough_again(tmp_path: Path) -> None:
    whole = tmp_path / "whole.h264"
    parts = [a_clip(tmp_path / "a.h264", frames=40, gop=40), a_clip(tmp_path / "b.h264", frames=60, gop=10)]
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    with opened(whole, most_apart_s=1) as source:
        assert len(list(source)) >= 6
    assert not source.tempo.everything


def test_a_stream_that_refreshes_without_any_keyframe_is_read(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "refresh.ts", frames=80, gop=20, more="intra-refresh=1", keep=lambda n, _: n > 3)
    with opened(clip, most_apart_s=1) as source:
        frames = list(source)
    assert source.tempo.everything
    assert len(frames) >= 2


def test_a_stream_without_anything_to_begin_with_is_told_apart_from_a_silent_one(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "headless.ts", frames=50, gop=50, keep=lambda n, _: n > 0)
    with a_camera(Camera(body=clip.read_bytes(), again_s=0.05)) as address:
        source = opened(f"{address}/live.ts", most_apart_s=0.2, keyframe_timeout_s=1, timeout_s=3)
        with pytest.raises((NoKeyframes, NotAStream)) as raised:
            list(source)
    assert raised.value.facts["source"] == "camera"


def test_a_resolution_that_changes_mid_way_changes_the_frames(tmp_path: Path) -> None:
    whole = tmp_path / "whole.h264"
    sizes = [SIZE, (320, 192), (96, 160)]
    parts = [a_clip(tmp_path / f"{n}.h264", frames=20, size=size) for n, size in enumerate(sizes)]
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    with opened(whole) as source:
        shapes = [frame.image.shape[1::-1] for frame in source]
    assert list(dict.fromkeys(shapes)) == sizes
    assert source.tempo.size == sizes[-1]


def test_time_stamps_that_jump_reorder_nothing_and_leave_no_gap(tmp_path: Path) -> None:
    whole = tmp_path / "whole.ts"
    parts = [a_clip(tmp_path / f"{n}.ts", frames=30) for n in range(3)]
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    with opened(whole) as source:
        told = moments(list(source))
    assert told == sorted(told)
    assert len(told) == 9
    assert told[-1] < 12
    assert source.tempo.jumps >= 2


def test_a_corrupt_group_costs_its_own_pictures_and_no_other(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "street.ts", frames=100, size=(320, 192), more="qp=10")
    told = bytearray(clip.read_bytes())
    dice = np.random.default_rng(7)
    middle = slice(len(told) * 4 // 10, len(told) * 6 // 10)
    told[middle] = dice.integers(0, 256, len(told[middle]), np.uint8).tobytes()
    clip.write_bytes(told)
    with opened(clip) as source:
        frames = list(source)
    assert 6 <= len(frames) <= 10
    assert abs(int(frames[-1].image[5, 5, 1]) - grey_of(90)) <= 4


def test_pictures_with_too_many_pixels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StreamTooLarge) as raised:
        next(opened(a_clip(tmp_path / "wall.mp4", frames=1, size=(8192, 4608))))
    assert raised.value.facts["width"] == 8192


def test_a_camera_that_floods_gives_no_more_frames_than_are_wanted() -> None:
    with a_camera(Camera(pictures=10_000, every_s=0.005)) as address:
        with opened(f"{address}/mjpeg", every_s=0.4, timeout_s=5) as source:
            began, spent = time.monotonic(), time.thread_time()
            frames = [next(source) for _ in range(4)]
        assert time.monotonic() - began >= 1.2 - 0.1
        assert time.thread_time() - spent < 1
    at_s = [frame.clock_s or 0.0 for frame in frames]
    assert all(later - sooner >= 0.35 for sooner, later in pairwise(at_s))


def test_a_camera_that_sends_one_picture_and_then_nothing_gives_it_and_is_silent() -> None:
    with a_camera(Camera(pictures=2, every_s=0.01)) as address:
        source = opened(f"{address}/mjpeg", timeout_s=1)
        assert next(source).image.shape == (240, 320, 3)
        with pytest.raises(SourceStalled):
            list(source)


def test_a_camera_that_answers_at_once_may_take_long_from_picture_to_picture() -> None:
    with a_camera(Camera(every_s=2.0)) as address, opened(f"{address}/mjpeg", timeout_s=60, answer_s=1.5) as source:
        assert next(source).image.shape == (240, 320, 3)


def test_a_camera_that_sends_seldom_is_not_taken_for_one_that_sends_nothing_to_begin_with() -> None:
    camera = Camera(every_s=0.3)
    with a_camera(camera) as address, opened(f"{address}/mjpeg", timeout_s=10, keyframe_timeout_s=0.1) as source:
        assert len([next(source) for _ in range(4)]) == 4


def test_stamps_of_a_live_stream_that_jump_are_counted(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "street.ts", frames=60)
    camera = Camera(body=clip.read_bytes(), again_s=0.1)
    with a_camera(camera) as address, opened(f"{address}/live.ts", every_s=0.2, timeout_s=10) as source:
        while source.tempo.jumps < 2:
            next(source)
    assert source.tempo.keyframes_s == pytest.approx(1.0)


def test_a_camera_that_gives_one_picture_a_request_is_asked_again_and_again() -> None:
    camera = Camera()
    with a_camera(camera) as address, opened(f"{address}/snapshot.jpg", every_s=0.1, timeout_s=5) as source:
        frames = [next(source) for _ in range(2)]
    assert camera.asked >= 2
    assert frames[0].taken_at == NOON
    assert source.tempo.size == (320, 240)


def test_a_live_playlist_is_followed_over_its_segments(tmp_path: Path) -> None:
    segments = [a_clip(tmp_path / f"{n}.ts", frames=10).read_bytes() for n in range(6)]
    camera = Camera(segments=segments, segment_s=0.5)
    with a_camera(camera) as address, opened(f"{address}/live.m3u8", timeout_s=5) as source:
        frames = [next(source) for _ in range(5)]
    assert len(frames) == 5
    assert camera.asked > 5
