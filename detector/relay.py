"""Between FFmpeg and an RTSP server: FFmpeg speaks to this machine alone, and a redirect comes to us, not to FFmpeg.

FFmpeg follows an RTSP redirect to any host and cannot be told not to. It is given the address of a relay on the
loopback instead; the relay dials the real server, passes on what is wanted, and stops where the server says
"elsewhere".
"""

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from detector.dialing import Lines
from detector.errors import NotAStream, SourceSilent, SourceStalled, SourceUnreachable
from detector.interleaved import DOLLAR, MARKER, SIP_EVERY_S, Rest, Splitter, messages
from detector.reading import Reading
from detector.rtpudp import Legs

UDP: Final = "rtspu"
PORTS: Final = {"rtsp": 554, "rtsps": 322, UDP: 554}
CHUNK: Final = 128 * 1024
NOWHERE: Final = bytearray(1024 * 1024)
"""Where bytes go that nobody wants: the kernel drops them, and so many at a time."""

MOST_DROPPED: Final = 16
"""A second; a camera that floods is held up by the rest."""

GATHER_S: Final = 0.03
"""While pictures stream, packets are passed on in bunches: thirty small wake-ups a second instead of hundreds."""

LONGEST_HEAD: Final = 8192
ANSWER: Final = re.compile(rb"R\r*T\r*S\r*P\r*/[^\n]*\n")
BEGUN: Final = re.compile(rb"R(?:\r*T(?:\r*S(?:\r*P(?:\r*/[^\n]*)?)?)?)?\r*\Z")
HARMLESS: Final = re.compile(rb"RTSP/\S+[ \t]+[1245]\d\d(?:[ \t][^\n]*)?\n")
LOCATION: Final = re.compile(rb"\nlocation:[ \t]*(\S+)", re.IGNORECASE)
INTERLEAVED: Final = b"$"
REFUSES_TCP: Final = re.compile(rb"RTSP/1\.\d 461")
SHORTEST_REST_S: Final = 3.0
REST_GATHER_S: Final = 1.0
"""While nothing is wanted, a wake-up a second is enough."""

SIP_GATHER_S: Final = 0.3
"""A sip is wanted whole, not soon."""

LONGEST_PAUSE_S: Final = 8.0
READ_ON_S: Final = SIP_EVERY_S + 2 * REST_GATHER_S
"""So long before a picture is wanted it is read again, and what had gathered by then is no longer taken for new."""


class Moved(Exception):
    """The server says that the stream is elsewhere, or something that is no good answer; `to` is None then."""

    def __init__(self, to: str | None) -> None:
        super().__init__("the stream is elsewhere")
        self.to = to


class Guard:
    """Reads what a server says to FFmpeg and lets nothing pass that FFmpeg could take for a redirect.

    FFmpeg ignores carriage returns wherever they stand, and so does this.

    >>> Guard().admit(b"RTSP/1.0 200 OK\\r\\nCSeq: 1\\r\\n\\r\\n")
    b'RTSP/1.0 200 OK\\r\\nCSeq: 1\\r\\n\\r\\n'
    """

    def __init__(self) -> None:
        self._held = b""

    def admit(self, told: bytes) -> bytes:
        """What may be passed on of all that has come; Moved."""
        told = self._held + told
        for answer in ANSWER.finditer(told):
            if not HARMLESS.fullmatch(answer[0].replace(b"\r", b"")):
                return self._moved(told, answer.start())
        begun = BEGUN.search(told)
        cut = begun.start() if begun else len(told)
        if len(told) - cut > LONGEST_HEAD:
            raise Moved(None)
        self._held = told[cut:]
        return told[:cut]

    def _moved(self, told: bytes, start: int) -> bytes:
        """Wait for the end of the head, which names the other place."""
        head = told[start:].replace(b"\r", b"")
        if b"\n\n" not in head and len(head) < LONGEST_HEAD:
            self._held = told[start:]
            return told[:start]
        found = LOCATION.search(head.partition(b"\n\n")[0])
        raise Moved(found[1].decode("latin-1") if found else None)


