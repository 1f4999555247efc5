"""Where frames come from: a folder of pictures, a video file, an HTTP or an RTSP address, all read the same way.

Videos are decoded at keyframes only. Silence is measured with the monotonic clock. No message, fact or frame holds
the user or the password of an address.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import av
import numpy as np

from detector.containers import MAX_PIXELS
from detector.dialing import Dial, dial_anywhere
from detector.errors import NotAStream, PhotoError, SourceError, SourceSilent, SourceUnreachable
from detector.images import open_file
from detector.relay import Relay
from detector.types import Frame, Image
from detector.webstream import Web, WebStream

PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})
NETWORK: Final = frozenset({"rtsp", "rtsps", "http", "https"})
"""The kinds of address that frames are fetched from; whatever one of them leads to is dialled like itself."""

NOTHING: Final = "none"
"""FFmpeg connects to nothing by itself where we read for it."""

MOST_REDIRECTS: Final = 3

# FFmpeg would listen for five seconds before it gives the first, then old, picture.
_QUICK_START: Final = {"analyzeduration": "1000000", "fpsprobesize": "0"}

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source is read.

    Attributes:
        every_s: least time between two frames; what comes sooner is not decoded.
        timeout_s: how long an address may take to answer, and to send anything.
        keyframe_timeout_s: how long a stream that sends may go without a picture.
        loop: begin a file or folder again at its end, at real speed.
        realtime: play a file at the speed at which it was recorded, a folder at a picture each `every_s`.
    """

    every_s: float = 0.0
    timeout_s: float = 10.0
    keyframe_timeout_s: float = 60.0
    loop: bool = False
    realtime: bool = False

    def __post_init__(self) -> None:
        if self.every_s < 0 or self.timeout_s <= 0 or self.keyframe_timeout_s <= 0:
            raise ValueError(f"times are positive, got {self}")

    @property
    def paced(self) -> bool:
        """Frames come at real speed."""
        return self.loop or self.realtime


class Source:
    """An iterator of frames. `close` may be called by any thread; a read in progress ends within its timeout.

    Raises, while iterated:
        SourceUnreachable: nothing there, or it refuses.
        SourceSilent: it does not answer, or stopped sending.
        NotAStream: it answers with something that holds no picture.
    """

    def __init__(self, name: str, read: Callable[["Source"], Iterator[Frame]]) -> None:
        self.name = name
        self.skipped = 0
        self._closing = threading.Event()
        self._frames = read(self)

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        return next(self._frames)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        """`close` was called."""
        return self._closing.is_set()

    def wait(self, seconds: float) -> None:
        """Sleep, but no longer than until `close`."""
        self._closing.wait(max(0.0, seconds))

    def close(self) -> None:
        """End the iteration and let go of the connection."""
        self._closing.set()
        close: Callable[[], None] | None = getattr(self._frames, "close", None)
        try:
            if close:
                close()
        except ValueError:
            return  # another thread is inside; it sees the flag and closes by itself


def open_source(
    url: str, *, now: Now, name: str | None = None, reading: Reading | None = None, dial: Dial = dial_anywhere
) -> Source:
    """The frames of a file, a folder, or an `http(s)` or `rtsp(s)` address.

    Args:
        url: a path or an address, perhaps with user and password.
        now: the clock; aware UTC.
        name: what frames call their source; the address without user, password and query by default.
        reading: how it is read.
        dial: how an address is connected to, also one that a redirect or a playlist leads to.

    Raises:
        SourceUnreachable: no such file or folder.
        NotAStream: another kind of address.
    """
    how = reading or Reading()
    shown = name or redacted(url)
    if "://" in url and not url.startswith("file://"):
        scheme = urlsplit(url).scheme.lower()
        if scheme not in NETWORK:
            raise NotAStream(source=shown, why=f"not one of {', '.join(NETWORK)}")
        return Source(shown, lambda source: _live(source, url, now, how, dial))
    path = Path(url.removeprefix("file://"))
    if path.is_dir() or (path.is_file() and path.suffix.lower() in PICTURES):
        return Source(shown, lambda source: _pictures(source, path, now, how))
    if path.is_file():
        return Source(shown, lambda source: _video(source, path, now, how))
    raise SourceUnreachable(source=shown, why="no such file or folder")


