"""How a source connects: by a function that its owner chooses, so that the owner decides where it may go."""

import socket
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

Dial = Callable[[str, int, float], socket.socket]
"""`(host, port, timeout_s)` to a connected socket; TimeoutError, OSError, or `SourceForbidden` where it may not go."""

AT_ONCE: Final = 4
"""Connections of one source that may be open at a time: a playlist, its segments."""


def dial_anywhere(host: str, port: int, timeout_s: float) -> socket.socket:
    """Connect to whatever a name stands for; OSError."""
    return socket.create_connection((host, port), timeout_s)


class Lines:
    """The connections of one source, the newest few of which any thread may end, also while they agree on a key."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial
        self._newest: deque[socket.socket] = deque(maxlen=AT_ONCE)
        self._over = False

    @property
    def newest(self) -> socket.socket:
        """The connection that was made last."""
        return self._newest[-1]

    def connect(self, host: str, port: int, timeout_s: float, *, secured: bool) -> socket.socket:
        """Connect, by TLS if that is wished; as `Dial`, and OSError once it was hung up."""
        line = self._dial(host, port, timeout_s)
        if not secured:
            self._add(line)
            return line
        with_key = unverified().wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
        self._add(with_key)
        try:
            with_key.do_handshake()
        except OSError:
            with_key.close()
            raise
        return with_key

    def hang_up(self) -> None:
        """End every read in progress at once, and what is just being connected as soon as it is."""
        self._over = True
        for one in tuple(self._newest):
            _end(one)

    def _add(self, line: socket.socket) -> None:
        self._newest.append(line)
        if self._over:
            _end(line)


def unverified() -> ssl.SSLContext:
    """TLS as cameras speak it: certificates that they made themselves."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _end(line: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)  # that of TLS would take the key from whoever is agreeing on it