class Relay:
    """One stream's relay. `url` is what FFmpeg opens.

    Attributes:
        moved: set once the server said that it is elsewhere.
        refuses_tcp: the server sends over UDP only, and was asked for TCP.
        has_answered: the server has said something.
        never_answered: the server took the connection, and said nothing within the time to answer.
    """

    def __init__(self, url: str, lines: Lines, how: Reading, name: str, *, over_udp: bool = False) -> None:
        address = urlsplit(url)
        try:
            port = address.port or PORTS[address.scheme.lower()]
        except ValueError:
            raise NotAStream(source=name, why="no port") from None
        self._name, self._timeout_s, self._answer_s = name, how.timeout_s, how.answers_within_s
        self._over, self._is_silent = threading.Event(), False
        self.moved: Moved | None = None
        self.refuses_tcp = self.has_answered = self.never_answered = False
        self._server = self._connect(address, port, lines)
        self._rest, self._guard, self._turn = Rest(), Guard(), threading.Lock()
        self._legs = self._ports() if over_udp else None
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1)
        self._listener.settimeout(self._answer_s)
        self.url = _through(address, self._listener.getsockname()[1])
        self._client: socket.socket | None = None
        threading.Thread(target=self._serve, name=f"relay {name}", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up on both sides."""
        self._over.set()
        for one in (self._listener, self._client, self._server):
            if one is not None:
                _hang_up(one)
        if self._legs is not None:
            self._legs.close()

    def rest(self, seconds: float) -> bool:
        """Pass on next to nothing for so long, and say whether that is worth it."""
        if seconds < SHORTEST_REST_S:
            return False
        self._rest.until_s = time.monotonic() + seconds
        return True

    def pause(self, seconds: float) -> None:
        """Sleep through some of the seconds for which nothing will be wanted, while FFmpeg would look ten times each.

        Raises:
            SourceStalled: the server sends nothing any more.
        """
        seconds = min(LONGEST_PAUSE_S, seconds - READ_ON_S)
        if not self._goes_unread or seconds <= 0:
            return
        self._rest.unread_s = time.monotonic() + seconds
        self._over.wait(seconds)
        if self._is_silent:
            raise SourceStalled(source=self._name, seconds=self._timeout_s)

    @property
    def _goes_unread(self) -> bool:
        """Whether packets can be left out without a look at them: not where they come apart, or must be decrypted."""
        return self._legs is None and not isinstance(self._server, ssl.SSLSocket)

    def _connect(self, address: SplitResult, port: int, lines: Lines) -> socket.socket:
        secured = address.scheme.lower() == "rtsps"
        try:
            return lines.connect(address.hostname or "", port, self._answer_s, secured=secured)
        except TimeoutError:
            raise SourceSilent(source=self._name, seconds=self._answer_s) from None
        except OSError as error:
            raise SourceUnreachable(source=self._name, why=type(error).__name__) from None

    def _ports(self) -> Legs:
        def keep(channel: int, payload: bytes) -> bool:
            return bool(channel & 1) or self._rest.keeps(time.monotonic(), bool(payload[1] & MARKER))

        return Legs(self._server.getsockname()[0], self._server.getpeername()[0], keep, self._pass_on)

    def _serve(self) -> None:
        try:
            self._client, _ = self._listener.accept()
        except OSError:
            return  # nobody came, or it was closed before
        finally:
            self._listener.close()  # one caller, ours, and nobody after it
        threading.Thread(target=self._up, args=(self._client,), daemon=True).start()
        self._down()

    def _up(self, client: socket.socket) -> None:
        held = b""
        try:
            while told := client.recv(CHUNK):
                if self._legs is None:
                    self._server.sendall(told)
                    continue
                held += told
                for message in messages(held):
                    held = held[len(message) :]
                    self._ask(self._legs, message)
        except OSError:
            pass
        self.close()

    def _ask(self, legs: Legs, message: bytes) -> None:
        if message[0] == DOLLAR:
            legs.forward(message)
        else:
            self._server.sendall(legs.ask(message))

    def _down(self) -> None:
        splitter = Splitter(self._rest, self._answer)
        begun = False
        try:
            for told in self._heard():
                now_s = time.monotonic()
                self._pass_on(splitter.admit(told, now_s))
                begun = begun or told.startswith(INTERLEAVED)
                if begun and len(told) < CHUNK // 2:
                    self._wait(splitter, now_s)
        except OSError:
            pass
        self.close()

    def _heard(self) -> Iterator[bytes]:
        """What the server says, its first word within the time to answer; later silence is for FFmpeg to notice."""
        self._server.settimeout(self._answer_s)
        try:
            told = self._server.recv(CHUNK)
        except TimeoutError:
            self.never_answered = True
            raise
        self._server.settimeout(None)
        self.has_answered = bool(told)
        while told:
            yield told
            told = self._server.recv(CHUNK)

    def _wait(self, splitter: Splitter, now_s: float) -> None:
        """Let packets gather; where none is wanted, they go unread; OSError."""
        quiet_s = self._rest.quiet_s(now_s)
        if quiet_s <= GATHER_S:
            time.sleep(max(GATHER_S, min(SIP_GATHER_S, self._rest.until_s - now_s)))
        elif self._goes_unread:
            self._drop(now_s + quiet_s)
            splitter.search()
        else:
            time.sleep(min(REST_GATHER_S, quiet_s))

    def _drop(self, until_s: float) -> None:
        """Leave out all that comes before a moment, without a look at it; OSError if the server has hung up."""
        heard_s = time.monotonic()
        while (left_s := until_s - time.monotonic()) > 0:
            time.sleep(min(REST_GATHER_S, left_s))
            with suppress(BlockingIOError):
                for _ in range(MOST_DROPPED):
                    if not self._server.recv_into(NOWHERE, 0, socket.MSG_TRUNC | socket.MSG_DONTWAIT):
                        raise ConnectionError
                    heard_s = time.monotonic()
            now_s = time.monotonic()
            if now_s - heard_s > self._timeout_s and now_s < self._rest.unread_s:
                self._is_silent = True
                self._over.set()

    def _answer(self, told: bytes) -> bytes:
        self.refuses_tcp = self.refuses_tcp or (self._legs is None and REFUSES_TCP.match(told) is not None)
        return told if self._legs is None else self._legs.answer(told)

    def _pass_on(self, told: bytes) -> None:
        """To FFmpeg; OSError where it has gone, or where the stream is elsewhere."""
        with self._turn:
            if self._client is None or self.moved is not None:
                raise ConnectionError
            try:
                self._client.sendall(self._guard.admit(told))
            except Moved as moved:
                self.moved = moved
                raise ConnectionError from None


def _through(address: SplitResult, port: int) -> str:
    user, at, _ = address.netloc.rpartition("@")
    return address._replace(scheme="rtsp", netloc=f"{user}{at}127.0.0.1:{port}").geturl()


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):  # it was never connected, or has ended
        one.shutdown(socket.SHUT_RDWR)
    one.close()
