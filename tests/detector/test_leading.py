"""Addresses that lead elsewhere: every connection is dialled by the owner of the source, none by FFmpeg."""

import base64
import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from detector.dialing import dial_anywhere
from detector.errors import SourceError, SourceForbidden, SourceUnreachable
from detector.relay import Guard, Moved
from detector.sources import Reading, open_source
from tests.faults.trap import a_talker

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
OK = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE\r\n\r\n"


@pytest.fixture(scope="module")
def segment(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of grey as MPEG-TS."""
    path = tmp_path_factory.mktemp("hls") / "grey.ts"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"x264-params": "keyint=10:scenecut=0"})
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for n in range(20):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((96, 160, 3), 100 + n, np.uint8), "rgb24")))
        container.mux(stream.encode(None))
    return path.read_bytes()


@contextmanager
def a_camera(segment: bytes, *, login: str | None = None) -> Iterator[int]:
    """A web server with a playlist of relative segments, a plain stream and a redirect to it."""

    class Camera(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = "Basic " + base64.b64encode((login or "").encode()).decode()
            if login and self.headers.get("Authorization") != wanted:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="camera"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/live.ts")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nlive.ts\n#EXT-X-ENDLIST\n"
            body = playlist if self.path.endswith(".m3u8") else segment
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the name is the base class's
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def read(url: str, dialled: list[tuple[str, int]] | None = None, forbidden: int | None = None) -> int:
    """How many frames an address gives to somebody who may not call one port."""

    def dial(host: str, port: int, timeout_s: float) -> socket.socket:
        if dialled is not None:
            dialled.append((host, port))
        if port == forbidden:
            raise SourceForbidden(source="camera")
        return dial_anywhere(host, port, timeout_s)

    return len(list(open_source(url, now=lambda: NOON, name="camera", reading=Reading(timeout_s=5), dial=dial)))


@pytest.mark.parametrize(("path", "calls"), [("/live.ts", 1), ("/moved", 2), ("/list.m3u8", 2)])
def test_streams_redirects_and_playlists_are_read_over_dialled_sockets(segment: bytes, path: str, calls: int) -> None:
    dialled: list[tuple[str, int]] = []
    with a_camera(segment) as port:
        assert read(f"http://127.0.0.1:{port}{path}", dialled) == 2
    assert len(dialled) >= calls
    assert set(dialled) == {("127.0.0.1", port)}


def test_a_password_in_the_address_opens_the_camera(segment: bytes) -> None:
    with a_camera(segment, login="admin:s3cret") as port:
        assert read(f"http://admin:s3cret@127.0.0.1:{port}/live.ts") == 2
        with pytest.raises(SourceUnreachable) as raised:
            read(f"http://admin:wr0ng@127.0.0.1:{port}/live.ts")
    assert "wr0ng" not in f"{raised.value!r} {raised.value.facts}"


def test_an_rtsp_redirect_is_dialled_like_the_first_address() -> None:
    dialled: list[tuple[str, int]] = []
    with socket.create_server(("127.0.0.1", 0)) as forbidden:
        inner = forbidden.getsockname()[1]
        moved = f"RTSP/1.0 302 Found\r\nCSeq: {{n}}\r\nLocation: rtsp://127.0.0.1:{inner}/x\r\n\r\n".encode()
        with a_talker(moved) as port, pytest.raises(SourceForbidden):
            read(f"rtsp://127.0.0.1:{port}/live", dialled, forbidden=inner)
    assert dialled == [("127.0.0.1", port), ("127.0.0.1", inner)]


def test_a_server_that_leads_in_circles_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    circle = f"RTSP/1.0 302 Found\r\nCSeq: {{n}}\r\nLocation: rtsp://127.0.0.1:{port}/x\r\n\r\n".encode()
    with a_talker(circle) as first:
        again = circle.replace(str(port).encode(), str(first).encode())
    with a_talker(again) as other, pytest.raises(SourceError):
        read(f"rtsp://127.0.0.1:{other}/live")


def test_what_a_server_says_passes_in_whatever_pieces_it_comes() -> None:
    said = OK + b"$\x00\x00\x04abRT" + b"x" * 40 + OK
    for size in (1, 2, 7, 1000):
        guard = Guard()
        passed = b"".join(guard.admit(said[at : at + size]) for at in range(0, len(said), size))
        assert passed == said


@pytest.mark.parametrize(
    "line",
    [
        b"RTSP/1.0 302 Found",
        b"RT\rSP/1.0 3\r02 F",
        b"RTSP/1.0 +302 F",
        b"RTSP/9 0302 F",
        b"RTSP/1.0\t399 F",
        b"RTSP/x 3",
    ],
)
def test_no_redirect_passes_in_whatever_pieces_it_comes(line: bytes) -> None:
    said = OK + b"$\x00\x00\x02.." + line + b"\r\nLocation: rtsp://10.0.0.7/live\r\n\r\n"
    for size in (1, 3, 1000):
        passed: list[bytes] = []
        with pytest.raises(Moved) as moved:
            say_in_pieces(said, size, passed)
        assert moved.value.to == "rtsp://10.0.0.7/live"
        assert b"10.0.0.7" not in b"".join(passed)


def say_in_pieces(said: bytes, size: int, passed: list[bytes]) -> None:
    guard = Guard()
    for at in range(0, len(said), size):
        passed.append(guard.admit(said[at : at + size]))


def test_a_file_of_this_machine_is_never_part_of_a_playlist(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ts"
    secret.write_bytes(b"secret")
    dialled: list[tuple[str, int]] = []
    playlist = b"#EXTM3U\n#EXTINF:3,\nfile://%s\n#EXT-X-ENDLIST\n" % str(secret).encode()
    with a_camera(playlist) as port, pytest.raises(SourceError):
        read(f"http://127.0.0.1:{port}/list", dialled)
    assert set(dialled) == {("127.0.0.1", port)}
