"""Where frames come from: a folder of pictures, a video file, an HTTP or an RTSP address, all read the same way.

Videos are decoded at keyframes only, where those come often enough. Silence is measured with the monotonic clock. No
message, fact or frame holds the user or the password of an address.
"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import av

from detector.decoding import Pictures, Stream, pictures, refusal
from detector.dialing import Dial, Lines, dial_anywhere
from detector.errors import NotAStream, PhotoError, SourceError, SourceSilent, SourceStalled, SourceUnreachable
from detector.images import MAX_BYTES, open_file, open_photo
from detector.moments import Now
from detector.reading import Reading, Tempo
from detector.relay import UDP, Moved, Relay
from detector.types import Frame
from detector.webstream import Web, WebStream

__all__ = ["NETWORK", "PICTURES", "Reading", "Source", "open_source", "recorded_at", "redacted"]

PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})
RTSP: Final = frozenset({"rtsp", "rtsps", UDP})
NETWORK: Final = frozenset({*RTSP, "http", "https"})
"""The kinds of address that frames are fetched from; whatever one of them leads to is dialled like itself."""

NOTHING: Final = "none"
"""FFmpeg connects to nothing by itself where we read for it."""

FILE_ONLY: Final = {"protocol_whitelist": "file"}
MOST_REDIRECTS: Final = 3
SNAPSHOT_EVERY_S: Final = 1.0
SEGMENTS: Final = 3.0
"""A playlist may say nothing new for as many timeouts, while its camera makes the next segment."""

# FFmpeg would listen for five seconds before it gives the first, then old, picture.
_QUICK_START: Final = {"analyzeduration": "1000000", "fpsprobesize": "0"}


class Source:
    """An iterator of frames. `close` may be called by any thread; a read in progress ends within its timeout.

    Attributes:
        name: what its frames call it.
        skipped: files of a folder that are no pictures.
        tempo: what is known about the stream by now.
        hang_up: ends the connection, so that a read in progress ends at once.

    Raises, while iterated:
        SourceUnreachable: nothing there, or it refuses.
        SourceSilent: it does not answer, or stopped sending.
        SourceForbidden: it leads where this program may not connect.
        NotAStream: it answers with something that holds no picture.
        NoKeyframes: it sends, but nothing that a picture could begin with.
        StreamTooLarge: its pictures have too many pixels.
    """

    def __init__(self, name: str, read: Callable[["Source"], Iterator[Frame]]) -> None:
        self.name = name
        self.skipped = 0
        self.tempo = Tempo()
        self.hang_up: Callable[[], None] = _nothing
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
        self.hang_up()
        close: Callable[[], None] | None = getattr(self._frames, "close", None)
        try:
            if close:
                close()
        except ValueError:
            return  # another thread is inside; it sees the flag and closes by itself


def open_source(
    url: str, *, now: Now, name: str | None = None, reading: Reading | None = None, dial: Dial = dial_anywhere
) -> Source:
    """The frames of a file, a folder, or an `http(s)` or `rtsp(s)` address; `rtspu` asks for RTSP over UDP.

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


def _nothing() -> None:
    """There is no connection to hang up."""


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
            taken_at = now() if how.paced else photo.taken_at or _written_at(file)
            clock_s = time.monotonic() if how.paced else None
            yield Frame(photo.image, source.name, taken_at, photo.place, photo.heading_deg, clock_s)
            if how.paced:
                source.wait(how.every_s)
        if not found:
            raise NotAStream(source=source.name, why="no picture that can be read")
        if not how.loop:
            return


def recorded_at(path: Path) -> datetime:
    """When a video file was begun, by when its last picture was written: the same each time it is read.

    Raises:
        NotAStream: it is no video.
        OSError: it cannot be read.
    """
    source = Source(str(path), lambda _: iter(()))
    return _written_at(path) - timedelta(seconds=_duration_s(source, path))


def _written_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.iterdir() if file.suffix.lower() in PICTURES and file.is_file())