def redacted(url: str) -> str:
    """An address that may be shown: without user, password, query and fragment.

    >>> redacted("rtsp://admin:s3cret@10.0.0.7:554/live?token=abc"), redacted("clips/street.mp4")
    ('rtsp://10.0.0.7:554/live', 'clips/street.mp4')
    """
    if "://" not in url:
        return url
    scheme, rest = url.split("://", 1)
    # A password may hold any sign, so nothing before the last @ is shown, wherever that stands.
    shown = rest.rpartition("@")[2].split("?")[0].split("#")[0]
    return f"{scheme}://{shown}"


def _pictures(source: Source, path: Path, now: Now, how: Reading) -> Iterator[Frame]:
    """Pictures in the order of their names; what is none is counted and left out."""
    while not source.closed:
        found = 0
        for file in _files(path):
            if source.closed:
                return
            try:
                photo = open_file(file)
            except (PhotoError, OSError):
                source.skipped += 1
                continue
            found += 1
            taken_at = now() if how.paced else photo.taken_at or now()
            yield Frame(photo.image, source.name, taken_at, photo.place, photo.heading_deg)
            if how.paced:
                source.wait(how.every_s)
        if not found:
            raise NotAStream(source=source.name, why="no picture that can be read")
        if not how.loop:
            return


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.iterdir() if file.suffix.lower() in PICTURES and file.is_file())


def _video(source: Source, path: Path, now: Now, how: Reading) -> Iterator[Frame]:
    """The keyframes of a file. Unpaced, moments count from when reading began; paced, they are those of the clock."""
    while not source.closed:
        began, began_at, found = now(), time.monotonic(), 0
        for image, at_s in _keyframes(source, str(path), {"protocol_whitelist": "file"}, how):
            if how.paced:
                source.wait(began_at + at_s - time.monotonic())
                if source.closed:
                    return
            found += 1
            yield Frame(image, source.name, now() if how.paced else began + timedelta(seconds=at_s))
        if not how.loop or source.closed:
            return
        if not found:
            raise NotAStream(source=source.name, why="no picture that can be read")
        source.wait(began_at + max(0.04, _duration_s(source, path)) - time.monotonic())


def _duration_s(source: Source, path: Path) -> float:
    try:
        with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
            return float(container.duration or 0) / av.time_base
    except av.error.FFmpegError as error:
        raise _refusal(source, error) from None


def _live(source: Source, url: str, now: Now, how: Reading, dial: Dial) -> Iterator[Frame]:
    """The keyframes of an address, each at the moment of its arrival."""
    scheme = urlsplit(url).scheme.lower()
    opened = _relayed(source, url, how, dial) if scheme.startswith("rtsp") else _streamed(source, url, how, dial)
    for image, _ in opened:
        yield Frame(image, source.name, now())


def _streamed(source: Source, url: str, how: Reading, dial: Dial) -> Iterator[tuple[Image, float]]:
    web = Web(dial, how.timeout_s)
    options = {"protocol_whitelist": NOTHING, "http_persistent": "0", "http_multiple": "0", **_QUICK_START}
    body = web.open(url)
    try:
        yield from _keyframes(source, body, options, how, live=True, io_open=web.open_nested)
    finally:
        body.close()


