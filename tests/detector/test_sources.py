"""Files, folders, HTTP and RTSP all become frames; what is silent, wrong or gone is an error without a password."""

import http.server
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from detector.errors import NotAStream, SourceError, SourceSilent, SourceStalled, SourceUnreachable
from detector.sources import Reading, open_source, redacted
from detector.types import Frame
from tests.detector.build import a_file, a_picture
from tests.detector.cameras import Camera, a_camera

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
HANDSHAKE = b"\x16"
"""With this a TLS client says hello."""


def a_video(path: Path, *, seconds: int = 3, fps: int = 10, gop: int = 10, rotation: int = 0) -> Path:
    """A video whose first pixel row brightens by 40 a second; a keyframe each `gop` frames."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"x264-params": f"keyint={gop}:scenecut=0"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 160, 96, "yuv420p", gop
        for i in range(seconds * fps):
            image = np.full((96, 160, 3), min(250, 20 + 40 * i // fps), np.uint8)
            image[:, 80:] = 128 + rotation
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    return path


def test_a_video_gives_its_keyframes_alone_each_at_its_moment(tmp_path: Path) -> None:
    frames = list(open_source(str(a_video(tmp_path / "street.mp4")), now=lambda: NOON))
    assert [frame.taken_at - NOON for frame in frames] == [timedelta(seconds=s) for s in range(3)]
    assert [frame.image.shape for frame in frames] == [(96, 160, 3)] * 3
    assert [round(int(frame.image[5, 5, 0]) / 20) for frame in frames] == [1, 3, 5]


def test_frames_that_come_too_soon_are_not_given(tmp_path: Path) -> None:
    video = a_video(tmp_path / "street.mp4", seconds=6, gop=5)
    frames = list(open_source(str(video), now=lambda: NOON, reading=Reading(every_s=2)))
    assert [(frame.taken_at - NOON).total_seconds() for frame in frames] == [0, 2, 4]


def test_a_looped_video_goes_on_at_real_speed_until_it_is_closed(tmp_path: Path) -> None:
    video = a_video(tmp_path / "street.mp4", seconds=1, gop=5)
    began = time.monotonic()
    with open_source(str(video), now=lambda: datetime.now(UTC), reading=Reading(loop=True)) as source:
        frames = [next(source) for _ in range(4)]
    assert 0.9 <= time.monotonic() - began < 4
    assert sorted(frame.taken_at for frame in frames) == [frame.taken_at for frame in frames]


def test_a_folder_gives_its_pictures_in_order_and_counts_the_broken(tmp_path: Path) -> None:
    for name, width in (("b.png", 40), ("a.jpg", 30), ("c.webp", 50)):
        form = {"jpg": "JPEG"}.get(name[2:], name[2:].upper())
        (tmp_path / name).write_bytes(a_file(a_picture(width, 20), form))
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8nothing")
    (tmp_path / "notes.txt").write_text("not a picture")
    source = open_source(str(tmp_path), now=lambda: NOON, name="cam_1")
    assert [frame.image.shape[1] for frame in source] == [30, 40, 50]
    assert source.skipped == 1
    assert source.name == "cam_1"


def test_a_folder_without_a_picture_is_no_stream(tmp_path: Path) -> None:
    with pytest.raises(NotAStream):
        next(open_source(str(tmp_path), now=lambda: NOON, reading=Reading(loop=True)))


def test_a_real_mjpeg_server_is_read_and_its_password_is_nowhere() -> None:
    with a_web_server() as port:
        url = f"http://admin:s3cret@127.0.0.1:{port}/mjpeg?token=abc"
        with open_source(url, now=lambda: NOON, reading=Reading(timeout_s=5)) as source:
            frames = [next(source) for _ in range(3)]
    assert [frame.image.shape for frame in frames] == [(240, 320, 3)] * 3
    assert {frame.source for frame in frames} == {f"http://127.0.0.1:{port}/mjpeg"}


@pytest.mark.parametrize(
    ("path", "error"),
    [("/page", NotAStream), ("/missing", SourceUnreachable), ("/playlist", SourceError), ("/elsewhere", SourceError)],
)
def test_what_is_no_stream_is_told_without_the_password(path: str, error: type[SourceError]) -> None:
    with a_web_server() as port, pytest.raises(error) as raised:
        next(open_source(f"http://admin:s3cret@127.0.0.1:{port}{path}", now=lambda: NOON))
    assert_clean(raised.value)


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_an_address_that_accepts_and_never_answers_is_silent_within_its_timeout(scheme: str) -> None:
    with a_mute_server() as port:
        url = f"{scheme}://admin:s3cret@127.0.0.1:{port}/live"
        began = time.monotonic()
        with pytest.raises(SourceSilent) as raised:
            next(open_source(url, now=lambda: NOON, reading=Reading(timeout_s=1)))
        assert time.monotonic() - began < 4
    assert_clean(raised.value)


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps", "rtspu", "http", "https"])
def test_a_camera_that_may_be_silent_for_hours_must_answer_within_seconds(scheme: str) -> None:
    with a_mute_server() as port:
        source = open_source(
            f"{scheme}://127.0.0.1:{port}/live", now=lambda: NOON, reading=Reading(timeout_s=9000, answer_s=0.3)
        )
        with pytest.raises(SourceSilent) as raised:
            next(source)
    assert raised.value.facts.get("seconds") == 0.3
    assert not isinstance(raised.value, SourceStalled)


def test_a_stream_that_falls_silent_is_noticed_on_the_monotonic_clock() -> None:
    with a_web_server() as port:
        url = f"http://127.0.0.1:{port}/stops"
        source = open_source(url, now=lambda: NOON - timedelta(hours=1), reading=Reading(timeout_s=1))
        began = time.monotonic()
        with pytest.raises(SourceSilent):
            list(source)
        assert time.monotonic() - began < 6


def test_nobody_at_the_address_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(SourceUnreachable) as raised:
        next(open_source(f"rtsp://admin:s3cret@127.0.0.1:{port}/live", now=lambda: NOON))
    assert_clean(raised.value)


@pytest.mark.parametrize("url", ["pipe:0", "concat://a|b", "udp://127.0.0.1:9", "gopher://x", "data://text"])
def test_other_kinds_of_address_are_refused(url: str) -> None:
    with pytest.raises((NotAStream, SourceUnreachable)):
        open_source(url, now=lambda: NOON)


def test_a_file_that_is_no_video_is_no_stream(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_bytes(os.urandom(5000))
    with pytest.raises(NotAStream):
        next(open_source(str(tmp_path / "notes.mp4"), now=lambda: NOON))


def test_a_playlist_in_disguise_opens_no_other_file(tmp_path: Path) -> None:
    secret = a_video(tmp_path / "secret.ts")
    (tmp_path / "list.m3u8").write_text(f"#EXTM3U\n#EXTINF:3,\nhttp://127.0.0.1:1/{secret.name}\n#EXT-X-ENDLIST\n")
    with pytest.raises(SourceError):
        next(open_source(str(tmp_path / "list.m3u8"), now=lambda: NOON))


def test_another_thread_may_close_a_source_that_waits(tmp_path: Path) -> None:
    video = a_video(tmp_path / "street.mp4", seconds=60, fps=1, gop=60)
    source = open_source(str(video), now=lambda: NOON, reading=Reading(loop=True))
    next(source)
    left: list[int] = []
    reader = threading.Thread(target=lambda: left.append(len(list(source))))
    reader.start()
    time.sleep(0.2)
    source.close()
    reader.join(5)
    assert left == [0]


@pytest.mark.parametrize("pictures", [0, 1])
def test_another_thread_may_close_a_source_that_waits_for_a_silent_camera(pictures: int) -> None:
    with a_camera(Camera(pictures=pictures)) as address:
        came: list[Frame] = []
        source = open_source(f"{address}/live.mjpeg", now=lambda: NOON, reading=Reading(timeout_s=60))

        def read() -> None:
            with suppress(SourceError):
                came.extend(source)

        reader = threading.Thread(target=read)
        reader.start()
        time.sleep(0.3)
        source.close()
        reader.join(5)
        assert not reader.is_alive()
        assert len(came) == pictures


@pytest.mark.parametrize("scheme", ["rtsps", "https"])
def test_another_thread_may_close_a_source_that_is_agreeing_on_a_key(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/live"
        source = open_source(url, now=lambda: NOON, reading=Reading(timeout_s=60))
        came: list[list[Frame]] = []
        reader = threading.Thread(target=lambda: came.append(list(source)))
        reader.start()
        camera, _ = listener.accept()
        with camera:
            assert camera.recv(1) == HANDSHAKE
            began = time.monotonic()
            source.close()
            reader.join(30)
            assert time.monotonic() - began < 10
    assert came == [[]]


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps", "http", "https"])
def test_a_source_that_is_closed_while_it_dials_says_nothing_to_whom_it_reaches(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/live"

        def dial(host: str, port: int, timeout_s: float) -> socket.socket:
            source.close()
            return socket.create_connection((host, port), timeout_s)

        source = open_source(url, now=lambda: NOON, reading=Reading(timeout_s=60), dial=dial)
        assert list(source) == []
        camera, _ = listener.accept()
        with camera:
            assert camera.recv(1) == b""


def test_no_line_of_ffmpeg_reaches_the_terminal() -> None:
    script = (
        "import sys; from datetime import UTC, datetime; from detector.sources import open_source\n"
        "try: next(open_source(sys.argv[1], now=lambda: datetime.now(UTC)))\n"
        "except Exception as error: print(error)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, "rtsp://admin:s3cret@127.0.0.1:1/live"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert "source.unreachable" in ran.stdout
    assert "s3cret" not in ran.stdout + ran.stderr
    assert ran.stderr == ""


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://admin:s3cret@10.0.0.7/live",
        "rtsp://admin:s3c/s3cret@10.0.0.7/live",
        "rtsp://admin:s3?cret/s3cret@10.0.0.7/live",
        "http://10.0.0.7/live?password=s3cret",
        "http://10.0.0.7/live#s3cret",
        "http://s3cret@10.0.0.7/live?mail=a@b",
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str) -> None:
    assert "s3c" not in redacted(url)
    assert "cret" not in redacted(url)


def assert_clean(error: SourceError) -> None:
    """Neither the error nor what it hides behind it names the password."""
    assert "s3cret" not in f"{error!s} {error!r} {error.facts} {error.__cause__}"
    assert error.__suppress_context__


@contextmanager
def a_mute_server() -> Iterator[int]:
    """Accepts everybody, says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def a_web_server() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Camera)
    server.daemon_threads = True
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    serving.join()


class _Camera(http.server.BaseHTTPRequestHandler):
    """`/mjpeg` streams, `/stops` falls silent after five pictures, `/page` is a page."""

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path == "/page":
            self._answer("text/html", b"<html>" + b"camera " * 400)
        elif path == "/playlist":
            self._answer(
                "application/vnd.apple.mpegurl", b"#EXTM3U\n#EXTINF:3,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
            )
        elif path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", f"file://{__file__}")
            self.end_headers()
        elif path in ("/mjpeg", "/stops"):
            self._stream(200 if path == "/mjpeg" else 5)
        else:
            self.send_error(404)

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, pictures: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
        self.end_headers()
        content = a_file()
        head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(content)}\r\n\r\n".encode()
        try:
            for _ in range(pictures):
                self.wfile.write(head + content + b"\r\n")
                time.sleep(0.02)
            time.sleep(8)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the name is the base class's
        """Say nothing."""
