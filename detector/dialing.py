"""How a source connects: by a function that its owner chooses, so that the owner decides where it may go."""

import socket
from collections.abc import Callable

Dial = Callable[[str, int, float], socket.socket]
"""`(host, port, timeout_s)` to a connected socket; TimeoutError, OSError, or `SourceForbidden` where it may not go."""


def dial_anywhere(host: str, port: int, timeout_s: float) -> socket.socket:
    """Connect to whatever a name stands for; OSError."""
    return socket.create_connection((host, port), timeout_s)