def _relayed(source: Source, url: str, how: Reading, dial: Dial) -> Iterator[tuple[Image, float]]:
    options = {"protocol_whitelist": "rtsp,rtp,udp,tcp", "rtsp_transport": "tcp", **_QUICK_START}
    for _ in range(1 + MOST_REDIRECTS):
        with Relay(url, dial, how.timeout_s, source.name) as relay:
            try:
                yield from _keyframes(source, relay.url, options, how, live=True)
            except SourceError:
                if relay.moved is None:
                    raise
            if relay.moved is None:
                return
            if urlsplit(relay.moved.to or "").scheme.lower() not in ("rtsp", "rtsps"):
                raise NotAStream(source=source.name, why="it leads to something else")
            url = relay.moved.to or ""
    raise SourceUnreachable(source=source.name, why="it leads elsewhere again and again")


def _keyframes(
    source: Source,
    opened: str | WebStream,
    options: dict[str, str],
    how: Reading,
    *,
    live: bool = False,
    io_open: Callable[..., WebStream] | None = None,
) -> Iterator[tuple[Image, float]]:
    """Upright pictures and their seconds since the start."""
    began = time.monotonic()
    try:
        container = av.open(opened, options=options, timeout=(how.timeout_s, how.timeout_s), io_open=io_open)
    except av.error.FFmpegError as error:
        if live and time.monotonic() - began >= how.timeout_s:  # RTSP calls a time-out "invalid data"
            raise SourceSilent(source=source.name, seconds=how.timeout_s) from None
        raise _refusal(source, error) from None
    with container:
        try:
            yield from _decoded(source, container, how, live)
        except av.error.FFmpegError as error:
            raise _refusal(source, error) from None


def _decoded(source: Source, container: Any, how: Reading, live: bool) -> Iterator[tuple[Image, float]]:
    if not container.streams.video:
        raise NotAStream(source=source.name, why="no video in it")
    stream = container.streams.video[0]
    decoder = stream.codec_context
    decoder.skip_frame, decoder.thread_count = "NONKEY", 1
    began = seen = time.monotonic()
    first_s: float | None = None
    due_s = 0.0
    for packet in container.demux(stream):
        if source.closed:
            return
        if time.monotonic() - seen > how.keyframe_timeout_s:
            raise SourceSilent(source=source.name, seconds=how.keyframe_timeout_s, why="it sends, but no picture")
        if not (packet.size and packet.is_keyframe):
            continue
        at_s = time.monotonic() - began if live else _seconds(packet, due_s)
        if at_s < due_s:
            seen = time.monotonic()
            continue
        for frame in _frames(packet):
            if frame.width * frame.height > MAX_PIXELS:
                raise NotAStream(source=source.name, why="its pictures are too large")
            first_s = at_s if first_s is None else first_s
            due_s = at_s + how.every_s
            yield _upright(frame), max(0.0, at_s - first_s)
            seen = time.monotonic()


def _frames(packet: Any) -> list[Any]:
    """What a packet decodes to, at once; nothing if it is damaged, as packets from a network are.

    Drained after each packet: otherwise a decoder holds keyframes back to sort them among frames that are skipped.
    """
    decoder = packet.stream.codec_context
    try:
        found = [*packet.decode(), *decoder.decode(None)]
    except av.error.InvalidDataError:
        found = []
    decoder.flush_buffers()
    return found


def _seconds(packet: Any, unknown_s: float) -> float:
    stamp = packet.pts if packet.pts is not None else packet.dts
    return unknown_s if stamp is None else float(stamp * packet.time_base)


def _upright(frame: Any) -> Image:
    pixels = frame.to_ndarray(format="rgb24")
    return np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90) % 4))


def _refusal(source: Source, error: Any) -> SourceError:
    """The error without its text: FFmpeg puts whole addresses into it."""
    why = type(error).__name__
    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return SourceSilent(source=source.name, why=why)
    if isinstance(error, av.error.InvalidDataError | av.error.DemuxerNotFoundError | av.error.DecoderNotFoundError):
        return NotAStream(source=source.name, why=why)
    if isinstance(error, av.error.EOFError):
        return SourceSilent(source=source.name, why="it ended before the first picture")
    return SourceUnreachable(source=source.name, why=why)