def _video(source: Source, path: Path, now: Now, how: Reading) -> Iterator[Frame]:
    """The pictures of a file. Unpaced, moments count from when reading began; paced, they are those of the clock."""
    stream = Stream(source.name, how, source.tempo, lambda: source.closed)
    while not source.closed:
        began, began_at, found = now(), time.monotonic(), 0
        for image, at_s in pictures(stream, str(path), FILE_ONLY):
            if how.paced:
                source.wait(began_at + at_s - time.monotonic())
                if source.closed:
                    return
            found += 1
            clock_s = time.monotonic() if how.paced else at_s
            yield Frame(image, source.name, now() if how.paced else began + timedelta(seconds=at_s), clock_s=clock_s)
        if not found and not source.closed:
            raise NotAStream(source=source.name, why="no picture that can be read")
        if not how.loop or source.closed:
            return
        source.wait(began_at + max(0.04, _duration_s(source, path)) - time.monotonic())


def _duration_s(source: Source, path: Path) -> float:
    try:
        with av.open(str(path), options=FILE_ONLY) as container:
            return float(container.duration or 0) / av.time_base
    except av.error.FFmpegError as error:
        raise refusal(source.name, error) from None


def _live(source: Source, url: str, now: Now, how: Reading, dial: Dial) -> Iterator[Frame]:
    """The pictures of an address, each at the moment of its arrival."""
    is_rtsp = urlsplit(url).scheme.lower() in RTSP
    try:
        for image, _ in (_relayed if is_rtsp else _streamed)(source, url, how, dial):
            yield Frame(image, source.name, now(), clock_s=time.monotonic())
    except SourceError:
        if not source.closed:  # else it was hung up here
            raise


def _streamed(source: Source, url: str, how: Reading, dial: Dial) -> Pictures:
    """A body that streams, or a picture that is fetched again and again."""
    web = Web(dial, how.timeout_s, how.answers_within_s)
    source.hang_up = web.hang_up
    if source.closed:
        return
    body = web.open(url)
    if body.is_picture:
        yield from _fetched(source, web, body, url, how)
        return
    stream = Stream(source.name, how, source.tempo, lambda: source.closed, live=True)
    options = {"protocol_whitelist": NOTHING, "http_persistent": "0", "http_multiple": "0", **_QUICK_START}
    patience_s = SEGMENTS * how.timeout_s
    try:
        yield from pictures(stream, body, options, read_timeout_s=patience_s, io_open=web.open_nested)
    finally:
        body.close()


def _fetched(source: Source, web: Web, body: WebStream, url: str, how: Reading) -> Pictures:
    """One picture a request."""
    began = time.monotonic()
    while not source.closed:
        asked_s = time.monotonic()
        try:
            image = open_photo(body.whole(MAX_BYTES)).image
        except PhotoError as error:
            raise NotAStream(source=source.name, why=error.code) from None
        finally:
            body.close()
        source.tempo.size, source.tempo.codec = (image.shape[1], image.shape[0]), "jpeg"
        yield image, asked_s - began
        source.wait(asked_s + max(SNAPSHOT_EVERY_S, how.every_s) - time.monotonic())
        if not source.closed:
            body = web.open(url)


def _relayed(source: Source, url: str, how: Reading, dial: Dial) -> Pictures:
    """RTSP through a relay, over TCP, or over UDP where the address or the server says so."""
    options = {"protocol_whitelist": "rtsp,rtp,tcp", "rtsp_transport": "tcp", **_QUICK_START}
    over_udp, lines = urlsplit(url).scheme.lower() == UDP, Lines(dial)
    for _ in range(2 + MOST_REDIRECTS):
        source.hang_up = lines.hang_up
        if source.closed:
            return
        with Relay(url, lines, how, source.name, over_udp=over_udp) as relay:
            source.hang_up = relay.close
            stream = Stream(
                source.name, how, source.tempo, lambda: source.closed, live=True, rest=relay.rest, pause=relay.pause
            )
            more = {"reorder_queue_size": "64"} if over_udp else {}
            try:
                yield from pictures(stream, relay.url, options | more)
            except SourceError as error:
                if relay.never_answered or (isinstance(error, SourceStalled) and not relay.has_answered):
                    raise SourceSilent(source=source.name, seconds=how.answers_within_s) from None
                if relay.moved is None and not relay.refuses_tcp:
                    raise
            if relay.moved is None and not relay.refuses_tcp:
                return
            over_udp = over_udp or relay.refuses_tcp
            url = url if relay.moved is None else _elsewhere(source, relay.moved)
    raise SourceUnreachable(source=source.name, why="it leads elsewhere again and again")


def _elsewhere(source: Source, moved: Moved) -> str:
    if urlsplit(moved.to or "").scheme.lower() not in RTSP:
        raise NotAStream(source=source.name, why="it leads to something else")
    return moved.to or ""
