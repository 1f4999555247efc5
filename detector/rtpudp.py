"""RTP over UDP on the camera's side, packets within the RTSP connection on FFmpeg's side.

FFmpeg opens no port and sends nothing by itself: what it asks for within the connection is asked of the camera over
UDP, and only what comes from the camera's own, checked address is passed on.
"""

import re
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from detector.interleaved import HEADER, packet

PACKET: Final = 65_535
RECEIVE_BYTES: Final = 4 * 1024 * 1024
LOOK_UP_S: Final = 0.5
TRIES: Final = 40
MOST_LEGS: Final = 8
MOST_AT_ONCE: Final = 256
TRANSPORT: Final = re.compile(rb"(?im)^transport:[^\r\n]*")
CHANNELS: Final = re.compile(rb"interleaved=(\d{1,3})-(\d{1,3})")
SERVER_PORTS: Final = re.compile(rb"server_port=(\d{1,5})(?:-(\d{1,5}))?")
KNOCK: Final = bytes((0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
"""An empty RTP packet, so that a firewall on the way lets the camera's packets in."""


@dataclass(slots=True)
class Leg:
    """One port of ours, the channel that it stands for, and where the camera's port is."""

    socket: socket.socket
    channel: int
    port: int = 0


class Legs:
    """All ports of one stream.

    Args:
        here: our address on the way to the camera.
        peer: the camera's address, as it was dialled.
        keep: whether a packet of a channel is wanted.
        pass_on: takes packets as they travel within the connection; OSError where nobody takes them.
    """

    def __init__(
        self, here: str, peer: str, keep: Callable[[int, bytes], bool], pass_on: Callable[[bytes], None]
    ) -> None:
        self._here, self._peer = here, peer
        self._keep, self._pass_on = keep, pass_on
        self._legs: list[Leg] = []
        self._asked: tuple[Leg, Leg] | None = None
        self._is_closed = False

    def close(self) -> None:
        """Listen no more; each port is given back within half a second."""
        self._is_closed = True
        for leg in self._asked or ():
            leg.socket.close()  # nobody listens there yet

    def ask(self, request: bytes) -> bytes:
        """A request to the camera: where it asks for channels, it asks for a pair of ports instead; OSError."""
        wanted = CHANNELS.search(request) if request.startswith(b"SETUP") else None
        if wanted is None or self._asked is not None or len(self._legs) >= MOST_LEGS:
            return request
        rtp, rtcp = _pair(self._here)
        self._asked = Leg(rtp, int(wanted[1]) & 0xFF), Leg(rtcp, int(wanted[2]) & 0xFF)
        ports = b"%d-%d" % (rtp.getsockname()[1], rtcp.getsockname()[1])
        return TRANSPORT.sub(b"Transport: RTP/AVP;unicast;client_port=" + ports, request, count=1)

    def answer(self, told: bytes) -> bytes:
        """An answer of the camera: where it names ports, FFmpeg is told its channels, and we listen."""
        ports = SERVER_PORTS.search(told)
        if self._asked is None or ports is None or TRANSPORT.search(told) is None:
            return told
        legs, self._asked = self._asked, None
        self._legs += legs
        first = int(ports[1])
        for leg, port in zip(legs, (first, int(ports[2] or first + 1)), strict=True):
            leg.port = port if 0 < port < 65_536 else 0
            self._send(leg, KNOCK)
            threading.Thread(target=self._listen, args=(leg,), name="rtp", daemon=True).start()
        channels = b"%d-%d" % (legs[0].channel, legs[1].channel)
        return TRANSPORT.sub(b"Transport: RTP/AVP/TCP;unicast;interleaved=" + channels, told, count=1)

    def forward(self, message: bytes) -> None:
        """Send on to the camera what came as a packet within the connection."""
        for leg in self._legs:
            if leg.channel == message[1]:
                self._send(leg, message[HEADER:])

    def _send(self, leg: Leg, payload: bytes) -> None:
        if leg.port:
            with suppress(OSError):  # lost, as on any way
                leg.socket.sendto(payload, (self._peer, leg.port))

    def _listen(self, leg: Leg) -> None:
        ready = select.poll()
        ready.register(leg.socket, select.POLLIN)
        with leg.socket, suppress(OSError):
            while not self._is_closed:
                ready.poll(LOOK_UP_S * 1000)
                found = [packet(leg.channel, one) for one in self._waiting(leg) if self._keep(leg.channel, one)]
                if found:
                    self._pass_on(b"".join(found))

    def _waiting(self, leg: Leg) -> Iterator[bytes]:
        """What has come from the camera since the last look; what comes from anybody else is nobody's."""
        with suppress(BlockingIOError):
            for _ in range(MOST_AT_ONCE):
                payload, sender = leg.socket.recvfrom(PACKET)
                if sender[0] == self._peer and len(payload) > 1:
                    yield payload


def _pair(here: str) -> tuple[socket.socket, socket.socket]:
    """Two ports that follow each other, the first one even, as RTP has it; OSError if there are none."""
    family = socket.AF_INET6 if ":" in here else socket.AF_INET
    for _ in range(TRIES):
        first, second = (socket.socket(family, socket.SOCK_DGRAM) for _ in range(2))
        try:
            first.bind((here, 0))
            second.bind((here, first.getsockname()[1] | 1))
            if first.getsockname()[1] % 2 == 0:
                for one in (first, second):
                    one.setblocking(False)
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
                return first, second
        except OSError:
            pass
        first.close()
        second.close()
    raise OSError("no pair of ports is free")
