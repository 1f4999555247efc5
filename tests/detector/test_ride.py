"""A vehicle's recording: every frame at its place, every file accounted for, nothing in it does harm."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest

from detector.errors import NoScratchRoom, NotARecording, NotATrack, RecordingTooLarge
from detector.recording import clear_scratch, open_recording, scratch_in
from detector.ride import Line, Ride, Riding
from detector.tracklog import Track, read_track
from detector.types import Frame
from tests.detector.build import a_file, a_picture
from tests.detector.clips import a_clip
from tests.detector.tracks import NOON, a_gpx

SHANGHAI = ZoneInfo("Asia/Shanghai")
METRE = 1 / 111_195


def northward(first: int, last: int) -> Track:
    """Ten metres a second to the north, a point a second."""
    return read_track(a_gpx([(s, 31.23 + 10 * s * METRE, 121.47) for s in range(first, last)]))


def ride(path: Path, track: Track | None, how: Riding | None = None) -> tuple[list[Frame], dict[str, Line]]:
    with open_recording(path) as recording:
        riding = Ride(recording, track, "car-7", how or Riding(timezone=SHANGHAI))
        frames = list(riding)
    return frames, {line.file: line for line in riding.lines}


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def metres_north(frame: Frame) -> float:
    assert frame.place is not None
    return (frame.place.lat - 31.23) / METRE


def a_video(folder: Path, name: str = "20260504_120000_F.mp4", seconds: int = 6) -> Path:
    return a_clip(folder / name, frames=10 * seconds, gop=50)


def test_frames_of_a_video_lie_along_the_track_at_their_moments(tmp_path: Path) -> None:
    frames, lines = ride(a_video(tmp_path), northward(0, 60))
    assert len(frames) >= 6
    for frame in frames:
        assert abs(metres_north(frame) - 10 * (frame.taken_at - NOON).total_seconds()) < 1
        assert frame.heading_deg == 0
        assert frame.source == "car-7"
    line = lines["20260504_120000_F.mp4"]
    assert (line.outcome, line.placed, line.without) == ("read", len(frames), {})


def test_a_track_that_starts_later_than_the_video_leaves_its_first_frames_without_a_place(tmp_path: Path) -> None:
    frames, lines = ride(a_video(tmp_path), northward(3, 60))
    placed = [frame for frame in frames if frame.place is not None]
    assert 0 < len(placed) < len(frames)
    line = next(iter(lines.values()))
    assert line.without == {"before_track": len(frames) - len(placed)}
    assert min(frame.taken_at for frame in placed) >= NOON + timedelta(seconds=3)


def test_a_clock_that_is_off_is_put_right_by_an_offset_and_a_wrong_zone_is_guessed_but_not_taken(
    tmp_path: Path,
) -> None:
    video = a_video(tmp_path, "20260504_040000_F.mp4")  # the recorder's clock was set to UTC
    frames, lines = ride(video, northward(0, 60))
    assert all(frame.place is None for frame in frames)
    hint = lines[video.name].offset_hint_s
    assert hint == 8 * 3600
    frames, _ = ride(video, northward(0, 60), Riding(offset_s=hint, timezone=SHANGHAI))
    assert all(frame.place is not None for frame in frames)
    assert frames[0].taken_at == NOON


def test_a_folder_of_pictures_with_a_track_in_it_is_placed_by_names_and_exif(tmp_path: Path) -> None:
    (tmp_path / "day").mkdir()
    (tmp_path / "day" / "IMG_20260504_120010.jpg").write_bytes(a_file(a_picture(64, 48)))
    (tmp_path / "day" / "untimed.jpg").write_bytes(a_file(a_picture(64, 48)))
    (tmp_path / "route.gpx").write_bytes(a_gpx([(s, 31.23 + 10 * s * METRE, 121.47) for s in range(60)]))
    (tmp_path / "notes.docx").write_bytes(b"words")
    frames, lines = ride(tmp_path, None)
    assert [round(metres_north(frame)) for frame in frames if frame.place] == [100]
    assert {name: line.outcome for name, line in lines.items()} == {
        "day/IMG_20260504_120010.jpg": "read",
        "day/untimed.jpg": "read",
        "notes.docx": "wrong_type",
        "route.gpx": "track",
    }
    assert lines["day/untimed.jpg"].without == {"no_time": 1}


def test_an_archive_is_read_file_by_file_and_each_is_accounted_for(tmp_path: Path) -> None:
    video = a_video(tmp_path)
    packed = zipped(
        tmp_path / "ride.zip",
        {
            "../../etc/20260504_120000.mp4": video.read_bytes(),
            "deep/er/20260504_120001.jpg": a_file(a_picture(64, 48)),
            "20260504_120002.jpg": b"\xff\xd8 no picture",
            "20260504_120003.mp4": b"no video",
            "inner.zip": b"PK",
            "__MACOSX/._20260504_120000.mp4": b"x",
            "zeros.jpg": bytes(20_000_000),
            "track.gpx": a_gpx([(s, 31.23 + 10 * s * METRE, 121.47) for s in range(60)]),
        },
    )
    before = {path.name for path in tmp_path.iterdir()}
    frames, lines = ride(packed, None)
    assert {path.name for path in tmp_path.iterdir()} == before
    assert all(frame.place is not None for frame in frames)
    assert {name.rpartition("/")[2]: (line.outcome, line.code) for name, line in lines.items()} == {
        "20260504_120000.mp4": ("read", None),
        "20260504_120001.jpg": ("read", None),
        "20260504_120002.jpg": ("unreadable", "photo.truncated"),
        "20260504_120003.mp4": ("unreadable", "source.not_a_stream"),
        "inner.zip": ("wrong_type", None),
        "._20260504_120000.mp4": ("ignored", None),
        "zeros.jpg": ("bomb", None),
        "track.gpx": ("track", None),
    }


def test_a_file_that_lies_about_its_size_or_is_encrypted_or_damaged_stops_no_other(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "ride.zip", {f"20260504_12000{n}.jpg": a_file(a_picture(64, 48)) for n in range(4)})
    told = bytearray(packed.read_bytes())
    at = [told.find(b"PK\x01\x02")]
    while (more := told.find(b"PK\x01\x02", at[-1] + 1)) > 0:
        at.append(more)
    told[at[0] + 8] |= 1  # encrypted
    told[at[1] + 24 : at[1] + 28] = (10).to_bytes(4, "little")  # smaller than it is
    local = int.from_bytes(told[at[2] + 42 : at[2] + 46], "little")
    told[local + 80 : local + 120] = bytes(40)  # damaged
    packed.write_bytes(told)
    frames, lines = ride(packed, northward(0, 60))
    outcomes = [lines[name].outcome for name in sorted(lines)]
    assert outcomes == ["encrypted", "unreadable", "unreadable", "read"]
    assert len(frames) == 1


def test_a_recording_that_was_half_read_goes_on_after_its_finished_files(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "ride.zip", {f"20260504_12000{n}.jpg": a_file(a_picture(64, 48)) for n in range(4)})
    with open_recording(packed) as recording:
        riding = Ride(recording, northward(0, 60), "car-7", Riding(timezone=SHANGHAI), done={"20260504_120000.jpg"})
        assert riding.total == 4
        assert len(list(riding)) == 3
        assert len(riding.lines) == 3


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(a_file(a_picture(64, 48)))
    inside = tmp_path / "ride"
    inside.mkdir()
    (inside / "20260504_120000.jpg").symlink_to(outside)
    with pytest.raises(NotARecording):
        ride(inside, northward(0, 60))


def test_a_video_that_says_itself_when_it_began_needs_no_name(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as out:
        out.metadata["creation_time"] = "2026-05-04T04:00:05Z"
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for _ in range(10):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((96, 160, 3), 90, np.uint8), "rgb24")))
        out.mux(stream.encode(None))
    frames, _ = ride(path, northward(0, 60))
    assert round(metres_north(frames[0])) == 50
    told = Riding(began_at=datetime(2026, 5, 4, 4, 0, 20, tzinfo=UTC))
    assert round(metres_north(ride(path, northward(0, 60), told)[0][0])) == 200


@pytest.mark.parametrize("broken", [b"", b"PK\x05\x06" + bytes(18), b"PK\x03\x04 broken"])
def test_what_is_no_recording_says_so(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "ride.zip"
    path.write_bytes(broken)
    try:
        _, lines = ride(path, northward(0, 60))
    except NotARecording:
        return
    assert [line.outcome for line in lines.values()] == ["wrong_type"]


def test_a_broken_track_in_a_recording_is_told_before_anything_is_read(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "ride.zip", {"a.gpx": b"<gpx>", "20260504_120000.jpg": a_file(a_picture(64, 48))})
    with pytest.raises(NotATrack):
        ride(packed, None)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for number in range(20_001):
            archive.writestr(f"{number}.txt", b"")
    (tmp_path / "ride.zip").write_bytes(body.getvalue())
    with pytest.raises(RecordingTooLarge):
        ride(tmp_path / "ride.zip", None)


def test_a_picture_that_knows_its_place_keeps_it_where_the_track_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "20260504_120000.jpg").write_bytes(a_file(a_picture(64, 48)))
    frames, lines = ride(tmp_path, replace(northward(100, 160)))
    assert frames[0].place is None
    assert lines["20260504_120000.jpg"].without == {"before_track": 1}


UNPACKS = """
import sys, pathlib
from detector.recording import open_recording, scratch_in
folder = pathlib.Path(sys.argv[2])
with scratch_in(folder) as scratch, open_recording(pathlib.Path(sys.argv[1]), scratch) as recording:
    with recording.on_disk(recording.parts[0]) as path:
        print(path, flush=True)
        sys.stdin.read()
