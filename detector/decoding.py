"""From a file or a connection to pictures: keyframes alone where they come often enough, everything where not."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import av
import numpy as np

from detector.errors import (
    NoKeyframes,
    NotAStream,
    SourceError,
    SourceSilent,
    SourceStalled,
    SourceUnreachable,
    StreamTooLarge,
)
from detector.keyframes import Cadence, Pace
from detector.moments import Position
from detector.reading import Reading, Tempo
from detector.types import Image
from detector.webstream import WebStream

MAX_STREAM_PIXELS: Final = 36_000_000
"""An 8K camera has 33 million."""

MOST_KEPT_BYTES: Final = 16 * 1024 * 1024
"""Of the first group of pictures, in case that everything must be decoded after all."""

SLACK_S: Final = 1e-3
EARLY_S: Final = 0.3
"""A rest ends so long before the next picture is due."""

LONGEST_GAP_S: Final = 5.0
"""Between two packets of a stream that sends; what comes more rarely is no sign that keyframes are missing."""

CLOCK_SLACK_S: Final = 2.0
"""By so much the stamps of a live stream go back when it learns what its camera's clock says."""

Pictures = Iterator[tuple[Image, float]]
"""Upright pictures and their seconds since the start, which only grow."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What is decoded, and who wants to know about it.

    Attributes:
        name: what errors call it; without user and password.
        how: which pictures are wanted, and how long anything may take.
        tempo: what is learned is written here.
        closed: nobody wants more.
        live: pictures count from their arrival, not by their stamps.
        rest: told for how many seconds no picture will be wanted; answers whether anything is left out for it.
        pause: told the same as long as that holds; may take some of these seconds, or SourceSilent.
    """

    name: str
    how: Reading
    tempo: Tempo
    closed: Callable[[], bool]
    live: bool = False
    rest: Callable[[float], bool] = lambda _: False
    pause: Callable[[float], None] = lambda _: None


def pictures(
    stream: Stream,
    opened: str | WebStream,
    options: dict[str, str],
    *,
    read_timeout_s: float | None = None,
    io_open: Callable[..., WebStream] | None = None,
) -> Pictures:
    """The pictures of a file or connection.

    Args:
        stream: what is wanted of it.
        opened: a path or an open body.
        options: FFmpeg's.
        read_timeout_s: how long nothing may come; `how.timeout_s` by default.
        io_open: opens what a playlist names.

    Raises:
        SourceUnreachable, SourceSilent, NotAStream, NoKeyframes, StreamTooLarge: see `detector.errors`.
    """
    began, open_s = time.monotonic(), stream.how.timeout_s
    try:
        container = av.open(opened, options=options, timeout=(open_s, read_timeout_s or open_s), io_open=io_open)
    except av.error.FFmpegError as error:
        if stream.live and time.monotonic() - began >= open_s:  # RTSP calls a time-out "invalid data"
            raise SourceStalled(source=stream.name, seconds=open_s) from None
        raise refusal(stream.name, error) from None
    with container:
        try:
            yield from _decoded(stream, container)
        except av.error.FFmpegError as error:
            raise refusal(stream.name, error) from None


def refusal(name: str, error: Any) -> SourceError:
    """The error without its text: FFmpeg puts whole addresses into it."""
    why = type(error).__name__
    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return SourceStalled(source=name, why=why)
    if isinstance(error, av.error.InvalidDataError | av.error.DemuxerNotFoundError | av.error.DecoderNotFoundError):
        return NotAStream(source=name, why=why)
    if isinstance(error, av.error.EOFError):
        return SourceSilent(source=name, why="it ended before the first picture")
    return SourceUnreachable(source=name, why=why)


def _decoded(stream: Stream, container: Any) -> Pictures:
    if not container.streams.video:
        raise NotAStream(source=stream.name, why="no video in it")
    video = container.streams.video[0]
    walk = _Walk(stream, video.codec_context)
    for packet in container.demux(video):
        if stream.closed():
            return
        yield from walk.take(packet)


