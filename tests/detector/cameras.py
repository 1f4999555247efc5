"""Web cameras for tests: MJPEG, snapshots, endless bodies and live playlists, on the loopback."""

import http.server
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.detector.build import a_file


@dataclass
class Camera:
    """What a camera does.

    Attributes:
        pictures: that `/mjpeg` sends before it falls silent.
        every_s: between two of them.
        files: what it sends, one after another and again; grey pictures where there is none.
        body: what `/live.ts` sends, again and again if `again_s` is set.
        segments: what `/live.m3u8` lists one by one, a new one each `segment_s`.
        asked: requests so far.
    """

    pictures: int = 100
    every_s: float = 0.02
    files: Sequence[bytes] = ()
    body: bytes = b""
    again_s: float | None = None
    segments: Sequence[bytes] = ()
    segment_s: float = 0.5
    asked: int = 0
    began: float = field(default_factory=time.monotonic)
    gone: threading.Event = field(default_factory=threading.Event)


@contextmanager
def a_camera(camera: Camera) -> Iterator[str]:
    """The camera's address, as long as it is there."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            camera.asked += 1
            try:
                answers[self.path.partition("?")[0].rpartition(".")[2].rpartition("/")[2]](self, camera)
            except OSError:
                return

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the name is the base class's
            """Say nothing."""

    answers = {"mjpeg": _mjpeg, "jpg": _snapshot, "ts": _transport, "m3u8": _playlist}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    camera.gone.set()
    server.shutdown()
    server.server_close()


def _head(answer: http.server.BaseHTTPRequestHandler, kind: str, size: int | None = None) -> None:
    answer.send_response(200)
    answer.send_header("Content-Type", kind)
    if size is not None:
        answer.send_header("Content-Length", str(size))
    answer.end_headers()


def _mjpeg(answer: http.server.BaseHTTPRequestHandler, camera: Camera) -> None:
    _head(answer, "multipart/x-mixed-replace; boundary=next")
    files = camera.files or (a_file(),)
    for number in range(camera.pictures):
        content = files[number % len(files)]
        head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(content)}\r\n\r\n".encode()
        answer.wfile.write(head + content + b"\r\n")
        if camera.gone.wait(camera.every_s):
            return
    camera.gone.wait(20)


def _snapshot(answer: http.server.BaseHTTPRequestHandler, _: Camera) -> None:
    content = a_file()
    _head(answer, "image/jpeg", len(content))
    answer.wfile.write(content)


def _transport(answer: http.server.BaseHTTPRequestHandler, camera: Camera) -> None:
    number = answer.path.strip("/").partition(".")[0]
    if number.isdigit():
        content = camera.segments[int(number) % len(camera.segments)]
        _head(answer, "video/mp2t", len(content))
        answer.wfile.write(content)
        return
    _head(answer, "video/mp2t")
    while not camera.gone.is_set():
        answer.wfile.write(camera.body)
        if camera.again_s is None or camera.gone.wait(camera.again_s):
            return


def _playlist(answer: http.server.BaseHTTPRequestHandler, camera: Camera) -> None:
    newest = 3 + int((time.monotonic() - camera.began) / camera.segment_s)
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{newest - 3}"]
    for number in range(newest - 3, newest):
        lines += ["#EXT-X-DISCONTINUITY", "#EXTINF:1.0,", f"{number}.ts"]
    told = "\n".join(lines).encode() + b"\n"
    _head(answer, "application/vnd.apple.mpegurl", len(told))
    answer.wfile.write(told)