"""


def test_what_a_killed_computer_had_unpacked_nobody_else_could_read_and_it_is_gone_at_the_next_start(
    tmp_path: Path,
) -> None:
    packed = zipped(tmp_path / "ride.zip", {"20260504_120000_F.mp4": a_video(tmp_path).read_bytes()})
    with subprocess.Popen(
        [sys.executable, "-c", UNPACKS, str(packed), str(tmp_path / "spool")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reading:
        assert reading.stdout is not None
        left = Path(reading.stdout.readline().strip())
        reading.kill()
    assert left.parent.parent == tmp_path / "spool"
    assert left.stat().st_size > 0
    assert (left.stat().st_mode & 0o777, left.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    clear_scratch(tmp_path / "spool")
    assert list((tmp_path / "spool").iterdir()) == []


def test_what_is_unpacked_is_gone_when_it_was_read(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "ride.zip", {"20260504_120000_F.mp4": a_video(tmp_path).read_bytes()})
    with scratch_in(tmp_path / "spool") as scratch, open_recording(packed, scratch) as recording:
        assert list(Ride(recording, northward(0, 60), "car-7", Riding(timezone=SHANGHAI)))
        assert list(scratch.iterdir()) == []
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_disk_without_room_ends_the_reading_and_says_nothing_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = zipped(tmp_path / "ride.zip", {"20260504_120000_F.mp4": a_video(tmp_path).read_bytes()})
    monkeypatch.setattr("detector.recording.SPARE_BYTES", 2**62)
    with open_recording(packed, tmp_path) as recording:
        riding = Ride(recording, northward(0, 60), "car-7", Riding(timezone=SHANGHAI))
        with pytest.raises(NoScratchRoom):
            list(riding)
    assert riding.lines == []