class _Walk:
    """The walk over the packets of one stream."""

    def __init__(self, stream: Stream, decoder: Any) -> None:
        self._stream = stream
        self._decoder = decoder
        self._admit(decoder.width or 0, decoder.height or 0)
        decoder.skip_frame, decoder.thread_count = "NONKEY", 1
        self._tempo = stream.tempo
        self._tempo.codec, self._tempo.blind_s = decoder.name, 0.0
        self._cadence = Cadence(stream.how.enough_s)
        self._stamped, self._arrived = Pace(), Pace()
        self._position = Position(CLOCK_SLACK_S if stream.live else 0.0)
        self._is_stamped = not stream.live or decoder.name != "mjpeg"  # over HTTP its stamps are made up
        self._began = self._came = time.monotonic()
        self._first_s: float | None = None
        self._due_s = 0.0
        self._kept: list[Any] = []
        self._kept_bytes = 0
        self._resting = False
        self._waiting = False  # for a keyframe, without which the rest decodes to mud

    def take(self, packet: Any) -> Pictures:
        """The pictures that a packet completes and that are wanted."""
        how, now = self._stream.how, time.monotonic()
        self._tempo.blind_s += min(now - self._came, LONGEST_GAP_S)
        self._came = now
        if self._tempo.blind_s > how.keyframe_timeout_s and not packet.is_keyframe:
            raise NoKeyframes(source=self._stream.name, seconds=how.keyframe_timeout_s)
        if not packet.size:
            return
        stamped_s, came_s = self._at(packet), now - self._began
        at_s = came_s if self._stream.live else stamped_s
        if self._is_stale(at_s):
            return
        self._stamped.see(stamped_s, is_keyframe=packet.is_keyframe)
        self._arrived.see(came_s, is_keyframe=packet.is_keyframe)
        self._learn(packet, at_s)
        self._waiting = self._waiting and not packet.is_keyframe
        if self._cadence.everything:
            yield from self._shown([] if self._waiting else self._decode(packet), at_s, how.step_s)
        elif packet.is_keyframe and at_s >= self._due_s:
            yield from self._shown(self._decode_alone(packet), at_s, how.every_s)
        elif packet.is_keyframe:
            self._tempo.blind_s = 0.0
            self._rest()

    def _at(self, packet: Any) -> float:
        stamp = packet.dts if packet.dts is not None else packet.pts
        at_s = self._position(None if stamp is None else float(stamp * packet.time_base))
        self._tempo.jumps = self._position.jumps
        return at_s

    def _is_stale(self, at_s: float) -> bool:
        """The first packet after a rest was waiting all the while."""
        if not self._resting:
            return False
        left_s = self._due_s - EARLY_S - at_s
        self._resting = left_s > 0
        self._stream.pause(left_s)
        self._came, self._tempo.blind_s = time.monotonic(), 0.0
        return True

    def _learn(self, packet: Any, at_s: float) -> None:
        """Measure the interval; turn to everything, or back to keyframes, where it says so."""
        cadence, was_everything = self._cadence, self._cadence.everything
        learning = cadence.interval_s is None and not was_everything
        cadence.see(at_s, is_keyframe=packet.is_keyframe)
        if learning and cadence.interval_s is None:
            self._keep(packet)
        if cadence.everything and not was_everything:
            self._turn("NONREF")
            self._waiting = cadence.after_keyframe and not self._kept
            for kept in self._kept[:-1]:  # the last one is the packet itself
                self._decode(kept)
        elif was_everything and not cadence.everything:
            self._turn("NONKEY")
        if not learning or cadence.everything or cadence.interval_s is not None:
            self._kept = []
        self._tempo.interval_s, self._tempo.everything = cadence.interval_s, cadence.everything
        pace = self._stamped if self._is_stamped and self._stamped.keyframes_s else self._arrived
        self._tempo.keyframes_s, self._tempo.a_second = pace.keyframes_s, pace.a_second

    def _turn(self, skip: str) -> None:
        self._decoder.flush_buffers()
        self._decoder.skip_frame = skip

    def _keep(self, packet: Any) -> None:
        if packet.is_keyframe:
            self._kept, self._kept_bytes = [], 0
        self._kept_bytes += packet.size
        if self._kept_bytes > MOST_KEPT_BYTES:
            self._kept = []
        elif self._kept or packet.is_keyframe:
            self._kept.append(packet)

    def _decode(self, packet: Any) -> list[Any]:
        try:
            found: list[Any] = packet.decode()
        except av.error.InvalidDataError:
            self._tempo.damaged += 1
            return []
        return found

    def _decode_alone(self, packet: Any) -> list[Any]:
        """What a keyframe decodes to, at once.

        Drained after each: otherwise a decoder holds keyframes back to sort them among frames that are skipped.
        """
        found = self._decode(packet)
        try:
            found += self._decoder.decode(None)
        except av.error.InvalidDataError:
            self._tempo.damaged += 1
        self._decoder.flush_buffers()
        return found

    def _shown(self, frames: list[Any], at_s: float, step_s: float) -> Pictures:
        for frame in frames:
            if frame.is_corrupt:
                self._tempo.damaged += 1
                continue
            self._tempo.blind_s = 0.0
            if at_s < self._due_s:
                continue
            self._admit(frame.width, frame.height)
            self._tempo.size = frame.width, frame.height
            self._first_s = at_s if self._first_s is None else self._first_s
            self._due_s = at_s + max(0.0, step_s - SLACK_S)
            yield upright(frame), max(0.0, at_s - self._first_s)
            self._rest()

    def _rest(self) -> None:
        """Say that nothing is wanted for a while, once it is known that keyframes are enough."""
        wait_s = self._began + self._due_s - EARLY_S - time.monotonic()
        if not self._stream.live or self._cadence.everything or self._cadence.interval_s is None:
            return
        if self._stream.rest(wait_s):
            self._cadence.rest()
            self._stamped.rest()
            self._arrived.rest()
            self._resting = True

    def _admit(self, width: int, height: int) -> None:
        if width * height > MAX_STREAM_PIXELS:
            raise StreamTooLarge(source=self._stream.name, width=width, height=height, limit=MAX_STREAM_PIXELS)


def upright(frame: Any) -> Image:
    """`(H, W, 3)` uint8 RGB, turned as the camera says."""
    pixels = frame.to_ndarray(format="rgb24")
    return np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90) % 4))
